package signin_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/signin"
	"cutover/internal/simulator/sso"
	"cutover/internal/simulator/sso/ssotest"
)

// wrongs is everything that keeps a sign-in by single sign-on from succeeding,
// with what the robot says of it.
var wrongs = []struct {
	what            string
	fusion          sso.Options
	spoil           func(*estate, *signin.Request)
	outcome, reason string
}{
	{what: "nothing", outcome: signin.OK},
	{what: "a wrong certificate", fusion: sso.Options{WrongCertificate: true}, outcome: signin.Failed,
		reason: "signed with another certificate than the one that the service provider trusts"},
	{what: "an expired certificate", spoil: func(e *estate, _ *signin.Request) { e.later(11 * 365 * 24 * time.Hour) }, outcome: signin.Failed,
		reason: "The certificate that the service provider trusts has expired"},
	{what: "clock skew", fusion: sso.Options{Clock: func() time.Time { return time.Now().Add(10 * time.Minute) }}, outcome: signin.Failed,
		reason: "the clocks differ"},
	{what: "a wrong entity id (:443) of the service provider", spoil: func(e *estate, _ *signin.Request) {
		e.app(func(a *sso.App) { a.EntityID = "https://utilities.example:443/fed" })
	}, outcome: signin.Failed, reason: "it has no active application for this service provider"},
	{what: "a wrong entity id of the identity provider", spoil: func(e *estate, _ *signin.Request) {
		idp, _ := e.utilities.IdP("fusion")
		idp.EntityID = "https://fusion.example:443/fed"
		e.utilities.SetIdP(idp)
	}, outcome: signin.Failed, reason: "it was issued by another identity provider than the one that it trusts (entity id)"},
	{what: "a wrong assertion consumer (ACS)", spoil: func(e *estate, _ *signin.Request) {
		e.app(func(a *sso.App) { a.AssertionConsumer += "x" })
	}, outcome: signin.Failed, reason: "its settings for single sign-on do not fit the other side's"},
	{what: "a wrong value of the NameID", spoil: func(e *estate, _ *signin.Request) {
		e.fusion.Change(testUser, func(u *sso.User) { u.Email = "test@utility.example" })
		e.app(func(a *sso.App) { a.NameIDValue = "emails.primary.value" })
	}, outcome: signin.Failed, reason: "names somebody else than the user who signed in (NameID)"},
	{what: "a wrong format of the NameID", spoil: func(e *estate, _ *signin.Request) {
		e.app(func(a *sso.App) { a.NameIDFormat = "saml-persistent" })
	}, outcome: signin.Failed, reason: "the NameID is not what it takes"},
	{what: "a user who is missing", spoil: func(e *estate, _ *signin.Request) {
		e.utilities.Change(testUser, func(u *sso.User) { u.UserName = "somebody" })
	}, outcome: signin.Refused, reason: "it knows no such user"},
	{what: "a user who is inactive", spoil: func(e *estate, _ *signin.Request) {
		e.utilities.Change(testUser, func(u *sso.User) { u.Active = false })
	}, outcome: signin.Refused, reason: "the user is inactive"},
	{what: "a user who differs in case", spoil: func(e *estate, _ *signin.Request) {
		e.utilities.Change(testUser, func(u *sso.User) { u.UserName = "Cutover.Test" })
	}, outcome: signin.Refused, reason: "it knows the user in another spelling only"},
	{what: "an identity provider that is not in the rule", spoil: func(e *estate, _ *signin.Request) {
		e.utilities.SetRules(ssotest.Local("Default IDP Rule"))
	}, outcome: signin.Refused, reason: "Single sign-on is not offered to this user"},
	{what: "another identity provider in the rule", spoil: func(e *estate, _ *signin.Request) {
		e.utilities.SetIdP(sso.IdP{ID: "partner", Name: "Partner", Enabled: true, SSOURL: "https://login.partner.example/sso"})
		e.utilities.SetRules(ssotest.Only("Default IDP Rule", "partner"))
	}, outcome: signin.Failed, reason: "leads to another identity provider"},
	{what: "an identity provider policy of the app in Utilities", spoil: func(e *estate, r *signin.Request) {
		e.utilities.SetOwnRules("", ssotest.Local("CCS only"))
		r.OwnPolicy.ServiceProvider = true
	}, outcome: signin.Refused, reason: "only the local sign-in. At the service provider the default identity provider policy does not decide"},
	{what: "an identity provider policy of the app in Fusion", spoil: func(e *estate, r *signin.Request) {
		e.fusion.SetIdP(sso.IdP{ID: "corporate-idp", Name: "Corporate", Enabled: true})
		e.fusion.SetOwnRules("app", ssotest.Only("Corporate only", "corporate-idp"))
		r.OwnPolicy.IdentityProvider = true
	}, outcome: signin.Refused, reason: "At the identity provider the default identity provider policy does not decide"},
	{what: "a sign-on policy that refuses in Fusion", spoil: func(e *estate, _ *signin.Request) {
		e.fusion.SetSignOn(denies("userName", testUser), allows())
	}, outcome: signin.Refused, reason: "The identity provider does not let the user in: a sign-on policy refuses this user"},
	{what: "a sign-on policy that refuses in Utilities", spoil: func(e *estate, _ *signin.Request) {
		e.utilities.SetSignOn(denies("userName", testUser), allows())
	}, outcome: signin.Refused, reason: "The assertion is sound, but the service provider does not accept it: a sign-on policy refuses this user"},
	{what: "a sign-on policy that refuses somebody else", spoil: func(e *estate, _ *signin.Request) {
		e.fusion.SetSignOn(denies("userName", admin), allows())
		e.utilities.SetSignOn(denies("userName", admin), allows())
	}, outcome: signin.OK},
}

