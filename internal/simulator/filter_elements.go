package simulator

import (
	"regexp"
	"strings"

	filter "github.com/scim2/filter-parser/v2"
)

// The parser knows of the filters of elements, emails[…], only those of one or two
// comparisons. RFC 7644 section 3.4.2.2 has any filter there. So they are taken out
// and parsed by themselves.

// elementsFilter stands for a filter of elements that was taken out.
const elementsFilter = "[value pr]"

// element is a filter of elements, with a comparison behind it, or none.
type element struct{ where, behind string }

// apart takes the filters of elements out of a filter or a path, in their order.
// compared: what is asked of a part behind one,
//
//	emails[primary eq true].value ew "@example.com"
//
// is taken out with it. The grammar does not have that; Oracle's migration scripts
// give it as an example.
func apart(s string, compared bool) (plain string, within []element) {
	var out strings.Builder
	from, quoted := -1, false // where a filter of elements begins; within a string
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\':
			i++
			if from < 0 {
				out.WriteString(s[i-1 : min(i+1, len(s))])
			}
			continue
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' && from < 0:
			from = i + 1
		case c == ']' && from >= 0:
			one := element{where: s[from:i]}
			if m := comparedBehind.FindStringSubmatch(s[i:]); m != nil && compared {
				one.behind = m[1]
				i += len(m[0]) - 1
			}
			within = append(within, one)
			out.WriteString(elementsFilter)
			from = -1
			continue
		}
		if from < 0 {
			out.WriteByte(s[i])
		}
	}
	if from >= 0 {
		out.WriteString("[" + s[from:]) // for the parser to refuse
	}
	return out.String(), within
}

var comparedBehind = regexp.MustCompile(`^\]\.([A-Za-z$_][\w$-]*\s+(?i:pr|(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s+(?:"(?:[^"\\]|\\.)*"|[^\s()"\[\]]+)))`)

// ofElements compiles the next of the filters that were taken out, for the elements
// of the attribute n; nil: of one of which nothing is known.
func (c *compiler) ofElements(n *node) (*condition, error) {
	if len(c.within) == 0 {
		return nil, invalidFilter("The filter of %s has a filter of elements within another.", c.k.name)
	}
	one := c.within[0]
	c.within = c.within[1:]
	elements := &compiler{k: c.k, at: n, search: c.search}
	if n == nil {
		elements.at = &node{open: true}
	}
	where, err := elements.read(one.where)
	if err != nil || one.behind == "" {
		return where, err
	}
	behind, err := elements.read(one.behind)
	if err != nil {
		return nil, err
	}
	return &condition{logic: "and", parts: []*condition{where, behind}}, nil
}

// read compiles a filter that has none of elements in it.
func (c *compiler) read(s string) (*condition, error) {
	parsed, err := filter.ParseFilter([]byte(s))
	if err != nil {
		return nil, invalidFilter("The filter of elements %q cannot be read; see RFC 7644 section 3.4.2.2.", s)
	}
	return c.compile(parsed)
}
