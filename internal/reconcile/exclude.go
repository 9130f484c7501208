package reconcile

import (
	"slices"
	"strings"
	"unicode/utf8"

	"cutover/internal/directory"
)

// Covers tells whether the exclusion names this person: by userName or glob, or
// by a group that they are a member of, case aside.
func (e Exclusion) Covers(p directory.Person) bool {
	return slices.ContainsFunc(e.UserNames, func(glob string) bool { return matches(glob, p.UserName) }) ||
		p.InAny(e.Groups)
}

// ExcludedFromUtilities tells whether cutover leaves this Utilities user alone:
// the configuration excludes them, or a resolution with exclude: true does,
// whatever their verdict is by now.
func (r *Rules) ExcludedFromUtilities(p directory.Person) bool {
	return r.ExcludeUtilities.Covers(p) || directory.Under(r.Utilities, p.UserName).Exclude
}

// ExcludedFromCXIF is the same for a CXIF user.
func (r *Rules) ExcludedFromCXIF(p directory.Person) bool {
	return r.ExcludeCXIF.Covers(p) || directory.Under(r.CXIF, p.UserName).Exclude
}

// matches compares a name with a glob, case aside: * stands for any run of
// characters, also none, and ? for exactly one. Nothing else is special, for a
// userName may hold brackets and backslashes.
func matches(glob, name string) bool {
	if !strings.ContainsAny(glob, "*?") {
		return directory.Equal(glob, name)
	}
	if plain(glob) && plain(name) {
		var g, n [64]byte // everybody is compared with every glob: nothing is kept
		return globs(directory.AppendFold(g[:0], glob), directory.AppendFold(n[:0], name))
	}
	return globs([]rune(directory.Fold(glob)), []rune(directory.Fold(name)))
}

// plain tells whether every character is one byte.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func globs[T byte | rune](g, n []T) bool {
	star, retry := -1, 0 // the last * seen, and where in the name to let it end next
	i, j := 0, 0
	for j < len(n) {
		switch {
		case i < len(g) && g[i] == '*':
			star, retry = i, j
			i++
		case i < len(g) && (g[i] == '?' || g[i] == n[j]):
			i, j = i+1, j+1
		case star >= 0:
			retry++
			i, j = star+1, retry
		default:
			return false
		}
	}
	for i < len(g) && g[i] == '*' {
		i++
	}
	return i == len(g)
}
