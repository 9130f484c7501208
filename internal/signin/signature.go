package signin

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"slices"
	"strings"
	"unicode"

	"github.com/beevik/etree"
	xrv "github.com/mattermost/xml-roundtrip-validator"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

const nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"

// onlyAssertion finds the one assertion, right below the response. With several
// one could be verified and another one believed.
func onlyAssertion(raw []byte) (*etree.Element, string) {
	if err := xrv.Validate(bytes.NewReader(raw)); err != nil {
		return nil, unreadable
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(raw); err != nil || doc.Root() == nil {
		return nil, unreadable
	}
	var found []*etree.Element
	for _, el := range doc.Root().FindElements("//*") {
		if el.NamespaceURI() == nsAssertion && (el.Tag == "Assertion" || el.Tag == "EncryptedAssertion") {
			found = append(found, el)
		}
	}
	switch {
	case len(found) != 1 || found[0].Parent() != doc.Root():
		return nil, notOne
	case found[0].Tag == "EncryptedAssertion":
		return nil, encrypted
	case holdsComment(found[0]):
		return nil, commented
	}
	return found[0], ""
}

// holdsComment tells whether something stands in el that its signature does not
// cover (a comment) or that cuts a text in two for some readers.
func holdsComment(el *etree.Element) bool {
	return slices.ContainsFunc(el.Child, func(c etree.Token) bool {
		switch c := c.(type) {
		case *etree.Comment, *etree.ProcInst:
			return true
		case *etree.Element:
			return holdsComment(c)
		}
		return false
	})
}

// strong are the algorithms of a signature and of the digest below it.
var strong = map[string]bool{
	dsig.RSASHA256SignatureMethod: true, dsig.RSASHA384SignatureMethod: true, dsig.RSASHA512SignatureMethod: true,
	"http://www.w3.org/2001/04/xmlenc#sha256": true, "http://www.w3.org/2001/04/xmldsig-more#sha384": true, "http://www.w3.org/2001/04/xmlenc#sha512": true,
}

// wellSigned looks at the form of the signature: it must stand right below the
// assertion and refer to it alone. The library below takes the last of several
// references, whichever it matched, and any algorithm that it knows.
func wellSigned(assertion *etree.Element) string {
	signatures, references, methods, digests := 0, 0, 0, 0
	id := assertion.SelectAttrValue("ID", "")
	for _, el := range assertion.FindElements(".//*") {
		if el.NamespaceURI() != dsig.Namespace {
			continue
		}
		switch el.Tag {
		case dsig.SignatureTag:
			if signatures++; el.Parent() != assertion {
				return unsigned
			}
		case dsig.ReferenceTag:
			if references++; id == "" || el.SelectAttrValue(dsig.URIAttr, "") != "#"+id {
				return unsigned
			}
		case dsig.SignatureMethodTag:
			if methods++; !strong[el.SelectAttrValue(dsig.AlgorithmAttr, "")] {
				return unsigned
			}
		case dsig.DigestMethodTag:
			if digests++; !strong[el.SelectAttrValue(dsig.AlgorithmAttr, "")] {
				return unsigned
			}
		}
	}
	if signatures != 1 || references != 1 || methods != 1 || digests != 1 {
		return unsigned
	}
	return ""
}

// proven is the assertion as it was signed by the trusted certificate.
func (w *walk) proven(assertion *etree.Element) (*etree.Element, string) {
	trusted, err := parseCertificate(w.Trust.IdPCertificate)
	if err != nil {
		return nil, badCertificate
	}
	if now := w.now(); now.Before(trusted.NotBefore) || now.After(trusted.NotAfter) {
		return nil, badCertificate
	}
	if el := assertion.FindElement("./Signature/KeyInfo/X509Data/X509Certificate"); el != nil {
		if sent, err := parseCertificate(el.Text()); err != nil || !sent.Equal(trusted) {
			return nil, otherCertificate
		}
	}
	outer, err := etreeutils.NSBuildParentContext(assertion)
	if err != nil {
		return nil, unreadable
	}
	if outer, err = outer.SubContext(assertion); err != nil {
		return nil, unreadable
	}
	alone, err := etreeutils.NSDetatch(outer, assertion)
	if err != nil {
		return nil, unreadable
	}
	v := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{trusted}})
	v.IdAttribute = "ID"
	v.Clock = dsig.NewFakeClockAt(w.now())
	el, err := v.Validate(alone)
	if err != nil {
		return nil, badSignature
	}
	return el, ""
}

func parseCertificate(base64DER string) (*x509.Certificate, error) {
	der, err := base64.StdEncoding.DecodeString(withoutBlanks(base64DER))
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

func withoutBlanks(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}
