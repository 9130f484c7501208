package workflows

import (
	"go.temporal.io/sdk/workflow"

	"cutover/activities"
)

// endPhase writes down that the phase in hand is over.
func (c *cutover) endPhase(ctx workflow.Context, outcome, detail string) error {
	for {
		err := c.putPhase(ctx, outcome, detail)
		if err == nil {
			return nil
		}
		if err = c.trouble(ctx, err); err != nil {
			return err
		}
	}
}

// closePhase does the same for a phase that did not get through; the walk ends
// anyway, so a ledger that cannot be written does not hold it up.
func (c *cutover) closePhase(ctx workflow.Context, outcome, detail string) {
	if err := c.putPhase(ctx, outcome, detail); err != nil {
		workflow.GetLogger(ctx).Warn("the end of a phase could not be written to the ledger", "phase", c.phase().Name)
	}
}

func (c *cutover) putPhase(ctx workflow.Context, outcome, detail string) error {
	l := c.s.Loop
	status := PhaseStatus{
		Name: c.phase().Name, Outcome: outcome, Planned: l.Planned, Applied: l.Applied, Skipped: l.Skipped, Failed: l.Failed,
		Seconds: c.seconds(ctx), Detail: detail,
	}
	status = c.withEarlier(status)
	err := do(ctx, recording, "Write the end of "+status.Name+" to the ledger", a.RecordPhase, activities.PhaseParams{
		Cutover: c.in.Key,
		Record: activities.PhaseRecord{
			Name: status.Name, Outcome: status.Outcome, Planned: status.Planned, Applied: status.Applied, Skipped: status.Skipped,
			Failed: status.Failed, Seconds: status.Seconds, Detail: detail,
		},
	}, nil)
	if err == nil {
		c.setPhase(status)
	}
	return err
}

// withEarlier adds what an earlier round of the phase did, before a reload.
func (c *cutover) withEarlier(p PhaseStatus) PhaseStatus {
	for _, had := range c.s.Phases {
		if had.Name != p.Name {
			continue
		}
		p.Planned, p.Applied, p.Skipped, p.Failed = p.Planned+had.Planned, p.Applied+had.Applied, p.Skipped+had.Skipped, p.Failed+had.Failed
		p.Seconds += had.Seconds
		if p.Outcome == activities.PhaseNothingToDo && had.Planned > 0 {
			p.Outcome = activities.PhaseDone
		}
	}
	return p
}

func (c *cutover) setPhase(p PhaseStatus) {
	for i := range c.s.Phases {
		if c.s.Phases[i].Name == p.Name {
			c.s.Phases[i] = p
			return
		}
	}
	c.s.Phases = append(c.s.Phases, p)
}
