package samltest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Xmlsec1 is the program xmlsec1, which reads XML signatures with libxml2 and
// OpenSSL.
type Xmlsec1 struct{ lax []string }

// FindXmlsec1 skips the test where the program is not installed (on Debian:
// package xmlsec1).
func FindXmlsec1(t testing.TB) Xmlsec1 {
	t.Helper()
	if _, err := exec.LookPath("xmlsec1"); err != nil {
		t.Skip("xmlsec1 is not installed")
	}
	said, err := exec.CommandContext(t.Context(), "xmlsec1", "--version").Output()
	require.NoError(t, err)
	if strings.HasPrefix(string(said), "xmlsec1 1.2.") {
		return Xmlsec1{}
	}
	// Since 1.3 a key that was given is used only where the signature names it.
	return Xmlsec1{lax: []string{"--lax-key-search"}}
}

// Verify tells whether the signature of the assertion in a response (XML)
// verifies with this certificate (DER in base64), whatever the signature says
// of its key.
func (x Xmlsec1) Verify(t testing.TB, response []byte, certificate string) error {
	t.Helper()
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	args := append([]string{"--verify"}, x.lax...)
	args = append(args,
		"--pubkey-cert-pem", file("trusted.pem", "-----BEGIN CERTIFICATE-----\n"+certificate+"\n-----END CERTIFICATE-----\n"),
		"--enabled-key-data", "raw-x509-cert", "--enabled-reference-uris", "same-doc",
		"--id-attr:ID", "urn:oasis:names:tc:SAML:2.0:assertion:Assertion", file("response.xml", string(response)))
	said, err := exec.CommandContext(t.Context(), "xmlsec1", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("xmlsec1: %w: %s", err, said)
	}
	return nil
}
