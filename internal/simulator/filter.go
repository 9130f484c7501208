package simulator

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
	"time"

	filter "github.com/scim2/filter-parser/v2"

	"cutover/internal/directory"
)

// condition is a filter (RFC 7644 section 3.4.2.2), compiled: either a
// comparison, or a value path, or a combination of others.
type condition struct {
	op    filter.CompareOperator // of a comparison
	path  attrPath
	value any    // string, float64, bool or nil
	fold  string // of a string, for comparison without case
	exact bool   // caseExact of the attribute

	element *condition // of a value path, path[element]

	logic string // and, or, not
	parts []*condition
}

// parseFilter compiles a filter for a kind of resource.
func parseFilter(s string, k *kind) (*condition, error) {
	if c := parseChain(s, k); c != nil {
		return c, nil
	}
	parsed, err := filter.ParseFilter([]byte(unescape(s)))
	if err != nil {
		r := invalid("The filter of %s cannot be read; see RFC 7644 section 3.4.2.2.", k.name)
		r.scimType = "invalidFilter"
		return nil, r
	}
	return compile(parsed, k)
}

// escapes are those of JSON for characters that the parser knows in their
// plain form only. Clients that encode with encoding/json send & < > so.
var escapes = regexp.MustCompile(`\\u[0-9a-fA-F]{4}`)

func unescape(s string) string {
	if !strings.Contains(s, `\u`) {
		return s
	}
	return escapes.ReplaceAllStringFunc(s, func(e string) string {
		n, _ := strconv.ParseUint(e[2:], 16, 16)
		if r := rune(n); r >= 0x20 && r != '"' && r != '\\' && (r < 0xD800 || r > 0xDFFF) {
			return string(r)
		}
		return e
	})
}

func compile(e filter.Expression, k *kind) (*condition, error) {
	switch e := e.(type) {
	case *filter.AttributeExpression:
		return compileComparison(e, k), nil
	case *filter.ValuePath:
		within, err := compile(e.ValueFilter, k)
		if err != nil {
			return nil, err
		}
		return &condition{path: compilePath(e.AttributePath, k), element: within}, nil
	case *filter.NotExpression:
		part, err := compile(e.Expression, k)
		if err != nil {
			return nil, err
		}
		return &condition{logic: "not", parts: []*condition{part}}, nil
	case *filter.LogicalExpression:
		left, err := compile(e.Left, k)
		if err != nil {
			return nil, err
		}
		right, err := compile(e.Right, k)
		if err != nil {
			return nil, err
		}
		return &condition{logic: strings.ToLower(string(e.Operator)), parts: []*condition{left, right}}, nil
	default:
		return nil, invalid("The filter of %s has a part of an unknown form.", k.name)
	}
}

func compilePath(p filter.AttributePath, k *kind) attrPath {
	urn := p.URI()
	if strings.EqualFold(urn, k.schema) {
		urn = ""
	}
	return attrPath{urn: urn, name: p.AttributeName, sub: p.SubAttributeName()}
}

func compileComparison(e *filter.AttributeExpression, k *kind) *condition {
	c := &condition{op: filter.CompareOperator(strings.ToLower(string(e.Operator))), path: compilePath(e.AttributePath, k)}
	switch v := e.CompareValue.(type) {
	case string:
		// The parser leaves the escapes of JSON strings as they are.
		s := v
		if json.Unmarshal([]byte(`"`+v+`"`), &s) != nil {
			s = v
		}
		c.value, c.fold = s, directory.Fold(s)
	case int:
		c.value = float64(v)
	default:
		c.value = v
	}
	c.exact = k.exact[strings.ToLower(c.path.String())]
	return c
}

// holds evaluates the condition on a JSON object.
func (c *condition) holds(o object) bool {
	return c.match(func(p attrPath) []any { return p.values(o) })
}

// match evaluates the condition on whatever get reads.
func (c *condition) match(get func(attrPath) []any) bool {
	switch c.logic {
	case "and":
		for _, p := range c.parts {
			if !p.match(get) {
				return false
			}
		}
		return true
	case "or":
		for _, p := range c.parts {
			if p.match(get) {
				return true
			}
		}
		return false
	case "not":
		return !c.parts[0].match(get)
	}
	if c.element != nil {
		p := c.path
		p.where = c.element
		return len(get(p)) > 0
	}
	found := get(c.path)
	switch c.op {
	case filter.PR:
		for _, v := range found {
			if v != nil && v != "" {
				return true
			}
		}
		return false
	case filter.NE:
		for _, v := range found {
			if c.compares(v, filter.EQ) {
				return false
			}
		}
		return c.value != nil || len(found) > 0
	}
	if c.op == filter.EQ && c.value == nil {
		return len(found) == 0
	}
	for _, v := range found {
		if c.compares(v, c.op) {
			return true
		}
	}
	return false
}

// compares one value with the one of the condition.
func (c *condition) compares(v any, op filter.CompareOperator) bool {
	switch want := c.value.(type) {
	case bool:
		have, ok := v.(bool)
		return ok && op == filter.EQ && have == want
	case float64:
		have, ok := v.(float64)
		return ok && ordered(have < want, have > want, op)
	case string:
		have, ok := v.(string)
		if !ok {
			return false
		}
		a, b := have, want
		if !c.exact {
			a, b = directory.Fold(have), c.fold
		}
		switch op {
		case filter.CO:
			return strings.Contains(a, b)
		case filter.SW:
			return strings.HasPrefix(a, b)
		case filter.EW:
			return strings.HasSuffix(a, b)
		}
		if s, err := time.Parse(time.RFC3339, have); err == nil {
			if t, err := time.Parse(time.RFC3339, want); err == nil {
				return ordered(s.Before(t), s.After(t), op)
			}
		}
		return ordered(a < b, a > b, op)
	}
	return false
}

// ordered answers eq, gt, ge, lt and le from two comparisons.
func ordered(less, greater bool, op filter.CompareOperator) bool {
	switch op {
	case filter.EQ:
		return !less && !greater
	case filter.GT:
		return greater
	case filter.GE:
		return !less
	case filter.LT:
		return less
	case filter.LE:
		return !greater
	}
	return false
}
