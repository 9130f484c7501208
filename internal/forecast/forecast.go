// Package forecast plans: one phase from what was read, or every phase in
// order, each on the world that the one before would leave. It reads and
// writes the ledger and nothing else; it has no client, so it cannot change a
// domain.
package forecast

import (
	"context"
	"fmt"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
	"cutover/internal/spool"
)

// chunk is how many rows go to the ledger at a time.
const chunk = 500

// Planner plans for one cutover.
type Planner struct {
	Ledger *ledger.Ledger
	// Scratch takes what a forecast supposes: projected worlds and the plans made
	// on them. It need not outlive the forecast, unless somebody reads its changes.
	Scratch *spool.Dir
	Cutover string // the ledger's key
	Rules   *reconcile.Rules
	SSO     phase.SSOSettings
	Off     map[string]string // phases switched off, with the reason
	// Start is Utilities before the cutover's first write; nil: as it is read now.
	Start reconcile.Side
	// Renames are the resolutions of Utilities, see phase.Input.
	Renames map[string]reconcile.Resolution
	// Facts are what check looks at besides, see phase.Input.
	Facts *phase.Facts
	// Accepted tells who accepted a finding on somebody, see phase.Input.
	Accepted func(phase, user, reason string) string
	// Each is called with every phase of a forecast as it is planned, with the
	// world that it is planned on. Nil: nobody wants to see.
	Each func(phase.Phase, phase.Input, *spool.Changes) error
}

// Snapshots are the reads that a plan is made from.
type Snapshots map[directory.Domain]int64

// World opens the snapshots.
func (p Planner) World(ctx context.Context, s Snapshots) (reconcile.World, error) {
	w := reconcile.World{}
	for d, id := range s {
		side, err := p.Ledger.Side(ctx, id)
		if err != nil {
			return nil, fmt.Errorf("open what was read of %s: %w", d, err)
		}
		w[d] = side
	}
	return w, nil
}

// Phase plans one phase and seals the plan in the ledger.
func (p Planner) Phase(ctx context.Context, ph phase.Phase, in phase.Input) (ledger.PlanInfo, error) {
	id, err := p.Ledger.BeginPlan(ctx, p.Cutover, ph.Name, false)
	if err != nil {
		return ledger.PlanInfo{}, err
	}
	sink := &sink{ctx: ctx, ledger: p.Ledger, plan: id, hash: reconcile.NewHasher(ph.Name)}
	if ph.Plan != nil {
		if err := ph.Plan(in, sink); err != nil {
			return ledger.PlanInfo{}, fmt.Errorf("plan %s: %w", ph.Name, err)
		}
	}
	if err := sink.flush(); err != nil {
		return ledger.PlanInfo{}, err
	}
	return p.Ledger.SealPlan(ctx, id, sink.hash.Sum())
}

// sink writes what a planner finds to the ledger, in chunks.
type sink struct {
	ctx      context.Context
	ledger   *ledger.Ledger
	plan     int64
	hash     *reconcile.Hasher
	changes  []directory.Change
	findings []directory.Finding
}

func (s *sink) Change(c directory.Change) error {
	s.hash.Add(c)
	s.changes = append(s.changes, c)
	if len(s.changes) < chunk {
		return nil
	}
	return s.flush()
}

func (s *sink) Finding(f directory.Finding) error {
	s.findings = append(s.findings, f)
	if len(s.findings) < chunk {
		return nil
	}
	return s.flush()
}

func (s *sink) flush() error {
	if len(s.changes) > 0 {
		if err := s.ledger.AddChanges(s.ctx, s.plan, s.changes); err != nil {
			return err
		}
	}
	if len(s.findings) > 0 {
		if err := s.ledger.AddFindings(s.ctx, s.plan, s.findings); err != nil {
			return err
		}
	}
	s.changes, s.findings = s.changes[:0], s.findings[:0]
	return nil
}
