package rehearse_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/rehearse"
	"cutover/internal/report"
	"cutover/workflows"
)

// invited is an estate whose people first sign in by invitation.
func invited(t *testing.T, in fs.FS, notBefore time.Time) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	for _, name := range []string{"fusion.json", "utilities.json", "cxif.json", "cutover.json"} {
		body, err := fs.ReadFile(in, name)
		require.NoError(t, err)
		if name == "cutover.json" {
			was := []byte(`"firstSignIn": "corporate-idp"`)
			body = replaceOnce(t, body, was, fmt.Appendf(nil, `"firstSignIn": "invitation", "invitations": {"notBefore": %q, "waveSize": 8, "waveEvery": "1s"}`,
				notBefore.UTC().Format(time.RFC3339)))
		}
		out[name] = &fstest.MapFile{Data: body}
	}
	return out
}

// untilTheyAct decides as a rehearsal does, and reads again while people have not
// acted on their invitation.
func untilTheyAct(s workflows.Status) *workflows.Decision {
	d := rehearse.Automatic(s)
	if s.Gate.Kind == workflows.GateFindings && s.Gate.Phase == "sso-on" {
		d.Verb = workflows.VerbResume
	}
	return d
}

// invitations are the lines of a journal that invited somebody, and when.
func invitations(lines []line) (at []time.Time, users map[string]int) {
	users = map[string]int{}
	for _, l := range lines {
		if strings.Contains(l.Path, "/UserPasswordResetter/") {
			at = append(at, l.Time)
			for _, k := range l.Keys {
				users[directory.Fold(k)]++
			}
		}
	}
	return at, users
}

func TestPeopleAreInvitedInWavesNotBeforeTheTimeAgreedAndTheSwitchWaitsUntilTheyHaveActed(t *testing.T) {
	t.Parallel() // most of it is waiting
	if testing.Short() {
		t.Skip("starts a whole Temporal server")
	}
	m := newMany(t)
	agreed := time.Now().Add(15 * time.Second).Truncate(time.Second)
	m.estate, m.act = invited(t, m.estate, agreed), 500*time.Millisecond
	shut := 0
	m.decide = func(s workflows.Status) *workflows.Decision {
		d := untilTheyAct(s)
		if d.Verb == workflows.VerbResume {
			shut++
		}
		return d
	}
	h, err := m.hold(t.Context(), "invited", "")
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, h.outcome, strings.Join(h.said, "\n"))
	at, users := invitations(h.lines)
	require.Greater(t, len(at), 8, "there are several waves")
	require.Positive(t, shut, "the gate was shut while people had not acted")
	for i, when := range at {
		require.False(t, when.Before(agreed), "%s is before the time agreed", when)
		if i > 0 && i%8 == 0 {
			require.GreaterOrEqual(t, when.Sub(at[i-1]), 900*time.Millisecond, "waves are apart")
		}
	}
	for user, n := range users {
		require.Equal(t, 1, n, user)
	}
	r, err := report.Build(t.Context(), m.ledger, "invited")
	require.NoError(t, err)
	require.Equal(t, &report.Invitations{Sent: len(at), Acted: len(at)}, r.Invitations)
	require.Empty(t, m.covered(t, "invited").uncovered(h.lines), "each was approved")
}

func TestWhoDoesNotActOnTheInvitationKeepsTheGateShut(t *testing.T) {
	t.Parallel() // most of it is waiting
	if testing.Short() {
		t.Skip("starts a whole Temporal server")
	}
	m := newMany(t)
	m.estate = invited(t, m.estate, time.Now().Add(-time.Minute))
	h, err := m.hold(t.Context(), "silent", "")
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeBlocked, h.outcome)
	require.Equal(t, "sso-on", h.at)
	at, _ := invitations(h.lines)
	require.NotEmpty(t, at)
	open, err := report.BuildOpen(t.Context(), m.ledger, "silent", "sso-on")
	require.NoError(t, err)
	require.NotEmpty(t, open.Findings, "and who it is, is named")
	require.NotEmpty(t, open.Findings[0].User)
}
