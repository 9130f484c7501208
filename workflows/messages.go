package workflows

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// shortestHash is how much of a hash a decision must name.
const shortestHash = 12

// longest is how much of a phase, a hash or a name a decision may hold, and
// longestNote how much of a note: both are carried in the state and shown.
const (
	longest     = 200
	longestNote = 1000
)

// longestSignature is how much of an armored SSH signature a decision may hold:
// one by a key of 16,384 bits fits.
const longestSignature = 8000

// kept is how many ids of decisions and how many notes the state remembers.
const kept = 50

// listen registers every handler and begins to take signals in.
func (c *cutover) listen(ctx workflow.Context) error {
	if err := workflow.SetQueryHandlerWithOptions(ctx, QueryStatus, func() (Status, error) { return c.status(), nil },
		workflow.QueryHandlerOptions{Description: "Where the cutover stands and what it waits for"}); err != nil {
		return err
	}
	if err := workflow.SetUpdateHandlerWithOptions(ctx, UpdateDecide, c.decide, workflow.UpdateHandlerOptions{
		Validator: c.refuse, Description: "approve, reject, reload, resume, pause or stop; refused where it does not fit",
	}); err != nil {
		return err
	}
	for _, verb := range []string{SignalApprove, SignalReject} {
		channel := workflow.GetSignalChannelWithOptions(ctx, verb, workflow.SignalChannelOptions{
			Description: verb + `: {"phase": "...", "hash": "...", "by": "your name"}`,
		})
		workflow.Go(ctx, func(ctx workflow.Context) {
			for {
				var raw converter.RawValue
				channel.Receive(ctx, &raw)
				c.signal(ctx, verb, raw)
			}
		})
	}
	return nil
}

// drain takes in every signal that has arrived, before the walk continues as new.
func (c *cutover) drain(ctx workflow.Context) {
	for _, verb := range []string{SignalApprove, SignalReject} {
		channel := workflow.GetSignalChannel(ctx, verb)
		var raw converter.RawValue
		for channel.ReceiveAsync(&raw) {
			c.signal(ctx, verb, raw)
		}
	}
}

// signal takes a signal in. One that does not fit leaves a note that everybody
// sees; whatever it holds, it never harms the walk.
func (c *cutover) signal(ctx workflow.Context, verb string, raw converter.RawValue) {
	var d Decision
	if err := json.Unmarshal(payload(raw), &d); err != nil {
		c.note(fmt.Sprintf("A signal %q was not understood. It needs a JSON object such as %s", verb, c.example()))
		c.show(ctx)
		return
	}
	d.Verb, d.Automatic = verb, false
	if err := c.refuse(d); err != nil {
		c.note(fmt.Sprintf("A signal %q was refused: %s", verb, message(err)))
		c.show(ctx)
		return
	}
	if d.By == "" {
		d.By = "by signal"
	}
	id := fmt.Sprintf("signal:%s:%s:%d", c.s.Gate.Phase, c.s.Gate.Kind, c.s.Gate.Since.UnixNano())
	if n := c.s.Gate.Tries; n > 0 {
		id = fmt.Sprintf("%s:%d", id, n)
	}
	c.take(ctx, d, id)
}

func payload(raw converter.RawValue) []byte {
	if p := raw.Payload(); p != nil {
		return p.GetData()
	}
	return nil
}

// decide is the update: it is only reached by a decision that fits.
func (c *cutover) decide(ctx workflow.Context, d Decision) (Receipt, error) {
	id := workflow.GetCurrentUpdateInfo(ctx).ID
	if slices.Contains(c.s.Seen, id) {
		return Receipt{Phase: d.Phase, Verb: d.Verb, Effect: "this decision was taken before"}, nil
	}
	if err := c.refuse(d); err != nil {
		return Receipt{}, err // another one came first
	}
	if c.asks(d) {
		c.ask(ctx, d, id)
		return Receipt{Phase: c.phase().Name, Verb: d.Verb, Effect: "it does so once the slice in hand is done"}, nil
	}
	gate := *c.s.Gate
	c.take(ctx, d, id)
	out, err := c.answered(ctx, id)
	if err != nil {
		return Receipt{}, err
	}
	if out.left > 0 {
		return Receipt{Phase: gate.Phase, Verb: d.Verb, Effect: fmt.Sprintf("counted; it takes %d more", out.left)}, nil
	}
	said := effect(d.Verb, gate)
	if d.Verb == VerbReject && c.in.Back != nil {
		said = "the rollback ends; what it has undone so far stays undone"
	}
	return Receipt{Phase: gate.Phase, Verb: d.Verb, Effect: said}, nil
}

