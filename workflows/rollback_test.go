package workflows_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"cutover/activities"
	"cutover/internal/phase"
	"cutover/workflows"
)

// backWorld is a world in which a cutover is to be gone back on: left changes of
// which each plan undoes at most some.
type backWorld struct {
	*world
	asked []activities.RollbackParams
	ended []activities.RollbackEndParams
}

func newBackWorld(t *testing.T, left int) *backWorld {
	w := &backWorld{world: newWorld(t)}
	w.left["rollback"] = left
	w.RegisterWorkflowWithOptions(workflows.Rollback, workflow.RegisterOptions{Name: workflows.RollbackName})
	var a *activities.Activities
	w.OnActivity(a.BeginRollback, mock.Anything, mock.Anything).Return(int64(41), nil)
	w.OnActivity(a.PlanRollback, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.RollbackParams) (activities.PlanResult, error) {
		w.asked = append(w.asked, in)
		p := w.plan(activities.PlanParams{Phase: "rollback"})
		p.Proofs = []phase.Proof{phase.EmergencyLocal}
		return p, w.fails["PlanRollback"]
	})
	w.OnActivity(a.RecordRollback, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.RollbackEndParams) error {
		w.ended = append(w.ended, in)
		return nil
	})
	return w
}

func (w *backWorld) back(how workflows.Back, answer func(workflows.Status)) (workflows.Result, error) {
	w.RegisterDelayedCallback(func() { w.turn(answer) }, time.Second)
	w.ExecuteWorkflow(workflows.RollbackName, workflows.Input{Name: "x", Key: "x#2", ConfigHash: "c", Back: &how})
	require.True(w.t, w.IsWorkflowCompleted())
	var r workflows.Result
	if err := w.GetWorkflowError(); err != nil {
		return r, err
	}
	return r, w.GetWorkflowResult(&r)
}

func TestAWayBackIsApprovedByItsHashAppliedAndPlannedAgainUntilNothingIsLeft(t *testing.T) {
	w := newBackWorld(t, 7)
	r, err := w.back(workflows.Back{To: "migrate", DeleteCreated: true}, func(s workflows.Status) {
		require.Equal(t, "rollback", s.Gate.Phase)
		require.Equal(t, hash("rollback"), s.Gate.Hash)
		require.Equal(t, 7, s.Gate.Changes)
		w.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
	require.Len(t, w.asked, 2, "planned again from fresh reads")
	for _, in := range w.asked {
		require.Equal(t, int64(41), in.Earlier, "what this way back has undone is seen in the domains, not in its own records")
		require.Equal(t, [2]any{"migrate", true}, [2]any{in.To, in.DeleteCreated})
		require.Len(t, in.Snapshots, 3)
	}
	require.Equal(t, []string{"rollback"}, w.applied)
	require.Len(t, w.decisions, 1)
	require.Equal(t, "x#2", w.decisions[0].Cutover)
	require.Equal(t, []activities.RollbackEndParams{{Cutover: "x#2", Name: "x", Completed: true, Touched: true}}, w.ended)
	require.Equal(t, activities.PhaseDone, w.phases[0].Outcome)
	require.Equal(t, 7, w.phases[0].Applied)
}

func TestAWayBackWithNothingToUndoAsksNobody(t *testing.T) {
	w := newBackWorld(t, 0)
	r, err := w.back(workflows.Back{}, func(workflows.Status) { t.Error("nobody is to be asked") })
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
	require.Empty(t, w.applied)
	require.False(t, w.ended[0].Touched)
}

func TestAWayBackThatIsOnlyPlannedWritesNothingAndAsksNobody(t *testing.T) {
	w := newBackWorld(t, 7)
	r, err := w.back(workflows.Back{PlanOnly: true}, func(workflows.Status) { t.Error("nobody is to be asked") })
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomePlanned, r.Outcome)
	require.Empty(t, w.applied)
	require.Empty(t, w.ended)
	require.Equal(t, 7, w.status().Phases[0].Planned)
}

func TestAWayBackThatIsRejectedHasTouchedNothingAndTidiesNothing(t *testing.T) {
	w := newBackWorld(t, 7)
	r, err := w.back(workflows.Back{}, func(s workflows.Status) {
		w.decide(workflows.Decision{Verb: "reject", Phase: s.Gate.Phase, By: "ann"})
	})
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeRejected, r.Outcome)
	require.Empty(t, w.applied)
	require.False(t, w.ended[0].Touched)
}

func TestAWayBackThatFailsStopsWithAReasonAndResumeGoesOn(t *testing.T) {
	w := newBackWorld(t, 7)
	w.fails["Apply"] = temporal.NewNonRetryableApplicationError("utilities: write the rule: the client was refused", activities.FailureAuth, nil)
	stops := 0
	r, err := w.back(workflows.Back{}, func(s workflows.Status) {
		if s.Gate.Kind == workflows.GateStopped {
			stops++
			require.Contains(t, s.Gate.Question, "the client was refused")
			delete(w.fails, "Apply")
			w.decide(workflows.Decision{Verb: "resume", By: "ann"})
			return
		}
		w.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, 1, stops)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
}

func TestAWayBackThatIsCancelledHalfwaySaysSoInTheLedger(t *testing.T) {
	w := newBackWorld(t, 7)
	w.fails["Apply"] = temporal.NewNonRetryableApplicationError("no", activities.FailureAuth, nil)
	_, err := w.back(workflows.Back{}, func(s workflows.Status) {
		if s.Gate.Kind == workflows.GateStopped {
			w.CancelWorkflow()
			return
		}
		w.approve(s)
	})
	require.NoError(t, err)
	require.True(t, w.ended[0].Touched)
	require.False(t, w.ended[0].Completed)
	require.Contains(t, w.ended[0].Reason, "the rollback was cancelled")
}

func TestAWayBackThatContinuesAsNewIsStillOne(t *testing.T) {
	w := newBackWorld(t, 7)
	_, err := w.back(workflows.Back{To: "migrate"}, func(workflows.Status) {
		w.SetContinueAsNewSuggested(true)
		w.SignalWorkflow("reject", 7) // any message wakes it
	})
	var anew *workflow.ContinueAsNewError
	require.ErrorAs(t, err, &anew)
	require.Equal(t, workflows.RollbackName, anew.WorkflowType.Name)
	var next workflows.Input
	require.NoError(t, decode(anew, &next))
	require.Equal(t, "migrate", next.Back.To)
	require.Equal(t, int64(41), next.State.Earlier)
	require.Equal(t, "rollback", next.State.Gate.Phase)
}
