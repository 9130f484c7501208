package workflows_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"cutover/activities"
	"cutover/internal/phase"
	"cutover/workflows"
)

func TestTheWalkKeepsTheGuidesOrderAndEveryPhaseIsPlannedByItsName(t *testing.T) {
	want := []string{"check", "sso-setup", "sso-test", "sso-off", "migrate", "sync-utilities", "access-utilities", "sync-cxif", "access-cxif", "sso-on", "tidy", "verify"}
	require.Equal(t, want, workflows.Phases())
	var planned []string
	for _, p := range phase.Procedure {
		planned = append(planned, p.Name)
	}
	require.Equal(t, want, planned)
}

func TestEveryPhaseThatChangesSomethingIsApprovedOnceByItsHash(t *testing.T) {
	w := newWorld(t)
	w.left["sso-setup"], w.left["migrate"] = 3, 40
	r, err := w.run(w.approve)
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
	var approved []string
	for _, d := range w.decisions {
		require.Equal(t, "ann", d.By)
		approved = append(approved, d.Phase)
	}
	require.Equal(t, []string{"check", "sso-setup", "migrate"}, approved)
	require.Equal(t, []string{"sso-setup", "migrate"}, w.applied)
	require.Len(t, w.phases, 12)
	for _, p := range w.phases {
		want := activities.PhaseNothingToDo
		if p.Planned > 0 || p.Name == "check" || p.Name == "verify" {
			want = activities.PhaseDone
		}
		require.Equal(t, want, p.Outcome, p.Name)
	}
	require.Equal(t, workflows.OutcomeCompleted, w.ended.Outcome)
}

func TestAnApprovalOfAnotherHashOrPhaseIsRefusedAndChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.left["migrate"] = 1
	tried := false
	r, err := w.run(func(s workflows.Status) {
		if s.Gate.Phase == "migrate" && !tried {
			tried = true
			for _, wrong := range []workflows.Decision{
				{Verb: "approve", Phase: "migrate", Hash: hash("sso-on")},
				{Verb: "approve", Phase: "migrate", Hash: s.Gate.Hash[:5]},
				{Verb: "approve", Phase: "sso-on", Hash: s.Gate.Hash},
				{Verb: "approve", Hash: s.Gate.Hash},
				{Verb: "resume"},
				{Verb: "reload"},
				{Verb: "perhaps", Phase: "migrate", Hash: s.Gate.Hash},
			} {
				w.decide(wrong)
			}
			return
		}
		w.approve(s)
	})
	require.NoError(t, err)
	require.True(t, tried)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
	require.Len(t, w.decisions, 2, "only what fitted was written down")
	require.Len(t, w.refusals, 7, "each comes back with a reason:\n%s", strings.Join(w.refusals, "\n"))
	require.Contains(t, w.refusals[0], "read that plan before you approve it")
}

func TestASignalApprovesAndOneThatDoesNotFitLeavesANote(t *testing.T) {
	w := newWorld(t)
	w.left["migrate"] = 1
	told := false
	r, err := w.run(func(s workflows.Status) {
		if s.Gate.Phase != "migrate" {
			w.approve(s)
			return
		}
		if !told {
			told = true
			w.SignalWorkflow("approve", 42)
			w.SignalWorkflow("approve", "nonsense")
			w.SignalWorkflow("approve", nil)
			w.SignalWorkflow("approve", map[string]string{"phase": "migrate", "hash": hash("another")})
			return
		}
		require.Len(t, s.Notes, 4, strings.Join(s.Notes, "\n"))
		require.Contains(t, s.Notes[0], "not understood")
		require.Contains(t, s.Notes[3], "refused")
		w.SignalWorkflow("approve", map[string]string{"phase": "migrate", "hash": s.Gate.Hash, "by": "bob"})
	})
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
	last := w.decisions[len(w.decisions)-1]
	require.Equal(t, "bob", last.By)
}

func TestFindingsBlockBeforeAnythingIsWrittenAndAReloadGoesOn(t *testing.T) {
	w := newWorld(t)
	w.blocked = "migrate"
	w.left["sso-setup"] = 2
	tried, reloaded := false, false
	r, err := w.run(func(s workflows.Status) {
		if s.Gate.Kind == workflows.GateFindings {
			require.Equal(t, "migrate", s.Gate.Phase)
			require.Empty(t, w.applied)
			if !tried {
				tried = true
				w.decide(workflows.Decision{Verb: "approve", Phase: "migrate", Hash: s.Gate.Hash})
				return
			}
			require.Len(t, w.refusals, 1, "findings cannot be approved away")
			w.blocked, reloaded = "", true
			w.decide(workflows.Decision{Verb: "reload", Hash: "c2", By: "ann"})
			return
		}
		w.approve(s)
	})
	require.NoError(t, err)
	require.True(t, reloaded)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
}

func TestRejectingABlockedGateEndsAsBlockedWithoutTidyingWhatWasNeverTouched(t *testing.T) {
	w := newWorld(t)
	w.blocked = "migrate"
	r, err := w.run(func(s workflows.Status) {
		w.decide(workflows.Decision{Verb: "reject", Phase: s.Gate.Phase, By: "ann"})
	})
	require.NoError(t, err)
	require.Equal(t, workflows.Result{Outcome: "blocked", Phase: "migrate", Reason: "1 finding is open"}, r)
	require.Empty(t, w.applied)
}

