package sso_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/simulator/sso"
	"cutover/internal/simulator/sso/ssotest"
)

// answered signs anna in at Fusion and returns the page with the response that
// her browser would send on.
func answered(t *testing.T, b browser, fusion, utilities *ssotest.Domain) seen {
	t.Helper()
	page := b.get(utilities.BaseURL() + "/ui/v1/signin")
	require.True(t, strings.HasPrefix(page.at.String(), fusion.BaseURL()), "one identity provider is redirected to at once")
	page = b.post(fusion.BaseURL()+"/ui/v1/signin/password", "username", "anna", "password", password, "then", page.field("then"))
	require.NotEmpty(t, page.field("SAMLResponse"), page.body)
	return page
}

func TestAResponseIsASignedAssertionInAnUnsignedResponse(t *testing.T) {
	fusion, utilities := federated(t)
	page := answered(t, newBrowser(t), fusion, utilities)
	raw, err := base64.StdEncoding.DecodeString(page.field("SAMLResponse"))
	require.NoError(t, err)
	response := string(raw)
	require.Equal(t, 1, strings.Count(response, "<ds:Signature "))
	require.Contains(t, response, "xmldsig-more#rsa-sha256")
	require.Contains(t, response, "nameid-format:unspecified")
	require.Contains(t, response, ">anna</saml:NameID>")
	require.Less(t, strings.Index(response, "<saml:Assertion"), strings.Index(response, "<ds:Signature "), "the signature is the assertion's")
	require.Contains(t, page.body, `action="`+utilities.BaseURL()+`/fed/v1/sp/sso"`)
}

func TestAResponseCountsOnce(t *testing.T) {
	fusion, utilities := federated(t)
	b := newBrowser(t)
	response := answered(t, b, fusion, utilities).field("SAMLResponse")
	require.Equal(t, "anna", b.post(utilities.BaseURL()+"/fed/v1/sp/sso", "SAMLResponse", response).userShown())
	again := b.post(utilities.BaseURL()+"/fed/v1/sp/sso", "SAMLResponse", response)
	require.Equal(t, http.StatusForbidden, again.status)
	require.Contains(t, again.alert(), "answered before")
	require.Equal(t, []string{"utilities/anna"}, utilities.SignedInIDs())
}

func TestAResponseCountsInTheBrowserThatAskedOnly(t *testing.T) {
	fusion, utilities := federated(t)
	response := answered(t, newBrowser(t), fusion, utilities).field("SAMLResponse")
	page := newBrowser(t).post(utilities.BaseURL()+"/fed/v1/sp/sso", "SAMLResponse", response)
	require.Equal(t, http.StatusForbidden, page.status)
	require.Empty(t, utilities.SignedInIDs())
}

func TestTheServiceProviderRefusesWhatItDoesNotTrust(t *testing.T) {
	for name, c := range map[string]struct {
		change func(raw string, fusion, utilities *ssotest.Domain) string
		why    string
	}{
		"a changed assertion": {func(raw string, _, _ *ssotest.Domain) string {
			return strings.Replace(raw, ">anna<", ">bob<", 1)
		}, "signature does not verify"},
		"an unsigned assertion": {func(raw string, _, _ *ssotest.Domain) string {
			from, to := strings.Index(raw, "<ds:Signature "), strings.Index(raw, "</ds:Signature>")
			return raw[:from] + raw[to+len("</ds:Signature>"):]
		}, "not signed"},
		"a second, unsigned assertion": {func(raw string, _, _ *ssotest.Domain) string {
			return strings.Replace(raw, "<saml:Assertion ", `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/><saml:Assertion `, 1)
		}, "exactly one assertion"},
		"no assertion": {func(raw string, _, _ *ssotest.Domain) string {
			from, to := strings.Index(raw, "<saml:Assertion "), strings.Index(raw, "</saml:Assertion>")
			return raw[:from] + raw[to+len("</saml:Assertion>"):]
		}, "exactly one assertion"},
		"a failure": {func(raw string, _, _ *ssotest.Domain) string {
			return strings.Replace(raw, "status:Success", "status:Responder", 1)
		}, "signed nobody in"},
		"no XML": {func(string, *ssotest.Domain, *ssotest.Domain) string { return "no XML" }, "cannot be read"},
		"what another certificate signed": {func(raw string, _, utilities *ssotest.Domain) string {
			edit(utilities, func(i *sso.IdP) { i.Certificate = certificate(t, utilities) })
			return raw
		}, "signature does not verify"},
		"what nobody's certificate signed": {func(raw string, _, utilities *ssotest.Domain) string {
			edit(utilities, func(i *sso.IdP) { i.Certificate = "" })
			return raw
		}, "no readable certificate"},
		"another issuer": {func(raw string, _, utilities *ssotest.Domain) string {
			edit(utilities, func(i *sso.IdP) { i.EntityID += "x" })
			return raw
		}, "another identity provider"},
		"an identity provider that is off by now": {func(raw string, _, utilities *ssotest.Domain) string {
			edit(utilities, func(i *sso.IdP) { i.Enabled = false })
			return raw
		}, "not enabled"},
		"an identity provider that no rule offers by now": {func(raw string, _, utilities *ssotest.Domain) string {
			utilities.SetRules(ssotest.Local("Default IDP Rule"))
			return raw
		}, "does not offer single sign-on"},
		"an inactive user": {func(raw string, _, utilities *ssotest.Domain) string {
			utilities.Change("anna", func(u *sso.User) { u.Active = false })
			return raw
		}, "inactive"},
		"a user in another case": {func(raw string, _, utilities *ssotest.Domain) string {
			utilities.Change("anna", func(u *sso.User) { u.UserName = "Anna" })
			return raw
		}, "another spelling"},
		"a user who is not there": {func(raw string, _, utilities *ssotest.Domain) string {
			utilities.Change("anna", func(u *sso.User) { u.UserName = "hanna" })
			return raw
		}, "names nobody"},
	} {
		t.Run(name, func(t *testing.T) {
			fusion, utilities := federated(t)
			utilities.Add(sso.User{UserName: "bob", Active: true}, "")
			b := newBrowser(t)
			raw, err := base64.StdEncoding.DecodeString(answered(t, b, fusion, utilities).field("SAMLResponse"))
			require.NoError(t, err)
			sent := c.change(string(raw), fusion, utilities)
			page := b.post(utilities.BaseURL()+"/fed/v1/sp/sso", "SAMLResponse", base64.StdEncoding.EncodeToString([]byte(sent)))
			require.Equal(t, http.StatusForbidden, page.status)
			require.Contains(t, page.alert(), c.why)
			require.Empty(t, utilities.SignedInIDs())
		})
	}
}

