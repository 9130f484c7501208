package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/document"
	"cutover/internal/fleet"
	"cutover/internal/follow"
	"cutover/internal/ledger"
	"cutover/internal/owner"
	"cutover/internal/phase"
	"cutover/internal/spool"
	"cutover/internal/version"
	"cutover/workflows"
)

// runPlanOfGate shows the whole plan that a gate is about.
func (a *app) runPlanOfGate(ctx context.Context, name, out string) (err error) {
	conn, target, err := a.running(ctx, name)
	if err != nil {
		return err
	}
	defer conn.Close()
	s, err := follow.Status(ctx, conn, target)
	switch {
	case errors.Is(err, follow.ErrNotFound):
		return unknown(name)
	case err != nil:
		return err
	case s.Gate == nil:
		return fmt.Errorf("no plan of %s waits just now; `cutover status %s%s` shows where it stands", name, name, a.stateFlag())
	case s.Gate.Phase == phase.Procedure[0].Name:
		return forecastWaits(name, s)
	case !slices.Contains([]string{workflows.GateApprove, workflows.GateLimit, workflows.GateFindings}, s.Gate.Kind):
		return fmt.Errorf("no plan of %s waits at %s, but this: %s", name, s.Gate.Phase, s.Gate.Question)
	case conn.store == nil:
		return fmt.Errorf("the plan is in the ledger, and nobody owns the state directory %s here; name the one of %s with --state", a.state, name)
	}
	scratch, err := spool.Open(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, scratch.Close()) }()
	d, err := planAtGate(ctx, conn.store, scratch, name, s)
	if err != nil {
		return err
	}
	return a.showPlan(d, out)
}

func planAtGate(ctx context.Context, store owner.Store, scratch *spool.Dir, name string, s workflows.Status) (*document.Document, error) {
	cut, err := store.Cutover(ctx, name)
	if err != nil {
		return nil, err
	}
	o, err := optionsOf(ctx, store, s.ConfigHash)
	if err != nil {
		return nil, err
	}
	changes, err := scratch.Changes()
	if err != nil {
		return nil, err
	}
	var head owner.PlanHead
	err = store.Plan(ctx, cut.Key(), s.Gate.Phase, func(h owner.PlanHead) error {
		if h.Info.Hash != s.Gate.Hash {
			return fmt.Errorf("what waits at %s of %s is %s, and the latest plan of that phase is %s: ask again, or see `cutover status`", s.Gate.Phase, name, shortHash(s.Gate.Hash), shortHash(h.Info.Hash))
		}
		head = h
		return nil
	}, func(c directory.Change) error { return changes.Add(c) })
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, forecastWaits(name, s) // nothing was planned by itself yet
	}
	if err != nil {
		return nil, err
	}
	if changes.Count != head.Info.Changes {
		return nil, fmt.Errorf("the plan has %d changes and %d came; ask again", head.Info.Changes, changes.Count)
	}
	if err := changes.Seal(); err != nil {
		return nil, err
	}
	o.At = head.Info.CreatedAt
	return document.AtGate(o, name, phaseOf(s.Gate.Phase), head.Info.Hash, changes, head.Findings)
}

func forecastWaits(name string, s workflows.Status) error {
	return fmt.Errorf("%s waits at %s, where the forecast of every phase is decided: `cutover plan --config FILE` shows it whole, under the hash %s if nothing has changed", name, s.Gate.Phase, shortHash(s.Gate.Hash))
}

// optionsOf are what the cutover's own configuration says about paces and hours.
func optionsOf(ctx context.Context, store owner.Store, hash string) (o document.Options, err error) {
	body, err := store.Configuration(ctx, hash)
	if err != nil {
		return o, err
	}
	c, _, err := config.Decode(body)
	if err != nil {
		return o, err
	}
	o = document.Options{ConfigHash: hash, Version: version.Version}
	if o.Limits, o.LimitsName, err = fleet.LimitsOf(c); err != nil {
		return o, err
	}
	o.Window, err = c.Window.Compile()
	return o, err
}

// phaseOf is a phase by its name; the way back is none of the guide's.
func phaseOf(name string) phase.Phase {
	if i := slices.IndexFunc(phase.Procedure, func(p phase.Phase) bool { return p.Name == name }); i >= 0 {
		return phase.Procedure[i]
	}
	return phase.Phase{Name: name, Title: "Undo what was done, the last change first"}
}

// printWaits says what the plan waits for.
func printWaits(w io.Writer, d *document.Document) {
	p := d.Phases[0]
	if d.Blocking > 0 {
		fmt.Fprintf(w, "\n%s at %s is shut by %s.\n", d.Waits, p.Name, count(d.Blocking, "finding"))
		return
	}
	fmt.Fprintf(w, "\nPlan %s waits at %s of %s. Nothing of it is carried out yet.\n", shortHash(d.Hash), p.Name, d.Waits)
}
