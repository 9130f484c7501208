package document

import (
	"cutover/internal/directory"
	"cutover/internal/phase"
	"cutover/internal/spool"
)

// AtGate makes the document of the one plan that waits at the gate of a cutover.
// Who is left alone is told by the forecast, not here.
func AtGate(o Options, cutover string, ph phase.Phase, hash string, plan *spool.Changes, findings []directory.Finding) (*Document, error) {
	p, counter, err := phaseOf(plan)
	if err != nil {
		return nil, err
	}
	p.Name, p.Title, p.Guide, p.Hash, p.Takes = ph.Name, ph.Title, ph.Guide, hash, o.judge(counter.Estimate(o.Limits))
	d := &Document{Options: o, Waits: cutover, Hash: hash, Phases: []Phase{*p}, Findings: findings, Takes: p.Takes}
	for _, f := range findings {
		if f.Blocking {
			d.Blocking, d.BlockedAt = d.Blocking+1, ph.Name
		}
	}
	return d, nil
}
