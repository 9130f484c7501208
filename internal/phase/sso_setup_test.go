package phase

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

func TestSetupMakesBothSidesAndThenTheRuleInFront(t *testing.T) {
	w := bare()
	c := w.carryOut(t, ssoSetup, asItIs)
	require.Equal(t, []string{
		"1 fusion setting.put app/Oracle Utilities",
		"1 fusion setting.put client/cutover-sync",
		"1 utilities setting.put idp/Fusion",
		"2 fusion setting.put app-status/Oracle Utilities",
		"2 fusion setting.put client-status/cutover-sync",
		"2 fusion setting.put client-role/cutover-sync",
		"3 utilities setting.put condition/Keep local sign-in",
		"4 utilities setting.put rule/Keep local sign-in",
		"5 utilities setting.put policy/default",
	}, c.lines())
	require.Equal(t, directory.Attributes{
		"entityId": "https://utilities.example:443/fed", "assertionConsumer": "https://utilities.example/fed/v1/sp/sso",
		"nameIdFormat": "saml-unspecified", "nameIdValue": "userName", "signedSso": "Assertion", "hashAlgorithm": "SHA-256",
		"logoutEnabled": "false", "signingCertificate": "VVRJTA==",
	}, c.changes[0].After)
	require.Equal(t, directory.Attributes{"allowedGrants": `["client_credentials"]`, "anyUrlScheme": "true"}, c.changes[1].After)
	require.Equal(t, directory.Attributes{
		"entityId": "https://fusion.example:443/fed", "ssoUrl": "https://fusion.example/fed/v1/idp/sso", "certificate": "RlVTSU9O",
		"nameIdFormat": "saml-unspecified", "userMapping": "username", "enabled": "true",
	}, c.changes[2].After)
	require.Equal(t, directory.Attributes{"role": "User Administrator"}, c.changes[5].After)
	require.Equal(t, directory.Attributes{
		"attribute": "user.userName", "operator": "in", "value": `["bg-admin","svc-meter"]`,
	}, c.changes[6].After, "who is excluded and the emergency administrator, in order")
	require.Equal(t, directory.Attributes{"local": `["UserNamePassword"]`, "saml": "[]", "condition": "Keep local sign-in"}, c.changes[7].After)
	require.Equal(t, directory.Attributes{"rules": `["default"]`}, c.changes[8].Before)
	require.Equal(t, directory.Attributes{"rules": `["Keep local sign-in","default"]`}, c.changes[8].After)
	require.Equal(t, StateLocalOnly, SwitchState(w.utilities.outline.SSO, "Fusion"), "it changes how nobody signs in")
	require.Equal(t, []Proof{EmergencyLocal}, ssoSetup.Proofs(input(w), 0))
}

func TestANewAppIsActivatedFromInactive(t *testing.T) {
	c := plan(t, ssoSetup, input(bare()))
	for _, change := range c.changes[3:5] {
		require.Equal(t, directory.Attributes{"active": "false"}, change.Before, "the image that holds once step 1 has made it")
		require.Equal(t, directory.Attributes{"active": "true"}, change.After)
	}
}

func TestSetupAdoptsWhatAnAdministratorMadeByHandUnderItsOwnNames(t *testing.T) {
	w := bare()
	w.fusion.outline.SSO.Apps = append(w.fusion.outline.SSO.Apps, directory.App{
		ID: "a1", Name: "CCS by hand", Active: true, EntityID: "https://utilities.example:443/fed",
		AssertionConsumer: "https://utilities.example/fed/v1/sp/sso", NameIDFormat: directory.NameIDUnspecified, NameIDValue: directory.NameIDUserName,
		SignedSSO: directory.SignedAssertion, HashAlgorithm: "SHA-1", SigningCertificate: "VVRJTA==",
	}, directory.App{
		ID: "c1", Name: "Cutover-Sync", Active: true, OAuthClient: true, AllowedGrants: []string{"client_credentials"}, AnyURLScheme: true,
		ClientRoles: []string{"Me", "User Administrator"},
	})
	u := &w.utilities.outline.SSO
	u.IdPs = []directory.IdP{{ID: "i1", Name: "FA IdP", EntityID: "https://fusion.example:443/fed", SSOURL: "https://fusion.example/fed/v1/idp/sso",
		Certificate: "RlVTSU9O", NameIDFormat: directory.NameIDUnspecified, UserMapping: directory.MapToUserName}}
	u.Conditions = []directory.Condition{{ID: "k1", Name: "left alone", Attribute: "user.userName", Operator: "in", Value: `["SVC-METER", "bg-admin"]`}}
	u.Rules = append([]directory.Rule{{ID: "r1", Name: "Keep local sign-in", Active: true, Local: []string{"UserNamePassword"}, Condition: "k1"}}, u.Rules...)

	c := w.carryOut(t, ssoSetup, asItIs)
	require.Equal(t, []string{
		"1 fusion setting.put app/CCS by hand",
		"1 utilities setting.put idp/FA IdP",
	}, c.lines(), "only what differs; the list of the condition is the same people in another order")
	require.Equal(t, "SHA-1", c.changes[0].Before["hashAlgorithm"])
	require.Equal(t, "false", c.changes[1].Before["enabled"])

	test := w.carryOut(t, ssoTest, asItIs)
	require.Contains(t, test.lines(), "3 utilities setting.put rule/SSO test")
	require.Equal(t, `["FA IdP"]`, test.changes[3].After["saml"])
	w.carryOut(t, ssoOff, asItIs)
	on := w.carryOut(t, ssoOn, asItIs)
	require.Equal(t, `["FA IdP"]`, on.changes[len(on.changes)-1].After["saml"])
	require.Equal(t, StateSSOOnly, SwitchState(*u, "FA IdP"))
}

