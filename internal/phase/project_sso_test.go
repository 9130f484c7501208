package phase

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

func TestAProjectionLeavesTheOutlineThatItStartsFromAsItIs(t *testing.T) {
	w := setUp(t)
	before, err := json.Marshal(w.utilities.outline)
	require.NoError(t, err)
	in := input(w)
	for _, ph := range []Phase{ssoTest, ssoOn, tidy} {
		c := plan(t, ph, in)
		ProjectSSO(w.utilities.outline, slices.Values(c.changes))
	}
	after, err := json.Marshal(w.utilities.outline)
	require.NoError(t, err)
	require.JSONEq(t, string(before), string(after))
}

// Every setting that the phases write reads back as it was planned.
func TestWhatIsProjectedReadsBackAsPlanned(t *testing.T) {
	w := bare()
	for _, ph := range []Phase{ssoSetup, ssoTest, ssoOff, ssoOn, tidy} {
		for _, c := range plan(t, ph, input(w)).changes {
			w.apply(c)
			s := w.utilities.outline.SSO
			if c.Domain == directory.Fusion {
				s = w.fusion.outline.SSO
			}
			have, there := s.Setting(c.Target)
			switch c.Kind {
			case directory.PutSetting:
				require.True(t, there, line(c))
				for k, v := range c.After {
					require.Equal(t, v, have[k], "%s of %s", k, line(c))
				}
			case directory.DropSetting:
				require.False(t, there, line(c))
			}
		}
	}
}

func TestNewThingsGetIDsThatSayWhatTheyAre(t *testing.T) {
	sso := setUp(t).utilities.outline.SSO
	require.Equal(t, "new:idp/Fusion", sso.IdPs[0].ID)
	require.Equal(t, "new:rule/Keep local sign-in", sso.Rules[0].ID)
	require.Equal(t, "new:condition/Keep local sign-in", sso.Rules[0].Condition)
}

func TestARuleHasNoEffectUntilThePolicyNamesItAndNoneOnceItDoesNot(t *testing.T) {
	o := directory.Outline{SSO: directory.SSO{
		PolicyID: "p", Rules: []directory.Rule{{ID: directory.DefaultRuleID, Name: "Default", Active: true}},
	}}
	put := func(target string, a directory.Attributes) {
		o = ProjectSSO(o, slices.Values([]directory.Change{{Kind: directory.PutSetting, Target: target, After: a}}))
	}
	put("rule/R", directory.Attributes{"local": `["UserNamePassword"]`, "saml": `["gone"]`})
	require.Len(t, o.SSO.Rules, 1)
	require.Equal(t, []string{"gone"}, o.SSO.Spare[0].SAML, "an unknown name stays, so that the difference shows")
	put("policy/default", directory.Attributes{"rules": `["R","default"]`})
	require.Equal(t, []string{"R", "default"}, o.SSO.Order())
	put("policy/default", directory.Attributes{"rules": `["default"]`})
	require.Equal(t, "R", o.SSO.Spare[0].Name)
}

func TestDroppedThingsAreGone(t *testing.T) {
	o := directory.Outline{SSO: directory.SSO{
		Apps: []directory.App{{Name: "a"}, {Name: "c"}}, IdPs: []directory.IdP{{Name: "i"}}, Conditions: []directory.Condition{{Name: "k"}},
		Rules: []directory.Rule{{ID: "1", Name: "r"}},
	}}
	var drops []directory.Change
	for _, target := range []string{"app/a", "client/c", "idp/i", "condition/k", "rule/r"} {
		drops = append(drops, directory.Change{Kind: directory.DropSetting, Target: target})
	}
	s := ProjectSSO(o, slices.Values(drops)).SSO
	require.Empty(t, s.Apps)
	require.Empty(t, s.IdPs)
	require.Empty(t, s.Conditions)
	require.Empty(t, s.Rules)
}
