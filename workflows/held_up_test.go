package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/activities"
	"cutover/workflows"
)

func TestAJobThatExcludesBulkIsWaitedForHoweverLongAndNobodyIsAsked(t *testing.T) {
	w := newWorld(t)
	w.left["migrate"] = 1
	held := func() activities.ApplyResult {
		return activities.ApplyResult{More: true, Opens: w.Now().Add(time.Minute), Why: activities.WaitsForJob}
	}
	for range 40 {
		w.slices = append(w.slices, held)
	}
	why := ""
	w.RegisterDelayedCallback(func() { why = w.status().OpensWhy }, 10*time.Minute)
	gates := map[string]int{}
	r, err := w.run(func(s workflows.Status) {
		gates[s.Gate.Kind]++
		w.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
	require.Zero(t, gates[workflows.GateStopped])
	require.Equal(t, activities.WaitsForJob, why, "the status says what is waited for")
	require.Equal(t, []string{"migrate"}, w.applied)
}

func TestWhatWasAppliedAndDoesNotShowIsReadAgainAFewTimesBeforeAPersonIsAsked(t *testing.T) {
	for late, stops := range map[int]bool{2: false, 9: true} {
		w := newWorld(t)
		w.left["migrate"] = 3
		// The slice says that all is done, and the plans after it still hold the same.
		w.slices = []func() activities.ApplyResult{func() activities.ApplyResult {
			return activities.ApplyResult{Progress: activities.Progress{Applied: 3}}
		}}
		w.stale = map[string]int{"migrate": late}
		said := ""
		r, err := w.run(func(s workflows.Status) {
			if s.Gate.Kind == workflows.GateStopped {
				said = s.Gate.Question
				w.decide(workflows.Decision{Verb: workflows.VerbReject, Phase: s.Gate.Phase, Hash: s.Gate.Hash, By: "ann"})
				return
			}
			w.approve(s)
		})
		require.NoError(t, err)
		if stops {
			require.Equal(t, workflows.OutcomeStopped, r.Outcome)
			require.Contains(t, said, "the same 3 changes are still to be made after they were applied")
			continue
		}
		require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
		require.Empty(t, said)
		require.Empty(t, w.applied, "nothing was sent a second time")
	}
}
