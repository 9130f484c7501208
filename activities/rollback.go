package activities

import (
	"context"
	"iter"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/forecast"
	"cutover/internal/ledger"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
	"cutover/internal/wayback"
)

// RollbackParams asks for the plan of a cutover's way back.
type RollbackParams struct {
	Cutover, Name, ConfigHash string
	Snapshots                 map[directory.Domain]int64
	// To is the phase to go back to: what the phases after it did is undone. Empty: everything.
	To string
	// DeleteCreated: whom the cutover made and who has never signed in is deleted.
	DeleteCreated bool
	// Earlier is the last plan before this way back began: what an earlier way
	// back has undone is left alone, what this one has undone is seen in the domains.
	Earlier int64
}

// BeginRollback marks the place in the ledger where a way back begins.
func (a *Activities) BeginRollback(ctx context.Context, _ OpenParams) (int64, error) {
	return a.Ledger.LastPlan(ctx)
}

// PlanRollback plans what is left of a way back, from the ledger and fresh reads.
func (a *Activities) PlanRollback(ctx context.Context, in RollbackParams) (PlanResult, error) {
	defer beating(ctx).stop()
	e, err := a.estate(ctx, in.ConfigHash)
	if err != nil {
		return PlanResult{}, err
	}
	world, err := forecast.Planner{Ledger: a.Ledger, Cutover: in.Cutover}.World(ctx, in.Snapshots)
	if err != nil {
		return PlanResult{}, err
	}
	steps, err := a.toUndo(ctx, in)
	if err != nil {
		return PlanResult{}, err
	}
	input := wayback.Input{World: world, Steps: steps}
	if input.Synced, err = e.syncedPeople(ctx, steps); err != nil {
		return PlanResult{}, err
	}
	if in.DeleteCreated {
		if input.MayDelete, err = e.mayDelete(ctx, steps); err != nil {
			return PlanResult{}, err
		}
	}
	id, err := a.Ledger.BeginPlan(ctx, in.Cutover, wayback.Phase, false)
	if err != nil {
		return PlanResult{}, err
	}
	sink := &undoingSink{ctx: ctx, ledger: a.Ledger, plan: id, hash: reconcile.NewHasher(wayback.Phase)}
	if err := wayback.Plan(input, sink); err != nil {
		return PlanResult{}, err
	}
	if err := sink.flush(); err != nil {
		return PlanResult{}, err
	}
	info, err := a.Ledger.SealPlan(ctx, id, sink.hash.Sum())
	if err != nil {
		return PlanResult{}, err
	}
	out := PlanResult{Plan: info.ID, Hash: info.Hash, Changes: info.Changes, Findings: info.Findings, Blocking: info.Blocking}
	if out.Steps, err = a.stepsBack(ctx, info); err != nil {
		return PlanResult{}, err
	}
	if offersLocally(world) {
		out.Proofs = []phase.Proof{phase.EmergencyLocal}
	}
	return out, nil
}

// toUndo lists what is to be undone, of every run of the cutover, the last first.
func (a *Activities) toUndo(ctx context.Context, in RollbackParams) ([]wayback.Step, error) {
	if in.To != "" {
		if _, err := phaseNamed(in.To); err != nil {
			return nil, err
		}
	}
	cut, err := a.Ledger.Cutover(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	var keys []string
	for run := 1; run <= max(cut.Run, 1); run++ {
		keys = append(keys, ledger.Cutover{Name: in.Name, Run: run}.Key())
	}
	applied, err := a.Ledger.AppliedSteps(ctx, keys, wayback.Phase)
	if err != nil {
		return nil, err
	}
	var steps []wayback.Step
	for _, s := range applied {
		if after(s.Phase, in.To) {
			steps = append(steps, wayback.Step{Phase: s.Phase, Changes: func() iter.Seq2[wayback.Recorded, error] {
				return a.recorded(ctx, s, in.Earlier)
			}})
		}
	}
	return steps, nil
}

// after tells whether a phase comes after another in the procedure; every one
// comes after none.
func after(name, other string) bool {
	place := func(name string) int {
		return slices.IndexFunc(phase.Procedure, func(p phase.Phase) bool { return p.Name == name })
	}
	return other == "" || place(name) > place(other)
}

func (a *Activities) recorded(ctx context.Context, s ledger.AppliedStep, earlier int64) iter.Seq2[wayback.Recorded, error] {
	return func(yield func(wayback.Recorded, error) bool) {
		for c, err := range a.Ledger.AppliedInStep(ctx, s.Plan, s.Step, earlier) {
			if !yield(wayback.Recorded{Ref: wayback.Ref{Plan: c.Plan, Seq: c.Seq}, Change: c.Change, ResourceID: c.ResourceID}, err) || err != nil {
				return
			}
		}
	}
}

// stepsBack says what comes after each step: a real local sign-in once that is
// offered again, and waiting for Fusion's own copy after the last write there.
func (a *Activities) stepsBack(ctx context.Context, info ledger.PlanInfo) ([]Step, error) {
	local, last := map[int]bool{}, 0
	for c, err := range a.Ledger.Changes(ctx, info.ID) {
		if err != nil {
			return nil, err
		}
		local[c.Step] = local[c.Step] || wayback.BringsLocalBack(c)
		if c.Copied() {
			last = c.Step
		}
	}
	var steps []Step
	for _, s := range info.Steps {
		step := Step{Number: s.Step, Changes: s.Changes, Settle: s.Step == last}
		if local[s.Step] {
			step.Proofs = []phase.Proof{phase.EmergencyLocal}
		}
		steps = append(steps, step)
	}
	return steps, nil
}

func offersLocally(w reconcile.World) bool {
	if w[directory.Utilities] == nil {
		return false
	}
	rule, ok := w[directory.Utilities].Outline().SSO.Default()
	return ok && rule.OffersLocal()
}

// undoingSink writes a way back to the ledger, in chunks.
type undoingSink struct {
	ctx      context.Context
	ledger   *ledger.Ledger
	plan     int64
	hash     *reconcile.Hasher
	changes  []ledger.Undoing
	findings []directory.Finding
}

// undoingChunk is how many rows go to the ledger at a time.
const undoingChunk = 500

func (s *undoingSink) Change(c directory.Change, undoes []wayback.Ref) error {
	s.hash.Add(c)
	u := ledger.Undoing{Change: c}
	for _, of := range undoes {
		u.Undoes = append(u.Undoes, ledger.ChangeRef(of))
	}
	if s.changes = append(s.changes, u); len(s.changes) < undoingChunk {
		return nil
	}
	return s.flush()
}

func (s *undoingSink) Finding(f directory.Finding) error {
	if s.findings = append(s.findings, f); len(s.findings) < undoingChunk {
		return nil
	}
	return s.flush()
}

func (s *undoingSink) flush() error {
	if len(s.changes) > 0 {
		if err := s.ledger.AddUndoing(s.ctx, s.plan, s.changes); err != nil {
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
