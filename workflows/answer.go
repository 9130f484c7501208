package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"cutover/activities"
)

// answer is what became of a decision.
type answer struct {
	refused string // why it does not count
	left    int    // how many more people it takes
}

// record writes a decision to the ledger before its first effect, and tells
// whether it opens the gate. One that does not count leaves a note, and so does
// one that cannot be written: nothing happens without a record.
func (c *cutover) record(ctx workflow.Context, d Decision) (bool, error) {
	g := c.s.Gate
	hash := g.Hash // whole, however much of it was named
	if d.Verb == VerbReload {
		hash = d.Hash
	}
	var out activities.DecisionResult
	err := do(ctx, recording, "Write the decision to the ledger", a.RecordDecision, activities.DecisionParams{
		Name: c.in.Name, ConfigHash: c.in.ConfigHash, Since: g.Since,
		Decision: activities.Decision{
			ID: d.ID, Cutover: c.in.Key, Phase: g.Phase, Hash: hash, Verb: d.Verb, By: d.By, Note: d.Note, Automatic: d.Automatic,
			Gate: g.Kind, Allow: d.Allow, Signature: d.Signature,
		},
	}, &out)
	switch {
	case temporal.IsCanceledError(err):
		return false, err
	case err != nil:
		out.Refused = "it could not be written to the ledger: " + reason(err) + ". Give it again."
		c.note("A decision (" + d.Verb + ") was not taken: " + out.Refused)
	case out.Refused != "":
		c.note("A decision (" + d.Verb + ") does not count: " + out.Refused)
	case !out.Enough():
		c.note(fmt.Sprintf("%d of %d people have approved %s; it takes %d more.", out.Given, out.Need, g.Phase, out.Need-out.Given))
	}
	c.answers[d.ID] = answer{refused: out.Refused, left: max(out.Need-out.Given, 0)}
	if out.Refused == "" && out.Enough() {
		c.s.Loop.Until = out.Until
		return true, nil
	}
	g.Given, g.Need, g.Tries = out.Given, out.Need, g.Tries+1
	c.s.Decided = nil
	c.show(ctx)
	return false, nil
}

// answered waits until a decision was recorded, so that whoever gave it learns
// whether it counts.
func (c *cutover) answered(ctx workflow.Context, id string) (answer, error) {
	if workflow.GetVersion(ctx, "a decision is answered once it is recorded", workflow.DefaultVersion, 1) == workflow.DefaultVersion {
		return answer{}, nil
	}
	known := func() bool { _, ok := c.answers[id]; return ok }
	if err := workflow.Await(ctx, known); err != nil {
		return answer{}, err
	}
	out := c.answers[id]
	delete(c.answers, id)
	if out.refused != "" {
		return out, refusal("%s", out.refused)
	}
	return out, nil
}

// refuseNumber sees that an approval names the number of a limit that is
// crossed, and none where none is. A rehearsal crosses no limit by itself.
func refuseNumber(d Decision, g Gate) error {
	switch {
	case g.Kind != GateLimit && d.Allow != 0:
		return refusal("%s crosses no limit, so there is nothing to allow", g.Phase)
	case g.Kind == GateLimit && d.Automatic:
		return refusal("a limit is crossed by a person's approval only, never by an automatic one")
	case g.Kind == GateLimit && d.Allow != g.Number:
		return refusal("%s crosses a limit: an approval names the number, which is %d (--allow %d)", g.Phase, g.Number, g.Number)
	}
	return nil
}

// allow asks for the approval of its own that a plan beyond its limits needs.
func (c *cutover) allow(ctx workflow.Context) error {
	l := &c.s.Loop
	if len(l.Plan.Over) == 0 || l.Allowed == l.Plan.Hash {
		return nil
	}
	number, words := 0, ""
	for _, crossing := range l.Plan.Over {
		number += crossing.Count
		words += "; " + crossing.String()
	}
	if _, err := c.gate(ctx, Gate{
		Kind: GateLimit, Phase: c.phase().Name, Hash: l.Plan.Hash, Changes: l.Plan.Changes, Findings: l.Plan.Findings, Number: number,
		Question: "The plan crosses a limit: " + words[2:] + ". Is that meant?",
	}); err != nil {
		return err
	}
	l.Allowed = l.Plan.Hash
	return nil
}

// covered tells whether what is planned was approved before and is less than it
// was: the rest of an approved plan, after a stop, needs no second approval.
func (c *cutover) covered() bool {
	l := c.s.Loop
	return l.Plan.Covered && l.Plan.Changes < l.Most
}

// expired takes an approval back that has lasted too long without any effect,
// and lets the phase plan again.
func (c *cutover) expired(ctx workflow.Context) bool {
	l := &c.s.Loop
	if l.Until.IsZero() || l.Begun || c.s.Ending != nil || !workflow.Now(ctx).After(l.Until) {
		return false
	}
	c.note("The approval of " + c.phase().Name + " has lasted longer than it may without being carried out, so it is asked for again.")
	l.Until, l.Approved, l.Most, l.Allowed, l.Before = time.Time{}, nil, 0, "", ""
	l.Planned -= l.Plan.Changes
	l.Stage = StageObserve
	return true
}
