package workflows

import (
	"time"

	"go.temporal.io/sdk/workflow"
)

// asks tells whether a decision asks the walk, while it is at work, to stand
// still or to end. At a gate it stands still already.
func (c *cutover) asks(d Decision) bool {
	return c.s.Gate == nil && c.s.Ending == nil && (d.Verb == VerbPause || d.Verb == VerbStop)
}

// ask keeps what was asked until the slice in hand is done.
func (c *cutover) ask(ctx workflow.Context, d Decision, id string) {
	d.ID, d.Phase = id, c.phase().Name
	c.s.Asked = &d
	c.s.Seen = append(c.s.Seen, id)
	c.show(ctx)
}

// hold stands still, or ends the cutover, where somebody has asked for that.
func (c *cutover) hold(ctx workflow.Context) error {
	d := c.s.Asked
	if d == nil || c.s.Ending != nil {
		return nil
	}
	c.s.Asked = nil
	g := Gate{
		Kind: GatePaused, Phase: c.phase().Name, Hash: c.s.Loop.Plan.Hash, Since: workflow.Now(ctx),
		Question: "It was paused by a person, and goes on where it stood.",
	}
	c.s.Gate = &g
	counts, err := c.record(ctx, *d)
	delete(c.answers, d.ID) // who asked was answered at once
	if err != nil {
		return err
	}
	if !counts { // it could not be written down, and the note says so
		c.s.Gate = nil
		return nil
	}
	if d.Verb == VerbStop {
		c.s.Gate = nil
		return c.end(ctx, g)
	}
	_, err = c.gate(ctx, g)
	return err
}

// outside waits for the change window to open, or for what else the time has not
// come, unless somebody asks for something in the meantime.
func (c *cutover) outside(ctx workflow.Context, opens time.Time, why string) error {
	c.s.Opens, c.s.OpensWhy = opens, why
	defer func() { c.s.Opens, c.s.OpensWhy = time.Time{}, "" }()
	c.show(ctx)
	summary := "Outside the change window"
	if why != "" {
		summary = "Not yet: " + why
	}
	_, err := workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{
		Timeout:      opens.Sub(workflow.Now(ctx)),
		TimerOptions: workflow.TimerOptions{Summary: summary},
	}, func() bool { return c.s.Asked != nil })
	return err
}
