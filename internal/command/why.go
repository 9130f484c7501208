package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cutover/internal/ledger"
	"cutover/internal/owner"
	"cutover/internal/story"
)

func (a *app) why() *cobra.Command {
	return &cobra.Command{
		Use: "why [NAME] USER", Short: "Tell what a cutover did about one person, and why",
		Args: cobra.RangeArgs(1, 2), ValidArgsFunction: a.completeName,
		Long: `Tells one person's story through all phases, from the ledger: the verdict at the
start and the rule that gave it, each change with why, who approved it and what
became of it, findings, sign-ins; and of somebody about whom nothing was done, why
nothing. The user name is compared without case. Where only one cutover is known
here, its name can be left out. It needs no Temporal.`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				return a.runWhy(c.Context(), "", args[0])
			}
			return a.runWhy(c.Context(), args[0], args[1])
		},
	}
}

func (a *app) runWhy(ctx context.Context, name, user string) error {
	store, done, err := a.store(ctx)
	if err != nil {
		return err
	}
	defer done()
	if store == nil {
		return fmt.Errorf("no cutover is known here; name the state directory of one with --state")
	}
	if name == "" {
		if name, err = theOnly(ctx, store, user); err != nil {
			return err
		}
	}
	s, err := store.Story(ctx, name, user)
	if errors.Is(err, ledger.ErrNotFound) {
		return unknown(name)
	}
	if err != nil {
		return err
	}
	if a.json {
		if err := printJSON(a.out, s); err != nil {
			return err
		}
	}
	if !s.Known {
		words := fmt.Sprintf("%s knows nobody of the name %q", name, user)
		if len(s.Near) > 0 {
			words += "; near it are " + strings.Join(s.Near, ", ")
		}
		return &exitWith{code: exitError, said: a.json, err: errors.New(words)}
	}
	if !a.json {
		printStory(a.out, s)
	}
	return nil
}

// theOnly is the one cutover that is known, where no name was given.
func theOnly(ctx context.Context, store owner.Store, user string) (string, error) {
	known, err := store.Cutovers(ctx)
	switch {
	case err != nil:
		return "", err
	case len(known) == 0:
		return "", errors.New("no cutover is known here; name the state directory of one with --state")
	case len(known) > 1:
		return "", usage("several cutovers are known here (%s): name one: cutover why NAME %s", strings.Join(known, ", "), user)
	}
	return known[0], nil
}

func printStory(w io.Writer, s story.Story) {
	p := painter(w)
	fmt.Fprintf(w, "%s in the cutover %s (%s)\n", p.bold(strings.Join(s.Names, ", also ")), s.Cutover, s.Outcome)
	if s.Verdict != "" {
		fmt.Fprintf(w, "  verdict at the start: %s: %s\n", p.bold(s.Verdict), s.Rule)
	} else {
		fmt.Fprintln(w, "  no verdict: not in Utilities at the start")
	}
	for _, said := range s.Said {
		fmt.Fprintln(w, "  in the configuration:", said)
	}
	for _, f := range s.Findings {
		mark := p.bad("finding")
		if !f.Blocking {
			mark = p.warn("note")
		}
		fmt.Fprintf(w, "  %s %s, %s: %s\n", mark, f.Name, f.Phase, sentence(f))
	}
	for _, ok := range s.Accepted {
		fmt.Fprintf(w, "  accepted by %s at %s for %s: %s: %q\n", ok.By, clock(ok.At), ok.Phase, ok.Reason, ok.Why)
	}
	for _, c := range s.Chapters {
		fmt.Fprintf(w, "\n%s  (plan %s, made %s)\n", p.bold(c.Phase), shortHash(c.Hash), clock(c.MadeAt))
		for _, e := range c.Events {
			printEvent(w, e)
		}
		printApprovals(w, c)
	}
	for _, i := range s.SignIns {
		fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("\n%s  signed in (%s), seen by %s at %s: %s %s", p.bold(i.Phase), i.Proof, i.Prover, clock(i.At), i.Outcome, i.Reason), " "))
	}
	if len(s.Nothing) > 0 {
		fmt.Fprintln(w, "\nNothing was changed, because:")
		for _, why := range s.Nothing {
			fmt.Fprintln(w, "  -", why)
		}
	}
	printPlaces(w, s)
}

func printEvent(w io.Writer, e story.Event) {
	fmt.Fprintln(w, " ", describe(e.Change))
	line := "    " + painter(w).outcome(stateWord(e.State), stateWord(e.State))
	if !e.At.IsZero() {
		line += " " + clock(e.At)
	}
	if e.Detail != "" {
		line += ": " + e.Detail
	}
	if e.ResourceID != "" {
		line += "; resource " + e.ResourceID
	}
	if e.RequestID != "" {
		line += "; request " + e.RequestID
	}
	fmt.Fprintln(w, line)
}

// stateWord says how a change stands.
func stateWord(state string) string {
	switch state {
	case ledger.StateApplied:
		return "done"
	case "claimed":
		return "on its way"
	case "planned":
		return "not made yet"
	}
	return state
}

func printApprovals(w io.Writer, c story.Chapter) {
	for _, d := range c.Approvals {
		by := d.By
		if d.Automatic {
			by += ", automatically"
		}
		line := fmt.Sprintf("  approved by %s at %s, as plan %s", by, clock(d.At), shortHash(d.Hash))
		if d.Note != "" {
			line += fmt.Sprintf(": %q", d.Note)
		}
		fmt.Fprintln(w, line)
	}
	if len(c.Approvals) == 0 {
		fmt.Fprintln(w, "  no approval names this plan")
	}
}

func printPlaces(w io.Writer, s story.Story) {
	fmt.Fprintln(w, "\nAs last read:")
	for _, place := range s.Places {
		where := "not there"
		if u := place.Person; u != nil {
			where = u.UserName
			if !u.Active {
				where += ", not active"
			}
			if len(u.Groups) > 0 {
				where += ", in " + strings.Join(u.Groups, ", ")
			}
			for _, r := range u.Roles {
				where += ", holds " + r.String()
			}
		}
		fmt.Fprintf(w, "  %-9s (%s) %s\n", place.Domain, clock(place.ReadAt), where)
	}
}

func clock(at time.Time) string { return at.Local().Format(time.DateTime) }
