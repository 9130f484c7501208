package phase

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

func TestOnOffersThenProvesThenTakesTheLocalSignInAway(t *testing.T) {
	w := setUp(t)
	in := input(w)
	c := plan(t, ssoOn, in)
	offer, only := c.changes[2], c.changes[3]
	require.Equal(t, directory.Attributes{"local": `["UserNamePassword"]`, "saml": "[]"}, offer.Before)
	require.Equal(t, directory.Attributes{"local": `["UserNamePassword"]`, "saml": `["Fusion"]`}, offer.After)
	require.Equal(t, offer.After, only.Before)
	require.Equal(t, directory.Attributes{"local": "[]", "saml": `["Fusion"]`}, only.After)
	require.Greater(t, only.Step, offer.Step)
	require.Equal(t, []Proof{NobodyLockedOut, TestUserBySSO, EmergencyLocal}, ssoOn.Proofs(in, offer.Step), "from fresh reads, before the local sign-in goes")
	for _, step := range []int{only.Step, 0} {
		require.Equal(t, []Proof{TestUserBySSO, EmergencyLocal, FrontRuleRedirect}, ssoOn.Proofs(in, step), "what people meet is looked at once SSO is the only way in")
	}
	require.Empty(t, ssoOn.Proofs(in, 1))
	require.Contains(t, ssoOn.Confirm, "cutover break-glass")
}

func TestAProofThatFailedIsAskedForAgainBeforeTheLocalSignInGoes(t *testing.T) {
	w := setUp(t)
	first := plan(t, ssoOn, input(w))
	w.apply(first.changes[:3]...) // offered; then the proof failed and the walk stopped
	again := plan(t, ssoOn, input(w))
	require.Equal(t, []string{"2 utilities setting.put rule/default", "3 utilities setting.put rule/default"}, again.lines())
	require.Equal(t, again.changes[0].Before, again.changes[0].After, "it changes nothing and brings the proof")
	w.apply(again.changes...)
	require.Empty(t, plan(t, ssoOn, input(w)).changes)
}

func TestOnTurnsOnlyUserNamePasswordOutOfTheRule(t *testing.T) {
	w := setUp(t)
	w.utilities.outline.SSO.Rules[1].Local = []string{"UserNamePassword", "FIDO"}
	w.carryOut(t, ssoOn, asItIs)
	require.Equal(t, []string{"FIDO"}, w.utilities.outline.SSO.Rules[1].Local)
}

func TestOnEnablesTheIdentityProviderFirst(t *testing.T) {
	w := setUp(t)
	w.utilities.outline.SSO.IdPs[0].Enabled = false
	c := w.carryOut(t, ssoOn, asItIs)
	require.Equal(t, "1 utilities setting.put idp/Fusion", c.lines()[0])
	require.Equal(t, directory.Attributes{"enabled": "false"}, c.changes[0].Before)
}

func TestOnDemandsTheRuleInFront(t *testing.T) {
	for name, broken := range map[string]func(*directory.SSO){
		"is not there":    func(s *directory.SSO) { s.Rules = s.Rules[1:] },
		"is in no policy": func(s *directory.SSO) { s.Rules, s.Spare = s.Rules[1:], s.Rules[:1] },
		"is not first": func(s *directory.SSO) {
			s.Rules = append([]directory.Rule{{ID: "x", Name: "X", Active: true}}, s.Rules...)
		},
		"is not active":      func(s *directory.SSO) { s.Rules[0].Active = false },
		"offers nothing":     func(s *directory.SSO) { s.Rules[0].Local = nil },
		"names somebody":     func(s *directory.SSO) { s.Conditions[0].Value = `["svc-meter"]` },
		"has no list at all": func(s *directory.SSO) { s.Conditions[0].Value = "bg-admin" },
	} {
		t.Run(name, func(t *testing.T) {
			w := setUp(t)
			broken(&w.utilities.outline.SSO)
			require.Contains(t, plan(t, ssoOn, input(w)).blocking(), "no-front-rule ")
			w.inState(StateSSOOnly)
			require.Empty(t, plan(t, ssoOn, input(w)).findings, "nothing is turned on, so nothing is in the way")
		})
	}
}

func TestARuleInFrontByAnotherConditionIsTakenAtItsWord(t *testing.T) {
	w := setUp(t)
	w.utilities.outline.SSO.Conditions[0] = directory.Condition{ID: w.utilities.outline.SSO.Conditions[0].ID, Name: "group", Attribute: "groups", Operator: "co", Value: "Break Glass"}
	require.Empty(t, plan(t, ssoOn, input(w)).blocking())
}

func TestOnAndTestNeedAnIdentityProviderToOffer(t *testing.T) {
	for _, ph := range []Phase{ssoTest, ssoOn} {
		c := plan(t, ph, input(bare()))
		require.Equal(t, []string{"no-idp "}, c.blocking())
		require.Empty(t, c.changes)
	}
}

func TestBreakGlassBringsLocalSignInBackAndLeavesTheRest(t *testing.T) {
	w := setUp(t).inState(StateSSOOnly)
	changes := breakGlass(t, w)
	require.Len(t, changes, 1)
	require.Equal(t, directory.Attributes{"local": "[]", "saml": `["Fusion"]`}, changes[0].Before)
	require.Equal(t, directory.Attributes{"local": `["UserNamePassword"]`, "saml": `["Fusion"]`}, changes[0].After)
	w.apply(changes...)
	require.Equal(t, StateBoth, SwitchState(w.utilities.outline.SSO, "Fusion"))
	require.Empty(t, breakGlass(t, w), "it is back already")
}
