package activities_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/activities"
	"cutover/internal/config"
	"cutover/internal/ledger"
)

// estateOf opens one configuration, whatever hash is asked for.
type estateOf struct{ e *activities.Estate }

func (o estateOf) Open(context.Context, string) (*activities.Estate, error) { return o.e, nil }

func TestTwoPeopleWhoDidNotStartItApproveAPhaseAndTheLedgerHoldsBoth(t *testing.T) {
	ctx := t.Context()
	l, err := ledger.OpenTemp(ctx)
	require.NoError(t, err)
	defer l.Close()
	require.NoError(t, l.PutCutover(ctx, ledger.Cutover{Name: "spring", ConfigHash: "c", StartedBy: "sam", StartedAt: time.Now(), Run: 1}))
	a := &activities.Activities{Ledger: l, Estates: estateOf{&activities.Estate{Config: config.Config{Approvals: config.Approvals{
		Phases: map[string]config.Approval{"sso-on": {By: []string{"ann", "bob", "sam"}, Count: 2, NotStarter: true, ValidFor: time.Hour}},
	}}}}}
	opened := time.Now()
	decide := func(id, by, phase, gate string) activities.DecisionResult {
		out, err := a.RecordDecision(ctx, activities.DecisionParams{Name: "spring", ConfigHash: "c", Since: opened, Decision: activities.Decision{
			ID: id, Cutover: "spring", Phase: phase, Hash: "h", Verb: "approve", By: by, Gate: gate,
		}})
		require.NoError(t, err)
		return out
	}
	require.True(t, decide("0", "anybody", "migrate", "approve").Enough(), "a phase without a rule")
	require.Contains(t, decide("1", "eve", "sso-on", "approve").Refused, "not by eve")
	require.Contains(t, decide("2", "sam", "sso-on", "approve").Refused, "somebody else")
	require.True(t, decide("3", "ann", "sso-on", "limit").Given == 1, "another gate of the same plan")
	first := decide("4", "ann", "sso-on", "approve")
	require.Equal(t, []int{1, 2}, []int{first.Given, first.Need})
	require.False(t, first.Enough())
	require.Equal(t, 1, decide("4", "ann", "sso-on", "approve").Given, "the same decision again, after its answer was lost")
	require.Contains(t, decide("5", "Ann", "sso-on", "approve").Refused, "already")
	both := decide("6", "bob", "sso-on", "approve")
	require.True(t, both.Enough())
	require.WithinDuration(t, time.Now().Add(time.Hour), both.Until, time.Minute)

	had, err := l.Decisions(ctx, "spring")
	require.NoError(t, err)
	var ids []string
	for _, d := range had {
		ids = append(ids, d.ID)
	}
	require.Equal(t, []string{"0", "3", "4", "6"}, ids, "what does not count is not written down as a decision")

	opened = time.Now().Add(time.Second)
	require.Equal(t, 1, decide("7", "ann", "sso-on", "approve").Given, "the gate opened anew, so nobody has approved it yet")
}
