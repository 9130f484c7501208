package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/activities"
	"cutover/internal/directory"
	"cutover/internal/limits"
	"cutover/workflows"
)

var tooMany = []activities.Crossing{{Domain: directory.Utilities, Kind: limits.Updates, Count: 120, Of: 300, Limit: "20 %"}}

func TestAPlanBeyondALimitNeedsAnApprovalOfItsOwnThatNamesTheNumber(t *testing.T) {
	w := newWorld(t)
	w.left["sync-utilities"] = 120
	w.over = map[string][]activities.Crossing{"sync-utilities": tooMany}
	asked := 0
	r, err := w.run(func(s workflows.Status) {
		if s.Gate.Kind != workflows.GateLimit {
			w.approve(s)
			return
		}
		require.Contains(t, s.Gate.Question, "120 updates in utilities (40 % of 300 people), where the limit is 20 %")
		right := workflows.Decision{Verb: workflows.VerbApprove, Phase: s.Gate.Phase, Hash: s.Gate.Hash, By: "ann", Allow: 120}
		asked++
		switch asked {
		case 1:
			w.approve(s) // without a number
			wrong := right
			wrong.Allow = 12
			w.decide(wrong)
			automatic := right
			automatic.Automatic = true
			w.decide(automatic)
		case 2:
			require.Len(t, w.refusals, 3)
			require.Contains(t, w.refusals[2], "never by an automatic one")
			w.decide(right)
		}
	})
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
	var gates []string
	for _, d := range w.decisions {
		if d.Phase == "sync-utilities" {
			gates = append(gates, d.Gate)
		}
	}
	require.Equal(t, []string{workflows.GateLimit, workflows.GateApprove}, gates, "the plan itself is approved besides")
}

