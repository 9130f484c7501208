package identitydomain_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/estates"
	"cutover/internal/identitydomain"
	"cutover/internal/simulator"
)

// signed is a client of the simulated Utilities domain that signs with a key.
func signed(t *testing.T, s *simulator.Simulator, k simulator.APIKey) *identitydomain.Client {
	t.Helper()
	dir := t.TempDir()
	pem, config := filepath.Join(dir, "key.pem"), filepath.Join(dir, "config")
	require.NoError(t, os.WriteFile(pem, k.PEM, 0o600))
	text := fmt.Sprintf("[OPS]\nuser=%s\nfingerprint=%s\ntenancy=%s\nkey_file=%s\n", k.User, k.Fingerprint, k.Tenancy, pem)
	require.NoError(t, os.WriteFile(config, []byte(text), 0o600))
	c, err := identitydomain.New(identitydomain.Options{Domain: directory.Utilities, URL: s.URL(directory.Utilities), Type: "none", OCIProfile: "OPS", OCIConfig: config})
	require.NoError(t, err)
	return c
}

func simulated(t *testing.T) *simulator.Simulator {
	t.Helper()
	estate, err := fs.Sub(estates.FS, "clean")
	require.NoError(t, err)
	s, err := simulator.Start(t.Context(), simulator.Options{Estate: estate, Tier: "none", Seed: 1})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func TestWhoSignsReadsAndWritesAndIsUnknownToTheDomain(t *testing.T) {
	s := simulated(t)
	k, err := s.APIKey(directory.Utilities)
	require.NoError(t, err)
	c := signed(t, s, k)
	require.NoError(t, c.Check(t.Context()))
	p, err := c.Probe(t.Context())
	require.NoError(t, err)
	require.True(t, p.Signs)
	require.Equal(t, k.User, p.ClientID)
	require.Empty(t, p.Roles)
	require.Empty(t, p.AskedScope, "no token is asked for")
	require.Equal(t, "the user who signs is not of this domain, so their roles here are unknown", p.RolesUnknown)
}

func TestAUserOfTheDomainWhoSignsIsToldByName(t *testing.T) {
	s := simulated(t)
	k, err := s.APIKeyOf(directory.Utilities, "bg-admin")
	require.NoError(t, err)
	c := signed(t, s, k)
	p, err := c.Probe(t.Context())
	require.NoError(t, err)
	require.Equal(t, "bg-admin", p.ClientName)
	require.Equal(t, []string{directory.RoleDomainAdmin}, p.Roles)
	require.Empty(t, p.RolesUnknown)
}

func TestAKeyThatTheDomainDoesNotKnowIsRefusedWithoutASecret(t *testing.T) {
	s := simulated(t)
	k, err := s.APIKey(directory.Fusion) // of another domain
	require.NoError(t, err)
	err = signed(t, s, k).Check(t.Context())
	require.Equal(t, directory.ProblemAuth, peerError(t, err).Problem)
	require.NotContains(t, err.Error(), k.Fingerprint)
	require.NotContains(t, err.Error(), "Signature ")
}
