package workflows

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"cutover/activities"
	"cutover/internal/directory"
)

// slice is how long one apply activity works, unless the configuration says else.
const slice = 20 * time.Second

// phaseLoop is the one loop, for every phase: observe, plan; nothing left and
// proven is done; else approve, apply, prove, and around again.
func (c *cutover) phaseLoop(ctx workflow.Context) error {
	name := c.phase().Name
	if why := c.s.Open.Off[name]; why != "" {
		return c.endPhase(ctx, activities.PhaseOff, why)
	}
	err := c.reopen(ctx)
	for {
		c.show(ctx)
		done := false
		if err == nil {
			err = c.hold(ctx)
		}
		if err == nil {
			done, err = c.stage(ctx)
		}
		if err == nil && done {
			outcome := activities.PhaseDone
			if c.s.Loop.Planned == 0 && c.phase().changes() {
				outcome = activities.PhaseNothingToDo
			}
			return c.endPhase(ctx, outcome, "")
		}
		if err != nil {
			if err = c.trouble(ctx, err); err != nil {
				return err
			}
		}
		if err := c.roll(ctx); err != nil {
			return err
		}
	}
}

// stage does what the stage in hand asks for and moves to the next.
func (c *cutover) stage(ctx workflow.Context) (done bool, err error) {
	if err := c.overdue(ctx); err != nil {
		return false, err
	}
	switch l := &c.s.Loop; l.Stage {
	case StageObserve:
		return false, c.observe(ctx)
	case StagePlan:
		return c.plan(ctx)
	case StageGate:
		return false, c.approve(ctx)
	case StageApply:
		return false, c.apply(ctx)
	case StageSettle:
		return false, c.settle(ctx)
	case StageProve:
		return false, c.prove(ctx)
	case StageConfirm:
		return c.confirm(ctx)
	default:
		return false, fmt.Errorf("the walk is at an unknown stage %q", l.Stage)
	}
}

// observe reads the phase's domains afresh, side by side. What the phase before
// has just read, to see that it is done, need not be read again: nothing was
// written since, and nobody was waited for.
func (c *cutover) observe(ctx workflow.Context) error {
	p := c.phase()
	if p.Name == "check" {
		if err := do(ctx, reading, "Reach every domain with its credentials", a.Check,
			activities.OpenParams{Cutover: c.in.Key, ConfigHash: c.in.ConfigHash}, nil); err != nil {
			return err
		}
	}
	type read struct {
		domain string
		future workflow.Future
	}
	var reads []read
	snapshots := map[string]int64{}
	for _, d := range p.Reads {
		if d == cxif && c.withoutCXIF() {
			continue
		}
		if id, ok := c.s.Fresh[d]; ok && !p.Anew {
			snapshots[d] = id
			continue
		}
		options := reading()
		options.Summary = "Read " + d
		actx := workflow.WithActivityOptions(ctx, options)
		reads = append(reads, read{d, workflow.ExecuteActivity(actx, a.Observe, activities.ObserveParams{
			Cutover: c.in.Key, Phase: p.Name, ConfigHash: c.in.ConfigHash, Domain: directory.Domain(d), People: p.People,
		})})
	}
	var longest time.Duration
	var failed error
	for _, r := range reads {
		var out activities.ObserveResult
		if err := r.future.Get(ctx, &out); err != nil {
			failed = err
			continue
		}
		snapshots[r.domain] = out.Snapshot
		longest = max(longest, out.Waited)
	}
	c.s.WaitedForLimits += longest // they ran side by side
	if failed != nil {
		return failed
	}
	c.s.Fresh = snapshots
	c.s.Loop.Snapshots, c.s.Loop.Stage = snapshots, StagePlan
	return nil
}

// withoutCXIF tells whether the configuration has no CXIF.
func (c *cutover) withoutCXIF() bool {
	return c.s.Open.Off["sync-cxif"] != "" && c.s.Open.Off["access-cxif"] != ""
}

