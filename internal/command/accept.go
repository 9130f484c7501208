package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/owner"
	"cutover/internal/statedir"
	"cutover/workflows"
)

func (a *app) accept() *cobra.Command {
	var phase, user, why, by string
	var list bool
	c := &cobra.Command{
		Use: "accept NAME --phase PHASE --user USER --reason WHY", Short: "Accept that somebody loses their access", Args: oneName, ValidArgsFunction: a.completeName,
		Long: `Accepts that one person, who works today, could not once a phase has switched
single sign-on. It is an approval of its own, kept in the ledger with who gave it
and why, and it counts for the reasons that are open now: should another one
come, the person is on the list again. Afterwards: cutover resume NAME.`,
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case list:
				return a.listAccepted(c.Context(), args[0])
			case phase == "" || user == "":
				return usage("accept needs --phase and --user; `cutover status %s` shows both", args[0])
			case strings.TrimSpace(why) == "":
				return usage("accept needs --reason: why may %s lose their access?", user)
			}
			return a.runAccept(c.Context(), args[0], ledger.Acceptance{Phase: phase, User: user, By: cmp.Or(by, me()), Why: why})
		},
	}
	c.Flags().StringVar(&phase, "phase", "", "the phase that the finding is of")
	c.Flags().StringVar(&user, "user", "", "whom the finding is about")
	c.Flags().StringVar(&why, "reason", "", "why it is accepted, for the record")
	c.Flags().StringVar(&by, "by", "", "who accepts it (default: whoever is logged in)")
	c.Flags().BoolVar(&list, "list", false, "list what was accepted so far")
	_ = c.RegisterFlagCompletionFunc("phase", cobra.FixedCompletions(workflows.Phases(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

// kept finds a cutover in the ledger, by the owner of the state directory or,
// where nobody owns it, in the file itself. Nothing of it needs Temporal.
func (a *app) kept(ctx context.Context, name string) (owner.Store, ledger.Cutover, func(), error) {
	var store owner.Store
	done := func() {}
	remote, _, err := owner.Dial(ctx, statedir.At(a.state).Socket())
	switch {
	case err == nil:
		store, done = remote, func() { _ = remote.Close() }
	case errors.Is(err, owner.ErrNone):
		alone, found, err := a.ledgerAlone(ctx)
		if err != nil {
			return nil, ledger.Cutover{}, done, err
		}
		if !found {
			return nil, ledger.Cutover{}, done, unknown(name)
		}
		store, done = alone.store, alone.Close
	default:
		return nil, ledger.Cutover{}, done, fmt.Errorf("the process that owns the state directory %s does not answer: %s\nStop it and start it again, or use another --state.", a.state, cause(err))
	}
	cut, err := store.Cutover(ctx, name)
	if errors.Is(err, ledger.ErrNotFound) {
		err = unknown(name)
	}
	return store, cut, done, err
}

func (a *app) runAccept(ctx context.Context, name string, word ledger.Acceptance) error {
	store, cut, done, err := a.kept(ctx, name)
	defer done()
	if err != nil {
		return err
	}
	if cut.Outcome != "" {
		return ended(name)
	}
	f, err := acceptable(ctx, store, cut.Key(), word.Phase, word.User)
	if err != nil {
		return err
	}
	word.Cutover, word.User, word.At = cut.Key(), f.User, time.Now()
	all := make([]ledger.Acceptance, len(f.Reasons))
	for i, reason := range f.Reasons {
		all[i] = word
		all[i].Reason = reason
	}
	if err := store.PutAcceptances(ctx, all); err != nil {
		return err
	}
	if a.json {
		return printJSON(a.out, all)
	}
	fmt.Fprintf(a.out, "Accepted by %s: %s may lose their access at %s (%s).\nGo on: cutover resume %s%s\n",
		word.By, f.User, word.Phase, strings.Join(f.Reasons, ", "), name, a.stateFlag())
	return nil
}

// acceptable finds the open finding on somebody. Only a lockout can be accepted:
// everything else has a resolution.
func acceptable(ctx context.Context, store owner.Store, key, phase, user string) (directory.Finding, error) {
	refuse := func(format string, args ...any) (directory.Finding, error) {
		return directory.Finding{}, &exitWith{code: exitStopped, err: fmt.Errorf("refused: "+format, args...)}
	}
	open, err := store.Open(ctx, key, phase)
	if err != nil {
		return directory.Finding{}, err
	}
	var others []string
	for _, f := range open.Findings {
		mine := f.Phase == phase && directory.Equal(f.User, user)
		switch {
		case mine && f.AcceptedBy != "":
			return refuse("%s at %s is accepted already, by %s", f.User, phase, f.AcceptedBy)
		case mine && len(f.Reasons) > 0:
			return f, nil
		case mine && f.Blocking:
			others = append(others, f.Name)
		}
	}
	if len(others) > 0 {
		return refuse("what is open on %s at %s (%s) can be resolved, and not accepted: `cutover status` says how", user, phase, strings.Join(others, ", "))
	}
	return refuse("nothing is open on %s at %s, so there is nothing to accept", user, phase)
}

func (a *app) listAccepted(ctx context.Context, name string) error {
	store, cut, done, err := a.kept(ctx, name)
	defer done()
	if err != nil {
		return err
	}
	all, err := store.Acceptances(ctx, cut.Key())
	if err != nil {
		return err
	}
	if a.json {
		return printJSON(a.out, append([]ledger.Acceptance{}, all...))
	}
	if len(all) == 0 {
		fmt.Fprintf(a.out, "Nothing was accepted in %s.\n", name)
		return nil
	}
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "PHASE\tUSER\tREASON\tBY\tAT\tWHY")
	for _, one := range all {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\n", one.Phase, one.User, one.Reason, one.By, one.At.Local().Format(time.DateTime), one.Why)
	}
	return t.Flush()
}
