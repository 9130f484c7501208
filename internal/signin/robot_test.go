package signin_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/signin"
	"cutover/internal/simulator/sso"
	"cutover/internal/simulator/sso/ssotest"
)

const (
	testUser = "cutover.test"
	admin    = "bg-admin"
	secret   = "correct horse battery staple"
)

// estate is Fusion as identity provider and Utilities as service provider, set
// up for single sign-on, which no rule offers yet.
type estate struct {
	t                 *testing.T
	fusion, utilities *ssotest.Domain
	hub, spoke        directory.Metadata
	by                interface { // who signs in
		SignIn(context.Context, signin.Request) signin.Result
	}
	clock func() time.Time
	later func(time.Duration) // sets the clocks of all sides, where they can be set
}

func federated(t *testing.T, fusion, utilities sso.Options) *estate {
	t.Helper()
	e := &estate{
		t: t, fusion: ssotest.Start(t, "fusion", fusion), utilities: ssotest.Start(t, "utilities", utilities),
		by: signin.Robot{Transport: &http.Transport{}},
	}
	e.hub, e.spoke = e.metadata(e.fusion), e.metadata(e.utilities)
	ssotest.Federate(e.fusion, e.utilities, e.hub.IdPCertificate)
	e.fusion.Add(sso.User{UserName: testUser, Active: true}, secret)
	e.utilities.Add(sso.User{UserName: testUser, Active: true, Federated: true}, "")
	e.utilities.Add(sso.User{UserName: admin, Active: true, Groups: []string{"Break Glass"}}, secret)
	return e
}

func (e *estate) metadata(d *ssotest.Domain) directory.Metadata {
	e.t.Helper()
	m, err := signin.Metadata(e.t.Context(), http.DefaultClient, d.BaseURL())
	require.NoError(e.t, err)
	return m
}

// request asks for the sign-in of a user at Utilities.
func (e *estate) request(userName, by string) signin.Request {
	return signin.Request{
		StartURL: e.utilities.BaseURL() + "/ui/v1/signin", ConsolePath: "/ui/v1/myconsole",
		UserName: userName, Password: func(context.Context) (string, error) { return secret, nil }, By: by,
		Trust: signin.Trust{
			IdPEntityID: e.hub.IdPEntityID, IdPCertificate: e.hub.IdPCertificate,
			SPEntityID: e.spoke.SPEntityID, AssertionConsumer: e.spoke.AssertionConsumer,
		},
		Hosts: []string{e.utilities.Host(), e.fusion.Host()}, Timeout: 10 * time.Second, Clock: e.clock,
	}
}

func (e *estate) signIn(userName, by string) signin.Result { return e.run(e.request(userName, by)) }

// run signs in and holds every result against what none may hold.
func (e *estate) run(req signin.Request) signin.Result {
	e.t.Helper()
	got := e.by.SignIn(e.t.Context(), req)
	told := strings.ToLower(got.Reason + strings.Join(got.Steps, " "))
	for _, private := range []string{req.UserName, secret, "saml", "?", "http://", "127.0.0.1"} {
		require.NotContains(e.t, strings.ReplaceAll(told, "(http ", ""), strings.ToLower(private), "a result names nobody and holds nothing that was sent")
	}
	if got.Outcome != signin.OK {
		require.True(e.t, strings.HasSuffix(got.Reason, "."), "a reason is a sentence: %q", got.Reason)
	}
	return got
}

func ends(t *testing.T, got signin.Result, outcome, reason string) {
	t.Helper()
	require.Equal(t, outcome, got.Outcome, "%+v", got)
	require.Contains(t, got.Reason, reason)
}

func TestLocalSignInLandsAsTheUser(t *testing.T) {
	e := federated(t, sso.Options{}, sso.Options{})
	require.Equal(t, signin.Result{Outcome: signin.OK, Steps: []string{
		"/ui/v1/signin", "/ui/v1/signin/password", "/ui/v1/myconsole",
	}}, e.signIn(admin, signin.ByLocal))
	require.Equal(t, []string{"utilities/" + admin}, e.utilities.SignedInIDs(), "the domain keeps the date of the sign-in")
}

func TestLocalSignInIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		edit   func(*sso.User)
		reason string
	}{
		"to a user who is inactive":  {func(u *sso.User) { u.Active = false }, "inactive"},
		"to a user who is locked":    {func(u *sso.User) { u.Locked = true }, "locked"},
		"to a user who is federated": {func(u *sso.User) { u.Federated = true }, "federated"},
	} {
		t.Run(name, func(t *testing.T) {
			e := federated(t, sso.Options{}, sso.Options{})
			e.utilities.Change(admin, c.edit)
			ends(t, e.signIn(admin, signin.ByLocal), signin.Refused, c.reason)
			require.Empty(t, e.utilities.SignedInIDs())
		})
	}
	t.Run("with a wrong password", func(t *testing.T) {
		e := federated(t, sso.Options{}, sso.Options{})
		req := e.request(admin, signin.ByLocal)
		req.Password = func(context.Context) (string, error) { return "guess", nil }
		ends(t, e.run(req), signin.Refused, "user name or the password is wrong")
	})
	t.Run("where only single sign-on is offered", func(t *testing.T) {
		e := federated(t, sso.Options{}, sso.Options{})
		e.utilities.SetRules(ssotest.Only("Default IDP Rule", "fusion"))
		got := e.signIn(admin, signin.ByLocal)
		ends(t, got, signin.Refused, "Local sign-in is not offered")
		require.Equal(t, []string{"/ui/v1/signin"}, got.Steps, "the federation is not followed")
	})
}

