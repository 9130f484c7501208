package activities

import (
	"context"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/reconcile"
	"cutover/internal/report"
)

// start opens Utilities as it was before the cutover's first write; nil where
// the ledger does not hold it any more, and then it is as it is now.
func (a *Activities) start(ctx context.Context, cutover string) (reconcile.Side, error) {
	id, there, err := report.Start(ctx, a.Ledger, cutover)
	if err != nil || !there {
		return nil, err
	}
	return a.Ledger.Side(ctx, id)
}

// accepted tells who accepted that a phase takes somebody's access for a reason.
func accepted(ctx context.Context, l *ledger.Ledger, cutover string) (func(phase, user, reason string) string, error) {
	all, err := l.Acceptances(ctx, cutover)
	if err != nil {
		return nil, err
	}
	by := map[[3]string]string{}
	for _, acceptance := range all {
		by[[3]string{acceptance.Phase, directory.Fold(acceptance.User), acceptance.Reason}] = acceptance.By
	}
	return func(phase, user, reason string) string { return by[[3]string{phase, directory.Fold(user), reason}] }, nil
}

// putAttested keeps, for the report, whose word was given for which account.
func (a *Activities) putAttested(ctx context.Context, cutover string, e *Estate) error {
	out := []report.Attestation{}
	for _, w := range e.Config.Attest {
		out = append(out, report.Attestation{Who: w.Who, What: w.What, By: w.By, On: w.On, Automatic: w.Automatic()})
	}
	return a.putJSON(ctx, cutover, report.ValueAttested, out)
}
