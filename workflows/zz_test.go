package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/workflows"
)

func TestZZCancelAtAStoppedGateTidies(t *testing.T) {
	w := newWorld(t)
	w.left["sso-test"], w.left["tidy"] = 3, 2
	w.proofs["sso-test"] = false
	n := 0
	r, err := w.run(func(s workflows.Status) {
		if s.Gate.Kind == workflows.GateStopped {
			if n++; n == 1 {
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

func TestZZTidyAfterALongHistory(t *testing.T) {
	w := newWorld(t)
	w.left["sso-test"], w.left["tidy"] = 3, 2
	w.proofs["sso-test"] = false
	r, err := w.run(func(s workflows.Status) {
		if s.Gate.Kind == workflows.GateStopped {
			w.decide(workflows.Decision{Verb: "reject", Phase: s.Gate.Phase, By: "ann"})
			w.SetContinueAsNewSuggested(true)
			return
		}
		w.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, "stopped", r.Outcome)
	require.Equal(t, []string{"sso-test", "tidy"}, w.applied)
}
