package workflows

import (
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"cutover/activities"
)

// Probation is what watches over the switch to single sign-on.
type Probation struct {
	Plan     int64     // whose step it was armed for
	Deadline time.Time // when local sign-in comes back by itself
	Watchdog bool
}

// errOverdue says that a gate has closed by itself.
var errOverdue = errors.New("the gate's time is over")

// lead is how long before the end of the configured time local sign-in begins to
// come back, so that it is back by then.
func lead(within time.Duration) time.Duration { return min(within/10, 15*time.Second) }

// arming is for an activity that waits for others to acknowledge.
func arming() workflow.ActivityOptions {
	options := reading()
	options.StartToCloseTimeout = 3 * time.Minute
	return options
}

// arm sees to it, before a step that takes local sign-in away, that it comes
// back by itself, and returns once whoever does it has acknowledged.
func (c *cutover) arm(ctx workflow.Context, s activities.Step) error {
	if p := c.s.Probation; s.Arm <= 0 || p != nil && p.Plan == c.s.Loop.Plan.Plan {
		return nil
	}
	deadline := workflow.Now(ctx).Add(s.Arm - lead(s.Arm)).Truncate(time.Millisecond).UTC()
	var out activities.ArmResult
	if err := do(ctx, arming, "Arm what brings local sign-in back at "+clock(deadline), a.Arm, activities.ArmParams{
		Name: c.in.Name, Cutover: c.in.Key, ConfigHash: c.in.ConfigHash, Deadline: deadline,
	}, &out); err != nil {
		return err
	}
	c.s.Probation = &Probation{Plan: c.s.Loop.Plan.Plan, Deadline: out.Deadline, Watchdog: out.Watchdog}
	return nil
}

// until is when what takes local sign-in away may not be sent any more.
func (c *cutover) until() time.Time {
	if c.s.Probation == nil {
		return time.Time{}
	}
	return c.s.Probation.Deadline
}

// onProbation gives the gate at which a person confirms its end.
func (c *cutover) onProbation(g Gate) Gate {
	if p := c.s.Probation; p != nil {
		g.Until = p.Deadline
		g.Question += fmt.Sprintf(" Unless you confirm before %s, local sign-in comes back by itself.", clock(p.Deadline))
	}
	return g
}

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }

// await waits at the open gate; one that has an end closes by itself.
func (c *cutover) await(ctx workflow.Context, cond func() bool) error {
	if c.s.Gate.Until.IsZero() {
		return workflow.Await(ctx, cond)
	}
	met, err := workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{
		Timeout:      max(c.s.Gate.Until.Sub(workflow.Now(ctx)), 0),
		TimerOptions: workflow.TimerOptions{Summary: "Until local sign-in comes back by itself"},
	}, cond)
	if err == nil && !met {
		return errOverdue
	}
	return err
}

// decideProbation carries out what the gate of a probation ended with: it is over
// well only if whoever brings local sign-in back has acknowledged the confirmation.
func (c *cutover) decideProbation(ctx workflow.Context, err error) error {
	p := c.s.Probation
	if p == nil {
		return err
	}
	params := c.probation()
	switch {
	case errors.Is(err, errOverdue):
		return c.reverted(ctx, params)
	case errors.Is(err, errEnded):
		if failed := do(ctx, recording, "Bring local sign-in back, because it was rejected", a.RevertNow, params, nil); failed != nil {
			c.note("Local sign-in comes back by itself at " + clock(p.Deadline) + ", not at once: " + reason(failed))
		}
		return err
	case err != nil:
		return err
	}
	var out activities.DisarmResult
	if err := do(ctx, arming, "Tell what brings local sign-in back that a person has confirmed", a.Disarm, params, &out); err != nil {
		return err
	}
	if out.Reverted {
		return c.reverted(ctx, params)
	}
	c.s.Probation = nil
	return nil
}

func (c *cutover) probation() activities.ProbationParams {
	return activities.ProbationParams{Name: c.in.Name, Cutover: c.in.Key, ConfigHash: c.in.ConfigHash, Watchdog: c.s.Probation.Watchdog}
}

// overdue stops a walk that has not even reached the gate when the time is over,
// after its worker was gone for long, say: what it would see next is not what it made.
func (c *cutover) overdue(ctx workflow.Context) error {
	if c.s.Probation == nil || c.s.Ending != nil || c.s.Loop.Stage == StageConfirm || workflow.Now(ctx).Before(c.s.Probation.Deadline) {
		return nil
	}
	return c.reverted(ctx, c.probation())
}

// reverted waits until local sign-in is seen to be back, and stops the walk.
func (c *cutover) reverted(ctx workflow.Context, in activities.ProbationParams) error {
	at := c.s.Probation.Deadline
	c.s.Gate, c.s.Decided, c.s.Fresh = nil, nil, nil
	c.show(ctx)
	err := do(ctx, waiting(10*time.Minute), "See that local sign-in is back", a.Reverted, in, nil)
	if temporal.IsCanceledError(err) {
		return err
	}
	c.s.Probation = nil
	if err != nil {
		return errorf("nobody confirmed before %s. Local sign-in comes back by itself, but was not seen to be back within 10 minutes: cutover break-glass", clock(at))
	}
	return errorf("nobody confirmed before %s, so local sign-in is back in Utilities. To take it away again, find out why, then: cutover resume %s --after-break-glass --note WHY", clock(at), c.in.Name)
}

// liftTripwire lets local sign-in be taken away again, on a person's word.
func (c *cutover) liftTripwire(ctx workflow.Context, d Decision) error {
	if err := do(ctx, recording, "Lift the tripwire that keeps local sign-in", a.LiftTripwire, activities.LiftParams{
		Cutover: c.in.Key, ConfigHash: c.in.ConfigHash, By: d.By, Note: d.Note,
	}, nil); err != nil {
		return err
	}
	c.s.Probation = nil
	return errResumed
}
