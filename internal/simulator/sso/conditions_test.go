package sso

import (
	"testing"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// sound is an assertion that fits want.
func sound() (saml.Assertion, expected) {
	return saml.Assertion{
			IssueInstant: noon, Issuer: saml.Issuer{Value: "https://fusion/fed"},
			Subject: &saml.Subject{
				NameID: &saml.NameID{Value: "anna", Format: string(saml.UnspecifiedNameIDFormat)},
				SubjectConfirmations: []saml.SubjectConfirmation{{Method: bearer, SubjectConfirmationData: &saml.SubjectConfirmationData{
					Recipient: "https://utilities/acs", InResponseTo: "id-1", NotOnOrAfter: noon.Add(time.Minute),
				}}},
			},
			Conditions: &saml.Conditions{
				NotBefore: noon.Add(-time.Minute), NotOnOrAfter: noon.Add(time.Minute),
				AudienceRestrictions: []saml.AudienceRestriction{{Audience: saml.Audience{Value: "https://utilities/fed"}}},
			},
		}, expected{
			idp:      IdP{EntityID: "https://fusion/fed"},
			audience: "https://utilities/fed", recipient: "https://utilities/acs", requestID: "id-1", now: noon,
		}
}

func TestASignedAssertionMustFitInEveryPart(t *testing.T) {
	a, want := sound()
	name, err := check(a, want)
	require.NoError(t, err)
	require.Equal(t, "anna", name)

	for why, spoil := range map[string]func(*saml.Assertion, *expected){
		"another identity provider issued it": func(a *saml.Assertion, _ *expected) { a.Issuer.Value += "x" },
		"does not say whom":                   func(a *saml.Assertion, _ *expected) { a.Subject.NameID = nil },
		"whom it names":                       func(a *saml.Assertion, _ *expected) { a.Conditions = nil },
		"not valid yet":                       func(a *saml.Assertion, _ *expected) { a.Conditions.NotBefore = noon.Add(4 * time.Minute) },
		"not valid yet; the clocks":           func(a *saml.Assertion, _ *expected) { a.IssueInstant = noon.Add(4 * time.Minute) },
		"has expired":                         func(_ *saml.Assertion, e *expected) { e.now = noon.Add(5 * time.Minute) },
		"expired, or":                         func(a *saml.Assertion, _ *expected) { a.Conditions.NotOnOrAfter = time.Time{} },
		"(audience)":                          func(a *saml.Assertion, _ *expected) { a.Conditions.AudienceRestrictions = nil },
		"service provider (audience)":         func(_ *saml.Assertion, e *expected) { e.audience += "x" },
		"NameID format":                       func(a *saml.Assertion, _ *expected) { a.Subject.NameID.Format = string(saml.TransientNameIDFormat) },
		"its recipient":                       func(_ *saml.Assertion, e *expected) { e.recipient += "x" },
		"its request":                         func(_ *saml.Assertion, e *expected) { e.requestID = "id-2" },
		"its time does not fit": func(a *saml.Assertion, _ *expected) {
			a.Subject.SubjectConfirmations[0].SubjectConfirmationData.NotOnOrAfter = noon.Add(-4 * time.Minute)
		},
		"does not fit (subject confirmation)": func(a *saml.Assertion, _ *expected) { a.Subject.SubjectConfirmations[0].Method = "sender-vouches" },
		"(subject confirmation)":              func(a *saml.Assertion, _ *expected) { a.Subject.SubjectConfirmations = nil },
	} {
		a, want := sound()
		spoil(&a, &want)
		_, err := check(a, want)
		require.ErrorContains(t, err, why)
	}
}

func TestASignatureMustCoverTheAssertionAndNothingElse(t *testing.T) {
	const (
		method    = `<SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"/>`
		reference = `<Reference URI="#a"/>`
	)
	signature := func(info string) string {
		return `<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>` + info + `</SignedInfo></Signature>`
	}
	for _, c := range []struct{ body, why string }{
		{signature(method + reference), ""},
		{"", "not signed"},
		{signature(method), "does not cover exactly"},
		{signature(method + `<Reference URI=""/>`), "does not cover exactly"},
		{signature(method + `<Reference URI="#b"/>`), "does not cover exactly"},
		{signature(method + reference + `<Reference URI="#a"/>`), "does not cover exactly"},
		{signature(method+reference) + signature(method+reference), "does not cover exactly"},
		{"<Subject>" + signature(method+reference) + "</Subject>", "where none belongs"},
		{signature(`<SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1"/>` + reference), "SHA-256"},
	} {
		doc := etree.NewDocument()
		require.NoError(t, doc.ReadFromString(`<Assertion ID="a">`+c.body+`</Assertion>`))
		err := oneReference(doc.Root())
		if c.why == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorContains(t, err, c.why, c.body)
	}
}

func TestAStoreForgetsWhatIsOldAndWhatIsTooMuch(t *testing.T) {
	now := noon
	s := newStore[int](time.Minute, func() time.Time { return now })
	s.put("first", 1)
	for i := range maxKept {
		s.add(i)
	}
	_, ok := s.get("first")
	require.False(t, ok, "past the cap the oldest goes")
	require.LessOrEqual(t, len(s.kept), maxKept)

	s.put("second", 2)
	v, ok := s.get("second")
	require.True(t, ok)
	require.Equal(t, 2, v)
	now = now.Add(time.Minute)
	_, ok = s.take("second")
	require.False(t, ok, "a minute later it has expired")
	s.put("third", 3)
	require.Len(t, s.kept, 1)
}
