package workflows

import (
	"go.temporal.io/sdk/workflow"

	"cutover/activities"
)

// RollbackName is the name of the workflow Rollback.
const RollbackName = "Rollback"

// rollback is the one phase of a way back; its plan goes through all phases.
const rollback = "rollback"

// OutcomePlanned is how a way back ends that was only to be planned.
const OutcomePlanned = "planned"

// Back says how far to go back.
type Back struct {
	To            string `json:",omitempty"` // what the phases after this one did is undone; empty: everything
	DeleteCreated bool   `json:",omitempty"` // delete whom the cutover made and who has never signed in
	PlanOnly      bool   `json:",omitempty"` // end with the plan in the ledger; nothing is written in a domain
}

// wayBack is the way back by the one loop: everything is read, the plan waits for
// its approval, is applied step by step, and planned again until nothing is left.
var wayBack = []step{{Name: rollback, Reads: []string{fusion, utilities, cxif}, People: true, Anew: true}}

// Rollback undoes what a cutover did, the last change first.
func Rollback(ctx workflow.Context, in Input) (Result, error) {
	if in.Back == nil {
		in.Back = &Back{}
	}
	c, err := newCutover(ctx, in)
	if err != nil {
		return Result{}, err
	}
	return c.run(ctx)
}

// planBack plans what is left of the way back.
func (c *cutover) planBack(ctx workflow.Context) (done bool, err error) {
	if !c.s.Begun {
		if err := do(ctx, recording, "Find where the way back begins", a.BeginRollback,
			activities.OpenParams{Cutover: c.in.Key, ConfigHash: c.in.ConfigHash}, &c.s.Earlier); err != nil {
			return false, err
		}
		c.s.Begun = true
	}
	in := activities.RollbackParams{
		Cutover: c.in.Key, Name: c.in.Name, ConfigHash: c.in.ConfigHash, Snapshots: c.planParams().Snapshots,
		To: c.in.Back.To, DeleteCreated: c.in.Back.DeleteCreated, Earlier: c.s.Earlier,
	}
	if err := do(ctx, reading, "Plan the way back", a.PlanRollback, in, &c.s.Loop.Plan); err != nil {
		return false, err
	}
	if !c.in.Back.PlanOnly {
		return false, nil
	}
	p := c.s.Loop.Plan
	c.s.Loop.Planned = p.Changes
	c.setPhase(PhaseStatus{Name: rollback, Planned: p.Changes, Seconds: c.seconds(ctx)})
	c.s.Ending = &Result{Outcome: OutcomePlanned}
	return false, errEnded
}

// recordBack writes down how the way back ended.
func (c *cutover) recordBack(ctx workflow.Context, r Result) {
	if r.Outcome == OutcomePlanned {
		return
	}
	why := r.Reason
	if r.Outcome != OutcomeCompleted {
		why = "the rollback was " + r.Outcome + ": " + r.Reason
	}
	err := do(ctx, recording, "Write the outcome to the ledger", a.RecordRollback, activities.RollbackEndParams{
		Cutover: c.in.Key, Name: c.in.Name, Reason: why, Completed: r.Outcome == OutcomeCompleted, Touched: c.s.Touched,
	}, nil)
	if err != nil {
		c.note("The outcome could not be written to the ledger: " + reason(err))
		c.show(ctx)
	}
}
