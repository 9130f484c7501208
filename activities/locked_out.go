package activities

import (
	"context"
	"fmt"

	"cutover/internal/apply"
	"cutover/internal/directory"
	"cutover/internal/forecast"
	"cutover/internal/ledger"
	"cutover/internal/observe"
)

// nobodyLockedOut reads the phase's domains afresh and plans the phase once
// more, to see that nothing stands against it that did not when it was
// approved. It names nobody: the next plan does.
func (a *Activities) nobodyLockedOut(ctx context.Context, e *Estate, in ProveParams) (ledger.SignIn, error) {
	seen := ledger.SignIn{Prover: "fresh reads", Outcome: "ok"}
	ph, err := phaseNamed(in.Phase)
	if err != nil {
		return seen, err
	}
	reads := forecast.Snapshots{}
	for _, d := range ph.Reads {
		domain, err := e.domain(d)
		if err != nil {
			return seen, err
		}
		s, err := a.Ledger.BeginSnapshot(ctx, in.Cutover, in.Phase, d)
		if err != nil {
			return seen, err
		}
		if err := observe.Read(ctx, domain, a.Ledger, s.ID, ph.People, apply.Shows, func() {}); err != nil {
			return seen, err
		}
		reads[d] = s.ID
	}
	_, _, input, err := a.input(ctx, in.Cutover, in.ConfigHash, ph, reads)
	if err != nil {
		return seen, err
	}
	// Somebody new who is still to be invited would otherwise put the list off
	// until they are, and with it whoever else is on it.
	input.SSO.InviteWave = 0
	var open blocking
	if err := ph.Plan(input, &open); err != nil {
		return seen, fmt.Errorf("plan %s once more: %w", ph.Name, err)
	}
	if open > 0 {
		seen.Outcome = "failed"
		seen.Reason = fmt.Sprintf("since the approval the domains have changed, and planned anew this phase has open findings: %d. `cutover resume` reads and plans anew and shows them", open)
	}
	return seen, nil
}

// blocking counts the findings of a plan that close its gate.
type blocking int

func (*blocking) Change(directory.Change) error { return nil }

func (b *blocking) Finding(f directory.Finding) error {
	if f.Blocking {
		*b++
	}
	return nil
}