func effect(verb string, g Gate) string {
	switch verb {
	case VerbApprove:
		return g.Phase + " goes on"
	case VerbReject, VerbStop:
		return "the cutover ends; what was only for the test is removed"
	case VerbReload:
		return "the procedure is gone through again with the new configuration; what is done stays done"
	}
	if g.Kind == GatePaused {
		return g.Phase + " goes on where it stood"
	}
	return g.Phase + " begins again with fresh reads"
}

// take accepts a decision for the open gate.
func (c *cutover) take(ctx workflow.Context, d Decision, id string) {
	d.ID = id
	c.s.Decided = &d
	if c.s.Seen = append(c.s.Seen, id); len(c.s.Seen) > kept {
		c.s.Seen = c.s.Seen[len(c.s.Seen)-kept:]
	}
	c.show(ctx)
}

// refuse says why a decision does not fit, or nothing. It is the update's
// validator, so it changes nothing.
func (c *cutover) refuse(d Decision) error {
	g := c.s.Gate
	switch {
	case len(d.Phase) > longest || len(d.Hash) > longest || len(d.By) > longest || len(d.Note) > longestNote:
		return refusal("phase, hash and name are at most %d bytes long, a note %d", longest, longestNote)
	case len(d.Signature) > longestSignature:
		return refusal("a signature is at most %d bytes long", longestSignature)
	case c.s.Ending != nil:
		return refusal("the cutover has ended; there is nothing to decide")
	case c.asks(d):
		if c.s.Asked != nil {
			return refusal("somebody has just asked for that (%s)", c.s.Asked.Verb)
		}
		return nil
	case g == nil:
		return refusal("nothing waits for a decision now: %s is at work", c.phase().Name)
	case c.s.Decided != nil:
		return refusal("this gate has just been decided (%s)", c.s.Decided.Verb)
	case d.Phase != "" && d.Phase != g.Phase:
		return refusal("the open gate is that of %s, not of %s", g.Phase, d.Phase)
	}
	switch d.Verb {
	case VerbApprove:
		if g.Kind != GateApprove && g.Kind != GateConfirm && g.Kind != GateLimit {
			return refusal("%s cannot be approved: %s", g.Phase, g.Question)
		}
		if d.Phase == "" {
			return refusal("an approval names its phase; the open gate is that of %s", g.Phase)
		}
		if len(d.Hash) < shortestHash || !strings.HasPrefix(g.Hash, d.Hash) {
			return refusal("the approval names the plan %s, but %s waits for %s: read that plan before you approve it", short(d.Hash), g.Phase, short(g.Hash))
		}
		if err := refuseNumber(d, *g); err != nil {
			return err
		}
	case VerbReject:
		if d.Phase == "" {
			return refusal("a rejection names its phase; the open gate is that of %s", g.Phase)
		}
	case VerbReload:
		if d.Hash == "" {
			return refusal("a reload names the new configuration by its hash")
		}
	case VerbStop:
	case VerbPause:
		return refusal("%s stands still already: %s", g.Phase, g.Question)
	case VerbResume, VerbResumeAfterBreakGlass:
		if d.Verb == VerbResumeAfterBreakGlass && (d.By == "" || d.Note == "") {
			return refusal("whoever lets local sign-in be taken away again says who they are and why (by and note)")
		}
		if g.Kind != GateStopped && g.Kind != GateFindings && g.Kind != GatePaused {
			return refusal("%s has not stopped: it waits for an approval", g.Phase)
		}
	default:
		return refusal("%q is not a decision: approve, reject, reload, resume, pause or stop", d.Verb)
	}
	return nil
}

// Refused is the type of the error that a decision is refused with.
const Refused = "Refused"

func refusal(format string, args ...any) error {
	return temporal.NewApplicationError(fmt.Sprintf(format, args...), Refused)
}

func message(err error) string { return reason(err) }

// short is as much of a hash as a person needs to see.
func short(hash string) string {
	if len(hash) > shortestHash {
		return hash[:shortestHash]
	}
	if hash == "" {
		return "(none)"
	}
	return hash
}

// note adds a note that everybody sees; the oldest give way.
func (c *cutover) note(words string) {
	if c.s.Notes = append(c.s.Notes, words); len(c.s.Notes) > kept {
		c.s.Notes = c.s.Notes[len(c.s.Notes)-kept:]
	}
}
