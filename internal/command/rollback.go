package command

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"

	"cutover/internal/follow"
	"cutover/internal/ledger"
	"cutover/internal/report"
	"cutover/workflows"
)

func (a *app) rollback() *cobra.Command {
	var back workflows.Back
	var watch bool
	c := &cobra.Command{
		Use: "rollback NAME", Short: "Undo what a cutover did, the last change first", Args: oneName, ValidArgsFunction: a.completeName,
		Long: `Undoes what a cutover did, the last change first: local sign-in comes back, what
was changed is restored, whoever was created is deactivated and loses roles and
access. It reads the domains, shows its plan, and waits for an approval like any
phase: ` + "`cutover approve NAME --phase rollback --hash HASH`" + `. What somebody else
has changed since is reported and left alone.

The cutover must have ended. With --dry-run the plan is shown and nothing waits.
It ends with 0 when the plan waits; with --watch it ends when the rollback does,
and with the exit code that says how.`,
		RunE: func(c *cobra.Command, args []string) error {
			if back.To != "" && !slices.Contains(workflows.Phases(), back.To) {
				return usage("there is no phase %q to go back to; the phases are %s", back.To, strings.Join(workflows.Phases(), ", "))
			}
			return a.runRollback(c.Context(), args[0], back, watch)
		},
	}
	c.Flags().StringVar(&back.To, "to", "", "undo only what the phases after this one did")
	c.Flags().BoolVar(&back.DeleteCreated, "delete-created", false, "delete whoever was created and has never signed in, instead of deactivating them")
	c.Flags().BoolVar(&back.PlanOnly, "dry-run", false, "show the plan and change nothing")
	c.Flags().BoolVarP(&watch, "watch", "w", false, "go on showing until it ends")
	_ = c.RegisterFlagCompletionFunc("to", cobra.FixedCompletions(workflows.Phases(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (a *app) runRollback(ctx context.Context, name string, back workflows.Back, watch bool) error {
	conn, err := a.connectToStart(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	cut, err := conn.store.Cutover(ctx, name)
	if errors.Is(err, ledger.ErrNotFound) {
		return unknown(name)
	}
	if err != nil {
		return err
	}
	if err := mayGoBack(ctx, conn, name); err != nil {
		return err
	}
	_, err = follow.StartRollback(ctx, conn, workflows.Input{Name: name, Key: cut.Key(), ConfigHash: cut.ConfigHash, Back: &back})
	var running *serviceerror.WorkflowExecutionAlreadyStarted
	if errors.As(err, &running) {
		return isGoingBack(name)
	}
	if err != nil {
		return fmt.Errorf("the rollback of %s could not be started: %s", name, cause(err))
	}
	if back.PlanOnly {
		return a.dryRun(ctx, conn, cut)
	}
	if watch {
		return a.watch(ctx, conn, name, follow.RollbackOf(name))
	}
	return a.untilItWaits(ctx, conn, cut)
}

// mayGoBack refuses while the cutover, or another way back of it, goes on.
func mayGoBack(ctx context.Context, conn *connection, name string) error {
	runs, err := follow.Running(ctx, conn, name)
	switch {
	case err != nil && !errors.Is(err, follow.ErrNotFound):
		return err
	case runs:
		return &exitWith{code: exitStopped, err: fmt.Errorf(
			"%s is still running, so it cannot be gone back on; nothing was started\nEnd it first: `cutover status %s` shows what it waits for, and `cutover reject %s --phase PHASE` ends it there.", name, name, name)}
	}
	runs, err = follow.Running(ctx, conn, follow.RollbackOf(name))
	switch {
	case err != nil && !errors.Is(err, follow.ErrNotFound):
		return err
	case runs:
		return isGoingBack(name)
	}
	return nil
}

func isGoingBack(name string) error {
	return &exitWith{code: exitStopped, err: fmt.Errorf("a rollback of %s is running already; nothing was started\n`cutover status %s` shows where it stands.", name, name)}
}

// errWaits ends the watching of a way back that waits for a person.
var errWaits = errors.New("it waits for a person")

// untilItWaits shows a way back until it waits for its approval, with the plan, or ends.
func (a *app) untilItWaits(ctx context.Context, conn *connection, cut ledger.Cutover) error {
	target := follow.RollbackOf(cut.Name)
	var at workflows.Status
	p := progress{out: a.err, paint: painter(a.err), asks: true}
	result, err := follow.Watch(ctx, conn, target, func(s workflows.Status) error {
		at = s
		if !a.json {
			p.status(s)
		}
		if s.Gate != nil {
			return errWaits
		}
		return nil
	})
	if err != nil && !errors.Is(err, errWaits) {
		return interrupted(ctx, cut.Name, err)
	}
	if err == nil {
		if at, err = follow.Status(ctx, conn, target); err != nil {
			return err
		}
	}
	open, openErr := openGate(ctx, conn, target, cut.Name, at)
	if openErr != nil {
		return openErr
	}
	if showErr := a.showStatus(at, open); showErr != nil {
		return showErr
	}
	if at.Gate != nil {
		if at.Gate.Kind == workflows.GateStopped {
			return &exitWith{code: exitStopped, said: true, err: fmt.Errorf("stopped: %s", at.Gate.Question)}
		}
		return nil
	}
	return exitOf(result)
}

func interrupted(ctx context.Context, name string, err error) error {
	if ctx.Err() != nil {
		return &exitWith{code: exitError, err: fmt.Errorf("interrupted; the rollback of %s goes on without being watched", name)}
	}
	return err
}

// dryRun waits for the plan and shows it.
func (a *app) dryRun(ctx context.Context, conn *connection, cut ledger.Cutover) error {
	p := progress{out: a.err, paint: painter(a.err), asks: true}
	stopped := ""
	result, err := follow.Watch(ctx, conn, follow.RollbackOf(cut.Name), func(s workflows.Status) error {
		if !a.json && s.Result == nil {
			p.status(s)
		}
		if s.Gate != nil {
			stopped = s.Gate.Question
			return errWaits
		}
		return nil
	})
	switch {
	case errors.Is(err, errWaits):
		return &exitWith{code: exitStopped, err: fmt.Errorf("the way back could not be planned: %s\n`cutover resume %s` tries again, `cutover reject %s --phase rollback` ends it.", stopped, cut.Name, cut.Name)}
	case err != nil:
		return interrupted(ctx, cut.Name, err)
	case result.Outcome != workflows.OutcomePlanned:
		return exitOf(result)
	}
	open, err := conn.store.Open(ctx, cut.Key(), "rollback")
	if err != nil {
		return err
	}
	if a.json {
		return printJSON(a.out, open)
	}
	a.printDryRun(open)
	return nil
}

func (a *app) printDryRun(open report.Open) {
	if len(open.Changes) == 0 {
		fmt.Fprintln(a.out, "There is nothing to undo.")
	}
	printOpen(a.out, open)
	fmt.Fprintln(a.out, "\nNothing was changed.")
}
