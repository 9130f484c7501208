package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/temporal"

	"cutover/internal/directory"
	"cutover/internal/phase"
)

// FailureTripped says that local sign-in was put back and must stay; FailureLate
// that the time to take it away is over. Only a person gets past either.
const (
	FailureTripped = "LocalSignInIsBack"
	FailureLate    = "TooLate"
)

// mayTakeLocal refuses, right before it is sent, whatever takes local sign-in
// away where a tripwire is set. It stands in the way of every retry, whoever set
// the tripwire in the meantime.
func (a *Activities) mayTakeLocal(e *Estate, until time.Time) func(context.Context, directory.Change) error {
	return func(ctx context.Context, c directory.Change) error {
		if !phase.RemovesLocal(c) {
			return nil
		}
		if err := a.untripped(ctx, e); err != nil {
			return err
		}
		if !until.IsZero() && !time.Now().Before(until) {
			return temporal.NewNonRetryableApplicationError("local sign-in was not taken away, because the time within which a person has to confirm it is over already; `cutover resume` begins again", FailureLate, nil)
		}
		return nil
	}
}

// untripped fails while a tripwire is set in Utilities.
func (a *Activities) untripped(ctx context.Context, e *Estate) error {
	t, set, err := a.Ledger.Tripped(ctx, e.Config.Utilities.URL)
	if err != nil || !set {
		return err
	}
	// Who it was is in the ledger: a history holds no names.
	return temporal.NewNonRetryableApplicationError("local sign-in was put back into Utilities on purpose ("+t.Cause+", "+t.At.UTC().Format("2006-01-02 15:04 MST")+
		"), so nothing takes it away again until a person says so: `cutover resume NAME --after-break-glass --note WHY`", FailureTripped, nil)
}

// LiftParams is a person's word that local sign-in may be taken away again.
type LiftParams struct{ Cutover, ConfigHash, By, Note string }

// LiftTripwire lifts what break-glass, or a probation that nobody confirmed, has
// set in Utilities.
func (a *Activities) LiftTripwire(ctx context.Context, in LiftParams) error {
	e, err := a.estate(ctx, in.ConfigHash)
	if err != nil {
		return err
	}
	_, err = a.Ledger.LiftTripwires(ctx, e.Config.Utilities.URL, in.By, in.Note, time.Now())
	return err
}
