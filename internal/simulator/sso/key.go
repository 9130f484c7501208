package sso

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"math/big"
	"time"
)

// keyPair is an RSA key with its self-signed certificate.
type keyPair struct {
	key  *rsa.PrivateKey
	cert *x509.Certificate
}

// base64DER is the certificate as metadata carries it.
func (k keyPair) base64DER() string { return base64.StdEncoding.EncodeToString(k.cert.Raw) }

// newKeyPair makes a key that is good for ten years. It panics where the
// machine has no randomness, since nothing can be signed then.
func newKeyPair(domain string, now time.Time) keyPair {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic("simulated domain " + domain + ": no signing key could be made: " + err.Error())
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		panic("simulated domain " + domain + ": no serial number could be made: " + err.Error())
	}
	template := &x509.Certificate{
		SerialNumber: serial,
		Subject:      pkix.Name{CommonName: domain + " signing (simulated)"},
		NotBefore:    now.Add(-24 * time.Hour),
		NotAfter:     now.AddDate(10, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic("simulated domain " + domain + ": no certificate could be made: " + err.Error())
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		panic("simulated domain " + domain + ": the certificate just made cannot be read: " + err.Error())
	}
	return keyPair{key: key, cert: cert}
}

// parseCertificate reads a certificate as metadata and the domain's API carry it.
func parseCertificate(base64DER string) (*x509.Certificate, error) {
	der, err := base64.StdEncoding.DecodeString(withoutBlanks(base64DER))
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}
