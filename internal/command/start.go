package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os/user"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"cutover/activities"
	"cutover/internal/config"
	"cutover/internal/follow"
	"cutover/internal/ledger"
	"cutover/workflows"
)

// names are what a cutover may be called: it becomes part of ids.
var names = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$`)

// oneName wants the name of one cutover.
func oneName(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return errors.New("give the cutover's name, and only that")
	}
	return fits(args[0])
}

// anyName wants the name of one cutover, or none.
func anyName(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return oneName(c, args)
}

func fits(name string) error {
	if !names.MatchString(name) {
		return fmt.Errorf("%q cannot be a cutover's name: use up to 63 letters, digits, dots, dashes and underscores, beginning with a letter or a digit", name)
	}
	if strings.HasSuffix(name, follow.RollbackSuffix) {
		return fmt.Errorf("%q cannot be a cutover's name: what ends in %s is the rollback of another", name, follow.RollbackSuffix)
	}
	return nil
}

func (a *app) start() *cobra.Command {
	var file string
	var again bool
	c := &cobra.Command{
		Use: "start NAME", Short: "Start a cutover", Args: oneName, ValidArgsFunction: a.completeName,
		Long: `Starts a cutover of this name with a configuration. It begins with check, which
writes nothing, and then waits for a person.

A cutover that was rejected, blocked or stopped goes on: what is done stays done.
One that has finished is not started anew unless --again is given.`,
		RunE: func(c *cobra.Command, args []string) error { return a.runStart(c.Context(), args[0], file, again) },
	}
	configFlag(c, &file)
	c.Flags().BoolVar(&again, "again", false, "start anew a cutover that has finished")
	return c
}

func configFlag(c *cobra.Command, file *string) {
	c.Flags().StringVarP(file, "config", "c", envOr("CUTOVER_CONFIG", "cutover.yaml"), "configuration ($CUTOVER_CONFIG)")
	_ = c.MarkFlagFilename("config", "yaml", "yml", "json")
}

// load reads the configuration; every mistake in it is shown at once. What only
// deserves a look is shown too, and keeps nothing from starting.
func (a *app) load(file string) (*config.File, error) {
	f, err := config.Load(file)
	var invalid *config.Invalid
	switch {
	case errors.As(err, &invalid):
		return nil, usage("the configuration has mistakes; nothing was started.\n\n%s", invalid.Format(painter(a.err).on))
	case errors.Is(err, fs.ErrNotExist):
		return nil, usage("there is no configuration %s\nName it with --config, or write one with `cutover init`.", file)
	case err != nil:
		return nil, usage("%w", err)
	}
	for _, w := range f.Warnings {
		fmt.Fprintln(a.err, w.Format(painter(a.err).on))
	}
	return f, nil
}

func (a *app) runStart(ctx context.Context, name, file string, again bool) error {
	f, err := a.load(file)
	if err != nil {
		return err
	}
	conn, err := a.connectToStart(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	switch runs, err := follow.Running(ctx, conn, name); {
	case err != nil && !errors.Is(err, follow.ErrNotFound):
		return err
	case runs:
		return alreadyRuns(name)
	}
	if runs, err := follow.Running(ctx, conn, follow.RollbackOf(name)); err == nil && runs {
		return isGoingBack(name)
	} else if err != nil && !errors.Is(err, follow.ErrNotFound) {
		return err
	}
	cut, err := conn.store.Cutover(ctx, name)
	known := err == nil
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return err
	}
	finished := known && cut.Outcome == workflows.OutcomeCompleted
	if finished && !again {
		return a.hasFinished(cut)
	}
	next := ledger.Cutover{Name: name, ConfigHash: f.Hash, StartedBy: me(), StartedAt: time.Now(), Run: cut.Run}
	// What was undone is to be done anew: nothing of the run before is finished.
	undone := cut.Outcome == activities.OutcomeRolledBack || cut.Outcome == activities.OutcomeRollbackStopped
	if finished || undone || !known {
		next.Run++
	}
	if err := conn.store.PutConfiguration(ctx, f.Hash, f.Canonical); err != nil {
		return err
	}
	if err := conn.store.PutCutover(ctx, next); err != nil {
		return err
	}
	run, err := follow.Start(ctx, conn, workflows.Input{Name: name, Key: next.Key(), ConfigHash: f.Hash})
	var running *serviceerror.WorkflowExecutionAlreadyStarted
	if errors.As(err, &running) {
		return alreadyRuns(name)
	}
	if err != nil {
		return fmt.Errorf("%s could not be started: %s", name, cause(err))
	}
	return a.hasStarted(conn, name, run, known && !finished && !undone)
}

func alreadyRuns(name string) error {
	return fmt.Errorf("%s is running already; nothing was started\n`cutover status %s` shows where it stands; `cutover reload %s` brings it a changed configuration.", name, name, name)
}

// hasFinished says that a start was not needed.
func (a *app) hasFinished(cut ledger.Cutover) error {
	if a.json {
		return printJSON(a.out, map[string]any{"name": cut.Name, "started": false, "outcome": cut.Outcome, "endedAt": cut.EndedAt})
	}
	fmt.Fprintf(a.out, "%s has finished: %s, %s. Nothing was started; --again starts it anew.\n", cut.Name, cut.Outcome, cut.EndedAt.Local().Format(time.DateTime))
	return nil
}

// hasStarted says where to watch what was started.
func (a *app) hasStarted(conn *connection, name string, run client.WorkflowRun, before bool) error {
	page := workflowURL(conn, run.GetID(), run.GetRunID())
	if a.json {
		return printJSON(a.out, map[string]any{"name": name, "started": true, "workflowId": run.GetID(), "runId": run.GetRunID(), "ui": page})
	}
	if before {
		fmt.Fprintf(a.out, "Started %s again; what is done stays done.\n", name)
	} else {
		fmt.Fprintf(a.out, "Started %s.\n", name)
	}
	if page != "" {
		fmt.Fprintf(a.out, "Watch it:  %s\n", page)
	}
	fmt.Fprintf(a.out, "Or here:   cutover status %s --watch%s\n", name, a.stateFlag())
	return nil
}

// workflowURL is the page of the Web UI that shows in words where the cutover
// stands, where the Web UI is ours.
func workflowURL(conn *connection, id, run string) string {
	if conn.ui == "" {
		return ""
	}
	return conn.ui + "/namespaces/" + conn.namespace + "/workflows/" + url.PathEscape(id) + "/" + url.PathEscape(run) + "/user-metadata"
}

// me is who decides, as the operating system knows them.
func me() string {
	u, err := user.Current()
	if err != nil {
		return "unknown"
	}
	return u.Username
}
