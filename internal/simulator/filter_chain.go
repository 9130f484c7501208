package simulator

import (
	"encoding/json"
	"strings"

	filter "github.com/scim2/filter-parser/v2"

	"cutover/internal/directory"
)

// chain reads the one filter that comes by the ten thousand,
//
//	attribute eq "value" or attribute eq "value" or …
//
// because the general parser takes milliseconds for fifty of them. It returns
// nil for every other filter, also for a wrong one: the general parser decides.
func (c *compiler) chain(s string) (*condition, error) {
	chain := &condition{logic: "or"}
	var p attrPath
	var last string // the same attribute, as a rule
	var exact bool
	for {
		name, rest, ok := word(s)
		if !ok || strings.ContainsAny(name, `()[]"`) {
			return nil, nil
		}
		op, rest, ok := word(rest)
		if !ok || !strings.EqualFold(op, "eq") {
			return nil, nil
		}
		value, rest, ok := quoted(strings.TrimLeft(rest, " "))
		if !ok {
			return nil, nil
		}
		if name != last {
			var urn, attribute string
			urn, attribute = splitURN(name, c.k)
			attribute, sub, _ := strings.Cut(attribute, ".")
			p, last = attrPath{urn: urn, name: attribute, sub: sub}, name
			n, err := c.known(p)
			if err != nil {
				return nil, err
			}
			exact = n.exact()
		}
		chain.parts = append(chain.parts, &condition{op: filter.EQ, path: p, value: value,
			fold: directory.Fold(value), exact: exact})
		if strings.TrimSpace(rest) == "" {
			return chain, nil
		}
		or, next, ok := word(rest)
		if !ok || !strings.EqualFold(or, "or") || !strings.HasPrefix(rest, " ") {
			return nil, nil
		}
		s = next
	}
}

// word takes the next word off s.
func word(s string) (first, rest string, ok bool) {
	s = strings.TrimLeft(s, " ")
	at := strings.IndexByte(s, ' ')
	if at <= 0 {
		return "", s, false
	}
	return s[:at], s[at:], true
}

// quoted takes a JSON string off the front of s.
func quoted(s string) (value, rest string, ok bool) {
	if !strings.HasPrefix(s, `"`) {
		return "", s, false
	}
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++
		case '"':
			err := json.Unmarshal([]byte(s[:i+1]), &value)
			return value, s[i+1:], err == nil
		}
	}
	return "", s, false
}
