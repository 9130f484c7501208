package sso

import (
	"errors"
	"time"

	"github.com/crewjam/saml"
)

const bearer = "urn:oasis:names:tc:SAML:2.0:cm:bearer"

// check holds a signed assertion against what is expected (SAML profiles
// 4.1.4.3, core 2.5.1) and returns its NameID. What is missing does not fit.
func check(a saml.Assertion, want expected) (string, error) {
	early, late := want.now.Add(saml.MaxClockSkew), want.now.Add(-saml.MaxClockSkew)
	switch {
	case a.Issuer.Value != want.idp.EntityID:
		return "", errors.New("another identity provider issued it")
	case a.Conditions == nil || a.Subject == nil || a.Subject.NameID == nil || a.Subject.NameID.Value == "":
		return "", errors.New("it does not say whom it names and when it holds")
	case a.IssueInstant.After(early) || a.Conditions.NotBefore.After(early):
		return "", errors.New("it is not valid yet; the clocks of the two domains differ")
	case !a.Conditions.NotOnOrAfter.After(late):
		return "", errors.New("it has expired, or the clocks of the two domains differ")
	case !forAudience(a.Conditions.AudienceRestrictions, want.audience):
		return "", errors.New("it is meant for another service provider (audience)")
	case a.Subject.NameID.Format != "" && a.Subject.NameID.Format != string(saml.UnspecifiedNameIDFormat):
		return "", errors.New("its NameID format is not the unspecified one")
	}
	for _, c := range a.Subject.SubjectConfirmations {
		if c.Method == bearer && confirms(c.SubjectConfirmationData, want, late) {
			return a.Subject.NameID.Value, nil
		}
	}
	return "", errors.New("its recipient, its request or its time does not fit (subject confirmation)")
}

// forAudience demands that every restriction names the audience, and that there is one.
func forAudience(restrictions []saml.AudienceRestriction, audience string) bool {
	for _, r := range restrictions {
		if r.Audience.Value != audience {
			return false
		}
	}
	return len(restrictions) > 0
}

func confirms(d *saml.SubjectConfirmationData, want expected, late time.Time) bool {
	return d != nil && d.Recipient == want.recipient && d.InResponseTo == want.requestID && d.NotOnOrAfter.After(late)
}
