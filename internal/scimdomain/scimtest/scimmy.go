package scimtest

import (
	"bufio"
	"bytes"
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/nodetest"
)

//go:embed scimmy/package.json scimmy/package-lock.json scimmy/server.mjs scimmy/reader.mjs
var scimmyFiles embed.FS

// Scimmy starts a server made with SCIMMY in Node.js. It has Bulk and filters.
// The test is skipped where there is no Node.js with its package manager.
func Scimmy(t testing.TB, twists ...Twist) *Server {
	t.Helper()
	cmd := scimmy(t, "server.mjs")
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe() // the server ends when this closes
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err, "the server did not say where it listens")
	behind, err := url.Parse(strings.TrimSpace(line))
	require.NoError(t, err)
	return serve(t, proxy(behind), twists)
}

func proxy(to *url.URL) http.Handler {
	return &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = to.Host }}
}

// ScimmyRefuses is what SCIMMY does not accept of resources, read by the schemas
// that their server tells. The test is skipped where there is no Node.js with its
// package manager.
func ScimmyRefuses(t testing.TB, schemas, resources []any) []string {
	t.Helper()
	asked, err := json.Marshal(map[string]any{"schemas": schemas, "resources": resources})
	require.NoError(t, err)
	cmd := scimmy(t, "reader.mjs")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(asked), os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	var refused []string
	require.NoError(t, json.Unmarshal(out, &refused))
	return refused
}

// scimmy is a command that runs a script beside SCIMMY.
func scimmy(t testing.TB, script string) *exec.Cmd {
	t.Helper()
	files, err := fs.Sub(scimmyFiles, "scimmy")
	require.NoError(t, err)
	return exec.CommandContext(t.Context(), "node", filepath.Join(nodetest.Dir(t, "scimmy", files), script))
}