func TestAProofFailsWithTheReasonInWords(t *testing.T) {
	for _, c := range wrongs {
		t.Run(c.what, func(t *testing.T) {
			e := shifting(t, c.fusion)
			req := e.request(testUser, signin.BySSO)
			if c.spoil != nil {
				c.spoil(e, &req)
			}
			ends(t, e.run(req), c.outcome, c.reason)
			if c.outcome == signin.OK {
				require.Equal(t, []string{"utilities/" + testUser}, e.utilities.SignedInIDs())
			} else {
				require.Empty(t, e.utilities.SignedInIDs())
			}
		})
	}
}

func TestASignOnPolicyRefusesALocalSignInToo(t *testing.T) {
	e := federated(t, sso.Options{}, sso.Options{})
	e.utilities.SetSignOn(denies("user.groups", "Break Glass"), allows())
	ends(t, e.signIn(admin, signin.ByLocal), signin.Refused, "The domain does not let the user in: a sign-on policy refuses this user")
	e.utilities.SetSignOn(allows())
	require.Equal(t, signin.OK, e.signIn(admin, signin.ByLocal).Outcome)
}

func TestAnOwnPolicyIsNotBlamedForWhatItDidNotDecide(t *testing.T) {
	e := ssoOnly(t, sso.Options{}, sso.Options{})
	e.utilities.Change(testUser, func(u *sso.User) { u.Active = false })
	req := e.request(testUser, signin.BySSO)
	req.OwnPolicy = signin.OwnPolicy{ServiceProvider: true, IdentityProvider: true}
	got := e.run(req)
	ends(t, got, signin.Refused, "the user is inactive")
	require.NotContains(t, got.Reason, "policy")
}

func denies(attribute, value string) sso.SignOnRule {
	return sso.SignOnRule{Name: "Keep out", Active: true, Effect: "DENY", Condition: &sso.Condition{Attribute: attribute, Operator: "eq", Value: value}}
}

func allows() sso.SignOnRule {
	return sso.SignOnRule{Name: "Default Sign-On Rule", Active: true, Effect: "ALLOW"}
}

// shifting is ssoOnly whose clocks, and the robot's, can be set later; not
// Fusion's where it has one already.
func shifting(t *testing.T, fusion sso.Options) *estate {
	shift := new(atomic.Int64)
	clock := func() time.Time { return time.Now().Add(time.Duration(shift.Load())) }
	if fusion.Clock == nil {
		fusion.Clock = clock
	}
	e := ssoOnly(t, fusion, sso.Options{Clock: clock})
	e.clock = clock
	e.later = func(by time.Duration) { shift.Store(int64(by)) }
	return e
}

// app edits the app in Fusion.
func (e *estate) app(edit func(*sso.App)) {
	apps := e.fusion.SAMLApps()
	edit(&apps[0])
	e.fusion.SetApps(apps...)
}
