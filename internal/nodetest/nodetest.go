// Package nodetest installs programs for Node.js that tests run: what other
// people wrote is held against, where it is not written in Go.
package nodetest

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// installing keeps the tests of one process from installing side by side.
var installing sync.Mutex

// Dir is where the program name, made of files, and all that its
// package-lock.json names are installed, once for all tests of a machine. It
// appears there whole or not at all. The test is skipped where there is no
// Node.js with its package manager.
func Dir(t testing.TB, name string, files fs.FS) string {
	t.Helper()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	installing.Lock()
	defer installing.Unlock()
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	dir := filepath.Join(cache, "cutover-test", name+"-"+sum(t, files))
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	require.NoError(t, os.MkdirAll(filepath.Dir(dir), 0o755))
	fresh, err := os.MkdirTemp(filepath.Dir(dir), "installing-")
	require.NoError(t, err)
	defer os.RemoveAll(fresh)
	require.NoError(t, os.CopyFS(fresh, files))
	install := exec.CommandContext(t.Context(), "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
	install.Dir = fresh
	said, err := install.CombinedOutput()
	require.NoError(t, err, string(said))
	if err := os.Rename(fresh, dir); err != nil { // another process was quicker
		require.DirExists(t, dir, err)
	}
	return dir
}

func sum(t testing.TB, files fs.FS) string {
	h := sha256.New()
	require.NoError(t, fs.WalkDir(files, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := fs.ReadFile(files, path)
		h.Write(append([]byte(path+"\x00"), b...))
		return err
	}))
	return hex.EncodeToString(h.Sum(nil)[:6])
}
