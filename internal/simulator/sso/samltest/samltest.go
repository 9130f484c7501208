// Package samltest makes and reads SAML by other means than the product and the
// simulator do: by node-saml, by xmlsec1, and by hand.
package samltest

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Key is an RSA key with its self-signed certificate.
type Key struct {
	private *rsa.PrivateKey
	der     []byte
}

// NewKey makes a key whose certificate holds from a day before now for a year.
func NewKey(t testing.TB, now time.Time) Key {
	t.Helper()
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()), Subject: pkix.Name{CommonName: "signing"},
		NotBefore: now.AddDate(0, 0, -1), NotAfter: now.AddDate(1, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	require.NoError(t, err)
	return Key{private, der}
}

// Showing is the key with the certificate of another one.
func (k Key) Showing(other Key) Key { return Key{k.private, other.der} }

// Hidden is the key without a certificate: what it signs does not say by whom.
func (k Key) Hidden() Key { return Key{private: k.private} }

// Certificate is DER in base64, as metadata carries it; empty: none.
func (k Key) Certificate() string { return base64.StdEncoding.EncodeToString(k.der) }

func (k Key) certificatePEM() string {
	if k.der == nil {
		return ""
	}
	return asPEM("CERTIFICATE", k.der)
}

func (k Key) privatePEM(t testing.TB) string {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	require.NoError(t, err)
	return asPEM("PRIVATE KEY", der)
}

func (k Key) publicPEM(t testing.TB) string {
	der, err := x509.MarshalPKIXPublicKey(k.private.Public())
	require.NoError(t, err)
	return asPEM("PUBLIC KEY", der)
}

func asPEM(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

// Methods are the algorithms of a signature.
type Methods struct{ Signature, Digest string }

// The algorithms, by their names in XML signatures.
const (
	RSASHA256  = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
	RSASHA1    = "http://www.w3.org/2000/09/xmldsig#rsa-sha1"
	HMACSHA256 = "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256"
	SHA256     = "http://www.w3.org/2001/04/xmlenc#sha256"
	SHA1       = "http://www.w3.org/2000/09/xmldsig#sha1"
)

// Sound are the methods that are asked for.
var Sound = Methods{RSASHA256, SHA256}

// Signer puts a signature into the element of xml that has this id, behind its
// issuer.
type Signer interface {
	Sign(t testing.TB, xml, id string, by Key, with Methods) string
}