func TestAFailedProofStopsTheWalkAndRejectingItTidiesUp(t *testing.T) {
	w := newWorld(t)
	w.left["sso-test"], w.left["tidy"] = 3, 2
	w.proofs["sso-test"] = false
	r, err := w.run(func(s workflows.Status) {
		if s.Gate.Kind == workflows.GateStopped {
			require.Contains(t, s.Gate.Question, "certificate")
			w.decide(workflows.Decision{Verb: "reject", Phase: s.Gate.Phase, By: "ann"})
			return
		}
		w.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, "stopped", r.Outcome)
	require.Equal(t, "sso-test", r.Phase)
	require.Equal(t, []string{"sso-test", "tidy"}, w.applied, "nobody is asked before what was only for the test is removed")
}

func TestAFailureStopsWithAReasonAndResumeGoesOn(t *testing.T) {
	w := newWorld(t)
	w.fails["Check"] = temporal.NewNonRetryableApplicationError("fusion: get a token: the client was refused", activities.FailureAuth, nil)
	stops := 0
	r, err := w.run(func(s workflows.Status) {
		if s.Gate.Kind == workflows.GateStopped {
			stops++
			require.Contains(t, s.Gate.Question, "the client was refused")
			delete(w.fails, "Check")
			w.decide(workflows.Decision{Verb: "resume", By: "ann"})
			return
		}
		w.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, 1, stops)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
}

func TestChangesThatTheDomainRefusesStopTheWalkWithTheirNumber(t *testing.T) {
	w := newWorld(t)
	w.left["migrate"], w.refused["migrate"] = 10, 2
	r, err := w.run(func(s workflows.Status) {
		if s.Gate.Kind == workflows.GateStopped {
			require.Contains(t, s.Gate.Question, "2 changes were refused")
			w.decide(workflows.Decision{Verb: "reject", Phase: "migrate"})
			return
		}
		w.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, "stopped", r.Outcome)
}

func TestCancellingTidiesUpAndSaysSo(t *testing.T) {
	w := newWorld(t)
	w.left["sso-test"], w.left["migrate"], w.left["tidy"] = 1, 1, 1
	r, err := w.run(func(s workflows.Status) {
		if s.Gate.Phase == "migrate" {
			w.CancelWorkflow()
			return
		}
		w.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCancelled, r.Outcome)
	require.Equal(t, []string{"sso-test", "tidy"}, w.applied)
}

func TestCancellingAtAStoppedGateTidiesUpToo(t *testing.T) {
	w := newWorld(t)
	w.left["sso-test"], w.left["tidy"] = 3, 2
	w.proofs["sso-test"] = false
	stops := 0
	r, err := w.run(func(s workflows.Status) {
		if s.Gate.Kind == workflows.GateStopped {
			if stops++; stops == 1 {
				w.CancelWorkflow()
			}
			return
		}
		w.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCancelled, r.Outcome)
	require.Equal(t, []string{"sso-test", "tidy"}, w.applied)
}

func TestTidyAfterAnEarlyEndRunsHoweverLongTheHistoryIs(t *testing.T) {
	w := newWorld(t)
	w.left["sso-test"], w.left["tidy"] = 3, 2
	w.proofs["sso-test"] = false
	rejected := false
	w.SetOnActivityCompletedListener(func(info *activity.Info, _ converter.EncodedValue, _ error) {
		if info.ActivityType.Name == "RecordDecision" && rejected {
			w.SetContinueAsNewSuggested(true)
		}
	})
	r, err := w.run(func(s workflows.Status) {
		if s.Gate.Kind == workflows.GateStopped && !rejected {
			rejected = true
			w.decide(workflows.Decision{Verb: "reject", Phase: s.Gate.Phase, By: "ann"})
			return
		}
		w.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, "stopped", r.Outcome)
	require.Equal(t, []string{"sso-test", "tidy"}, w.applied)
}

func TestADecisionThatCannotBeWrittenDownIsNotTaken(t *testing.T) {
	w := newWorld(t)
	w.left["migrate"] = 1
	w.fails["RecordDecision"] = temporal.NewNonRetryableApplicationError("the disk is full", activities.FailureLedger, nil)
	r, err := w.run(func(s workflows.Status) {
		if len(s.Notes) > 0 {
			require.Contains(t, s.Notes[0], "not taken")
			require.Empty(t, w.applied)
			delete(w.fails, "RecordDecision")
		}
		w.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
	require.Len(t, w.decisions, 2)
}

func TestContinuingAsNewAtAnOpenGateKeepsTheGateAndWhatWasCounted(t *testing.T) {
	w := newWorld(t)
	w.left["migrate"] = 1
	_, err := w.run(func(s workflows.Status) {
		if s.Gate.Phase == "migrate" {
			w.SetContinueAsNewSuggested(true)
			w.SignalWorkflow("reject", 7) // any message wakes it
			return
		}
		w.approve(s)
	})
	var anew *workflow.ContinueAsNewError
	require.ErrorAs(t, err, &anew)
	var next workflows.Input
	require.NoError(t, decode(anew, &next))
	require.NotNil(t, next.State)
	require.Equal(t, "migrate", next.State.Gate.Phase)
	require.Equal(t, workflows.StageGate, next.State.Loop.Stage)
	require.Equal(t, 1, next.State.Loop.Plan.Changes)
	require.NotEmpty(t, next.State.Seen)

	again := newWorld(t)
	again.left["migrate"] = 1
	again.planFor[1] = "migrate"
	next.State.Loop.Plan.Plan = 1
	again.RegisterDelayedCallback(func() { again.turn(again.approve) }, time.Second)
	again.ExecuteWorkflow(workflows.WorkflowName, next)
	require.NoError(t, again.GetWorkflowError())
	require.Equal(t, []string{"migrate"}, again.applied, "it goes on where it stood")
	require.Len(t, again.decisions, 1, "no decision is counted twice")
}