func TestASignalToo_NamesTheNumberOfALimit(t *testing.T) {
	w := newWorld(t)
	w.left["sync-utilities"] = 120
	w.over = map[string][]activities.Crossing{"sync-utilities": tooMany}
	r, err := w.run(func(s workflows.Status) {
		if s.Gate.Kind == workflows.GateLimit {
			w.SignalWorkflow("approve", map[string]any{"phase": s.Gate.Phase, "hash": s.Gate.Hash, "allow": 120, "by": "bob"})
			return
		}
		w.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
}

func TestAnApprovalThatDoesNotCountIsRefusedAndTheGateStaysShut(t *testing.T) {
	w := newWorld(t)
	w.left["migrate"] = 1
	w.rule = func(in activities.DecisionParams) activities.DecisionResult {
		if in.Decision.By == "mallory" {
			return activities.DecisionResult{Refused: "this phase may be approved by ann, and not by mallory"}
		}
		return activities.DecisionResult{}
	}
	tried := 0
	r, err := w.run(func(s workflows.Status) {
		if s.Gate.Phase != "migrate" {
			w.approve(s)
			return
		}
		if tried++; tried == 1 {
			w.decide(workflows.Decision{Verb: workflows.VerbApprove, Phase: "migrate", Hash: s.Gate.Hash, By: "mallory"})
			return
		}
		require.Empty(t, w.applied)
		require.Equal(t, []string{"this phase may be approved by ann, and not by mallory (type: Refused, retryable: true)"}, w.refusals)
		require.Contains(t, s.Notes[0], "does not count")
		w.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
}

func TestWhereItTakesTwoPeopleOneOpensNothingAndTheGateSaysHowManyHave(t *testing.T) {
	w := newWorld(t)
	w.left["migrate"] = 1
	given := 0
	w.rule = func(in activities.DecisionParams) activities.DecisionResult {
		if in.Decision.Phase != "migrate" {
			return activities.DecisionResult{}
		}
		given++
		return activities.DecisionResult{Given: given, Need: 2}
	}
	r, err := w.run(func(s workflows.Status) {
		if s.Gate.Phase == "migrate" {
			require.Equal(t, given, s.Gate.Given)
			require.Empty(t, w.applied)
			w.SignalWorkflow("approve", map[string]string{"phase": "migrate", "hash": s.Gate.Hash, "by": []string{"ann", "bob"}[given]})
			return
		}
		w.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
	ids := map[string]bool{}
	for _, d := range w.decisions {
		require.False(t, ids[d.ID], "two approvals have one id")
		ids[d.ID] = true
	}
}

func TestAnApprovalThatLastsTooLongOutsideTheWindowIsAskedForAgain(t *testing.T) {
	w := newWorld(t)
	w.left["migrate"] = 1
	w.rule = func(activities.DecisionParams) activities.DecisionResult {
		return activities.DecisionResult{Given: 1, Need: 1, Until: w.Now().Add(time.Hour)}
	}
	w.slices = []func() activities.ApplyResult{
		func() activities.ApplyResult {
			return activities.ApplyResult{More: true, Opens: w.Now().Add(8 * time.Hour)}
		},
	}
	r, err := w.run(w.approve)
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
	approvals := 0
	for _, d := range w.decisions {
		if d.Phase == "migrate" {
			approvals++
		}
	}
	require.Equal(t, 2, approvals)
	for _, p := range w.phases {
		if p.Name == "migrate" {
			require.Equal(t, 1, p.Planned)
		}
	}
}

func TestOutsideTheWindowNothingIsWrittenAndItGoesOnByItself(t *testing.T) {
	w := newWorld(t)
	w.left["migrate"] = 1
	var began time.Time
	w.slices = []func() activities.ApplyResult{func() activities.ApplyResult {
		began = w.Now()
		return activities.ApplyResult{More: true, Opens: began.Add(8 * time.Hour)}
	}}
	seen := false
	w.RegisterDelayedCallback(func() {
		s := w.status()
		seen = !s.Opens.IsZero() && s.State == "waiting"
	}, time.Hour)
	r, err := w.run(w.approve)
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
	require.True(t, seen, "the status says until when it waits")
	require.GreaterOrEqual(t, w.Now().Sub(began), 8*time.Hour)
	require.Equal(t, []string{"migrate"}, w.applied)
}

func TestAPauseTakesEffectAfterTheSliceInHandAndResumeGoesOnWithWhatWasApproved(t *testing.T) {
	w := newWorld(t)
	w.left["migrate"] = 30
	slice := func() activities.ApplyResult {
		return activities.ApplyResult{More: true, Progress: activities.Progress{Applied: 10}}
	}
	w.slices = []func() activities.ApplyResult{func() activities.ApplyResult {
		w.decide(workflows.Decision{Verb: workflows.VerbPause, By: "ann"})
		return slice()
	}, slice}
	paused := 0
	r, err := w.run(func(s workflows.Status) {
		if s.Gate.Kind == workflows.GatePaused {
			if paused++; paused == 1 {
				require.Equal(t, "paused", s.State)
				require.Len(t, w.slices, 1, "the slice in hand was the last")
				w.decide(workflows.Decision{Verb: workflows.VerbPause, By: "bob"})
				return
			}
			require.Len(t, w.refusals, 1, "it stands still already")
			w.decide(workflows.Decision{Verb: workflows.VerbResume, By: "ann"})
			return
		}
		w.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
	require.Equal(t, 2, paused)
	var verbs []string
	for _, d := range w.decisions {
		verbs = append(verbs, d.Phase+" "+d.Verb)
	}
	require.Equal(t, []string{"check approve", "migrate approve", "migrate pause", "migrate resume"}, verbs)
}

func TestAStopEndsTheCutoverAfterTheSliceInHandAndTidiesUp(t *testing.T) {
	w := newWorld(t)
	w.left["migrate"], w.left["tidy"] = 30, 1
	w.slices = []func() activities.ApplyResult{func() activities.ApplyResult {
		w.decide(workflows.Decision{Verb: workflows.VerbStop, By: "ann"})
		return activities.ApplyResult{More: true, Progress: activities.Progress{Applied: 10}}
	}}
	r, err := w.run(w.approve)
	require.NoError(t, err)
	require.Equal(t, workflows.Result{Outcome: "stopped", Phase: "migrate", Reason: "a person stopped it"}, r)
	require.Equal(t, []string{"tidy"}, w.applied)
}

func TestTheBreakerStopsThePhaseBeforeTheRestIsSent(t *testing.T) {
	w := newWorld(t)
	w.left["migrate"] = 100
	w.slices = []func() activities.ApplyResult{func() activities.ApplyResult {
		return activities.ApplyResult{More: true, Tripped: true, Progress: activities.Progress{Applied: 4, Failed: 6}}
	}}
	r, err := w.run(func(s workflows.Status) {
		if s.Gate.Kind == workflows.GateStopped {
			require.Contains(t, s.Gate.Question, "6 of 10 changes were refused")
			w.decide(workflows.Decision{Verb: workflows.VerbReject, Phase: "migrate"})
			return
		}
		w.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, "stopped", r.Outcome)
	require.Empty(t, w.applied)
}
