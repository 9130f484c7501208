package sso_test

import (
	cryptox509 "crypto/x509"
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	saml2 "github.com/russellhaering/gosaml2"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/stretchr/testify/require"

	"cutover/internal/simulator/sso"
	"cutover/internal/simulator/sso/samltest"
	"cutover/internal/simulator/sso/ssotest"
)

// foreign is Fusion, which anna is in, with an application whose SAML is made by
// another toolkit.
func foreign(t *testing.T, change ...func(*sso.App)) (*ssotest.Domain, samltest.ServiceProvider) {
	fusion := ssotest.Start(t, "fusion", sso.Options{})
	fusion.Add(sso.User{UserName: "anna", Active: true}, password)
	sp := samltest.ServiceProvider{
		EntityID: "https://app.example:443/fed", Audience: "https://app.example:443/fed", AssertionConsumer: "https://app.example/fed/v1/sp/sso", SignOn: fusion.BaseURL() + "/fed/v1/idp/sso",
		IdPEntityID: fusion.BaseURL() + "/fed", IdPCertificate: certificate(t, fusion),
	}
	app := sso.App{ID: "app", Name: "App", Active: true, EntityID: sp.EntityID, AssertionConsumer: sp.AssertionConsumer,
		NameIDFormat: "saml-unspecified", NameIDValue: "userName", HashAlgorithm: "SHA-256"}
	for _, c := range change {
		c(&app)
	}
	fusion.SetApps(app)
	return fusion, sp
}

// signsIn follows a request of the application and signs anna in. It returns the
// response (base64) that her browser would send on.
func signsIn(t *testing.T, fusion *ssotest.Domain, request string) string {
	t.Helper()
	b := newBrowser(t)
	page := b.get(request)
	require.Equal(t, http.StatusOK, page.status, page.alert())
	page = b.post(fusion.BaseURL()+"/ui/v1/signin/password", "username", "anna", "password", password, "then", page.field("then"))
	require.NotEmpty(t, page.field("SAMLResponse"), page.alert())
	return page.field("SAMLResponse")
}

func TestAnApplicationMadeWithNodeSAMLAcceptsItsSignIns(t *testing.T) {
	node := samltest.StartNodeSAML(t)
	fusion, sp := foreign(t)
	node.Begin(sp)
	response := signsIn(t, fusion, node.Request())
	got, err := node.Accept(response)
	require.NoError(t, err)
	require.Equal(t, "anna", got.NameID)
	require.Equal(t, "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified", got.NameIDFormat)
	require.Equal(t, sp.IdPEntityID, got.Issuer)
	require.Contains(t, got.Assertion, `Recipient="`+sp.AssertionConsumer+`"`)

	_, err = node.Accept(response)
	require.ErrorContains(t, err, "InResponseTo", "it counts once")
	for reason, change := range map[string]func(*samltest.ServiceProvider){
		"signature": func(sp *samltest.ServiceProvider) { sp.IdPCertificate = samltest.NewKey(t, time.Now()).Certificate() },
		"audience":  func(sp *samltest.ServiceProvider) { sp.Audience += "x" },
	} {
		other := sp
		change(&other)
		node.Begin(other)
		_, err = node.Accept(signsIn(t, fusion, node.Request()))
		require.ErrorContains(t, err, reason, "node-saml looks at it")
	}
}

// gosaml2 reads XML signatures with the same library as the simulator makes
// them (goxmldsig); what it adds is its own view of the protocol, without Node.js.
func TestAnApplicationMadeWithGosaml2AcceptsItsSignIns(t *testing.T) {
	fusion, sp := foreign(t)
	toolkit := func(sp samltest.ServiceProvider) *saml2.SAMLServiceProvider {
		der, err := base64.StdEncoding.DecodeString(sp.IdPCertificate)
		require.NoError(t, err)
		trusted, err := cryptox509.ParseCertificate(der)
		require.NoError(t, err)
		return &saml2.SAMLServiceProvider{
			IdentityProviderSSOURL: sp.SignOn, IdentityProviderIssuer: sp.IdPEntityID, ServiceProviderIssuer: sp.EntityID,
			AssertionConsumerServiceURL: sp.AssertionConsumer, AudienceURI: sp.Audience, AllowMissingAttributes: true,
			IDPCertificateStore: &dsig.MemoryX509CertificateStore{Roots: []*cryptox509.Certificate{trusted}},
		}
	}
	request, err := toolkit(sp).BuildAuthURL("")
	require.NoError(t, err)
	response := signsIn(t, fusion, request)
	got, err := toolkit(sp).RetrieveAssertionInfo(response)
	require.NoError(t, err)
	require.Equal(t, "anna", got.NameID)
	require.Equal(t, &saml2.WarningInfo{}, got.WarningInfo, "audience and times fit")
	require.False(t, got.ResponseSignatureValidated)

	other := sp
	other.Audience += "x"
	got, err = toolkit(other).RetrieveAssertionInfo(response)
	require.NoError(t, err)
	require.True(t, got.WarningInfo.NotInAudience, "gosaml2 looks at the audience")
	other = sp
	other.AssertionConsumer += "x"
	_, err = toolkit(other).RetrieveAssertionInfo(response)
	require.Error(t, err, "gosaml2 looks at the recipient")
	other = sp
	other.IdPCertificate = samltest.NewKey(t, time.Now()).Certificate()
	_, err = toolkit(other).RetrieveAssertionInfo(response)
	require.Error(t, err, "gosaml2 looks at the signature")
}

func TestXmlsec1VerifiesTheSignatureOfAnAssertion(t *testing.T) {
	xmlsec := samltest.FindXmlsec1(t)
	fusion, utilities := federated(t)
	raw, err := base64.StdEncoding.DecodeString(answered(t, newBrowser(t), fusion, utilities).field("SAMLResponse"))
	require.NoError(t, err)
	trusted := certificate(t, fusion)
	require.NoError(t, xmlsec.Verify(t, raw, trusted))
	require.Error(t, xmlsec.Verify(t, raw, certificate(t, utilities)), "the trusted certificate decides, not the one that is sent along")
	for from, to := range map[string]string{
		">anna<":           ">bob<",
		"<saml:Audience>":  "<saml:Audience>x",
		" Recipient=\"":    " Recipient=\"x",
		" NotOnOrAfter=\"": " NotOnOrAfter=\"2",
	} {
		changed := strings.Replace(string(raw), from, to, 1)
		require.NotEqual(t, string(raw), changed)
		require.Error(t, xmlsec.Verify(t, []byte(changed), trusted), to)
	}
}
