package config

import (
	"regexp"
	"strconv"
	"strings"
)

// path is where a value is: the keys from the top, list indexes as "[0]".
type path []string

var plainKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

func (p path) key(name string) path { return append(p[:len(p):len(p)], name) }
func (p path) index(i int) path     { return p.key("[" + strconv.Itoa(i) + "]") }
func (p path) parent() path         { return p[:len(p)-1] }
func (p path) id() string           { return strings.Join(p, "\x00") }

// String writes the path as a person would: resolutions.utilities["a.b"].rename.
func (p path) String() string {
	var b strings.Builder
	for i, k := range p {
		switch {
		case strings.HasPrefix(k, "["):
			b.WriteString(k)
		case !plainKey.MatchString(k):
			b.WriteString("[" + strconv.Quote(k) + "]")
		default:
			if i > 0 {
				b.WriteByte('.')
			}
			b.WriteString(k)
		}
	}
	return b.String()
}
