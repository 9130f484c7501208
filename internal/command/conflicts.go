package command

import (
	"context"
	"errors"
	"fmt"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/fleet"
	"cutover/internal/follow"
	"cutover/internal/forecast"
	"cutover/internal/ledger"
	"cutover/internal/planning"
	"cutover/internal/resolve"
	"cutover/internal/spool"
	"cutover/workflows"
)

// conflictSource is where open conflicts come from: a waiting cutover, or a
// fresh plan.
type conflictSource struct {
	open   []resolve.Conflict
	others []directory.Finding // blocking, and no resolution answers them
	// after is what stays open with another configuration.
	after func(context.Context, *config.File) ([]resolve.Conflict, []directory.Finding, error)
	close func()
}

func (a *app) conflicts(ctx context.Context, name string, f *config.File) (conflictSource, error) {
	if name != "" {
		return a.waitingConflicts(ctx, name, f)
	}
	return a.plannedConflicts(ctx, f)
}

// plannedConflicts reads the domains and plans, as `cutover plan` does. What a
// change would leave open is planned from the same reads.
func (a *app) plannedConflicts(ctx context.Context, f *config.File) (conflictSource, error) {
	readers, err := fleet.ReadersOf(f.Canonical)
	if err != nil {
		return conflictSource{}, err
	}
	l, err := ledger.OpenTemp(ctx)
	if err != nil {
		return conflictSource{}, err
	}
	source := conflictSource{close: func() { _ = l.Close() }}
	snapshots, err := planning.Read(ctx, readers, l, a.reading)
	if err != nil {
		return source, err
	}
	find := func(ctx context.Context, f *config.File) ([]resolve.Conflict, []directory.Finding, error) {
		scratch, err := spool.Open(ctx)
		if err != nil {
			return nil, nil, err
		}
		defer scratch.Close()
		p := forecast.Planner{
			Ledger: l, Scratch: scratch, Cutover: "resolve " + f.Hash, Rules: fleet.RulesOf(f.Config), SSO: fleet.SSOSettingsOf(f.Config), Off: f.Config.PhasesOff,
		}
		whole, err := p.Whole(ctx, snapshots, func(string) bool { return false })
		if err != nil {
			return nil, nil, err
		}
		open, others := resolve.Open(whole.Findings, f.Config, false)
		return append([]resolve.Conflict{}, open...), others, nil
	}
	source.after = find
	source.open, source.others, err = find(ctx, f)
	return source, err
}

// waitingConflicts are the findings that a cutover waits for. What the
// configuration says beyond the one that the cutover goes by is answered already.
func (a *app) waitingConflicts(ctx context.Context, name string, f *config.File) (conflictSource, error) {
	conn, err := a.connect(ctx)
	if err != nil {
		return conflictSource{}, err
	}
	defer conn.Close()
	if err := a.needsRunning(ctx, conn, name); err != nil {
		return conflictSource{}, err
	}
	s, err := follow.Status(ctx, conn, name)
	if err != nil {
		return conflictSource{}, err
	}
	if s.Gate == nil || s.Gate.Kind != workflows.GateFindings {
		return conflictSource{}, &exitWith{code: exitStopped, err: fmt.Errorf("%s does not wait for resolutions\n`cutover status %s` shows where it stands.", name, name)}
	}
	gate, err := openGate(ctx, conn, name, name, s)
	if err != nil {
		return conflictSource{}, err
	}
	if gate == nil {
		return conflictSource{}, errors.New("the findings are in another ledger\nGive the --state that the worker was started with, on the worker's machine.")
	}
	source := conflictSource{close: func() {}}
	source.open, source.others = resolve.Open(gate.Findings, f.Config, s.ConfigHash != f.Hash)
	before, _ := resolve.Open(gate.Findings, f.Config, true)
	source.after = func(_ context.Context, next *config.File) ([]resolve.Conflict, []directory.Finding, error) {
		left := []resolve.Conflict{}
		again, others := resolve.Open(gate.Findings, next.Config, true)
		for i, c := range again {
			// What the cutover has heard already has not helped.
			if c.Answered == "" || s.ConfigHash == f.Hash && c.Answered == before[i].Answered {
				left = append(left, c)
			}
		}
		return left, others, nil
	}
	return source, nil
}
