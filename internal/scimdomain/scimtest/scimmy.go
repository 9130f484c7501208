package scimtest

import (
	"bufio"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

//go:embed scimmy/package.json scimmy/package-lock.json scimmy/server.mjs
var scimmyFiles embed.FS

// Scimmy starts a server made with SCIMMY in Node.js. It has Bulk and filters.
// The test is skipped where there is no Node.js with its package manager.
func Scimmy(t testing.TB, twists ...Twist) *Server {
	t.Helper()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	dir := scimmyDir(t)
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join(dir, "server.mjs"))
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

// installing keeps the tests of one process from installing side by side.
var installing sync.Mutex

// scimmyDir is where the server and what it needs are installed, once for all
// tests of a machine. It appears there whole or not at all.
func scimmyDir(t testing.TB) string {
	t.Helper()
	installing.Lock()
	defer installing.Unlock()
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	names := []string{"package.json", "package-lock.json", "server.mjs"}
	files, all := map[string][]byte{}, []byte{}
	for _, name := range names {
		files[name], err = scimmyFiles.ReadFile("scimmy/" + name)
		require.NoError(t, err)
		all = append(all, files[name]...)
	}
	dir := filepath.Join(cache, "cutover-test", "scimmy-"+sum(all))
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	require.NoError(t, os.MkdirAll(filepath.Dir(dir), 0o755))
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "installing-")
	require.NoError(t, err)
	defer os.RemoveAll(fresh)
	for name, b := range files {
		require.NoError(t, os.WriteFile(filepath.Join(fresh, name), b, 0o644))
	}
	install := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	install.Dir = fresh
	said, err := install.CombinedOutput()
	require.NoError(t, err, string(said))
	if err := os.Rename(fresh, dir); err != nil { // another process was quicker
		require.DirExists(t, dir, err)
	}
	return dir
}

func sum(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:6])
}
