// Package command is the administrator's command line: one file a command. It
// reads flags, talks to the running cutover or to the state directory, and says
// what happened; what a cutover does is elsewhere.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Exit codes, as the help shows them.
const (
	exitDone     = 0
	exitError    = 1
	exitUsage    = 2
	exitStopped  = 3
	exitRejected = 4
)

// usualState is the state directory where none is named.
const usualState = ".cutover"

// app is what every command works with.
type app struct {
	in       io.Reader
	out, err io.Writer
	state    string // state directory
	json     bool
}

// exitWith is an error with an exit code of its own. Said tells that the person
// has been told already.
type exitWith struct {
	code int
	said bool
	err  error
}

func (e *exitWith) Error() string { return e.err.Error() }
func (e *exitWith) Unwrap() error { return e.err }

func usage(format string, args ...any) error {
	return &exitWith{code: exitUsage, err: fmt.Errorf(format, args...)}
}

// Main runs the command line and returns the exit code.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second Ctrl-C ends the process at once, should the first take too long.
	context.AfterFunc(ctx, stop)
	a := &app{in: in, out: out, err: errOut}
	root := a.root()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errOut)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	var with *exitWith
	if errors.As(err, &with) {
		if !with.said {
			fmt.Fprintln(errOut, "cutover:", with.err)
		}
		return with.code
	}
	if ctx.Err() != nil {
		err = errors.New("interrupted")
	}
	fmt.Fprintln(errOut, "cutover:", err)
	return exitError
}

const long = `cutover moves a utility's people to single sign-on without locking anybody out.

It carries out, as one durable Temporal workflow, the user synchronization
procedure of Oracle's guide "Implementing Customer Experience for Utilities"
across three identity domains: Fusion, Utilities and CXIF.

Begin with a rehearsal, which needs nothing and touches nothing of yours:

    cutover rehearse

Then write a configuration (cutover init), check it (cutover check), read the
plan (cutover plan), and carry it out (cutover up, cutover start NAME).

Exit codes:
  0  done
  1  an error, or interrupted
  2  typed wrongly, or a mistake in the configuration; nothing was started
  3  stopped by findings or a failure, or a decision that was refused
  4  rejected by a person`

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use: "cutover", Short: "Move people to single sign-on without locking anybody out", Long: long,
		SilenceErrors: true, SilenceUsage: true, Args: noSuchCommand, SuggestionsMinimumDistance: 2,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.PersistentFlags().StringVar(&a.state, "state", envOr("CUTOVER_STATE", usualState), "state directory: ledger, workflows, socket ($CUTOVER_STATE)")
	root.PersistentFlags().BoolVar(&a.json, "json", false, "print JSON, for programs")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage("%w\nTry `%s --help`.", err, c.CommandPath())
	})
	root.AddGroup(&cobra.Group{ID: "try", Title: "Try it:"}, &cobra.Group{ID: "prepare", Title: "Prepare:"},
		&cobra.Group{ID: "run", Title: "Carry it out:"})
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			argsAreUsage(c)
			root.AddCommand(c)
		}
	}
	add("prepare", a.resolve())
	add("try", a.rehearse())
	add("run", a.why(), a.evidence())
	add("prepare", a.init(), a.check(), a.plan(), a.schema())
	add("run", a.up(), a.start(), a.status(), a.report(), a.approve(), a.reject(), a.accept(), a.reload(), a.resume(), a.pause(), a.stop(), a.rollback(), a.watchdog(), a.breakGlass())
	version := a.version()
	root.AddCommand(version)
	return root
}

// noSuchCommand refuses what is no command, with the ones that are spelt like it.
func noSuchCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	like := ""
	if near := c.SuggestionsFor(args[0]); len(near) > 0 {
		like = " Did you mean " + strings.Join(near, " or ") + "?"
	}
	return usage("there is no command %q.%s\nTry `%s --help`.", args[0], like, c.CommandPath())
}

// argsAreUsage makes a wrong number of arguments a usage error.
func argsAreUsage(c *cobra.Command) {
	check := c.Args
	if check == nil {
		check = cobra.NoArgs
	}
	c.Args = func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usage("%w\nTry `%s --help`.", err, c.CommandPath())
		}
		return nil
	}
}

func envOr(name, other string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return other
}