// planParams refers to what the plan is made from.
func (c *cutover) planParams() activities.PlanParams {
	in := activities.PlanParams{
		Cutover: c.in.Key, Phase: c.phase().Name, ConfigHash: c.in.ConfigHash,
		Snapshots: map[directory.Domain]int64{}, Done: c.done(), PeopleWork: c.s.PeopleWork,
	}
	for _, d := range []string{fusion, utilities, cxif} {
		if id, ok := c.s.Loop.Snapshots[d]; ok {
			in.Snapshots[directory.Domain(d)] = id
		}
	}
	return in
}

// done lists the phases of this cutover that are finished.
func (c *cutover) done() []string {
	done := append([]string(nil), c.s.Open.Done...)
	for _, p := range c.s.Phases {
		if p.Outcome == activities.PhaseDone || p.Outcome == activities.PhaseNothingToDo {
			done = append(done, p.Name)
		}
	}
	return done
}

// plan plans from what was read, and decides where the loop goes from there.
func (c *cutover) plan(ctx workflow.Context) (done bool, err error) {
	switch c.phase().Name {
	case rollback:
		if done, err := c.planBack(ctx); err != nil || done {
			return done, err
		}
		return c.judge(ctx)
	case "check":
		return c.forecast(ctx)
	case "verify":
		return c.figure(ctx)
	}
	l := &c.s.Loop
	var plan activities.PlanResult
	params := c.planParams()
	params.Approved = l.Approved
	if err := do(ctx, reading, "Plan "+c.phase().Name, a.Plan, params, &plan); err != nil {
		return false, err
	}
	l.Plan = plan
	return c.judge(ctx)
}

// judge decides where the loop goes from a plan.
func (c *cutover) judge(ctx workflow.Context) (done bool, err error) {
	l := &c.s.Loop
	plan := l.Plan
	if plan.Blocking > 0 && c.s.Ending != nil {
		return false, errorf("%s: `cutover status` shows them", findingsAre(plan.Blocking))
	}
	if plan.Blocking > 0 {
		return false, c.findings(ctx, c.phase().Name, plan.Hash, plan.Blocking)
	}
	if plan.Changes > 0 {
		if plan.Hash == l.Before {
			if again, err := c.lookAgain(ctx); again || err != nil {
				return false, err
			}
			return false, errorf("the same %d changes are still to be made after they were applied: see `cutover status`", plan.Changes)
		}
		l.Round++
		l.Planned += plan.Changes
		l.Proven = false
		l.Stage = StageGate
		return false, nil
	}
	if l.Planned == 0 && l.Round == 0 && c.s.Probation == nil {
		return true, nil // there was nothing to do, so there is nothing to prove
	}
	if len(plan.Proofs) > 0 && !l.Proven {
		l.Step, l.Stage = len(plan.Steps), StageProve
		return false, nil
	}
	l.Stage = StageConfirm
	return false, nil
}

// lookAgain reads the domains once more where what was just applied does not show:
// an index may be behind what its domain knows. It does so a few times, and then
// no more.
func (c *cutover) lookAgain(ctx workflow.Context) (again bool, err error) {
	const looks, apart = 3, 3 * time.Second
	if workflow.GetVersion(ctx, "look again", workflow.DefaultVersion, 1) == workflow.DefaultVersion || c.s.Loop.Looks >= looks {
		return false, nil
	}
	c.s.Loop.Looks++
	c.s.Loop.Stage, c.s.Fresh = StageObserve, nil
	return true, workflow.Sleep(ctx, apart)
}

