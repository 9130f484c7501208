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
	upper := -1 // where the first capital letter is
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= utf8.RuneSelf {
			return strings.Map(foldRune, s)
		}
		if upper < 0 && 'A' <= c && c <= 'Z' {
			upper = i
		}
	}
	if upper < 0 {
		return s // it is folded already
	}
	// A plan folds every name some twenty times, so what is ASCII is done by hand.
	var short [64]byte
	b := append(short[:0], s...)
	for i := upper; i < len(b); i++ {
		if c := b[i]; 'A' <= c && c <= 'Z' {
			b[i] = c + ('a' - 'A')
		}
	}
	return string(b)
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
