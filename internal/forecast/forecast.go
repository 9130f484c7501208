// Package forecast plans: one phase from what was read, or every phase in
// order, each on the world that the one before would leave. It reads and
// writes the ledger and nothing else; it has no client, so it cannot change a
// domain.
package forecast

import (
	"context"
	"fmt"
	"iter"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
)

// chunk is how many rows go to the ledger at a time.
const chunk = 500

// Planner plans for one cutover.
type Planner struct {
	Ledger  *ledger.Ledger
	Cutover string // the ledger's key
	Rules   *reconcile.Rules
	SSO     phase.SSOSettings
	Off     map[string]string // phases switched off, with the reason
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
func (p Planner) Phase(ctx context.Context, ph phase.Phase, in phase.Input, isForecast bool) (ledger.PlanInfo, error) {
	id, err := p.Ledger.BeginPlan(ctx, p.Cutover, ph.Name, isForecast)
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

// project writes the world that a plan would leave as new snapshots, of the
// domains that it changes, and returns the snapshots to plan on from there.
func (p Planner) project(ctx context.Context, plan ledger.PlanInfo, from Snapshots) (Snapshots, error) {
	next := Snapshots{}
	for d, id := range from {
		next[d] = id
	}
	touched, err := p.touched(ctx, plan.ID)
	if err != nil {
		return nil, err
	}
	for d := range touched {
		side, err := p.Ledger.Side(ctx, from[d])
		if err != nil {
			return nil, err
		}
		snap, err := p.Ledger.BeginSnapshot(ctx, p.Cutover, "after "+plan.Phase, d)
		if err != nil {
			return nil, err
		}
		people := reconcile.Project(d, side.ByName(), p.Ledger.ChangesByUser(ctx, plan.ID, d))
		if err := p.store(ctx, snap.ID, people); err != nil {
			return nil, err
		}
		outline := phase.ProjectSSO(side.Outline(), values(p.Ledger.Changes(ctx, plan.ID), d, &err))
		if err != nil {
			return nil, err
		}
		if err := p.Ledger.PutOutline(ctx, snap.ID, outline); err != nil {
			return nil, err
		}
		if err := p.Ledger.CompleteSnapshot(ctx, snap.ID); err != nil {
			return nil, err
		}
		next[d] = snap.ID
	}
	return next, nil
}

func (p Planner) touched(ctx context.Context, plan int64) (map[directory.Domain]bool, error) {
	touched := map[directory.Domain]bool{}
	for c, err := range p.Ledger.Changes(ctx, plan) {
		if err != nil {
			return nil, err
		}
		touched[c.Domain] = true
	}
	return touched, nil
}

func (p Planner) store(ctx context.Context, snapshot int64, people reconcile.People) error {
	batch := make([]directory.Person, 0, chunk)
	for person, err := range people {
		if err != nil {
			return err
		}
		if batch = append(batch, person); len(batch) == chunk {
			if err := p.Ledger.PutPeople(ctx, snapshot, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return p.Ledger.PutPeople(ctx, snapshot, batch)
}

// values drops the errors of a stream into err, so that a pure function can
// range over it, and keeps one domain's changes.
func values(in reconcile.Changes, d directory.Domain, err *error) iter.Seq[directory.Change] {
	return func(yield func(directory.Change) bool) {
		for c, e := range in {
			if e != nil {
				*err = e
				return
			}
			if c.Domain == d && !yield(c) {
				return
			}
		}
	}
}