func TestTheFrontRuleKeepsExcludedPeopleLocal(t *testing.T) {
	e := federated(t, sso.Options{}, sso.Options{})
	e.utilities.SetRules(
		ssotest.When(ssotest.Local("Keep local sign-in"), "user.userName", "in", `["BG-Admin","svc-batch"]`),
		ssotest.Only("Default IDP Rule", "fusion"),
	)
	require.Equal(t, signin.OK, e.signIn(admin, signin.ByLocal).Outcome)
	ends(t, e.signIn(admin, signin.BySSO), signin.Refused, "Single sign-on is not offered")
	ends(t, e.signIn(testUser, signin.ByLocal), signin.Refused, "Local sign-in is not offered")
	require.Equal(t, signin.OK, e.signIn(testUser, signin.BySSO).Outcome)
}

func TestTheTestRuleOffersSingleSignOnToTheTestUserAlone(t *testing.T) {
	e := federated(t, sso.Options{}, sso.Options{})
	e.utilities.SetRules(
		ssotest.When(ssotest.Local("SSO test", "fusion"), "user.userName", "eq", testUser),
		ssotest.Local("Default IDP Rule"),
	)
	require.Equal(t, signin.Result{Outcome: signin.OK, Steps: []string{
		"/ui/v1/signin", "/ui/v1/signin/user", "/fed/v1/sp/start",
		"/fed/v1/idp/sso", "/ui/v1/signin", "/ui/v1/signin/password", "/fed/v1/idp/resume",
		"/fed/v1/sp/sso", "/ui/v1/myconsole",
	}}, e.signIn(testUser, signin.BySSO))
	require.Equal(t, []string{"utilities/" + testUser}, e.utilities.SignedInIDs())

	e.fusion.Add(sso.User{UserName: admin, Active: true}, secret)
	ends(t, e.signIn(admin, signin.BySSO), signin.Refused, "Single sign-on is not offered")
	require.Equal(t, signin.OK, e.signIn(admin, signin.ByLocal).Outcome)
}

func TestWhereBothAreOfferedEachWayIsTakenAsAsked(t *testing.T) {
	e := federated(t, sso.Options{}, sso.Options{})
	e.utilities.SetRules(ssotest.Local("Default IDP Rule", "fusion"))
	local, bySSO := e.signIn(admin, signin.ByLocal), e.signIn(testUser, signin.BySSO)
	require.Equal(t, signin.OK, local.Outcome, local.Reason)
	require.NotContains(t, strings.Join(local.Steps, " "), "/fed/")
	require.Equal(t, signin.OK, bySSO.Outcome, bySSO.Reason)
	require.Contains(t, bySSO.Steps, "/fed/v1/sp/sso")
}

func TestTheOnlyIdentityProviderIsRedirectedToAtOnce(t *testing.T) {
	e := federated(t, sso.Options{}, sso.Options{})
	e.utilities.SetRules(ssotest.Only("Default IDP Rule", "fusion"))
	got := e.signIn(testUser, signin.BySSO)
	require.Equal(t, signin.OK, got.Outcome, got.Reason)
	require.Equal(t, []string{"/ui/v1/signin", "/fed/v1/sp/start", "/fed/v1/idp/sso"}, got.Steps[:3])
}

func TestAmongSeveralIdentityProvidersTheExpectedOneIsFound(t *testing.T) {
	e := federated(t, sso.Options{}, sso.Options{})
	e.utilities.SetIdP(sso.IdP{ID: "corporate", Name: "Corporate", Enabled: true})
	e.utilities.SetIdP(sso.IdP{ID: "partner", Name: "Partner", Enabled: true, SSOURL: "https://login.partner.example/sso"})
	e.utilities.SetRules(ssotest.Only("Default IDP Rule", "corporate", "partner", "fusion"))
	got := e.signIn(testUser, signin.BySSO)
	require.Equal(t, signin.OK, got.Outcome, got.Reason)

	e.utilities.SetRules(ssotest.Only("Default IDP Rule", "partner"))
	ends(t, e.signIn(testUser, signin.BySSO), signin.Failed, "another identity provider")
}

func TestFusionsOwnCorporateIdentityProviderIsNotFollowed(t *testing.T) {
	e := federated(t, sso.Options{}, sso.Options{})
	e.utilities.SetRules(ssotest.Only("Default IDP Rule", "fusion"))
	e.fusion.SetIdP(sso.IdP{ID: "corporate-idp", Name: "Corporate", Enabled: true})
	e.fusion.SetRules(ssotest.Local("Default IDP Rule", "corporate-idp"))
	require.Equal(t, signin.OK, e.signIn(testUser, signin.BySSO).Outcome)

	e.fusion.SetRules(ssotest.Only("Default IDP Rule", "corporate-idp"))
	ends(t, e.signIn(testUser, signin.BySSO), signin.Refused, "outside of the rehearsal")
}

func TestEachSignInHasASessionOfItsOwn(t *testing.T) {
	e := federated(t, sso.Options{}, sso.Options{})
	e.utilities.SetRules(ssotest.Only("Default IDP Rule", "fusion"))
	first, second := e.signIn(testUser, signin.BySSO), e.signIn(testUser, signin.BySSO)
	require.Equal(t, signin.OK, first.Outcome, first.Reason)
	require.Equal(t, first, second, "the second sign-in asks for the password again")
}
