package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"

	"cutover/activities"
	"cutover/internal/directory"
	"cutover/internal/ledger"
)

// applied puts a plan into the ledger by which these people were made in Fusion
// Applications.
func (s *stage) applied(t *testing.T, people []directory.Person) int64 {
	t.Helper()
	ctx := t.Context()
	plan, err := s.ledger.BeginPlan(ctx, "test", "migrate", false)
	require.NoError(t, err)
	var changes []directory.Change
	for _, p := range people {
		changes = append(changes, directory.Change{
			Step: 1, Domain: directory.Fusion, Via: directory.ViaFusionApplications, Kind: directory.CreateUser, User: p.UserName,
			After: directory.Attributes{"userName": p.UserName, "active": "true"},
		})
	}
	require.NoError(t, s.ledger.AddChanges(ctx, plan, changes))
	_, err = s.ledger.SealPlan(ctx, plan, "hash")
	require.NoError(t, err)
	claimed, err := s.ledger.Claim(ctx, plan, 1, func(directory.Change) int { return len(changes) }, time.Now().Add(time.Minute))
	require.NoError(t, err)
	var records []ledger.Record
	for _, c := range claimed {
		records = append(records, ledger.Record{Seq: c.Seq, State: ledger.StateApplied})
	}
	_, err = s.ledger.Record(ctx, plan, claimed[0].Fence, records)
	require.NoError(t, err)
	return plan
}

func (s *stage) settle(t *testing.T, plan int64, from int) (last int, err error) {
	t.Helper()
	env, acts := s.attempt(t)
	if from != 0 {
		env.SetHeartbeatDetails(from)
	}
	env.SetOnActivityHeartbeatListener(func(_ *activity.Info, details converter.EncodedValues) { require.NoError(t, details.Get(&last)) })
	_, err = env.ExecuteActivity(acts.Settle, activities.SettleParams{ConfigHash: "config", Plan: plan, Poll: 3 * time.Second})
	return last, err
}

func TestWhatFusionHasNotCopiedYetIsLookedForAgainAtAFixedPace(t *testing.T) {
	everyone := crowd(60)
	d := &domain{people: everyone[:55], size: 10}
	s := newStage(t, d)
	plan := s.applied(t, everyone)
	last, err := s.settle(t, plan, 0)
	var app *temporal.ApplicationError
	require.ErrorAs(t, err, &app)
	require.Equal(t, activities.FailureNotYet, app.Type())
	require.False(t, app.NonRetryable())
	require.Equal(t, 3*time.Second, app.NextRetryDelay())
	require.Equal(t, 50, last)

	d.people, d.looked = everyone, nil
	_, err = s.settle(t, plan, last)
	require.NoError(t, err)
	require.Equal(t, []int{10}, d.looked, "those who were seen before are not looked for again")
}
