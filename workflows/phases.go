package workflows

import (
	"go.temporal.io/sdk/workflow"

	"cutover/activities"
)

// endPhase writes down that the phase in hand is over.
func (c *cutover) endPhase(ctx workflow.Context, outcome, detail string) error {
	return c.putPhase(ctx, outcome, detail)
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
	c.setPhase(status)
	return do(ctx, recording, "Write the end of "+status.Name+" to the ledger", a.RecordPhase, activities.PhaseParams{
		Cutover: c.in.Key,
		Record: activities.PhaseRecord{
			Name: status.Name, Outcome: outcome, Planned: status.Planned, Applied: status.Applied, Skipped: status.Skipped,
			Failed: status.Failed, Seconds: status.Seconds, Detail: detail,
		},
	}, nil)
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