// forecast plans every phase before the first write, and asks for leave to begin.
func (c *cutover) forecast(ctx workflow.Context) (bool, error) {
	var f activities.ForecastResult
	if err := do(ctx, reading, "Forecast every phase", a.Forecast, c.planParams(), &f); err != nil {
		return false, err
	}
	c.s.Forecast, c.s.PeopleWork = f, f.PeopleWork
	if f.Blocking > 0 {
		return false, c.findings(ctx, f.BlockedAt, f.Hash, f.Blocking)
	}
	c.s.Loop.Plan = activities.PlanResult{Hash: f.Hash, Findings: f.Findings}
	_, err := c.gate(ctx, Gate{
		Kind: GateConfirm, Phase: "check", Hash: f.Hash, Findings: f.Findings, Changes: total(f.Changes),
		Question: "Do these three environments belong together, and may the cutover begin by this forecast?",
	})
	return err == nil, err
}

func total(changes map[string]int) int {
	sum := 0
	for _, name := range Phases() {
		sum += changes[name]
	}
	return sum
}

// figure writes down where users exist, from the fresh reads of verify.
func (c *cutover) figure(ctx workflow.Context) (bool, error) {
	p := c.planParams()
	return true, do(ctx, reading, "Count where users exist", a.Figure, activities.FigureParams{
		Cutover: p.Cutover, ConfigHash: p.ConfigHash, Snapshots: p.Snapshots,
	}, nil)
}

// approve waits for the plan's approval. After an early end nobody is asked:
// only tidy runs then.
func (c *cutover) approve(ctx workflow.Context) error {
	l := &c.s.Loop
	if c.s.Ending == nil && !c.covered() {
		if err := c.allow(ctx); err != nil {
			return err
		}
		question := fmt.Sprintf("May these %d changes be made?", l.Plan.Changes)
		if l.Round > 1 {
			question = fmt.Sprintf("%d changes are still to be made, or new since the last plan. May they be made?", l.Plan.Changes)
		}
		if _, err := c.gate(ctx, Gate{
			Kind: GateApprove, Phase: c.phase().Name, Hash: l.Plan.Hash, Changes: l.Plan.Changes, Findings: l.Plan.Findings, Question: question,
		}); err != nil {
			return err
		}
	}
	l.Approved, l.Most, l.Begun = append(l.Approved, l.Plan.Plan), l.Plan.Changes, false
	l.Base = activities.Progress{Applied: l.Applied, Skipped: l.Skipped, Failed: l.Failed}
	l.Before, l.Step, l.Stage, l.Looks = l.Plan.Hash, 0, StageApply, 0
	return nil
}

// apply carries out a slice of the step in hand.
func (c *cutover) apply(ctx workflow.Context) error {
	l := &c.s.Loop
	if l.Step >= len(l.Plan.Steps) {
		l.Stage = StageObserve
		return nil
	}
	if c.expired(ctx) {
		return nil
	}
	step := l.Plan.Steps[l.Step]
	budget := c.s.Open.Slice
	if budget <= 0 {
		budget = slice
	}
	if err := c.arm(ctx, step); err != nil {
		return err
	}
	c.s.Touched, c.s.Fresh = true, nil
	var out activities.ApplyResult
	err := do(ctx, writing, fmt.Sprintf("Apply %s, step %d of %d", c.phase().Name, l.Step+1, len(l.Plan.Steps)), a.Apply,
		activities.ApplyParams{Cutover: c.in.Key, ConfigHash: c.in.ConfigHash, Plan: l.Plan.Plan, Step: step.Number, Budget: budget, Until: c.until()}, &out)
	if err != nil {
		return err
	}
	c.s.WaitedForLimits += out.Waited
	c.count(out.Progress)
	l.Begun = l.Begun || out.Opens.IsZero() || out.Why == activities.WaitsForJob || out.Why == activities.WaitsForLimits
	switch {
	case out.Tripped:
		return errorf("%d of %d changes were refused, which is more than the breaker allows, so the rest was not sent: `cutover status` lists them with the reasons; correct the cause, then resume",
			out.Progress.Failed, out.Progress.Failed+out.Progress.Applied)
	case !out.Opens.IsZero():
		return c.outside(ctx, out.Opens, out.Why)
	case out.More:
		return nil
	}
	if out.Progress.Failed > 0 {
		return errorf("%s: `cutover status` lists them with the reasons; correct the cause, then resume", number(out.Progress.Failed, "change was", "changes were")+" refused")
	}
	switch {
	case step.Settle:
		l.Stage = StageSettle
	case len(step.Proofs) > 0:
		l.Stage = StageProve
	default:
		l.Step++
	}
	return nil
}

