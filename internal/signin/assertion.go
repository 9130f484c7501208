package signin

import (
	"encoding/base64"
	"encoding/xml"
	"strings"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
)

const (
	bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
	skew   = 3 * time.Minute // by which two clocks may differ
)

// The sentences about an assertion.
const (
	unreadable       = "The response of the identity provider cannot be read."
	notOne           = "The response of the identity provider does not hold exactly one assertion in the clear."
	encrypted        = "The assertion is encrypted, so nothing of it can be checked: turn the encryption of assertions off for this application at the identity provider."
	commented        = "The assertion holds a comment or a processing instruction. Not every reader skips them, so whom it names could be read in two ways."
	unsigned         = "The assertion is not signed as it must be: one RSA signature with SHA-256 or better, over the assertion and nothing else."
	otherCertificate = "The assertion is signed with another certificate than the one that the service provider trusts: the certificate in the identity provider's metadata is not the one that it signs with, or it has changed since."
	badSignature     = "The signature of the assertion does not verify with the trusted certificate: it was changed on the way, or signed with another key."
	badCertificate   = "The certificate that the service provider trusts has expired, or is not valid yet."
	otherIssuer      = "The assertion was issued by another identity provider than the one that is expected."
	otherAudience    = "The assertion is meant for another service provider (wrong audience)."
	otherRecipient   = "The assertion is meant for another address than the service provider's assertion consumer (wrong recipient)."
	otherTime        = "The assertion is not valid at this time: the clocks differ, or it took too long."
	otherName        = "The assertion names somebody else than the user who signed in (NameID)."
	otherSpelling    = "The assertion names the user in another spelling (NameID, upper and lower case)."
)

// carry checks an assertion that passes by, remembers what is wrong with it, and
// delivers it: whether the service provider notices is worth knowing too.
func (w *walk) carry(f form, message string) (action, *stop) {
	if w.By == ByLocal {
		return action{}, refused(noLocal).notOffered()
	}
	if w.asserted {
		return action{}, failed("The sign-in goes in circles: a second assertion came after the first.")
	}
	w.asserted = true
	w.unsound = w.examine(message)
	if w.unsound == "" && f.action.String() != w.Trust.AssertionConsumer {
		w.unsound = otherRecipient
	}
	next := f.fill("", "")
	next.saml = true
	return next, nil
}

// examine says what is wrong with a SAMLResponse (base64); empty: nothing.
func (w *walk) examine(message string) string {
	raw, err := base64.StdEncoding.DecodeString(withoutBlanks(message))
	if err != nil {
		return unreadable
	}
	el, wrong := onlyAssertion(raw)
	if wrong != "" {
		return wrong
	}
	if wrong := wellSigned(el); wrong != "" {
		return wrong
	}
	proven, wrong := w.proven(el)
	if wrong != "" {
		return wrong
	}
	doc := etree.NewDocument()
	doc.SetRoot(proven)
	var a saml.Assertion
	if raw, err := doc.WriteToBytes(); err != nil || xml.Unmarshal(raw, &a) != nil {
		return unreadable
	}
	return w.fits(a)
}

// fits holds the signed assertion against what is trusted (SAML profiles 4.1.4.3).
func (w *walk) fits(a saml.Assertion) string {
	if a.Conditions == nil || a.Subject == nil || a.Subject.NameID == nil {
		return unreadable
	}
	early, late := w.now().Add(skew), w.now().Add(-skew)
	switch {
	case a.Issuer.Value != w.Trust.IdPEntityID:
		return otherIssuer
	case len(a.Conditions.AudienceRestrictions) == 0:
		return otherAudience
	case a.IssueInstant.After(early) || a.Conditions.NotBefore.After(early) || !a.Conditions.NotOnOrAfter.After(late):
		return otherTime
	}
	for _, r := range a.Conditions.AudienceRestrictions {
		if r.Audience.Value != w.Trust.SPEntityID {
			return otherAudience
		}
	}
	if wrong := w.confirmed(a.Subject.SubjectConfirmations, late); wrong != "" {
		return wrong
	}
	switch name := a.Subject.NameID.Value; {
	case name == w.UserName:
		return ""
	case strings.EqualFold(name, w.UserName):
		return otherSpelling
	}
	return otherName
}

func (w *walk) confirmed(all []saml.SubjectConfirmation, late time.Time) string {
	wrong := otherRecipient
	for _, c := range all {
		d := c.SubjectConfirmationData
		if c.Method != bearer || d == nil || d.Recipient != w.Trust.AssertionConsumer {
			continue
		}
		if d.NotOnOrAfter.After(late) {
			return ""
		}
		wrong = otherTime
	}
	return wrong
}
