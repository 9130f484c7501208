package ociprofile_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/ociprofile"
)

// profiles writes an OCI configuration file into a home directory, and returns
// its name as OCI's tools write it.
func profiles(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	private, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	key := filepath.Join(home, "key.pem")
	require.NoError(t, os.WriteFile(key, pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(private)}), 0o600))
	text := "[DEFAULT]\nuser=u1\nfingerprint=f\ntenancy=t\nkey_file=" + key + "\n[NO-KEY]\nuser=u1\nfingerprint=f\ntenancy=t\npass_phrase=hunter2\nkey_file=/none.pem\n"
	require.NoError(t, os.WriteFile(filepath.Join(home, "config"), []byte(text), 0o600))
	return "~/config"
}

func TestAProfileOfTheHomeDirectorySigns(t *testing.T) {
	key, err := ociprofile.Read(profiles(t), "DEFAULT")
	require.NoError(t, err)
	require.Equal(t, "u1", key.User)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://domain.example/admin/v1/Users", strings.NewReader("{}"))
	require.NoError(t, err)
	req.Header.Set("Date", "yesterday")
	require.NoError(t, key.Sign(req))
	require.Contains(t, req.Header.Get("Authorization"), `keyId="t/u1/f"`)
	at, err := http.ParseTime(req.Header.Get("Date"))
	require.NoError(t, err, "each request is dated when it is signed")
	require.WithinDuration(t, time.Now(), at, time.Minute)
}

func TestAProfileThatCannotBeUsedIsToldWithoutWhatItHolds(t *testing.T) {
	file := profiles(t)
	for profile, why := range map[string]string{"NO-KEY": "its key_file: ", "OTHER": "did not contain profile: OTHER"} {
		_, err := ociprofile.Read(file, profile)
		require.ErrorContains(t, err, why)
		require.NotContains(t, err.Error(), "hunter2")
		require.NotContains(t, err.Error(), "\n")
	}
}
