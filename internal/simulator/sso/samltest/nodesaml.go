package samltest

import (
	"bufio"
	"embed"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/nodetest"
)

//go:embed node/package.json node/package-lock.json node/toolkit.mjs
var nodeFiles embed.FS

// NodeSAML is node-saml in a program of its own. Its XML signatures are those of
// xml-crypto, which shares nothing with the libraries for Go.
type NodeSAML struct {
	t   testing.TB
	in  io.WriteCloser
	out *bufio.Reader
}

// StartNodeSAML starts it until the test ends. The test is skipped where there
// is no Node.js.
func StartNodeSAML(t testing.TB) *NodeSAML {
	t.Helper()
	files, err := fs.Sub(nodeFiles, "node")
	require.NoError(t, err)
	dir := nodetest.Dir(t, "samltest", files)
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join(dir, "toolkit.mjs"))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	return &NodeSAML{t, in, bufio.NewReader(out)}
}

// ServiceProvider is an application that people sign in to, and whom it trusts.
type ServiceProvider struct {
	EntityID          string `json:"entityId"`
	Audience          string `json:"audience"` // usually its entity id
	AssertionConsumer string `json:"assertionConsumer"`
	SignOn            string `json:"signOn"` // of the identity provider
	IdPEntityID       string `json:"idpEntityId"`
	IdPCertificate    string `json:"idpCertificate"` // DER in base64
}

// Begin makes node-saml this service provider.
func (n *NodeSAML) Begin(sp ServiceProvider) {
	n.t.Helper()
	require.NoError(n.t, n.ask("begin", sp, nil))
}

// Request is where the service provider sends a browser to sign in.
func (n *NodeSAML) Request() string {
	n.t.Helper()
	var answer struct{ URL string }
	require.NoError(n.t, n.ask("request", nil, &answer))
	return answer.URL
}

// Accepted is what the service provider takes out of a response.
type Accepted struct{ NameID, NameIDFormat, Issuer, Assertion string }

// Accept hands a response (base64) to the service provider.
func (n *NodeSAML) Accept(response string) (Accepted, error) {
	n.t.Helper()
	var a Accepted
	err := n.ask("accept", map[string]string{"response": response}, &a)
	return a, err
}

// Sign implements Signer.
func (n *NodeSAML) Sign(t testing.TB, xml, id string, by Key, with Methods) string {
	t.Helper()
	var answer struct{ XML string }
	require.NoError(t, n.ask("sign", map[string]string{
		"xml": xml, "id": id, "key": by.privatePEM(t), "certificate": by.certificatePEM(),
		"signatureMethod": with.Signature, "digestMethod": with.Digest,
	}, &answer))
	return answer.XML
}

// Encrypt is an EncryptedAssertion for whoever holds the key.
func (n *NodeSAML) Encrypt(t testing.TB, assertion string, to Key) string {
	t.Helper()
	var answer struct{ XML string }
	require.NoError(t, n.ask("encrypt", map[string]string{
		"xml": assertion, "key": to.publicPEM(t), "certificate": to.certificatePEM(),
	}, &answer))
	return `<saml:EncryptedAssertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">` + answer.XML + `</saml:EncryptedAssertion>`
}

// ask sends one question and reads its answer. An error is the toolkit's.
func (n *NodeSAML) ask(question string, what, answer any) error {
	n.t.Helper()
	all := map[string]any{}
	if what != nil {
		raw, err := json.Marshal(what)
		require.NoError(n.t, err)
		require.NoError(n.t, json.Unmarshal(raw, &all))
	}
	all["ask"] = question
	require.NoError(n.t, json.NewEncoder(n.in).Encode(all))
	line, err := n.out.ReadBytes('\n')
	require.NoError(n.t, err, "node-saml's program ended")
	var failed struct{ Error string }
	require.NoError(n.t, json.Unmarshal(line, &failed))
	if failed.Error != "" {
		return errors.New(failed.Error)
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(line, answer)
}
