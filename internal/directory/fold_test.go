package directory_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
)

// text draws strings in which case pairs beyond ASCII are likely: long s, the
// Kelvin sign, both small sigmas, sharp s and its capital, dotted capital I.
func text() *rapid.Generator[string] {
	return rapid.StringOfN(rapid.OneOf(rapid.SampledFrom([]rune("aAsSſkK\u212AσςΣßẞiIİıéÉe\u0301ǅǆǄ")), rapid.Rune()), 0, 6, -1)
}

func TestTwoNamesFoldAlikeExactlyWhenTheyAreEqualCaseAside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := text().Draw(t, "a")
		b := rapid.OneOf(text(), rapid.Just(strings.ToUpper(a)), rapid.Just(strings.ToLower(a)), rapid.Just(strings.ToTitle(a))).Draw(t, "b")
		require.Equal(t, strings.EqualFold(a, b), directory.Fold(a) == directory.Fold(b), "%q and %q", a, b)
		require.Equal(t, strings.EqualFold(a, b), directory.Equal(a, b))
	})
}

func TestEveryCharacterFoldsLikeItsCasePartners(t *testing.T) {
	for r := rune(0); r <= 0x1FFFF; r++ {
		if !utf8.ValidRune(r) {
			continue
		}
		s := string(r)
		for _, other := range []string{strings.ToUpper(s), strings.ToLower(s), strings.ToTitle(s)} {
			if strings.EqualFold(s, other) != (directory.Fold(s) == directory.Fold(other)) {
				require.Failf(t, "folding", "%q and %q", s, other)
			}
		}
	}
}

func TestFoldingTwiceChangesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		once := directory.Fold(text().Draw(t, "s"))
		require.Equal(t, once, directory.Fold(once))
	})
}

func TestFoldingDoesNotNormalise(t *testing.T) {
	require.NotEqual(t, directory.Fold("\u00e9"), directory.Fold("e\u0301"))
	require.Equal(t, "jane.o'neill", directory.Fold("Jane.O'NEILL"))
}

func TestWhatIsAppendedFoldedIsTheFoldedName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, name := text().Draw(t, "before"), text().Draw(t, "name")
		require.Equal(t, before+directory.Fold(name), string(directory.AppendFold([]byte(before), name)))
	})
}

func TestWhatAMapHoldsUnderANameIsFoundCaseAside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := map[string]int{}
		for i, name := range rapid.SliceOf(text()).Draw(t, "names") {
			m[directory.Fold(name)] = i + 1
		}
		name := rapid.OneOf(text(), rapid.Just(strings.Repeat("Long", 40))).Draw(t, "name")
		require.Equal(t, m[directory.Fold(name)], directory.Under(m, name))
		m[directory.Fold(name)] = -1
		require.Equal(t, -1, directory.Under(m, name))
		require.Zero(t, directory.Under(map[string]int(nil), name))
	})
}
