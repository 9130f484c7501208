package samltest

import (
	"encoding/base64"
	"strings"
	"time"
)

// Claims is what an assertion says. All of it is XML: what must be escaped, is.
type Claims struct {
	Issuer, NameID, Audience, Recipient string
	From, Until                         time.Time
}

// Assertion is an unsigned assertion.
func (c Claims) Assertion(id string) string {
	from, until := c.From.UTC().Format(time.RFC3339), c.Until.UTC().Format(time.RFC3339)
	return `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="` + id + `" Version="2.0" IssueInstant="` + from + `">` +
		`<saml:Issuer>` + c.Issuer + `</saml:Issuer>` +
		`<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified">` + c.NameID + `</saml:NameID>` +
		`<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer">` +
		`<saml:SubjectConfirmationData Recipient="` + c.Recipient + `" NotOnOrAfter="` + until + `"/></saml:SubjectConfirmation></saml:Subject>` +
		`<saml:Conditions NotBefore="` + from + `" NotOnOrAfter="` + until + `">` +
		`<saml:AudienceRestriction><saml:Audience>` + c.Audience + `</saml:Audience></saml:AudienceRestriction></saml:Conditions>` +
		`<saml:AuthnStatement AuthnInstant="` + from + `"><saml:AuthnContext><saml:AuthnContextClassRef>` +
		`urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>` +
		`</saml:Assertion>`
}

// Response is an unsigned response, with the id "response", around parts.
func (c Claims) Response(parts ...string) string {
	return `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="response" Version="2.0" IssueInstant="` +
		c.From.UTC().Format(time.RFC3339) + `" Destination="` + c.Recipient + `">` +
		`<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">` + c.Issuer + `</saml:Issuer>` +
		`<samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status>` +
		strings.Join(parts, "") + `</samlp:Response>`
}

// Encode is a message as a form carries it.
func Encode(xml string) string { return base64.StdEncoding.EncodeToString([]byte(xml)) }