// count keeps the phase's numbers: those of earlier plans of it, and this one's.
func (c *cutover) count(p activities.Progress) {
	l := &c.s.Loop
	l.Applied, l.Skipped, l.Failed = l.Base.Applied+p.Applied, l.Base.Skipped+p.Skipped, l.Base.Failed+p.Failed
}

// settle waits until Fusion's own copy has brought over what was written to
// Fusion Applications.
func (c *cutover) settle(ctx workflow.Context) error {
	l := &c.s.Loop
	began := workflow.Now(ctx)
	timeout := c.s.Open.ArrivalTimeout
	if timeout <= 0 {
		timeout = 2 * time.Hour
	}
	step := l.Plan.Steps[l.Step]
	var asked bool
	var err error
	if step.Sync != nil {
		asked, err = c.untilTime(ctx, step.Sync.Within, "Wait until the synchronization of "+string(step.Sync.Domain)+" has run", step.Ask, a.AwaitSync, activities.AwaitSyncParams{
			Cutover: c.in.Key, Phase: c.phase().Name, ConfigHash: c.in.ConfigHash, Plan: l.Plan.Plan, Sync: *step.Sync,
		}, nil)
	} else {
		asked, err = c.untilTime(ctx, timeout, "Wait for Fusion to copy what was written", step.Ask, a.Settle, activities.SettleParams{
			Cutover: c.in.Key, ConfigHash: c.in.ConfigHash, Plan: l.Plan.Plan, Poll: c.s.Open.ArrivalPoll,
		}, nil)
	}
	c.s.WaitedForFusion += workflow.Now(ctx).Sub(began)
	if err != nil || asked {
		return err
	}
	if len(l.Plan.Steps[l.Step].Proofs) > 0 {
		l.Stage = StageProve
		return nil
	}
	l.Step, l.Stage = l.Step+1, StageApply
	return nil
}

// prove sees with its own eyes what the step in hand, or the whole phase, calls for.
func (c *cutover) prove(ctx workflow.Context) error {
	l := &c.s.Loop
	proofs, last := l.Plan.Proofs, true
	if l.Step < len(l.Plan.Steps) {
		proofs, last = l.Plan.Steps[l.Step].Proofs, false
	}
	for _, proof := range proofs {
		var out activities.ProveResult
		if err := do(ctx, reading, "Prove "+string(proof), a.Prove, activities.ProveParams{
			Cutover: c.in.Key, Phase: c.phase().Name, ConfigHash: c.in.ConfigHash, Proof: proof,
		}, &out); err != nil {
			return err
		}
		c.s.WaitedForLimits += out.Waited
		if out.Ask != "" {
			if asked, err := c.awaitSignIn(ctx, proof, &out); err != nil || asked {
				return err
			}
		}
		l.provenBy(out.Prover)
		if !out.OK {
			return errorf("the proof %s failed: %s", proof, strings.TrimSuffix(out.Reason, "."))
		}
	}
	if last {
		l.Proven, l.Stage = true, StageConfirm
		return nil
	}
	l.Step, l.Stage = l.Step+1, StageApply
	return nil
}

// confirm asks a person for what the program cannot see.
func (c *cutover) confirm(ctx workflow.Context) (done bool, err error) {
	p := c.phase()
	if p.Confirm == "" || c.s.Ending != nil {
		return true, nil
	}
	l := &c.s.Loop
	_, err = c.gate(ctx, c.onProbation(Gate{Kind: GateConfirm, Phase: p.Name, Hash: cmp.Or(c.s.Loop.Before, c.s.Loop.Plan.Hash), Question: p.Confirm + l.provers()}))
	err = c.decideProbation(ctx, err)
	return err == nil, err
}
