package forecast

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"cutover/internal/directory"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
	"cutover/internal/spool"
)

// spooled opens the snapshots for reading many times.
func (p Planner) spooled(ctx context.Context, from Snapshots) (reconcile.World, error) {
	w, err := p.World(ctx, from)
	if err != nil {
		return nil, err
	}
	var each errgroup.Group
	var mu sync.Mutex
	out := reconcile.World{}
	for d, side := range w {
		each.Go(func() error {
			s, err := p.spool(side)
			mu.Lock()
			defer mu.Unlock()
			out[d] = s
			return err
		})
	}
	return out, each.Wait()
}

// spool reads a side in the way that costs least, for it is sorted here anyway.
func (p Planner) spool(side reconcile.Side) (*spool.Side, error) {
	if s, ok := side.(interface {
		Apart() (users, belongings reconcile.People)
	}); ok {
		users, belongings := s.Apart()
		return p.Scratch.Joined(users, belongings, side.Outline())
	}
	return p.Scratch.People(side.ByName(), side.Outline())
}

// supposed is the plan of a phase on a world that does not exist yet.
type supposed struct {
	ctx      context.Context
	hash     *reconcile.Hasher
	changes  *spool.Changes
	findings []directory.Finding
}

func (p Planner) suppose(ctx context.Context, ph phase.Phase, in phase.Input) (*supposed, error) {
	changes, err := p.Scratch.Changes()
	if err != nil {
		return nil, err
	}
	s := &supposed{ctx: ctx, hash: reconcile.NewHasher(ph.Name), changes: changes}
	if ph.Plan != nil {
		if err := ph.Plan(in, s); err != nil {
			return nil, fmt.Errorf("plan %s: %w", ph.Name, err)
		}
	}
	return s, changes.Seal()
}

// Change implements reconcile.Sink.
func (s *supposed) Change(c directory.Change) error {
	if err := s.ctx.Err(); err != nil {
		return err
	}
	s.hash.Add(c)
	return s.changes.Add(c)
}

// Finding implements reconcile.Sink.
func (s *supposed) Finding(f directory.Finding) error {
	s.findings = append(s.findings, f)
	return nil
}

// project returns the world that a plan would leave.
func project(plan *spool.Changes, from reconcile.World) reconcile.World {
	next := maps.Clone(from)
	for d, people := range plan.People {
		before := from[d].(*spool.Side)
		outline := phase.ProjectSSO(before.Outline(), slices.Values(plan.Settings[d]))
		if next[d] = before.With(outline); people {
			next[d] = before.Over(reconcile.Alter(d, before.Among(plan, d), plan.ByUser(d)), outline)
		}
	}
	return next
}
