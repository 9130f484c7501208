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
	c := &compiler{k: k, at: k.root, search: true}
	if chain, err := c.chain(s); chain != nil || err != nil {
		return chain, err
	}
	plain, within := apart(unescape(s), true)
	parsed, err := filter.ParseFilter([]byte(plain))
	if err != nil {
		return nil, invalidFilter("The filter of %s cannot be read; see RFC 7644 section 3.4.2.2.", k.name)
	}
	c.within = within
	return c.compile(parsed)
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

// compiler turns a parsed filter into a condition. Its attributes are those
// below at: of a resource, or, in a value path, of the elements of an attribute.
type compiler struct {
	k      *kind
	at     *node
	search bool // of a list: only what can be searched

	within []element // the filters of elements that are still to be compiled
}

func (c *compiler) compile(e filter.Expression) (*condition, error) {
	switch e := e.(type) {
	case *filter.AttributeExpression:
		return c.comparison(e)
	case *filter.ValuePath:
		p, n, err := c.path(e.AttributePath)
		if err != nil {
			return nil, err
		}
		within, err := c.ofElements(n)
		if err != nil {
			return nil, err
		}
		return &condition{path: p, element: within}, nil
	case *filter.NotExpression:
		part, err := c.compile(e.Expression)
		if err != nil {
			return nil, err
		}
		return &condition{logic: "not", parts: []*condition{part}}, nil
	case *filter.LogicalExpression:
		left, err := c.compile(e.Left)
		if err != nil {
			return nil, err
		}
		right, err := c.compile(e.Right)
		if err != nil {
			return nil, err
		}
		return &condition{logic: strings.ToLower(string(e.Operator)), parts: []*condition{left, right}}, nil
	default:
		return nil, invalidFilter("The filter of %s has a part of an unknown form.", c.k.name)
	}
}

func (c *compiler) path(p filter.AttributePath) (attrPath, *node, error) {
	urn := p.URI()
	if strings.EqualFold(urn, c.k.schema) {
		urn = ""
	}
	path := attrPath{urn: urn, name: p.AttributeName, sub: p.SubAttributeName()}
	n, err := c.known(path)
	return path, n, err
}

// known finds what a filter names, and refuses what is not there or, in a
// list, cannot be searched; nil, where nothing is known of it.
func (c *compiler) known(p attrPath) (*node, error) {
	a, s, ok := c.at.resolve(p)
	if !ok {
		return nil, invalidFilter("The filter of %s names an attribute %s, which is not there.", c.k.name, p)
	}
	n := a
	if s != nil {
		n = s
	}
	if c.search && n != nil && n.NoFilter {
		return nil, invalidFilter("The filter of %s names %s, which cannot be searched.", c.k.name, p)
	}
	return n, nil
}

func (c *compiler) comparison(e *filter.AttributeExpression) (*condition, error) {
	p, n, err := c.path(e.AttributePath)
	if err != nil {
		return nil, err
	}
	made := &condition{op: filter.CompareOperator(strings.ToLower(string(e.Operator))), path: p, exact: n.exact()}
	switch v := e.CompareValue.(type) {
	case string:
		// The parser leaves the escapes of JSON strings as they are.
		s := v
		if json.Unmarshal([]byte(`"`+v+`"`), &s) != nil {
			s = v
		}
		made.value, made.fold = s, directory.Fold(s)
	case int:
		made.value = float64(v)
	default:
		made.value = v
	}
	return made, nil
}

// exact tells whether values compare with their case. A complex attribute
// stands for its part value.
func (n *node) exact() bool {
	if n == nil {
		return false
	}
	if v := n.sub["value"]; v != nil {
		n = v
	}
	return n.Exact
}

func invalidFilter(format string, args ...any) *refusal {
	r := invalid(format, args...)
	r.scimType = "invalidFilter"
	return r
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
