package rehearse_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/evidence"
	"cutover/internal/rehearse"
)

// leavesEvidence holds the evidence of a rehearsal against its report, and sees
// that it is closed to others and that a byte in any of its lines cannot be changed
// unseen.
func (r run) leavesEvidence(t *testing.T) {
	t.Helper()
	file := filepath.Join(r.keep, rehearse.EvidenceFile)
	info, err := os.Stat(file)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	body, err := os.ReadFile(file)
	require.NoError(t, err)
	applied, requests := 0, 0
	v, err := evidence.Verify(strings.NewReader(string(body)), evidence.Options{Each: func(l evidence.Line) error {
		var c struct{ State, RequestID string }
		if l.Kind == evidence.KindChange {
			require.NoError(t, json.Unmarshal(l.Body, &c))
		}
		if c.State == "applied" {
			applied++
		}
		if c.RequestID != "" {
			requests++
		}
		return nil
	}})
	require.NoError(t, err)
	want := 0
	for _, p := range r.report.Phases {
		want += p.Applied
	}
	require.Equal(t, want, applied)
	require.Equal(t, want > 0, requests > 0, "the domains' ids of requests are in it")
	require.Equal(t, len(r.report.Verdicts), v.Kinds["verdict"])
	require.Equal(t, len(r.report.SignIns), v.Kinds["sign-in"])
	require.Equal(t, len(r.report.Decisions), v.Kinds["decision"])
	require.Equal(t, len(r.report.Reads), v.Kinds["read"])
	lines := strings.SplitAfter(string(body), "\n")
	for at := 0; at < len(lines)-1; at += 1 + len(lines)/7 {
		broken := append([]string{}, lines...)
		middle := len(broken[at]) / 2
		broken[at] = broken[at][:middle] + string([]byte{broken[at][middle] ^ 1}) + broken[at][middle+1:]
		_, err := evidence.Verify(strings.NewReader(strings.Join(broken, "")), evidence.Options{})
		var tampered *evidence.Tampered
		require.ErrorAs(t, err, &tampered)
		require.Equal(t, at+1, tampered.Line)
	}
}
