package activities

import (
	"context"
	"time"
)

// The outcomes of a cutover that was gone back on.
const (
	OutcomeRolledBack      = "rolled back"
	OutcomeRollbackStopped = "rollback stopped" // with something undone and something not
)

// RollbackEndParams is how a way back ended.
type RollbackEndParams struct {
	Cutover, Name, Reason string
	Completed, Touched    bool
}

// RecordRollback writes down how a way back ended: it is the cutover's outcome
// from then on, unless nothing was touched.
func (a *Activities) RecordRollback(ctx context.Context, in RollbackEndParams) error {
	if !in.Touched {
		return nil
	}
	c, err := a.Ledger.Cutover(ctx, in.Name)
	if err != nil {
		return err
	}
	c.Outcome, c.Reason, c.EndedAt = OutcomeRollbackStopped, in.Reason, time.Now()
	if in.Completed {
		c.Outcome = OutcomeRolledBack
	}
	return a.Ledger.PutCutover(ctx, c)
}
