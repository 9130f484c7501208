package command

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"regexp"
	"time"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"

	"cutover/internal/config"
	"cutover/internal/follow"
	"cutover/internal/ledger"
	"cutover/workflows"
)

// names are what a cutover may be called: it becomes part of ids.
var names = regexp.MustCompile(`^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$`)

func oneName(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("give the cutover's name, and only that")
	}
	if !names.MatchString(args[0]) {
		return fmt.Errorf("%q cannot be a cutover's name: use up to 63 letters, digits, dots, dashes and underscores", args[0])
	}
	return nil
}

func (a *app) start() *cobra.Command {
	var file string
	var again bool
	c := &cobra.Command{
		Use: "start NAME", Short: "Start a cutover", Args: oneName,
		Long: `Starts a cutover of this name with a configuration. It begins with check, which
writes nothing, and then waits for a person.

A cutover that has finished is not started anew unless --again is given.`,
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

// load reads the configuration; every mistake in it is shown at once.
func load(file string) (*config.File, error) {
	f, err := config.Load(file)
	var invalid *config.Invalid
	if errors.As(err, &invalid) {
		return nil, usage("the configuration has mistakes; nothing was started.\n\n%s", invalid.Error())
	}
	if err != nil {
		return nil, usage("%w", err)
	}
	return f, nil
}

func (a *app) runStart(ctx context.Context, name, file string, again bool) error {
	f, err := load(file)
	if err != nil {
		return err
	}
	conn, err := a.connect(ctx, true)
	if err != nil {
		return err
	}
	defer conn.Close()
	before, err := conn.store.Cutover(ctx, name)
	known := err == nil
	switch {
	case err != nil && !errors.Is(err, ledger.ErrNotFound):
		return err
	case known && before.Outcome == workflows.OutcomeCompleted && !again:
		fmt.Fprintf(a.out, "%s has finished (%s, %s). Nothing was started; --again starts it anew.\n", name, before.Outcome, before.EndedAt.Local().Format(time.DateTime))
		return nil
	}
	if err := follow.NeedWorker(ctx, conn, conn.namespace); err != nil {
		return err
	}
	if status, err := follow.Status(ctx, conn, name); err == nil && status.Result == nil {
		return fmt.Errorf("%s is running already, at %s: see `cutover status %s`", name, status.Phase, name)
	}
	cut := ledger.Cutover{Name: name, ConfigHash: f.Hash, StartedBy: me(), StartedAt: time.Now(), Run: before.Run}
	if known && before.Outcome == workflows.OutcomeCompleted || !known {
		cut.Run++
	}
	if err := conn.store.PutConfiguration(ctx, f.Hash, f.Canonical); err != nil {
		return err
	}
	if err := conn.store.PutCutover(ctx, cut); err != nil {
		return err
	}
	run, err := follow.Start(ctx, conn, workflows.Input{Name: name, Key: cut.Key(), ConfigHash: f.Hash})
	var running *serviceerror.WorkflowExecutionAlreadyStarted
	if errors.As(err, &running) {
		return fmt.Errorf("%s is running already: see `cutover status %s`", name, name)
	}
	if err != nil {
		return fmt.Errorf("start the workflow: %w", err)
	}
	if a.json {
		return printJSON(a.out, map[string]string{"name": name, "workflowId": run.GetID(), "runId": run.GetRunID(), "ui": workflowURL(conn, run.GetID(), run.GetRunID())})
	}
	fmt.Fprintf(a.out, "Started %s.\n", name)
	if conn.ui != "" {
		fmt.Fprintf(a.out, "Watch it:  %s\n", workflowURL(conn, run.GetID(), run.GetRunID()))
	}
	fmt.Fprintf(a.out, "Or here:   cutover status %s --watch\n", name)
	return nil
}

func workflowURL(conn *connection, id, run string) string {
	if conn.ui == "" {
		return ""
	}
	return conn.ui + "/namespaces/" + conn.namespace + "/workflows/" + id + "/" + run + "/history"
}

// me is who decides, as the operating system knows them.
func me() string {
	u, err := user.Current()
	if err != nil {
		return "unknown"
	}
	return u.Username
}
