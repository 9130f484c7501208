package workflows_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"cutover/activities"
	"cutover/workflows"
)

// reverting runs a Revert whose deadline is ten minutes away.
type reverting struct {
	*testsuite.TestWorkflowEnvironment
	t        *testing.T
	began    time.Time
	restored []time.Duration // since the start
	ids      map[string]bool
	fails    int // so many attempts fail
}

func newRevert(t *testing.T) *reverting {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	r := &reverting{TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), t: t, ids: map[string]bool{}}
	r.SetTestTimeout(time.Minute)
	r.RegisterWorkflowWithOptions(workflows.Revert, workflow.RegisterOptions{Name: workflows.RevertName})
	r.RegisterActivity(&activities.Activities{})
	r.began = r.Now().UTC().Truncate(time.Millisecond)
	var a *activities.Activities
	r.OnActivity(a.RestoreLocal, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.RestoreParams) (activities.RestoreResult, error) {
		require.Equal(t, "x", in.Cutover)
		r.ids[in.ID] = true
		if r.fails > 0 {
			r.fails--
			return activities.RestoreResult{}, errors.New("the domain is down")
		}
		r.restored = append(r.restored, r.Now().Sub(r.began))
		return activities.RestoreResult{Changed: true}, nil
	})
	return r
}

// tell sends an update at a time since the start, and keeps the state it answers.
func (r *reverting) tell(at time.Duration, name string, order activities.RevertOrder, state *activities.RevertState) {
	r.RegisterDelayedCallback(func() {
		r.UpdateWorkflow(name, name+at.String(), &testsuite.TestUpdateCallback{
			OnAccept: func() {}, OnReject: func(err error) { require.NoError(r.t, err) },
			OnComplete: func(v any, err error) {
				require.NoError(r.t, err)
				*state = v.(activities.RevertState)
			},
		}, order)
	}, at)
}

func (r *reverting) run() activities.RevertState {
	r.ExecuteWorkflow(workflows.RevertName, activities.RevertOrder{Cutover: "x", ConfigHash: "c", Deadline: r.began.Add(10 * time.Minute)})
	require.True(r.t, r.IsWorkflowCompleted())
	require.NoError(r.t, r.GetWorkflowError())
	var s activities.RevertState
	require.NoError(r.t, r.GetWorkflowResult(&s))
	return s
}

func TestWithoutAConfirmationLocalSignInComesBackAtTheDeadlineAndIsLookedAtOnceMore(t *testing.T) {
	r := newRevert(t)
	var late activities.RevertState
	r.tell(10*time.Minute+30*time.Second, workflows.UpdateConfirm, activities.RevertOrder{}, &late)
	require.Equal(t, activities.RevertReverted, r.run().State)
	require.Len(t, r.restored, 2)
	require.InDelta(t, 600, r.restored[0].Seconds(), 1)
	require.InDelta(t, 660, r.restored[1].Seconds(), 2)
	require.Len(t, r.ids, 1, "both are one tripwire")
	require.Equal(t, activities.RevertReverted, late.State, "a late confirmation hears that it is late")
}

func TestAConfirmationInTimeChangesNothing(t *testing.T) {
	r := newRevert(t)
	var s activities.RevertState
	r.tell(9*time.Minute+59*time.Second, workflows.UpdateConfirm, activities.RevertOrder{}, &s)
	require.Equal(t, activities.RevertConfirmed, r.run().State)
	require.Equal(t, activities.RevertConfirmed, s.State)
	require.Empty(t, r.restored)
}

func TestADomainThatIsDownForLongIsNotGivenUp(t *testing.T) {
	r := newRevert(t)
	r.fails = 100 // the test environment ends an activity after ten
	require.Equal(t, activities.RevertReverted, r.run().State)
	require.Len(t, r.restored, 2)
	require.Greater(t, r.restored[0], 20*time.Minute)
}

func TestArmedAnewItWaitsForTheNewDeadlineAndAnswersWithIt(t *testing.T) {
	r := newRevert(t)
	var s activities.RevertState
	r.tell(9*time.Minute, workflows.UpdateArm, activities.RevertOrder{Cutover: "x", ConfigHash: "d", Deadline: r.began.Add(30 * time.Minute)}, &s)
	require.Equal(t, activities.RevertReverted, r.run().State)
	require.Equal(t, activities.RevertArmed, s.State)
	require.True(t, s.Deadline.Equal(r.began.Add(30*time.Minute)))
	require.InDelta(t, 1800, r.restored[0].Seconds(), 1)
}

func TestToldSoItDoesNotWait(t *testing.T) {
	r := newRevert(t)
	var s activities.RevertState
	r.tell(time.Minute, workflows.UpdateNow, activities.RevertOrder{}, &s)
	require.Equal(t, activities.RevertReverted, r.run().State)
	require.InDelta(t, 60, r.restored[0].Seconds(), 1)
}

func TestACancellationDoesNotKeepLocalSignInAway(t *testing.T) {
	r := newRevert(t)
	r.RegisterDelayedCallback(r.CancelWorkflow, time.Minute)
	require.Equal(t, activities.RevertReverted, r.run().State)
	require.InDelta(t, 600, r.restored[0].Seconds(), 1)
}
