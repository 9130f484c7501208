package simulator

import (
	"regexp"
	"strings"
)

// below rewrites a comparison of a part of selected elements,
//
//	emails[primary eq true].value ew "@example.com"
//
// which Oracle's migration scripts give as an example of a filter, and the grammar of
// RFC 7644 section 3.4.2.2 does not have, into what it means there:
//
//	emails[primary eq true and value ew "@example.com"]
//
// The elements are selected by one comparison: the parser takes no more than two.
func below(s string) string {
	if !strings.Contains(s, "].") {
		return s
	}
	var out strings.Builder
	quoted := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quoted && c == '\\' && i+1 < len(s):
			out.WriteByte(c)
			i++
		case c == '"':
			quoted = !quoted
		case c == '[' && !quoted:
			if m := partOfSelected.FindStringSubmatch(s[i:]); m != nil {
				out.WriteString("[" + m[1] + " and " + m[2])
				i += len(m[0]) - 1
				out.WriteByte(']')
				continue
			}
		}
		out.WriteByte(s[i])
	}
	return out.String()
}

const comparison = `([A-Za-z$_][\w$-]*\s+(?i:pr|(?:eq|ne|co|sw|ew|gt|ge|lt|le)\s+(?:"(?:[^"\\]|\\.)*"|[^\s()"\[\]]+)))`

var partOfSelected = regexp.MustCompile(`^\[\s*` + comparison + `\s*\]\.` + comparison)
