package forecast

import (
	"context"
	"iter"
	"maps"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
)

// project returns the world that a plan would leave: of the domains that it
// changes, people and settings are written to the scratch ledger.
func (p Planner) project(ctx context.Context, plan ledger.PlanInfo, from reconcile.World) (reconcile.World, error) {
	touched := map[directory.Domain]bool{} // whether people are
	for c, err := range p.Scratch.Changes(ctx, plan.ID) {
		if err != nil {
			return nil, err
		}
		setting := c.Kind == directory.PutSetting || c.Kind == directory.DropSetting
		touched[c.Domain] = touched[c.Domain] || !setting
	}
	next := maps.Clone(from)
	for d, people := range touched {
		var err error
		outline := phase.ProjectSSO(from[d].Outline(), values(p.Scratch.Changes(ctx, plan.ID), d, &err))
		if err != nil {
			return nil, err
		}
		if !people {
			next[d] = resettled{from[d], outline}
			continue
		}
		if next[d], err = p.projectPeople(ctx, plan, d, from[d], outline); err != nil {
			return nil, err
		}
	}
	return next, nil
}

func (p Planner) projectPeople(ctx context.Context, plan ledger.PlanInfo, d directory.Domain, from reconcile.Side, outline directory.Outline) (reconcile.Side, error) {
	snap, err := p.Scratch.BeginSnapshot(ctx, p.Cutover, "after "+plan.Phase, d)
	if err != nil {
		return nil, err
	}
	people := reconcile.Project(d, from.ByName(), p.Scratch.ChangesByUser(ctx, plan.ID, d))
	if err := p.store(ctx, snap.ID, people); err != nil {
		return nil, err
	}
	if err := p.Scratch.PutOutline(ctx, snap.ID, outline); err != nil {
		return nil, err
	}
	if err := p.Scratch.CompleteSnapshot(ctx, snap.ID); err != nil {
		return nil, err
	}
	return p.Scratch.Side(ctx, snap.ID)
}

// resettled is a side whose settings a plan would change, and its people not.
type resettled struct {
	reconcile.Side
	outline directory.Outline
}

// Outline implements reconcile.Side.
func (r resettled) Outline() directory.Outline { return r.outline }

func (p Planner) store(ctx context.Context, snapshot int64, people reconcile.People) error {
	batch := make([]directory.Person, 0, chunk)
	for person, err := range people {
		if err != nil {
			return err
		}
		if batch = append(batch, person); len(batch) == chunk {
			if err := p.Scratch.PutPeople(ctx, snapshot, batch); err != nil {
				return err
			}
			batch = batch[:0]
		}
	}
	return p.Scratch.PutPeople(ctx, snapshot, batch)
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
