package activities

import (
	"context"
	"slices"
	"time"

	"cutover/internal/directory"
	"cutover/internal/forecast"
	"cutover/internal/ledger"
	"cutover/internal/phase"
	"cutover/internal/spool"
)

// PlanParams asks for the plan of a phase, or, by Forecast, of all.
type PlanParams struct {
	Cutover, Phase, ConfigHash string
	Snapshots                  map[directory.Domain]int64
	Done                       []string // phases of this cutover that are finished
	PeopleWork                 bool
	Approved                   []int64 // plans of this phase that were approved
}

// Step is a step of a plan, as the workflow needs it.
type Step struct {
	Number, Changes int
	// Settle: what was written to Fusion Applications must reach the Fusion
	// domain before the walk goes on.
	Settle bool
	Proofs []phase.Proof
	// Ask is what a person has to do before it can.
	Ask string `json:",omitempty"`
	// Sync, if set, is a native synchronization that was started: it must have run
	// before the walk goes on.
	Sync *StartedSync `json:",omitempty"`
	// Arm is set where the step takes local sign-in away: within this time a
	// person confirms, or it comes back.
	Arm time.Duration `json:",omitempty"`
}

// PlanResult refers to a plan in the ledger.
type PlanResult struct {
	Plan                        int64
	Hash                        string
	Changes, Findings, Blocking int
	Steps                       []Step
	Proofs                      []phase.Proof // after the last step
	Over                        []Crossing    // limits that it does not keep
	Covered                     bool          // it holds no change that was not approved before
}

// ForecastResult is the forecast in numbers.
type ForecastResult struct {
	Hash       string
	Changes    map[string]int // by phase
	Findings   int
	Blocking   int
	BlockedAt  string
	PeopleWork bool
}

func (a *Activities) planner(ctx context.Context, cutover, hash string) (forecast.Planner, *Estate, error) {
	e, err := a.estate(ctx, hash)
	if err != nil {
		return forecast.Planner{}, nil, err
	}
	accepted, err := accepted(ctx, a.Ledger, cutover)
	if err != nil {
		return forecast.Planner{}, nil, err
	}
	return forecast.Planner{Ledger: a.Ledger, Cutover: cutover, Rules: e.Rules, SSO: e.SSO, Off: e.Config.PhasesOff, Renames: e.Rules.Utilities, Accepted: accepted}, e, nil
}

// Forecast plans every phase before the first write.
func (a *Activities) Forecast(ctx context.Context, in PlanParams) (ForecastResult, error) {
	defer beating(ctx).stop()
	p, e, err := a.planner(ctx, in.Cutover, in.ConfigHash)
	if err != nil {
		return ForecastResult{}, err
	}
	w, err := p.World(ctx, in.Snapshots)
	if err != nil {
		return ForecastResult{}, err
	}
	// By the same rules as the phases will: a forecast must not promise what they refuse.
	if p.Rules, err = a.bound(ctx, e.Rules, w); err != nil {
		return ForecastResult{}, err
	}
	if err := a.putFigure(ctx, in.Cutover, w, p.Rules); err != nil {
		return ForecastResult{}, err
	}
	if p.Start, err = a.start(ctx, in.Cutover); err != nil {
		return ForecastResult{}, err
	}
	if err := a.putAttested(ctx, in.Cutover, e); err != nil {
		return ForecastResult{}, err
	}
	facts, err := e.Facts(ctx)
	if err != nil {
		return ForecastResult{}, err
	}
	p.Facts = &facts
	if p.Scratch, err = spool.Open(ctx); err != nil {
		return ForecastResult{}, err
	}
	defer p.Scratch.Close()
	whole, err := p.Whole(ctx, in.Snapshots, doneIn(in.Done))
	if err != nil {
		return ForecastResult{}, err
	}
	if err := a.putForecast(ctx, in.Cutover, whole); err != nil {
		return ForecastResult{}, err
	}
	out := ForecastResult{
		Hash: whole.Hash, Changes: map[string]int{}, Findings: len(whole.Findings), Blocking: whole.Blocking,
		BlockedAt: whole.BlockedAt, PeopleWork: whole.PeopleWork,
	}
	for _, f := range whole.Phases {
		out.Changes[f.Name] = f.Changes
	}
	return out, nil
}

