package workflows

import (
	"errors"
	"fmt"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"cutover/activities"
)

// trouble is a failure of ours, found by the walk itself.
type trouble struct{ words string }

func (t trouble) Error() string { return t.words }

func errorf(format string, args ...any) error { return trouble{fmt.Sprintf(format, args...)} }

// gate stands still until a decision fits, writes it to the ledger before its
// first effect, and returns it. An open gate adds nothing to the history. It
// returns errEnded where the decision ends the cutover.
func (c *cutover) gate(ctx workflow.Context, g Gate) (Decision, error) {
	if c.s.Gate == nil || c.s.Gate.Kind != g.Kind || c.s.Gate.Phase != g.Phase || c.s.Gate.Hash != g.Hash {
		g.Since = workflow.Now(ctx)
		c.s.Gate = &g
	}
	c.show(ctx)
	d, err := c.decision(ctx)
	if err != nil {
		return Decision{}, err
	}
	gate := *c.s.Gate
	c.s.Decided, c.s.Gate, c.s.Fresh = nil, nil, nil
	switch d.Verb {
	case VerbReject, VerbStop:
		return d, c.end(ctx, gate)
	case VerbReload:
		c.in.ConfigHash, c.s.Opened = d.Hash, false
		return d, errReloaded
	case VerbResume:
		if gate.Kind == GatePaused {
			return d, nil // what was approved is still approved
		}
		c.again()
		return d, errResumed
	case VerbResumeAfterBreakGlass:
		c.again()
		return d, c.liftTripwire(ctx, d)
	}
	return d, nil
}

// decision waits for one that is written to the ledger; one that cannot be
// written is not taken, so that nothing happens without a record.
func (c *cutover) decision(ctx workflow.Context) (Decision, error) {
	info := workflow.GetInfo(ctx)
	long := func() bool { return info.GetContinueAsNewSuggested() || info.GetCurrentHistoryLength() >= most }
	for {
		if err := c.await(ctx, func() bool { return c.s.Decided != nil || long() }); err != nil {
			return Decision{}, err
		}
		if c.s.Decided == nil {
			if err := c.roll(ctx); err != nil {
				return Decision{}, err
			}
		}
		d := *c.s.Decided
		counts, err := c.record(ctx, d)
		if err != nil || counts {
			return d, err
		}
	}
}

// errReloaded says that the configuration is another: the walk goes through the
// procedure again from check. What is done stays done, because every phase plans
// from what it finds.
var errReloaded = errors.New("the configuration was reloaded")

// errResumed says that the phase in hand begins anew, with fresh reads.
var errResumed = errors.New("resumed")

// end ends the cutover at a gate: how, depends on what kept it closed.
func (c *cutover) end(ctx workflow.Context, g Gate) error {
	r := Result{Phase: g.Phase}
	outcome := ""
	switch g.Kind {
	case GateFindings:
		r.Outcome, r.Reason = OutcomeBlocked, findingsAre(g.Findings)
		outcome = activities.PhaseBlocked
	case GateStopped, GateLimit:
		r.Outcome, r.Reason = OutcomeStopped, g.Question
		outcome = activities.PhaseStopped
	case GatePaused:
		r.Outcome, r.Reason = OutcomeStopped, "a person stopped it"
		outcome = activities.PhaseStopped
	default:
		r.Outcome, r.Reason = OutcomeRejected, "a person rejected it"
		outcome = activities.PhaseRejected
	}
	c.s.Ending = &r
	c.closePhase(ctx, outcome, r.Reason)
	return errEnded
}

// findings keeps the gate closed while findings are open. A reload or a resume
// reads everything again.
func (c *cutover) findings(ctx workflow.Context, phase, hash string, open int) error {
	_, err := c.gate(ctx, Gate{
		Kind: GateFindings, Phase: phase, Hash: hash, Findings: open,
		Question: findingsAre(open) + ". `cutover status` shows them. Write a resolution for each into the configuration, then `cutover reload`.",
	})
	return err
}

// reopen stands still again where the run before this one did.
func (c *cutover) reopen(ctx workflow.Context) error {
	if g := c.s.Gate; g != nil && (g.Kind == GateFindings || g.Kind == GateStopped || g.Kind == GatePaused) {
		_, err := c.gate(ctx, *g)
		return err
	}
	return nil
}

// again begins the phase in hand anew, with fresh reads.
func (c *cutover) again() {
	l := &c.s.Loop
	l.Stage, l.Step, l.Before = StageObserve, 0, ""
}

// trouble decides what becomes of an error in a phase: a cancellation and an
// end go on up; everything else stops the walk until a person says resume.
func (c *cutover) trouble(ctx workflow.Context, err error) error {
	var anew *workflow.ContinueAsNewError
	switch {
	case errors.Is(err, errResumed):
		return nil
	case errors.Is(err, errEnded), errors.Is(err, errReloaded), errors.As(err, &anew), temporal.IsCanceledError(err):
		return err
	case c.s.Ending != nil:
		return err // tidying up after an end asks nobody
	}
	return c.stopped(ctx, err)
}

// stopped stands still with a reason until a person says resume or reload.
func (c *cutover) stopped(ctx workflow.Context, err error) error {
	why := reason(err)
	var ours trouble
	if errors.As(err, &ours) {
		why = ours.words
	}
	_, err = c.gate(ctx, Gate{Kind: GateStopped, Phase: c.phase().Name, Hash: c.s.Loop.Plan.Hash, Question: why})
	if errors.Is(err, errResumed) {
		return nil
	}
	return err
}

// findingsAre says how many findings keep a gate closed.
func findingsAre(open int) string { return number(open, "finding is", "findings are") + " open" }

// number is a number of things, in words.
func number(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
