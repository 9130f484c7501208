package samltest

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
	"github.com/stretchr/testify/require"
)

// ByHand signs in Go, with whatever methods it is told. It takes the
// canonical form from the library that the product reads signatures with.
type ByHand struct{}

// Sign implements Signer. With an HMAC the key is the certificate, as an
// attacker would have it who knows nothing but what is public.
func (ByHand) Sign(t testing.TB, xml, id string, by Key, with Methods) string {
	t.Helper()
	doc := etree.NewDocument()
	require.NoError(t, doc.ReadFromString(xml))
	el := doc.FindElement("//[@ID='" + id + "']")
	require.NotNil(t, el)
	info := `<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">` +
		`<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/>` +
		`<ds:SignatureMethod Algorithm="` + with.Signature + `"/>` +
		`<ds:Reference URI="#` + id + `"><ds:Transforms>` +
		`<ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"/>` +
		`<ds:Transform Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"/></ds:Transforms>` +
		`<ds:DigestMethod Algorithm="` + with.Digest + `"/>` +
		`<ds:DigestValue>` + base64.StdEncoding.EncodeToString(digest(with.Digest, canonical(t, el))) + `</ds:DigestValue></ds:Reference></ds:SignedInfo>`
	infoDoc := etree.NewDocument()
	require.NoError(t, infoDoc.ReadFromString(info))
	value := by.signature(t, with.Signature, canonical(t, infoDoc.Root()))
	keyInfo := ""
	if by.der != nil {
		keyInfo = `<ds:KeyInfo><ds:X509Data><ds:X509Certificate>` + by.Certificate() + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo>`
	}
	signature := `<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#">` + strings.Replace(info, ` xmlns:ds="http://www.w3.org/2000/09/xmldsig#"`, "", 1) +
		`<ds:SignatureValue>` + base64.StdEncoding.EncodeToString(value) + `</ds:SignatureValue>` + keyInfo + `</ds:Signature>`
	at := strings.Index(xml, `ID="`+id+`"`)
	behind := at + strings.Index(xml[at:], "</saml:Issuer>") + len("</saml:Issuer>")
	return xml[:behind] + signature + xml[behind:]
}

func canonical(t testing.TB, el *etree.Element) []byte {
	b, err := dsig.MakeC14N10ExclusiveCanonicalizerWithPrefixList("").Canonicalize(el.Copy())
	require.NoError(t, err)
	return b
}

func digest(method string, b []byte) []byte {
	if method == SHA1 {
		sum := sha1.Sum(b)
		return sum[:]
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

func (k Key) signature(t testing.TB, method string, b []byte) []byte {
	switch method {
	case HMACSHA256:
		mac := hmac.New(sha256.New, []byte(k.certificatePEM()))
		mac.Write(b)
		return mac.Sum(nil)
	case RSASHA1:
		value, err := rsa.SignPKCS1v15(rand.Reader, k.private, crypto.SHA1, digest(SHA1, b))
		require.NoError(t, err)
		return value
	}
	value, err := rsa.SignPKCS1v15(rand.Reader, k.private, crypto.SHA256, digest(SHA256, b))
	require.NoError(t, err)
	return value
}
