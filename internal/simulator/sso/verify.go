package sso

import (
	"bytes"
	"crypto/x509"
	"encoding/xml"
	"errors"
	"time"

	"github.com/beevik/etree"
	"github.com/crewjam/saml"
	xrv "github.com/mattermost/xml-roundtrip-validator"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/russellhaering/goxmldsig/etreeutils"
)

const (
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
)

// response is a SAML response as it came: nothing of it is proven yet.
type response struct {
	inResponseTo, destination, status string
	root, assertion                   *etree.Element
}

// expected is what a response must fit.
type expected struct {
	idp                            IdP
	audience, recipient, requestID string
	now                            time.Time
}

// readResponse takes a response apart. It wants exactly one assertion, in the
// clear, as a child of the response: with more than one it could be verified
// on one and believed on another.
func readResponse(raw []byte) (response, error) {
	unreadable := errors.New("it cannot be read")
	if err := xrv.Validate(bytes.NewReader(raw)); err != nil {
		return response{}, unreadable
	}
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(raw); err != nil || doc.Root() == nil {
		return response{}, unreadable
	}
	root := doc.Root()
	var head saml.Response
	if root.Tag != "Response" || root.NamespaceURI() != nsProtocol || xml.Unmarshal(raw, &head) != nil {
		return response{}, unreadable
	}
	var found []*etree.Element
	for _, el := range root.FindElements("//*") {
		if el.NamespaceURI() == nsAssertion && (el.Tag == "Assertion" || el.Tag == "EncryptedAssertion") {
			found = append(found, el)
		}
	}
	if len(found) != 1 || found[0].Tag != "Assertion" || found[0].Parent() != root {
		return response{}, errors.New("it does not hold exactly one assertion in the clear")
	}
	return response{
		inResponseTo: head.InResponseTo, destination: head.Destination, status: head.Status.StatusCode.Value,
		root: root, assertion: found[0],
	}, nil
}

// verify returns the NameID of a response that fits. Its errors say, for a
// page, what does not.
func (r response) verify(want expected) (string, error) {
	if r.status != saml.StatusSuccess {
		return "", errors.New("the identity provider reports that it signed nobody in")
	}
	if r.destination != "" && r.destination != want.recipient {
		return "", errors.New("it was sent to another address")
	}
	signed, err := r.signed(want)
	if err != nil {
		return "", err
	}
	return check(signed, want)
}

// signed returns the assertion as it was signed. Only what is in the signed
// element counts, never what stands beside it.
func (r response) signed(want expected) (saml.Assertion, error) {
	var none saml.Assertion
	cert, err := parseCertificate(want.idp.Certificate)
	if err != nil {
		return none, errors.New("this domain holds no readable certificate of the identity provider")
	}
	if err := oneReference(r.assertion); err != nil {
		return none, err
	}
	outer, err := etreeutils.NSBuildParentContext(r.assertion)
	if err != nil {
		return none, errors.New("it cannot be read")
	}
	outer, err = outer.SubContext(r.assertion)
	if err != nil {
		return none, errors.New("it cannot be read")
	}
	alone, err := etreeutils.NSDetatch(outer, r.assertion)
	if err != nil {
		return none, errors.New("it cannot be read")
	}
	dsigs := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{cert}})
	dsigs.IdAttribute = "ID"
	dsigs.Clock = dsig.NewFakeClockAt(want.now)
	proven, err := dsigs.Validate(alone)
	if err != nil {
		return none, errors.New("its signature does not verify with the certificate that this domain holds of the identity provider")
	}
	doc := etree.NewDocument()
	doc.SetRoot(proven)
	raw, err := doc.WriteToBytes()
	if err != nil {
		return none, errors.New("it cannot be read")
	}
	var a saml.Assertion
	if err := xml.Unmarshal(raw, &a); err != nil {
		return none, errors.New("it cannot be read")
	}
	return a, nil
}

// oneReference demands one signature, right below the assertion, by RSA with
// SHA-256, that covers the assertion itself and nothing else. The library below
// takes the last of several references, whichever it matched.
func oneReference(assertion *etree.Element) error {
	var refs, methods []*etree.Element
	signatures := 0
	for _, el := range assertion.FindElements(".//*") {
		if el.NamespaceURI() != dsig.Namespace {
			continue
		}
		switch el.Tag {
		case dsig.SignatureTag:
			signatures++
			if el.Parent() != assertion {
				return errors.New("its signature stands where none belongs")
			}
		case dsig.ReferenceTag:
			refs = append(refs, el)
		case dsig.SignatureMethodTag:
			methods = append(methods, el)
		}
	}
	id := assertion.SelectAttrValue("ID", "")
	switch {
	case signatures == 0:
		return errors.New("it is not signed")
	case signatures > 1 || len(refs) != 1 || len(methods) != 1 || id == "" || refs[0].SelectAttrValue(dsig.URIAttr, "") != "#"+id:
		return errors.New("its signature does not cover exactly the assertion")
	case methods[0].SelectAttrValue(dsig.AlgorithmAttr, "") != dsig.RSASHA256SignatureMethod:
		return errors.New("it is not signed with RSA and SHA-256")
	}
	return nil
}
