package directory

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold maps a name to the form in which names compare without case: Unicode
// simple case folding and no normalisation, so that é and e with a combining
// accent stay different. Two strings fold alike exactly when
// strings.EqualFold holds for them.
func Fold(s string) string {
	changes := false
	for i := 0; i < len(s) && !changes; i++ {
		changes = s[i] >= utf8.RuneSelf || 'A' <= s[i] && s[i] <= 'Z'
	}
	if !changes {
		return s
	}
	var short [64]byte
	return string(AppendFold(short[:0], s))
}

// AppendFold appends Fold(s) to b. A plan folds every name some twenty times, so
// what is ASCII is done by hand, and for looking something up nothing is kept.
func AppendFold(b []byte, s string) []byte {
	at := len(b)
	b = append(b, s...)
	for i := at; i < len(b); i++ {
		switch c := b[i]; {
		case c >= utf8.RuneSelf:
			return append(b[:at], strings.Map(foldRune, s)...)
		case 'A' <= c && c <= 'Z':
			b[i] = c + ('a' - 'A')
		}
	}
	return b
}

// Under is what m, whose keys are folded, holds under a name, case aside.
func Under[V any](m map[string]V, name string) (v V) {
	if len(m) == 0 {
		return v
	}
	var short [64]byte
	return m[string(AppendFold(short[:0], name))]
}

// foldRune picks one rune to stand for all that differ from r in case only:
// the lower-case ASCII letter where there is one, else the smallest.
func foldRune(r rune) rune {
	if r < 0x80 {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}
	least := r
	for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
		least = min(least, next)
	}
	if 'A' <= least && least <= 'Z' {
		return least + ('a' - 'A')
	}
	return least
}

// Equal tells whether two names are the same, case aside.
func Equal(a, b string) bool { return strings.EqualFold(a, b) }