func TestAnAdoptedConditionIsCorrectedUnderItsOwnName(t *testing.T) {
	w := bare()
	u := &w.utilities.outline.SSO
	u.Conditions = []directory.Condition{{ID: "k1", Name: "left alone", Attribute: "user.userName", Operator: "in", Value: `["svc-meter"]`}}
	u.Rules = append([]directory.Rule{{ID: "r1", Name: "Keep local sign-in", Active: true, Local: []string{"UserNamePassword"}, Condition: "k1"}}, u.Rules...)
	c := w.carryOut(t, ssoSetup, asItIs)
	require.Equal(t, []string{"3 utilities setting.put condition/left alone"}, c.lines()[6:])
	require.Equal(t, `["svc-meter"]`, c.changes[6].Before["value"])
}

func TestARuleThatAnInterruptedWalkLeftOutsideOfThePolicyIsPutInItsPlace(t *testing.T) {
	w := bare()
	c := plan(t, ssoSetup, input(w))
	w.apply(c.changes[:8]...)
	require.Equal(t, []string{"5 utilities setting.put policy/default"}, plan(t, ssoSetup, input(w)).lines())
}

func TestSetupKeepsTheOtherRulesInTheirOrder(t *testing.T) {
	w := bare()
	u := &w.utilities.outline.SSO
	u.Conditions = []directory.Condition{{ID: "k", Name: "partners", Attribute: "user.userName", Operator: "sw", Value: "p-"}}
	u.Rules = append([]directory.Rule{{ID: "p", Name: "Partners", Active: true, Condition: "k", SAML: []string{"x"}}}, u.Rules...)
	w.carryOut(t, ssoSetup, asItIs)
	require.Equal(t, []string{"Keep local sign-in", "Partners", "default"}, w.utilities.outline.SSO.Order())
}

func TestTheTestUserIsNeverKeptOnTheLocalSignIn(t *testing.T) {
	w := bare()
	w.utilities.people = append(w.utilities.people, person("cutover.test"))
	in := input(w)
	in.Rules.ExcludeUtilities.UserNames = []string{"*"}
	require.Equal(t, `["Ann","bg-admin","bob","svc-meter"]`, plan(t, ssoSetup, in).changes[6].After["value"])
}

func TestAnEmergencyAdministratorWhoIsNotThereYetIsListedAllTheSame(t *testing.T) {
	w := bare()
	in := input(w)
	in.SSO.Emergency = "Break.Glass"
	require.Equal(t, `["bg-admin","Break.Glass","svc-meter"]`, plan(t, ssoSetup, in).changes[6].After["value"])
}

func TestSetupStopsWhereASideSaysNothingOfItself(t *testing.T) {
	for name, without := range map[string]func(*world){
		"fusion":    func(w *world) { w.fusion.outline.SSO.Metadata.IdPCertificate = "" },
		"utilities": func(w *world) { w.utilities.outline.SSO.Metadata = directory.Metadata{} },
	} {
		t.Run(name, func(t *testing.T) {
			w := bare()
			without(w)
			c := plan(t, ssoSetup, input(w))
			require.Empty(t, c.changes)
			require.Equal(t, []string{"no-saml-metadata "}, c.blocking())
			require.Equal(t, name, string(c.findings[0].Domain))
			require.Contains(t, c.findings[0].Detail, "signing certificate")
		})
	}
}

func TestSetupStopsWhereAnotherPolicyDecidesForTheEnvironment(t *testing.T) {
	w := bare()
	app := &w.utilities.outline.SSO.Apps[0]
	app.IdPPolicy = directory.DefaultPolicyID
	require.Empty(t, plan(t, ssoSetup, input(w)).blocking(), "the default policy is the one that is switched")
	app.IdPPolicy = "theirs"
	require.Equal(t, []string{"app-idp-policy "}, plan(t, ssoSetup, input(w)).blocking())
	app.Name = "Something else"
	require.Empty(t, plan(t, ssoSetup, input(w)).blocking(), "other apps are no business of the cutover")
}

func TestSetupStopsWhereNobodyKnowsHowPeopleSignIn(t *testing.T) {
	w := bare().offer(false, "partner-idp")
	require.Contains(t, plan(t, ssoSetup, input(w)).blocking(), "no-known-sign-in ")
	for _, ph := range []Phase{ssoTest, ssoOff, ssoOn} {
		require.Empty(t, plan(t, ph, input(w)).changes, "%s leaves such a rule alone", ph.Name)
	}
}

func TestSetupStopsWhereTheRuleInFrontIsSwitchedOff(t *testing.T) {
	w := setUp(t)
	w.utilities.outline.SSO.Rules[0].Active = false
	require.Equal(t, []string{"no-front-rule "}, plan(t, ssoSetup, input(w)).blocking())
}

func TestExcludedPeopleWhoSignInBySSOTodayAreNotPushedBehindAPasswordTheyLack(t *testing.T) {
	w := setUp(t).offer(true)
	w.offer(true, w.idpID("Fusion"))
	svc := person("svc-new")
	svc.Federated = true
	w.utilities.people = append(w.utilities.people, svc)
	require.Equal(t, []string{"locked-out-by-front-rule svc-new"}, plan(t, ssoSetup, input(w)).blocking())
	w.offer(true)
	require.Empty(t, plan(t, ssoSetup, input(w)).blocking(), "while SSO is not offered there is nothing to lose")
}

func TestAPhaseRefusesToPlanFromADomainThatWasNotRead(t *testing.T) {
	for _, ph := range []Phase{ssoSetup, ssoTest, ssoOff, ssoOn, tidy} {
		in := input(bare())
		delete(in.World, directory.Utilities)
		require.ErrorContains(t, ph.Plan(in, &collected{}), "utilities has not been read", ph.Name)
	}
}
