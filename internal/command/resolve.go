package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/diff"
	"github.com/spf13/cobra"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/resolve"
)

// resolving is what `cutover resolve` was asked for.
type resolving struct {
	file           string
	sets, policies []string
	dry            bool
}

func (a *app) resolve() *cobra.Command {
	var r resolving
	c := &cobra.Command{
		Use: "resolve [NAME]", Short: "Resolve the open conflicts, one by one", Args: anyName, ValidArgsFunction: a.completeName,
		Long: `Shows every open conflict with those whom it is about side by side, asks how to
resolve it, and writes the answers into the configuration: those of the waiting
cutover NAME, or, without a name, those that a fresh plan finds.

Comments, order and spelling of the file stay. The change is shown before it is
made, must be right as a whole, and the old file stays beside the new one.
Whoever stops in the middle may keep the answers so far; nothing is half-written.

Off a terminal it lists what is open, or answers with what --set and --policy say:

    cutover resolve pilot --set 'utilities/jane.doe=rename: jane.doe-u' \
      --policy 'locked-by-admin=migrate: true' --policy 'cxif/orphan=orphans: keep'

It ends with 3 while conflicts stay open.`,
		RunE: func(c *cobra.Command, args []string) error {
			name := ""
			if len(args) > 0 {
				name = args[0]
			}
			return a.runResolve(c.Context(), name, r)
		},
	}
	configFlag(c, &r.file)
	c.Flags().StringArrayVar(&r.sets, "set", nil, "resolve the conflict of a user: DOMAIN/USER=RESOLUTION")
	c.Flags().StringArrayVar(&r.policies, "policy", nil, "resolve all of a kind: VERDICT=RESOLUTION, or DOMAIN/orphan=orphans: keep")
	c.Flags().BoolVar(&r.dry, "dry-run", false, "show the change, and make none")
	return c
}

// resolved is what `cutover resolve --json` prints.
type resolved struct {
	Configuration string              `json:"configuration"`
	Open          []resolve.Conflict  `json:"open"`
	Others        []directory.Finding `json:"others,omitempty"` // blocking, and no resolution answers them
	Diff          string              `json:"diff,omitempty"`
	Written       bool                `json:"written"`
	Backup        string              `json:"backup,omitempty"`
	// StillOpen are the conflicts that a plan with the change finds, or, of a
	// waiting cutover, those that were not answered.
	StillOpen []resolve.Conflict `json:"stillOpen"`
	Next      string             `json:"next,omitempty"`
}

func (a *app) runResolve(ctx context.Context, name string, r resolving) error {
	from, err := os.ReadFile(r.file)
	if err != nil {
		_, err := a.load(r.file) // says what is wrong with it
		return err
	}
	f, err := a.load(r.file)
	if err != nil {
		return err
	}
	source, err := a.conflicts(ctx, name, f)
	if source.close != nil {
		defer source.close()
	}
	if err != nil {
		return err
	}
	out := resolved{Configuration: r.file, Open: append([]resolve.Conflict{}, source.open...), Others: source.others, StillOpen: append([]resolve.Conflict{}, source.open...)}
	writes, err := a.answers(ctx, source, f, r)
	if err != nil {
		return err
	}
	if len(writes) == 0 {
		return a.listConflicts(out)
	}
	to, err := config.Edit(from, writes)
	if err != nil {
		return err
	}
	next, err := config.LoadText(r.file, to)
	if invalid := new(config.Invalid); errors.As(err, &invalid) {
		return usage("with these resolutions the configuration would have mistakes; nothing was written.\n\n%s", invalid.Format(painter(a.err).on))
	}
	if err != nil {
		return err
	}
	if out.StillOpen, out.Others, err = source.after(ctx, next); err != nil {
		return err
	}
	out.Diff = string(diff.Diff(r.file, from, r.file+" (new)", to))
	return a.replaceConfiguration(ctx, name, r, out, from, to)
}

// answers are those of the flags, or of a person at a terminal.
func (a *app) answers(ctx context.Context, source conflictSource, f *config.File, r resolving) ([]config.Write, error) {
	if len(r.sets)+len(r.policies) > 0 {
		writes, err := resolve.Answers(source.open, f.Config, r.sets, r.policies)
		if err != nil {
			return nil, usage("%w\nNothing was written.", err)
		}
		return writes, nil
	}
	if a.json || !a.canAsk() || len(source.open) == 0 {
		return nil, nil
	}
	writes, stopped, err := resolve.Walk(ctx, source.open, asker{a.in, a.out}, func(c resolve.Conflict) {
		fmt.Fprintln(a.out)
		printFinding(a.out, c.Finding)
	})
	if stopped && len(writes) == 0 {
		return nil, &exitWith{code: exitError, err: errors.New("stopped; nothing was written")}
	}
	return writes, err
}

