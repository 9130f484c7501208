package signin

import (
	"context"
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
	"github.com/stretchr/testify/require"
)

func TestASignedAssertionIsHeldAgainstWhatIsTrusted(t *testing.T) {
	noon := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	sound := func() (saml.Assertion, *walk) {
		return saml.Assertion{
				IssueInstant: noon, Issuer: saml.Issuer{Value: "https://fusion/fed"},
				Subject: &saml.Subject{
					NameID: &saml.NameID{Value: "anna"},
					SubjectConfirmations: []saml.SubjectConfirmation{{Method: bearer, SubjectConfirmationData: &saml.SubjectConfirmationData{
						Recipient: "https://utilities/acs", NotOnOrAfter: noon.Add(time.Minute),
					}}},
				},
				Conditions: &saml.Conditions{
					NotBefore: noon, NotOnOrAfter: noon.Add(time.Minute),
					AudienceRestrictions: []saml.AudienceRestriction{{Audience: saml.Audience{Value: "https://utilities/fed"}}},
				},
			}, &walk{
				now: func() time.Time { return noon },
				Request: Request{UserName: "anna", Trust: Trust{
					IdPEntityID: "https://fusion/fed", SPEntityID: "https://utilities/fed", AssertionConsumer: "https://utilities/acs",
				}},
			}
	}
	a, w := sound()
	require.Empty(t, w.fits(a))

	for _, c := range []struct {
		wrong string
		spoil func(*saml.Assertion)
	}{
		{unreadable, func(a *saml.Assertion) { a.Conditions = nil }},
		{unreadable, func(a *saml.Assertion) { a.Subject.NameID = nil }},
		{otherIssuer, func(a *saml.Assertion) { a.Issuer.Value = "https://corporate/fed" }},
		{otherAudience, func(a *saml.Assertion) { a.Conditions.AudienceRestrictions = nil }},
		{otherAudience, func(a *saml.Assertion) { a.Conditions.AudienceRestrictions[0].Audience.Value += "/" }},
		{otherTime, func(a *saml.Assertion) { a.IssueInstant = noon.Add(4 * time.Minute) }},
		{otherTime, func(a *saml.Assertion) { a.Conditions.NotBefore = noon.Add(4 * time.Minute) }},
		{otherTime, func(a *saml.Assertion) { a.Conditions.NotOnOrAfter = noon.Add(-3 * time.Minute) }},
		{otherTime, func(a *saml.Assertion) {
			a.Subject.SubjectConfirmations[0].SubjectConfirmationData.NotOnOrAfter = time.Time{}
		}},
		{otherRecipient, func(a *saml.Assertion) { a.Subject.SubjectConfirmations[0].SubjectConfirmationData.Recipient += "/" }},
		{otherRecipient, func(a *saml.Assertion) { a.Subject.SubjectConfirmations[0].Method = "holder-of-key" }},
		{otherRecipient, func(a *saml.Assertion) { a.Subject.SubjectConfirmations = nil }},
		{otherSpelling, func(a *saml.Assertion) { a.Subject.NameID.Value = "Anna" }},
		{otherName, func(a *saml.Assertion) { a.Subject.NameID.Value = "anna " }},
		{otherName, func(a *saml.Assertion) { a.Subject.NameID.Value = "" }},
	} {
		a, w := sound()
		c.spoil(&a)
		require.Equal(t, c.wrong, w.fits(a))
	}
}

func TestASignatureMustReferToTheAssertionAlone(t *testing.T) {
	const (
		method    = `<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"/>`
		digest    = `<DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"/>`
		reference = `<Reference URI="#a">` + digest + `</Reference>`
	)
	signature := func(info string) string {
		return `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>` + info + `</SignedInfo></Signature>`
	}
	for _, c := range []struct{ body, wrong string }{
		{signature(method + reference), ""},
		{"", unsigned},
		{signature(reference), unsigned},
		{signature(method), unsigned},
		{signature(method + `<Reference URI="">` + digest + `</Reference>`), unsigned},
		{signature(method + `<Reference URI="#a"/>`), unsigned},
		{signature(method + `<Reference URI="#b"/>` + reference), unsigned},
		{signature(method + reference + reference), unsigned},
		{signature(method+reference) + signature(method+reference), unsigned},
		{"<Subject>" + signature(method+reference) + "</Subject>", unsigned},
		{signature(`<SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1"/>` + reference), unsigned},
	} {
		doc := etree.NewDocument()
		require.NoError(t, doc.ReadFromString(`<Assertion ID="a">`+c.body+`</Assertion>`))
		require.Equal(t, c.wrong, wellSigned(doc.Root()), c.body)
	}
}

func TestHostsCompareWithTheirPorts(t *testing.T) {
	w, stop := Robot{}.begin(Request{
		StartURL: "https://Utilities.example/ui/v1/signin", UserName: "anna", By: ByLocal, Password: noPassword,
		Hosts: []string{"utilities.example", "fusion.example:443"},
	})
	require.Nil(t, stop)
	require.Equal(t, map[string]bool{"utilities.example:443": true, "fusion.example:443": true}, w.hosts)
	require.Equal(t, "utilities.example:443", hostOf(w.start))
}

func TestStepsHoldNoNamesAndNoTokens(t *testing.T) {
	w, stop := Robot{}.begin(Request{StartURL: "https://u.example/", UserName: "Anna", By: ByLocal, Password: noPassword})
	require.Nil(t, stop)
	u, err := w.start.Parse("/users/ANNA/page;jsessionid=1/0123456789012345678901234567890123456789012345678901234567890123456789?q=1")
	require.NoError(t, err)
	require.Equal(t, "/users/…/page/…", w.step(u))
}

func noPassword(context.Context) (string, error) { return "", nil }
