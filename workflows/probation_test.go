package workflows_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"cutover/activities"
	"cutover/workflows"
)

// probated is a world whose sso-on takes local sign-in away, and what watches
// over that.
type probated struct {
	*world
	armed    []activities.ArmParams
	disarmed []activities.ProbationParams
	now      int
	lifted   []activities.LiftParams
	order    []string // arm and apply, as they came
	late     bool     // the confirmation comes when the revert has fired
	armFails error
}

func onProbation(t *testing.T) *probated {
	p := &probated{world: newWorld(t)}
	p.left["sso-on"] = 1
	p.world.arm = map[string]time.Duration{"sso-on": 10 * time.Minute}
	var a *activities.Activities
	p.OnActivity(a.Arm, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ArmParams) (activities.ArmResult, error) {
		if p.armFails != nil {
			return activities.ArmResult{}, p.armFails
		}
		p.armed = append(p.armed, in)
		p.order = append(p.order, "arm")
		return activities.ArmResult{Deadline: in.Deadline, Watchdog: true}, nil
	})
	p.OnActivity(a.Disarm, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ProbationParams) (activities.DisarmResult, error) {
		p.disarmed = append(p.disarmed, in)
		return activities.DisarmResult{Reverted: p.late}, nil
	})
	p.OnActivity(a.Reverted, mock.Anything, mock.Anything).Return(nil)
	p.OnActivity(a.RevertNow, mock.Anything, mock.Anything).Return(func(context.Context, activities.ProbationParams) error { p.now++; return nil })
	p.OnActivity(a.LiftTripwire, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.LiftParams) error {
		p.lifted = append(p.lifted, in)
		return nil
	})
	return p
}

func confirms(s workflows.Status) bool {
	return s.Gate.Kind == workflows.GateConfirm && s.Gate.Phase == "sso-on"
}

func TestTheSwitchIsArmedBeforeItIsMadeAndAConfirmationDisarmsIt(t *testing.T) {
	p := onProbation(t)
	asked := ""
	r, err := p.run(func(s workflows.Status) {
		if confirms(s) {
			asked = s.Gate.Question
			require.Len(t, p.armed, 1)
			require.Equal(t, []string{"sso-on"}, p.applied, "it is armed and made by now")
			require.True(t, s.Gate.Until.Equal(p.armed[0].Deadline))
		} else if s.Gate.Phase == "sso-on" {
			require.Empty(t, p.armed, "nothing is armed before it is approved")
		}
		p.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
	require.Contains(t, asked, "Unless you confirm before "+p.armed[0].Deadline.Format("2006-01-02 15:04:05 MST"))
	require.Equal(t, []activities.ProbationParams{{Name: "x", Cutover: "x", ConfigHash: "c", Watchdog: true}}, p.disarmed)
	require.Zero(t, p.now)
}

func TestAStepThatCannotBeArmedIsNotApplied(t *testing.T) {
	p := onProbation(t)
	p.armFails = temporal.NewNonRetryableApplicationError("the watchdog has not acknowledged", activities.FailureConfiguration, nil)
	r, err := p.run(func(s workflows.Status) {
		if s.Gate.Kind == workflows.GateStopped {
			require.Contains(t, s.Gate.Question, "the watchdog has not acknowledged")
			require.Empty(t, p.applied)
			p.decide(workflows.Decision{Verb: "reject", Phase: s.Gate.Phase, By: "ann"})
			return
		}
		p.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeStopped, r.Outcome)
	require.Empty(t, p.applied)
}

func TestAGateThatNobodyConfirmsInTimeClosesByItselfAndOnlyAWordWithAReasonGoesOn(t *testing.T) {
	p := onProbation(t)
	asked := 0
	r, err := p.run(func(s workflows.Status) {
		switch {
		case confirms(s) && len(p.lifted) == 0:
			asked++ // and nobody answers
		case s.Gate.Kind == workflows.GateStopped:
			require.Contains(t, s.Gate.Question, "local sign-in is back in Utilities")
			require.Contains(t, s.Gate.Question, "cutover resume x --after-break-glass")
			require.Empty(t, p.disarmed)
			p.left["sso-on"] = 1 // it was put back
			p.decide(workflows.Decision{Verb: workflows.VerbResumeAfterBreakGlass, By: "ann"})
			p.decide(workflows.Decision{Verb: workflows.VerbResumeAfterBreakGlass, By: "ann", Note: "everybody knows now"})
		default:
			p.approve(s)
		}
	})
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
	require.InDelta(t, 585, asked, 3, "ten minutes, less what the way back takes")
	require.Len(t, p.refusals, 1, "whoever resumes says why")
	require.Equal(t, []activities.LiftParams{{Cutover: "x", ConfigHash: "c", By: "ann", Note: "everybody knows now"}}, p.lifted)
	require.Len(t, p.armed, 2, "the second switch is on a probation of its own")
	require.True(t, p.armed[1].Deadline.After(p.armed[0].Deadline))
	require.Len(t, p.disarmed, 1)
}

func TestAConfirmationThatComesTooLateIsNoSuccess(t *testing.T) {
	p := onProbation(t)
	p.late = true
	r, err := p.run(func(s workflows.Status) {
		if s.Gate.Kind == workflows.GateStopped {
			require.Contains(t, s.Gate.Question, "local sign-in is back")
			p.decide(workflows.Decision{Verb: "reject", Phase: s.Gate.Phase, By: "ann"})
			return
		}
		p.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeStopped, r.Outcome)
	require.Equal(t, "sso-on", r.Phase)
}

func TestWhoeverRejectsTheSwitchGetsLocalSignInBackAtOnce(t *testing.T) {
	p := onProbation(t)
	r, err := p.run(func(s workflows.Status) {
		if confirms(s) {
			p.decide(workflows.Decision{Verb: "reject", Phase: "sso-on", By: "ann"})
			return
		}
		p.approve(s)
	})
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeRejected, r.Outcome)
	require.Equal(t, 1, p.now)
	require.Empty(t, p.disarmed)
}

func TestAReloadAtTheGateDoesNotForgetTheProbation(t *testing.T) {
	p := onProbation(t)
	reloaded := false
	r, err := p.run(func(s workflows.Status) {
		if confirms(s) && !reloaded {
			reloaded = true
			p.decide(workflows.Decision{Verb: workflows.VerbReload, Hash: strings.Repeat("d", 64), By: "ann"})
			return
		}
		p.approve(s)
	})
	require.NoError(t, err)
	require.True(t, reloaded)
	require.Equal(t, workflows.OutcomeCompleted, r.Outcome)
	require.Len(t, p.armed, 1)
	require.Len(t, p.disarmed, 1, "a person was asked again")
}
