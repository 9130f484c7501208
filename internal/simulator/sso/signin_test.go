package sso_test

import (
	"net/http"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/simulator/sso"
	"cutover/internal/simulator/sso/ssotest"
)

func TestTheConsoleLeadsToTheSignInAndBack(t *testing.T) {
	d := ssotest.Start(t, "utilities", sso.Options{})
	d.Add(sso.User{UserName: "o'neill <script>", Active: true}, password)
	b := newBrowser(t)

	page := b.get(d.BaseURL() + "/ui/v1/myconsole")
	require.Equal(t, "/ui/v1/signin", page.at.Path)
	require.True(t, page.asksPassword(), "without a rule on the user it is one page")

	page = b.post(d.BaseURL()+"/ui/v1/signin/password", "username", "O'NEILL <script>", "password", password)
	require.Equal(t, "/ui/v1/myconsole", page.at.Path)
	require.Equal(t, "o&#39;neill &lt;script&gt;", page.userShown(), "the name is as the domain has it, and escaped")

	page = b.post(d.BaseURL() + "/ui/v1/signout")
	require.Equal(t, "/ui/v1/signin", page.at.Path)
	require.Equal(t, "/ui/v1/signin", b.get(d.BaseURL()+"/ui/v1/myconsole").at.Path)
}

func TestTheSessionCookieCarriesTheDomainsNameAndIsHiddenFromScripts(t *testing.T) {
	d := ssotest.Start(t, "utilities", sso.Options{})
	d.Add(sso.User{UserName: "anna", Active: true}, password)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.PostForm(d.BaseURL()+"/ui/v1/signin/password", url.Values{"username": {"anna"}, "password": {password}})
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	cookies := resp.Cookies()
	require.Len(t, cookies, 1)
	require.Equal(t, "cutover_utilities_session", cookies[0].Name)
	require.True(t, cookies[0].HttpOnly)
	require.Equal(t, http.SameSiteLaxMode, cookies[0].SameSite)
}

func TestASessionEndsWhenTheUserIsNotWhoSignedIn(t *testing.T) {
	for name, edit := range map[string]func(*sso.User){
		"deactivated": func(u *sso.User) { u.Active = false },
		"locked":      func(u *sso.User) { u.Locked = true },
		"renamed":     func(u *sso.User) { u.UserName = "anna.berg" },
		"replaced":    func(u *sso.User) { u.ID = "somebody new of the same name" },
	} {
		t.Run(name, func(t *testing.T) {
			d := ssotest.Start(t, "utilities", sso.Options{})
			d.Add(sso.User{UserName: "anna", Active: true}, password)
			b := newBrowser(t)
			require.Equal(t, "anna", b.post(d.BaseURL()+"/ui/v1/signin/password", "username", "anna", "password", password).userShown())
			d.Change("anna", edit)
			require.Equal(t, "/ui/v1/signin", b.get(d.BaseURL()+"/ui/v1/myconsole").at.Path)
		})
	}
}

func TestTheUserNameIsAskedFirstWhereARuleDependsOnIt(t *testing.T) {
	d := ssotest.Start(t, "utilities", sso.Options{})
	d.Add(sso.User{UserName: "anna", Active: true, Groups: []string{"Break Glass"}}, password)
	d.SetIdP(sso.IdP{ID: "fusion", Name: "Fusion", Enabled: true, SSOURL: "https://fusion.example/sso"})
	d.SetRules(
		ssotest.When(ssotest.Local("Keep local sign-in"), "user.groups", "eq", "Break Glass"),
		ssotest.Local("Default IDP Rule", "fusion"),
	)
	b := newBrowser(t)
	first := b.get(d.BaseURL() + "/ui/v1/signin")
	require.False(t, first.asksPassword())
	require.NotContains(t, first.body, "Fusion", "nothing is offered before it is known to whom")

	second := b.post(d.BaseURL()+"/ui/v1/signin/user", "username", "Anna")
	require.True(t, second.asksPassword())
	require.NotContains(t, second.body, ">Fusion<")

	stranger := b.post(d.BaseURL()+"/ui/v1/signin/user", "username", "nobody.knows")
	require.True(t, stranger.asksPassword())
	require.Contains(t, stranger.body, ">Fusion<", "a stranger sees what the default rule offers")
}

func TestAPasswordIsRefusedWhereTheRuleOffersNone(t *testing.T) {
	d := ssotest.Start(t, "utilities", sso.Options{})
	d.Add(sso.User{UserName: "anna", Active: true}, password)
	d.SetRules(ssotest.Only("Default IDP Rule", "fusion"))
	page := newBrowser(t).post(d.BaseURL()+"/ui/v1/signin/password", "username", "anna", "password", password)
	require.Equal(t, http.StatusUnauthorized, page.status)
	require.Empty(t, d.SignedInIDs())
}

