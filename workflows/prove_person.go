package workflows

import (
	"slices"
	"strings"
	"time"

	"go.temporal.io/sdk/workflow"

	"cutover/activities"
	"cutover/internal/phase"
)

// awaitSignIn shows what a person is asked to do, and waits until the domains'
// own records say that they did, or the time is up. Asked tells that somebody
// wants to pause or to stop in the meantime: the proof begins anew after that.
func (c *cutover) awaitSignIn(ctx workflow.Context, proof phase.Proof, out *activities.ProveResult) (asked bool, err error) {
	in := activities.AwaitSignInParams{
		ProveParams: activities.ProveParams{Cutover: c.in.Key, Phase: c.phase().Name, ConfigHash: c.in.ConfigHash, Proof: proof}, Since: out.Since,
	}
	within := out.Within
	if within <= 0 {
		within = 30 * time.Minute
	}
	ask := out.Ask
	*out = activities.ProveResult{}
	if asked, err = c.untilTime(ctx, within, "Wait until the domain says that they signed in", ask, a.AwaitSignIn, in, out); timedOut(err) {
		in.Late = true
		err = do(ctx, reading, "See what the domain says at last", a.AwaitSignIn, in, out)
	}
	return asked, err
}

// untilTime runs an activity that fails as "not yet" until it is time, and shows what
// a person is asked to do meanwhile, if anything. Asked tells that somebody wants
// to pause or to stop: the walk comes back to it after that.
func (c *cutover) untilTime(ctx workflow.Context, within time.Duration, summary, ask string, look, in, out any) (asked bool, err error) {
	if c.s.Asks = ask; ask != "" {
		c.show(ctx)
		defer func() { c.s.Asks = "" }()
	}
	waits, cancel := workflow.WithCancel(ctx)
	defer cancel()
	options := waiting(within)()
	options.Summary, options.WaitForCancellation = summary, true
	seen := workflow.ExecuteActivity(workflow.WithActivityOptions(waits, options), look, in)
	if err := workflow.Await(ctx, func() bool { return seen.IsReady() || c.s.Asked != nil }); err != nil {
		return false, err
	}
	if !seen.IsReady() {
		cancel()
		_ = seen.Get(ctx, nil) // it was told to end
		return true, nil
	}
	return false, seen.Get(ctx, out)
}

// provenBy notes who saw a sign-in.
func (l *Loop) provenBy(prover string) {
	if prover != "" && !slices.Contains(l.ProvenBy, prover) {
		l.ProvenBy = append(l.ProvenBy, prover)
	}
}

// provers is the end of a question: who saw what it speaks of.
func (l *Loop) provers() string {
	if len(l.ProvenBy) == 0 {
		return ""
	}
	return " (Seen by: " + strings.Join(l.ProvenBy, ", ") + ".)"
}