func (a *app) replaceConfiguration(ctx context.Context, name string, r resolving, out resolved, from, to []byte) error {
	same := bytes.Equal(from, to)
	if !a.json && !same {
		fmt.Fprint(a.out, out.Diff)
	}
	if !same && !r.dry {
		if len(r.sets)+len(r.policies) == 0 && !a.agrees(ctx, r.file) {
			return &exitWith{code: exitError, err: errors.New("nothing was written")}
		}
		var err error
		if out.Backup, err = config.Replace(r.file, from, to); err != nil {
			return err
		}
		out.Written = true
	}
	out.Next = a.afterResolve(name, r.file)
	if a.json {
		if err := printJSON(a.out, out); err != nil {
			return err
		}
	} else {
		a.sayWritten(out, same)
	}
	if n := len(out.StillOpen) + len(out.Others); n > 0 {
		return &exitWith{code: exitStopped, said: true, err: fmt.Errorf("%s still open", count(n, "finding"))}
	}
	return nil
}

// agrees asks a person whether the change that they have seen shall be made.
func (a *app) agrees(ctx context.Context, file string) bool {
	i, err := asker{a.in, a.out}.Choose(ctx, "Write this into "+file+"?", []string{"Yes, write it", "No, leave the file as it is"}, 0)
	return err == nil && i == 0
}

// mostOpen is how many of those who stay in conflict are named after a change.
const mostOpen = 20

func (a *app) sayWritten(out resolved, same bool) {
	switch {
	case same:
		fmt.Fprintf(a.out, "%s says all of this already; nothing was written.\n", out.Configuration)
	case !out.Written:
		fmt.Fprintln(a.out, "Nothing was written.")
	default:
		fmt.Fprintf(a.out, "\nWrote %s. What it said before is in %s.\n", out.Configuration, out.Backup)
	}
	for i, c := range out.StillOpen {
		if i == mostOpen {
			fmt.Fprintf(a.out, "still open: %d more\n", len(out.StillOpen)-i)
			break
		}
		fmt.Fprintf(a.out, "still open: %s of %s in %s\n", c.Finding.Name, c.Finding.User, c.Finding.Domain)
	}
	printFindings(a.out, out.Others)
	fmt.Fprintln(a.out, "Next:\n  "+out.Next)
}

// afterResolve is the command that carries the answers on.
func (a *app) afterResolve(name, file string) string {
	if name == "" {
		return "cutover plan" + configArg(file)
	}
	return "cutover reload " + name + configArg(file) + a.stateFlag()
}

// configArg names a configuration on a command line, where it is not the usual one.
func configArg(file string) string {
	if file == envOr("CUTOVER_CONFIG", "cutover.yaml") {
		return ""
	}
	if strings.ContainsAny(file, " '\"$&;|<>()*?`\\") {
		file = "'" + strings.ReplaceAll(file, "'", `'\''`) + "'"
	}
	return " --config " + file
}

// listConflicts shows what is open and how to answer it.
func (a *app) listConflicts(out resolved) error {
	if a.json {
		if err := printJSON(a.out, out); err != nil {
			return err
		}
	} else {
		a.showConflicts(out)
	}
	n := len(out.Others)
	for _, c := range out.Open {
		if c.Answered == "" {
			n++
		}
	}
	if n > 0 {
		return &exitWith{code: exitStopped, said: true, err: fmt.Errorf("%s open", count(n, "finding"))}
	}
	return nil
}

func (a *app) showConflicts(out resolved) {
	if len(out.Open)+len(out.Others) == 0 {
		fmt.Fprintln(a.out, "No conflict is open.")
		return
	}
	for _, c := range out.Open {
		printFinding(a.out, c.Finding)
		if c.Answered != "" {
			fmt.Fprintf(a.out, "    the configuration says already  %s\n", c.Answered)
		}
	}
	printFindings(a.out, out.Others)
	for _, g := range resolve.Groups(out.Open) {
		for _, p := range g.Policies {
			if len(g.Conflicts) > 1 {
				fmt.Fprintf(a.out, "for all %d of %s in %s:  --policy '%s/%s=%s'\n", len(g.Conflicts), g.Name, g.Domain, g.Domain, g.Name, p.Resolution)
			}
		}
	}
	fmt.Fprintf(a.out, "\n%s open. Answer at a terminal, or by --set 'DOMAIN/USER=RESOLUTION'.\n", count(len(out.Open)+len(out.Others), "finding"))
}
