package pack

import (
	"time"

	"cutover/internal/evidence"
	"cutover/internal/ledger"
)

// plans are the plans that were made from real reads, in their order, each with
// its findings and its changes, and with what a later plan says of it.
func (g *gathering) plans() ([]event, error) {
	had, err := g.ledger.Plans(g.ctx, g.key)
	var out []event
	for i, p := range had {
		out = append(out, event{p.CreatedAt, func() error { return g.plan(p) }})
		if before, ok := appliedBefore(had[:i], p); ok {
			out = append(out, event{p.CreatedAt, func() error { return g.readBack(before, p) }})
		}
	}
	return out, err
}

func (g *gathering) plan(p ledger.PlanInfo) error {
	from, err := g.ledger.PlanOrigin(g.ctx, p.ID)
	if err != nil {
		return err
	}
	findings, err := g.ledger.Findings(g.ctx, p.ID)
	if err != nil {
		return err
	}
	for i, f := range findings {
		if err := g.out.Add(KindFinding, p.CreatedAt, map[string]any{"plan": p.ID, "seq": i + 1, "finding": f}); err != nil {
			return err
		}
	}
	if err := g.out.Add(evidence.KindPlan, p.CreatedAt, map[string]any{
		"id": p.ID, "phase": p.Phase, "hash": p.Hash, "changes": p.Changes, "findings": p.Findings, "blocking": p.Blocking,
		"steps": p.Steps, "configuration": from.ConfigHash, "fromReads": from.Reads, "madeAt": instant(p.CreatedAt),
	}); err != nil {
		return err
	}
	for o, err := range g.ledger.Outcomes(g.ctx, p.ID) {
		if err != nil {
			return err
		}
		if err := g.out.Add(evidence.KindChange, o.RecordedAt, map[string]any{
			"plan": p.ID, "seq": o.Seq, "change": o.Change, "state": o.State, "attempts": o.Attempts, "detail": o.Detail,
			"resourceId": o.ResourceID, "requestId": o.RequestID, "recordedAt": instant(o.RecordedAt),
		}); err != nil {
			return err
		}
	}
	return nil
}

// appliedBefore is the last plan of the same phase before this one that had
// anything to change.
func appliedBefore(before []ledger.PlanInfo, p ledger.PlanInfo) (ledger.PlanInfo, bool) {
	for i := len(before) - 1; i >= 0; i-- {
		if before[i].Phase == p.Phase {
			return before[i], before[i].Changes > 0
		}
	}
	return ledger.PlanInfo{}, false
}

// readBack says what the domains showed of what a plan had changed: the phase was
// planned again from fresh reads, and what was left to change is what is not there.
func (g *gathering) readBack(of, by ledger.PlanInfo) error {
	progress, err := g.ledger.Progress(g.ctx, of.ID, 0)
	if err != nil {
		return err
	}
	if progress.Applied == 0 {
		return nil
	}
	from, err := g.ledger.PlanOrigin(g.ctx, by.ID)
	if err != nil {
		return err
	}
	return g.out.Add(KindReadBack, time.Time{}, map[string]any{
		"phase": of.Phase, "plan": of.ID, "applied": progress.Applied, "skipped": progress.Skipped, "failed": progress.Failed,
		"byPlan": by.ID, "fromReads": from.Reads, "leftToChange": by.Changes,
	})
}
