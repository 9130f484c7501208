package workflows

import (
	"fmt"
	"strings"

	enums "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// The search attributes, for finding cutovers by where they stand. They are
// never encrypted, so they hold the cutover's name and words of ours only.
var (
	AttributeName  = temporal.NewSearchAttributeKeyKeyword("CutoverName")
	AttributePhase = temporal.NewSearchAttributeKeyKeyword("CutoverPhase")
	AttributeState = temporal.NewSearchAttributeKeyKeyword("CutoverState")
)

// stateWord is where the walk stands, in a word.
func (c *cutover) stateWord() string {
	switch g := c.s.Gate; {
	case g == nil && c.s.Ending != nil:
		return "done"
	case g == nil && !c.s.Opens.IsZero():
		return "waiting"
	case g == nil || c.s.Decided != nil:
		return "running"
	case g.Kind == GatePaused:
		return "paused"
	case g.Kind == GateStopped || g.Kind == GateFindings:
		return "stopped"
	default:
		return "waiting"
	}
}

func (c *cutover) status() Status {
	s := Status{
		Name: c.in.Name, ConfigHash: c.in.ConfigHash, State: c.stateWord(), Phase: c.phase().Name, Stage: c.s.Loop.Stage,
		Phases: c.phases(), Forecast: c.s.Forecast, Opens: c.s.Opens, OpensWhy: c.s.OpensWhy, Notes: c.s.Notes, Result: c.s.Ending,
		WaitedForLimits: c.s.WaitedForLimits, WaitedForFusion: c.s.WaitedForFusion,
	}
	if c.s.Gate != nil && c.s.Decided == nil {
		s.Gate = c.s.Gate
	}
	return s
}

// phases lists every phase as it stands, the one in hand included.
func (c *cutover) phases() []PhaseStatus {
	out := make([]PhaseStatus, 0, len(c.steps))
	for i, p := range c.steps {
		status := PhaseStatus{Name: p.Name}
		for _, had := range c.s.Phases {
			if had.Name == p.Name {
				status = had
			}
		}
		if i == c.s.Index && status.Outcome == "" {
			l := c.s.Loop
			status.Planned, status.Applied, status.Skipped, status.Failed = l.Planned, l.Applied, l.Skipped, l.Failed
		}
		out = append(out, status)
	}
	return out
}

// show lets the Temporal UI say where the cutover stands, what it waits for and
// how to answer: the details of the workflow and its search attributes.
func (c *cutover) show(ctx workflow.Context) {
	workflow.SetCurrentDetails(ctx, c.details())
	phase, state := c.phase().Name, c.stateWord()
	have := workflow.GetTypedSearchAttributes(ctx)
	if p, ok := have.GetKeyword(AttributePhase); ok && p == phase {
		if s, ok := have.GetKeyword(AttributeState); ok && s == state {
			return
		}
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, AttributePhase.ValueSet(phase), AttributeState.ValueSet(state)); err != nil {
		workflow.GetLogger(ctx).Warn("the search attributes could not be set", "error", err)
	}
}

// details is the page in Markdown.
func (c *cutover) details() string {
	var b strings.Builder
	switch g := c.s.Gate; {
	case c.s.Ending != nil && g == nil:
		fmt.Fprintf(&b, "## %s\n\n", title(c.s.Ending.Outcome))
		if c.s.Ending.Reason != "" {
			fmt.Fprintf(&b, "At **%s**: %s\n\n", c.s.Ending.Phase, c.s.Ending.Reason)
		}
	case g == nil && !c.s.Opens.IsZero():
		heading := "Outside the change window"
		if c.s.OpensWhy != "" {
			heading = "Not yet"
		}
		fmt.Fprintf(&b, "## %s at %s\n\n%sIt goes on by itself at %s.\n\n    cutover pause %s\n\n", heading, c.phase().Name, sentence(c.s.OpensWhy), c.s.Opens.UTC().Format("2006-01-02 15:04 MST"), c.in.Name)
	case g != nil && g.Kind == GatePaused && c.s.Decided == nil:
		fmt.Fprintf(&b, "## Paused at %s\n\n%s\n\n    cutover resume %s\n\n", g.Phase, g.Question, c.in.Name)
	case g == nil || c.s.Decided != nil:
		fmt.Fprintf(&b, "## %s is at work (%s)\n\nNothing is asked of anybody now.\n\n", c.phase().Name, c.s.Loop.Stage)
	case g.Kind == GateStopped:
		fmt.Fprintf(&b, "## Stopped at %s\n\n%s\n\nThen, in a terminal:\n\n    cutover resume %s\n\n", g.Phase, g.Question, c.in.Name)
	case g.Kind == GateFindings:
		fmt.Fprintf(&b, "## Blocked at %s\n\n%s\n\n    cutover status %s\n    cutover reload %s --config cutover.yaml\n\n", g.Phase, g.Question, c.in.Name, c.in.Name)
	default:
		c.waiting(&b, g)
	}
	c.table(&b)
	if n := len(c.s.Notes); n > 0 {
		b.WriteString("\n### Notes\n\n")
		for _, note := range c.s.Notes[max(0, n-5):] {
			fmt.Fprintf(&b, "- %s\n", note)
		}
	}
	return b.String()
}

// waiting says what an open gate waits for, and both ways to answer.
func (c *cutover) waiting(b *strings.Builder, g *Gate) {
	fmt.Fprintf(b, "## Waiting for a person at %s\n\n%s\n\n", g.Phase, g.Question)
	if g.Kind == GateApprove || g.Changes > 0 {
		fmt.Fprintf(b, "%d changes, plan `%s`. ", g.Changes, short(g.Hash))
	}
	if g.Need > 1 {
		fmt.Fprintf(b, "%d of %d people have approved it. ", g.Given, g.Need)
	}
	allow := ""
	if g.Kind == GateLimit {
		allow = fmt.Sprintf(" --allow %d", g.Number)
	}
	fmt.Fprintf(b, "To approve, in a terminal:\n\n    cutover approve %s --phase %s --hash %s%s\n\n", c.in.Name, g.Phase, short(g.Hash), allow)
	fmt.Fprintf(b, "or here: *Send a Signal*, name `approve` (or `reject`), input\n\n    %s\n\n", c.example())
}

// example is a signal's payload that fits the open gate.
func (c *cutover) example() string {
	g := c.s.Gate
	if g == nil {
		g = &Gate{Phase: c.phase().Name, Hash: "HASH OF THE PLAN"}
	}
	if g.Kind == GateLimit {
		return fmt.Sprintf(`{"phase": %q, "hash": %q, "allow": %d, "by": "your name"}`, g.Phase, short(g.Hash), g.Number)
	}
	return fmt.Sprintf(`{"phase": %q, "hash": %q, "by": "your name"}`, g.Phase, short(g.Hash))
}

func (c *cutover) table(b *strings.Builder) {
	b.WriteString("| phase | state | planned | applied | skipped | failed |\n|---|---|---:|---:|---:|---:|\n")
	for i, p := range c.phases() {
		state := p.Outcome
		if state == "" && i == c.s.Index {
			state = "**" + c.stateWord() + "**"
		}
		fmt.Fprintf(b, "| %s | %s | %d | %d | %d | %d |\n", p.Name, state, p.Planned, p.Applied, p.Skipped, p.Failed)
	}
}

func title(outcome string) string {
	if outcome == "" {
		return ""
	}
	return strings.ToUpper(outcome[:1]) + outcome[1:]
}

// SearchAttributes are the search attributes to register in a namespace.
func SearchAttributes() map[string]enums.IndexedValueType {
	return map[string]enums.IndexedValueType{
		AttributeName.GetName():  enums.INDEXED_VALUE_TYPE_KEYWORD,
		AttributePhase.GetName(): enums.INDEXED_VALUE_TYPE_KEYWORD,
		AttributeState.GetName(): enums.INDEXED_VALUE_TYPE_KEYWORD,
	}
}

// sentence is words as a sentence before another; nothing stays nothing.
func sentence(words string) string {
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:] + ". "
}
