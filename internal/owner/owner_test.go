package owner_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/evidence"
	"cutover/internal/ledger"
	"cutover/internal/owner"
)

// place is a directory with a path short enough for a socket.
func place(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "own")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func TestTheOwnerHandsTheLedgerToTheOtherCommands(t *testing.T) {
	socket := filepath.Join(place(t), "cutover.sock")
	_, _, err := owner.Dial(t.Context(), socket)
	require.ErrorIs(t, err, owner.ErrNone, "nobody owns it yet")

	l, err := ledger.OpenTemp(t.Context())
	require.NoError(t, err)
	defer l.Close()
	serving, stop := context.WithCancel(t.Context())
	defer stop()
	require.NoError(t, owner.Serve(serving, socket, owner.Facts{HostPort: "127.0.0.1:7233", Namespace: "default"}, l))
	info, err := os.Stat(socket)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "only its user may speak to it")

	c, facts, err := owner.Dial(t.Context(), socket)
	require.NoError(t, err)
	defer c.Close()
	require.Equal(t, "127.0.0.1:7233", facts.HostPort)
	_, err = c.Cutover(t.Context(), "spring")
	require.ErrorIs(t, err, ledger.ErrNotFound)

	require.NoError(t, c.PutConfiguration(t.Context(), "abc", []byte(`{"a":1}`)))
	kept, err := l.Configuration(t.Context(), "abc")
	require.NoError(t, err)
	require.JSONEq(t, `{"a":1}`, string(kept))
	back, err := c.Configuration(t.Context(), "abc")
	require.NoError(t, err)
	require.JSONEq(t, `{"a":1}`, string(back))
	_, err = c.Configuration(t.Context(), "none")
	require.ErrorIs(t, err, ledger.ErrNotFound)
	want := ledger.Cutover{Name: "spring", ConfigHash: "abc", StartedBy: "ann", Run: 2}
	require.NoError(t, c.PutCutover(t.Context(), want))
	got, err := c.Cutover(t.Context(), "spring")
	require.NoError(t, err)
	require.Equal(t, "spring#2", got.Key())
	report, err := c.Report(t.Context(), got.Key())
	require.NoError(t, err)
	require.Equal(t, "running", report.Outcome)
	open, err := c.Open(t.Context(), got.Key(), "migrate")
	require.NoError(t, err)
	require.Equal(t, "migrate", open.Phase)

	accepted := []ledger.Acceptance{{Cutover: got.Key(), Phase: "sso-on", User: "bob", Reason: "hub-inactive", By: "ann", Why: "on leave", At: time.Now().UTC()}}
	require.NoError(t, c.PutAcceptances(t.Context(), accepted))
	all, err := c.Acceptances(t.Context(), got.Key())
	require.NoError(t, err)
	require.Equal(t, accepted, all)
	require.ErrorContains(t, c.PutAcceptances(t.Context(), []ledger.Acceptance{{Cutover: got.Key()}}), "an acceptance says")
}

func TestASocketThatADeadOwnerLeftIsTakenOver(t *testing.T) {
	socket := filepath.Join(place(t), "cutover.sock")
	require.NoError(t, os.WriteFile(socket, nil, 0o600))
	l, err := ledger.OpenTemp(t.Context())
	require.NoError(t, err)
	defer l.Close()
	serving, stop := context.WithCancel(t.Context())
	defer stop()
	require.NoError(t, owner.Serve(serving, socket, owner.Facts{}, l))
	_, _, err = owner.Dial(t.Context(), socket)
	require.NoError(t, err)
}

func TestAPathTooLongForASocketIsNamed(t *testing.T) {
	l, err := ledger.OpenTemp(t.Context())
	require.NoError(t, err)
	defer l.Close()
	long := filepath.Join(t.TempDir(), strings.Repeat("x", 120), "cutover.sock")
	require.ErrorContains(t, owner.Serve(t.Context(), long, owner.Facts{}, l), "too long")
}

func TestTheOwnerHandsOutTheEvidenceAndSaysWhereThereIsNone(t *testing.T) {
	socket := filepath.Join(place(t), "cutover.sock")
	l, err := ledger.OpenTemp(t.Context())
	require.NoError(t, err)
	defer l.Close()
	serving, stop := context.WithCancel(t.Context())
	defer stop()
	require.NoError(t, owner.Serve(serving, socket, owner.Facts{}, l))
	c, _, err := owner.Dial(t.Context(), socket)
	require.NoError(t, err)
	defer c.Close()
	var served, direct bytes.Buffer
	require.ErrorIs(t, c.Evidence(t.Context(), "spring", &served), ledger.ErrNotFound)
	require.NoError(t, l.PutCutover(t.Context(), ledger.Cutover{Name: "spring", ConfigHash: "abc", Run: 1}))
	require.NoError(t, l.PutConfiguration(t.Context(), "abc", []byte(`{"dir":"","config":{}}`)))
	require.NoError(t, c.Evidence(t.Context(), "spring", &served))
	require.NoError(t, owner.Direct{Ledger: l}.Evidence(t.Context(), "spring", &direct))
	require.Equal(t, direct.String(), served.String())
	_, err = evidence.Verify(&served, evidence.Options{})
	require.NoError(t, err)

	require.NoError(t, l.PutConfiguration(t.Context(), "abc", []byte(`{"of another version":1}`)))
	require.ErrorContains(t, c.Evidence(t.Context(), "spring", &served), "stored by another version", "what fails on the way is told")
}