// edit changes what Utilities holds of Fusion.
func edit(utilities *ssotest.Domain, change func(*sso.IdP)) {
	idp, _ := utilities.IdP("fusion")
	change(&idp)
	utilities.SetIdP(idp)
}

func TestTheIdentityProviderAnswersOnlyRequestsOfItsActiveApps(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*sso.App)
		why    string
	}{
		"an app that is off":         {func(a *sso.App) { a.Active = false }, "no active application"},
		"another entity id":          {func(a *sso.App) { a.EntityID += "x" }, "no active application"},
		"another assertion consumer": {func(a *sso.App) { a.AssertionConsumer += "x" }, "assertion consumer"},
	} {
		t.Run(name, func(t *testing.T) {
			fusion, utilities := federated(t)
			apps := fusion.SAMLApps()
			c.change(&apps[0])
			fusion.SetApps(apps...)
			page := newBrowser(t).get(utilities.BaseURL() + "/ui/v1/signin")
			require.Equal(t, http.StatusBadRequest, page.status)
			require.Contains(t, page.alert(), c.why)
		})
	}
	fusion, _ := federated(t)
	for _, request := range []string{"", "?SAMLRequest=%21", "?SAMLRequest=" + url.QueryEscape(base64.StdEncoding.EncodeToString([]byte("x")))} {
		require.Equal(t, http.StatusBadRequest, newBrowser(t).get(fusion.BaseURL()+"/fed/v1/idp/sso"+request).status)
	}
	headless := base64.StdEncoding.EncodeToString([]byte(`<AuthnRequest xmlns="urn:oasis:names:tc:SAML:2.0:protocol" ID="x"/>`))
	page := newBrowser(t).post(fusion.BaseURL()+"/fed/v1/idp/sso", "SAMLRequest", headless)
	require.Contains(t, page.alert(), "does not say who sent it")
}

func TestAnAppWithANameIDThatCannotBeGivenGetsNoAssertion(t *testing.T) {
	fusion, utilities := federated(t)
	apps := fusion.SAMLApps()
	apps[0].NameIDValue = "emails.primary.value"
	fusion.SetApps(apps...)
	b := newBrowser(t)
	page := b.get(utilities.BaseURL() + "/ui/v1/signin")
	page = b.post(fusion.BaseURL()+"/ui/v1/signin/password", "username", "anna", "password", password, "then", page.field("then"))
	require.Contains(t, page.alert(), "NameID")
	require.Empty(t, page.field("SAMLResponse"))
}

func TestWhoIsSignedInAtTheIdentityProviderIsNotAskedAgain(t *testing.T) {
	fusion, utilities := federated(t)
	b := newBrowser(t)
	b.post(fusion.BaseURL()+"/ui/v1/signin/password", "username", "anna", "password", password)
	page := b.get(utilities.BaseURL() + "/ui/v1/signin")
	require.NotEmpty(t, page.field("SAMLResponse"))
	require.Equal(t, "anna", b.post(utilities.BaseURL()+"/fed/v1/sp/sso", "SAMLResponse", page.field("SAMLResponse")).userShown())
	require.Equal(t, "anna", b.get(fusion.BaseURL()+"/ui/v1/myconsole").userShown(), "the cookies of two domains on one address do not collide")
}

func TestTheMetadataDescribesBothRoles(t *testing.T) {
	d := ssotest.Start(t, "utilities", sso.Options{})
	body := newBrowser(t).get(d.BaseURL() + "/fed/v1/metadata").body
	for _, part := range []string{
		"<IDPSSODescriptor", "<SPSSODescriptor", `entityID="` + d.BaseURL() + `/fed"`,
		`Location="` + d.BaseURL() + `/fed/v1/sp/sso"`, `Location="` + d.BaseURL() + `/fed/v1/idp/sso"`,
	} {
		require.Contains(t, body, part)
	}
}
