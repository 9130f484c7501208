package rehearse_test

import (
	"compress/gzip"
	"context"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"

	"cutover/internal/directory"
	"cutover/internal/follow"
	"cutover/internal/ledger"
	"cutover/internal/rehearse"
	"cutover/internal/simulator"
	"cutover/internal/wayback"
	"cutover/workflows"
)

// back goes back on a cutover, and returns how that ended and its last status.
func (m *many) back(ctx context.Context, cut ledger.Cutover, back workflows.Back) (result workflows.Result, err error) {
	if _, err := follow.StartRollback(ctx, m.client, workflows.Input{Name: cut.Name, Key: cut.Key(), ConfigHash: cut.ConfigHash, Back: &back}); err != nil {
		return result, err
	}
	target := follow.RollbackOf(cut.Name)
	return follow.Watch(ctx, m.client, target, func(s workflows.Status) error {
		if s.Gate == nil {
			return nil
		}
		_, err := follow.Decide(ctx, m.client, target, *rehearse.Automatic(s))
		if _, refused := follow.Refusal(err); refused {
			return nil // it has been decided
		}
		return err
	})
}

// record keeps a history, where the environment names a file for it: that is how
// the replay fixtures of workflows were made.
func (m *many) record(ctx context.Context, t *testing.T, name string) error {
	file := os.Getenv("CUTOVER_RECORD_HISTORY")
	if file == "" {
		return nil
	}
	h, err := rehearse.History(ctx, m.client, follow.WorkflowID(name))
	if err != nil {
		return err
	}
	body, err := protojson.Marshal(h)
	if err != nil {
		return err
	}
	f, err := os.Create(file)
	require.NoError(t, err)
	w := gzip.NewWriter(f)
	_, err = w.Write(body)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return f.Close()
}

func TestTheWayBackDeletesWhoWasMadeWhereThatWasAskedForAndSaysThatNoMailComesBack(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a whole Temporal server")
	}
	m := newMany(t)
	m.estate, m.act = invited(t, m.estate, time.Now().Add(-time.Minute)), time.Millisecond
	m.decide = untilTheyAct
	m.then = func(ctx context.Context, cut ledger.Cutover, _ *simulator.Simulator) error {
		result, err := m.back(ctx, cut, workflows.Back{DeleteCreated: true})
		if err != nil {
			return err
		}
		require.Equal(t, workflows.OutcomeCompleted, result.Outcome, result.Reason)
		return m.record(ctx, t, follow.RollbackOf(cut.Name))
	}
	h, err := m.hold(t.Context(), "there-and-back", "")
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, h.outcome, strings.Join(h.said, "\n"))
	sent, _ := invitations(h.lines)
	require.NotEmpty(t, sent)
	require.True(t, slices.ContainsFunc(h.lines, func(l line) bool {
		return l.Method == "DELETE" && strings.Contains(l.Path, "/Users/") && l.Status < 300
	}), "it was asked for, and they have never signed in")

	plan, err := m.ledger.LatestPlan(t.Context(), "there-and-back", wayback.Phase, false)
	require.NoError(t, err)
	findings, err := m.ledger.Findings(t.Context(), plan.ID)
	require.NoError(t, err)
	require.True(t, slices.ContainsFunc(findings, func(f directory.Finding) bool { return f.Name == wayback.FindingMailed && !f.Blocking }), "%v", findings)
}