// Plan plans one phase from fresh reads.
func (a *Activities) Plan(ctx context.Context, in PlanParams) (PlanResult, error) {
	defer beating(ctx).stop()
	ph, err := phaseNamed(in.Phase)
	if err != nil {
		return PlanResult{}, err
	}
	p, e, input, err := a.input(ctx, in.Cutover, in.ConfigHash, ph, in.Snapshots)
	if err != nil {
		return PlanResult{}, err
	}
	input.Done, input.PeopleWork = doneIn(in.Done), in.PeopleWork
	info, err := p.Phase(ctx, ph, input)
	if err != nil {
		return PlanResult{}, err
	}
	if err := a.Ledger.PutPlanOrigin(ctx, info.ID, ledger.Origin{ConfigHash: in.ConfigHash, Reads: in.Snapshots}); err != nil {
		return PlanResult{}, err
	}
	out := PlanResult{Plan: info.ID, Hash: info.Hash, Changes: info.Changes, Findings: info.Findings, Blocking: info.Blocking}
	if out.Steps, err = a.steps(ctx, e, ph, input, info); err != nil {
		return PlanResult{}, err
	}
	if err = a.probation(ctx, e, ph, info, out.Steps); err != nil {
		return PlanResult{}, err
	}
	if ph.Proofs != nil {
		out.Proofs = ph.Proofs(input, 0)
	}
	if len(in.Approved) > 0 && info.Changes > 0 {
		if out.Covered, err = a.Ledger.Covered(ctx, info.ID, in.Approved); err != nil {
			return PlanResult{}, err
		}
	}
	out.Over, err = a.crossed(ctx, e, in.Phase, input.World, p.Rules, info)
	return out, err
}

// input is what a planner of one phase looks at, by these reads, but for what the
// walk knows.
func (a *Activities) input(ctx context.Context, cutover, configHash string, ph phase.Phase, reads forecast.Snapshots) (p forecast.Planner, e *Estate, in phase.Input, err error) {
	if p, e, err = a.planner(ctx, cutover, configHash); err != nil {
		return p, e, in, err
	}
	if in.World, err = p.World(ctx, reads); err != nil {
		return p, e, in, err
	}
	if p.Rules, err = a.bound(ctx, e.Rules, in.World); err != nil {
		return p, e, in, err
	}
	in.Rules, in.SSO, in.Renames, in.Accepted = p.Rules, p.SSO, p.Renames, p.Accepted
	if err = a.syncs(ctx, cutover, ph, &in); err != nil {
		return p, e, in, err
	}
	if p.SSO.InviteWave > 0 {
		if in.Invited, err = a.invited(ctx); err != nil {
			return p, e, in, err
		}
	}
	if ph.Switch {
		in.Start, err = a.start(ctx, cutover)
	}
	return p, e, in, err
}

// steps says, for each step, what comes after it: waiting for Fusion's own copy
// after a canary, before a proof and after the last write there; and proofs.
func (a *Activities) steps(ctx context.Context, e *Estate, ph phase.Phase, in phase.Input, info ledger.PlanInfo) ([]Step, error) {
	via, byHand, starts := map[int]bool{}, map[int]bool{}, map[int]directory.Change{}
	for c, err := range a.Ledger.Changes(ctx, info.ID) {
		if err != nil {
			return nil, err
		}
		via[c.Step] = via[c.Step] || c.Copied()
		byHand[c.Step] = byHand[c.Step] || c.Via == directory.ViaImportManagement
		if c.Kind == directory.StartSync {
			starts[c.Step] = c
		}
	}
	last := 0
	for n, through := range via {
		if through {
			last = max(last, n)
		}
	}
	var steps []Step
	for _, s := range info.Steps {
		step := Step{Number: s.Step, Changes: s.Changes}
		if ph.Proofs != nil && s.Step != 0 {
			step.Proofs = ph.Proofs(in, s.Step)
		}
		step.Settle = ph.Settles && via[s.Step] && (s.Step == last || s.Changes == 1 || len(step.Proofs) > 0)
		if byHand[s.Step] {
			step.Settle, step.Ask = true, e.Files.Ask(s.Step)
		}
		if start, is := starts[s.Step]; is {
			step.Settle = true
			step.Sync, step.Ask = e.startedSync(start)
		}
		steps = append(steps, step)
	}
	return steps, nil
}

func doneIn(done []string) func(string) bool {
	return func(name string) bool { return slices.Contains(done, name) }
}
