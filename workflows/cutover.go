// Package workflows is the procedure: deterministic, without I/O. It walks the
// phases in the guide's order, each by one loop (observe, plan, approve, apply,
// prove), and stands still where a person has to decide. It must not know a
// client, the ledger or the configuration, and no name of a person ever enters it.
package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"cutover/activities"
)

// Cutover carries a cutover out, from the first phase to the last.
func Cutover(ctx workflow.Context, in Input) (Result, error) {
	c, err := newCutover(ctx, in)
	if err != nil {
		return Result{}, err
	}
	return c.run(ctx)
}

// a names the activities; it is never called.
var a *activities.Activities

type cutover struct {
	in Input
	s  State
	// answers are what became of decisions, for those who wait for it.
	answers map[string]answer
	// steps are the phases to walk through: the procedure, or the way back.
	steps []step
}

// newCutover takes over the state and registers every handler before anything
// else happens, so that no message finds nobody at home.
func newCutover(ctx workflow.Context, in Input) (*cutover, error) {
	c := &cutover{in: in, answers: map[string]answer{}, steps: procedure}
	if in.Back != nil {
		c.steps = wayBack
	}
	if in.State != nil {
		c.s = *in.State
		c.in.State = nil
	}
	if c.s.Loop.Stage == "" {
		c.s.Loop = newLoop(ctx)
	}
	return c, c.listen(ctx)
}

func newLoop(ctx workflow.Context) Loop {
	return Loop{Stage: StageObserve, First: workflow.Now(ctx)}
}

// errEnded says that the walk ended early; State.Ending says how.
var errEnded = errors.New("the cutover has ended")

// run walks the phases. However it ends, tidy is tried and the end recorded.
func (c *cutover) run(ctx workflow.Context) (Result, error) {
	err := c.walk(ctx)
	var anew *workflow.ContinueAsNewError
	if errors.As(err, &anew) {
		return Result{}, err
	}
	cancelled := temporal.IsCanceledError(err) || errors.Is(ctx.Err(), workflow.ErrCanceled)
	if cancelled {
		var stop workflow.CancelFunc
		ctx, stop = workflow.NewDisconnectedContext(ctx)
		defer stop()
		c.s.Gate, c.s.Decided = nil, nil // nobody is waited for any more
		c.s.Ending = &Result{Outcome: OutcomeCancelled, Phase: c.phase().Name, Reason: "cancelled from outside"}
		c.closePhase(ctx, "stopped", "cancelled")
	} else if err != nil && !errors.Is(err, errEnded) {
		return Result{}, err
	}
	result := Result{Outcome: OutcomeCompleted}
	if c.s.Ending != nil {
		result = *c.s.Ending
		if c.s.Touched && c.in.Back == nil {
			c.tidyAfter(ctx)
		}
	}
	c.s.Ending, c.s.Gate = &result, nil
	c.show(ctx)
	if c.in.Back != nil {
		c.recordBack(ctx, result)
		_ = workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
		return result, nil
	}
	if err := do(ctx, recording, "Write the outcome to the ledger", a.RecordEnd, activities.EndParams{
		Cutover: c.in.Key, Name: c.in.Name, Outcome: result.Outcome, Reason: result.Reason, Phase: result.Phase,
		WaitedForLimits: c.s.WaitedForLimits, WaitedForFusion: c.s.WaitedForFusion,
	}, nil); err != nil {
		c.note("The outcome could not be written to the ledger: " + reason(err)) // it is the result of this workflow all the same
		c.show(ctx)
	}
	_ = workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
	return result, nil
}

// walk goes through the procedure from wherever the state stands.
func (c *cutover) walk(ctx workflow.Context) error {
	for c.s.Index < len(c.steps) {
		err := c.open(ctx)
		if err == nil {
			err = c.phaseLoop(ctx)
		}
		switch {
		case errors.Is(err, errReloaded):
			c.s.Index = 0
			c.s.Loop = newLoop(ctx)
			continue
		case err != nil:
			return err
		}
		c.s.Index++
		c.s.Loop = newLoop(ctx)
		if err := c.roll(ctx); err != nil {
			return err
		}
	}
	return nil
}

// open learns what the configuration switches off and what the ledger holds of
// earlier runs.
func (c *cutover) open(ctx workflow.Context) error {
	for !c.s.Opened {
		c.show(ctx)
		err := do(ctx, recording, "Open the configuration", a.Open, activities.OpenParams{Cutover: c.in.Key, ConfigHash: c.in.ConfigHash}, &c.s.Open)
		if err == nil {
			c.s.Opened = true
			return nil
		}
		if err := c.stopped(ctx, err); err != nil {
			return err
		}
	}
	return nil
}

func (c *cutover) phase() step {
	return c.steps[min(c.s.Index, len(c.steps)-1)]
}

// most is the length of a history from which the walk continues as new at the
// next quiet place, well below the server's own limit.
const most = 4000

// roll continues as new where the history has grown long. No decision is lost:
// every signal is taken in first, and the state carries what was decided.
func (c *cutover) roll(ctx workflow.Context) error {
	info := workflow.GetInfo(ctx)
	if c.s.Ending != nil {
		return nil // only tidy is left, and that is short
	}
	if !info.GetContinueAsNewSuggested() && info.GetCurrentHistoryLength() < most {
		return nil
	}
	if err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) }); err != nil {
		return err
	}
	c.drain(ctx)
	c.s.Runs++
	next := c.in
	state := c.s
	next.State = &state
	return workflow.NewContinueAsNewError(ctx, workflow.GetInfo(ctx).WorkflowType.Name, next)
}

// tidyAfter removes what was only for the test, after an end that was not the
// planned one. It asks nobody: the cutover is over.
func (c *cutover) tidyAfter(ctx workflow.Context) {
	for i, s := range procedure {
		if s.Name == "tidy" {
			c.s.Index = i
		}
	}
	c.s.Loop = newLoop(ctx)
	c.note("The cutover is over; what was only for the test is removed.")
	if err := c.phaseLoop(ctx); err != nil && !errors.Is(err, errEnded) {
		c.note("What was only for the test could not be removed: " + reason(err))
	}
}

// seconds since the phase in hand began.
func (c *cutover) seconds(ctx workflow.Context) float64 {
	return workflow.Now(ctx).Sub(c.s.Loop.First).Round(time.Millisecond).Seconds()
}