func TestARuleThatOffersNothingSaysSo(t *testing.T) {
	d := ssotest.Start(t, "utilities", sso.Options{})
	d.SetIdP(sso.IdP{ID: "fusion", Name: "Fusion", SSOURL: "https://fusion.example/sso"})
	d.SetRules(ssotest.Only("Default IDP Rule", "fusion", "deleted"))
	page := newBrowser(t).get(d.BaseURL() + "/ui/v1/signin")
	require.Contains(t, page.body, "No sign-in is possible")
	require.Contains(t, page.alert(), "no way to sign in", "a disabled identity provider is no way in")
}

func TestSeveralIdentityProvidersAreListedAndOneWithoutAnAddressIsOutside(t *testing.T) {
	d := ssotest.Start(t, "fusion", sso.Options{})
	d.SetIdP(sso.IdP{ID: "corporate-idp", Name: "Corporate", Enabled: true})
	d.SetIdP(sso.IdP{ID: "partner", Name: "Partner", Enabled: true, SSOURL: "https://partner.example/sso"})
	d.SetRules(ssotest.Only("Default IDP Rule", "corporate-idp", "partner"))
	b := newBrowser(t)
	list := b.get(d.BaseURL() + "/ui/v1/signin")
	require.Contains(t, list.body, ">Corporate<")
	require.Contains(t, list.body, ">Partner<")
	require.False(t, list.asksPassword())

	page := b.get(d.BaseURL() + "/fed/v1/sp/start?idp=corporate-idp")
	require.Equal(t, http.StatusOK, page.status)
	require.Contains(t, page.body, "Outside of this rehearsal")
	require.Equal(t, http.StatusForbidden, b.get(d.BaseURL()+"/fed/v1/sp/start?idp=unknown").status)
}

func TestWrongPasswordsAndStrangersAreAnsweredAlike(t *testing.T) {
	d := ssotest.Start(t, "utilities", sso.Options{})
	d.Add(sso.User{UserName: "anna", Active: true}, password)
	d.Add(sso.User{UserName: "left", Active: false}, password)
	b := newBrowser(t)
	wrong := b.post(d.BaseURL()+"/ui/v1/signin/password", "username", "anna", "password", "guess")
	require.Equal(t, http.StatusUnauthorized, wrong.status)
	require.True(t, wrong.asksPassword(), "one can try again")
	for _, name := range []string{"nobody", "left"} {
		require.Equal(t, wrong.body, b.post(d.BaseURL()+"/ui/v1/signin/password", "username", name, "password", "guess").body)
	}
	require.Empty(t, b.post(d.BaseURL()+"/ui/v1/signin/password", "username", "anna", "password", "").userShown())
}

func TestTheSignOnPolicyHoldsForASessionThatWasBegunBefore(t *testing.T) {
	fusion, utilities := federated(t)
	b := newBrowser(t)
	b.post(fusion.BaseURL()+"/ui/v1/signin/password", "username", "anna", "password", password)
	fusion.SetSignOn(sso.SignOnRule{Name: "Nobody", Active: true, Effect: "DENY"})
	page := b.get(utilities.BaseURL() + "/ui/v1/signin")
	require.Equal(t, http.StatusForbidden, page.status)
	require.Contains(t, page.alert(), "sign-on policy")
	require.Empty(t, page.field("SAMLResponse"))
}

func TestThePolicyOfTheAppDecidesASignInForIt(t *testing.T) {
	fusion, utilities := federated(t)
	fusion.SetOwnRules("app", ssotest.Only("Corporate only", "corporate-idp"))
	b := newBrowser(t)
	require.Contains(t, b.get(utilities.BaseURL()+"/ui/v1/signin").alert(), "no way to sign in")
	require.True(t, b.get(fusion.BaseURL()+"/ui/v1/signin").asksPassword(), "the default policy decides the rest")
}

func TestADomainMayDecideForSomebodyUnknownAndAskNobody(t *testing.T) {
	d := ssotest.Start(t, "utilities", sso.Options{AsksNobody: true})
	d.SetRules(ssotest.When(ssotest.Only("Keep local sign-in"), "user.userName", "in", `["bg-admin"]`), ssotest.Local("Default IDP Rule"))
	require.True(t, newBrowser(t).get(d.BaseURL()+"/ui/v1/signin").asksPassword())
}
