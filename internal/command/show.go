package command

import (
	"cmp"
	"fmt"
	"io"

	"cutover/internal/report"
	"cutover/workflows"
)

// headline is where a cutover stands, in a line, and how to answer where it
// waits. State is the flag that the answer needs too, or nothing.
func headline(s workflows.Status, p paint, state string) string {
	switch g := s.Gate; {
	case s.Result != nil:
		return p.bold(s.Name) + " has ended: " + p.outcome(s.Result.Outcome, s.Result.Outcome) + where(*s.Result)
	case g != nil && (g.Kind == workflows.GateApprove || g.Kind == workflows.GateConfirm || g.Kind == workflows.GateLimit):
		allow, given := "", ""
		if g.Kind == workflows.GateLimit {
			allow = fmt.Sprintf(" --allow %d", g.Number)
		}
		if g.Need > 1 {
			given = fmt.Sprintf(" (%d of %d people have approved)", g.Given, g.Need)
		}
		return fmt.Sprintf("%s %s at %s: %s%s\n  cutover approve %s --phase %s --hash %s%s%s", p.bold(s.Name), p.warn("waits"), g.Phase, g.Question, given, s.Name, g.Phase, shortHash(g.Hash), allow, state)
	case g != nil && g.Kind == workflows.GatePaused:
		return fmt.Sprintf("%s is %s at %s: %s\n  cutover resume %s%s", p.bold(s.Name), p.warn("paused"), g.Phase, g.Question, s.Name, state)
	case g != nil:
		return fmt.Sprintf("%s %s at %s: %s\n  cutover resume %s%s   (reads again)\n  cutover reject %s --phase %s%s   (ends it)", p.bold(s.Name), p.bad("has stopped"), g.Phase, g.Question, s.Name, state, s.Name, g.Phase, state)
	case s.Phase == "":
		return p.bold(s.Name) + " has not ended"
	case s.Asks != "":
		return fmt.Sprintf("%s %s at %s for a person: %s", p.bold(s.Name), p.warn("waits"), s.Phase, s.Asks)
	case !s.Opens.IsZero():
		return fmt.Sprintf("%s %s at %s: %s, and goes on by itself at %s", p.bold(s.Name), p.warn("waits"), s.Phase, cmp.Or(s.OpensWhy, "it is outside the change window"), s.Opens.Local().Format("2006-01-02 15:04 MST"))
	}
	return fmt.Sprintf("%s is at %s (%s)", p.bold(s.Name), s.Phase, s.Stage)
}

// where is the phase in which a cutover ended before its time, and why.
func where(r workflows.Result) string {
	words := ""
	if r.Phase != "" {
		words += " at " + r.Phase
	}
	if r.Reason != "" {
		words += ": " + r.Reason
	}
	return words
}

func printStatus(w io.Writer, s workflows.Status, open *report.Open, state string) {
	p := painter(w)
	fmt.Fprintln(w, headline(s, p, state))
	if len(s.Phases) == 0 {
		return
	}
	fmt.Fprintln(w)
	t := newTable("PHASE", "STATE", "FORECAST", "PLANNED", "APPLIED", "SKIPPED", "FAILED")
	for _, had := range s.Phases {
		state := had.Outcome
		if state == "" && had.Name == s.Phase && s.Result == nil {
			state = s.State
		}
		t.row(had.Name, cell{state, p.outcome(state, state)}, s.Forecast.Changes[had.Name], had.Planned, had.Applied, had.Skipped, had.Failed)
	}
	t.print(w)
	for _, note := range s.Notes {
		fmt.Fprintln(w, "note:", note)
	}
	if open != nil {
		printOpen(w, *open)
	}
}

func printOpen(w io.Writer, o report.Open) {
	if len(o.Findings) > 0 {
		fmt.Fprintln(w)
		printFindings(w, o.Findings)
	}
	for _, f := range o.Failures {
		fmt.Fprintf(w, "failed: %s: %s\n", describe(f.Change), f.Detail)
	}
	for _, s := range o.Told {
		fmt.Fprintf(w, "%s (%s): %s\n", s.Proof, s.Outcome, s.Reason)
	}
	if len(o.LastError) > 0 {
		fmt.Fprintf(w, "It was last answered, at %s in %s: %s\n", o.LastError["at"], o.LastError["activity"], o.LastError["error"])
	}
	if len(o.Forecast) > 0 {
		fmt.Fprintf(w, "\nThe forecast %s (`cutover plan` shows every change):\n", shortHash(o.Hash))
		for _, p := range o.Forecast {
			if p.Changes > 0 {
				fmt.Fprintf(w, "  %-17s %s\n", p.Name, count(p.Changes, "change"))
			}
		}
	}
	if len(o.Changes) > 0 {
		fmt.Fprintf(w, "\nThe plan %s:\n", shortHash(o.Hash))
		for _, c := range o.Changes {
			fmt.Fprintln(w, "  "+describe(c))
		}
		if o.More > 0 {
			fmt.Fprintf(w, "  and %d more: `cutover plan NAME` shows the whole\n", o.More)
		}
	}
}
