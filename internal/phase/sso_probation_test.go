package phase

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
)

func someWays(t *rapid.T, label string) []string {
	return rapid.SliceOfDistinct(rapid.SampledFrom([]string{directory.UserNamePassword, "FIDO", "Fusion", "Other"}), func(s string) string { return s }).Draw(t, label)
}

func TestBreakGlassOnlyEverAddsTheLocalSignIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		had := offer{someWays(t, "local"), someWays(t, "saml")}
		changes, ok := BreakGlass(had.attributes())
		require.True(t, ok)
		if OffersLocal(had.attributes()) {
			require.Empty(t, changes)
			return
		}
		require.Len(t, changes, 1)
		require.False(t, RemovesLocal(changes[0]))
		after, ok := offerOf(changes[0].After)
		require.True(t, ok)
		require.Equal(t, append(had.local, directory.UserNamePassword), after.local)
		require.Equal(t, had.saml, after.saml)
		again, _ := BreakGlass(changes[0].After)
		require.Empty(t, again)
	})
	_, ok := BreakGlass(directory.Attributes{"local": "UserNamePassword", "saml": "[]"})
	require.False(t, ok, "a rule that makes no sense is not written over")
}

func TestAChangeRemovesLocalSignInExactlyIfTheRuleOfferedItBeforeAndNotAfter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := offer{someWays(t, "local"), nil}, offer{someWays(t, "after"), nil}
		c := directory.Change{
			Domain: directory.Utilities, Kind: directory.PutSetting, Target: rapid.SampledFrom([]string{"rule/default", "rule/Keep local sign-in"}).Draw(t, "rule"),
			Before: before.attributes(), After: after.attributes(),
		}
		require.Equal(t, OffersLocal(c.Before) && !OffersLocal(c.After), RemovesLocal(c))
		c.Domain = directory.Fusion
		require.False(t, RemovesLocal(c))
		c.Domain, c.Target = directory.Utilities, "policy/default"
		require.False(t, RemovesLocal(c))
	})
	garbled := directory.Change{Domain: directory.Utilities, Kind: directory.PutSetting, Target: "rule/default",
		Before: directory.Attributes{"local": "UserNamePassword"}, After: directory.Attributes{"local": "[]"}}
	require.True(t, RemovesLocal(garbled), "what cannot be read counts as if it had been offered")
}

// breakGlass is what brings local sign-in back to Utilities as it is.
func breakGlass(t *testing.T, w *world) []directory.Change {
	rule, there := w.utilities.outline.SSO.Setting(DefaultRule())
	require.True(t, there)
	changes, ok := BreakGlass(rule)
	require.True(t, ok)
	return changes
}
