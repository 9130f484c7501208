package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"cutover/internal/follow"
	"cutover/workflows"
)

func (a *app) approve() *cobra.Command {
	return a.gateCommand("approve", workflows.VerbApprove, "--phase PHASE --hash HASH", "Approve a plan, or confirm what is asked",
		"Approves what the cutover waits for. An approval names the phase and the hash of\nits plan, as `cutover status` shows them, so that nothing else can be meant.")
}

func (a *app) reject() *cobra.Command {
	return a.gateCommand("reject", workflows.VerbReject, "--phase PHASE", "Reject a plan; the cutover ends",
		"Rejects what the cutover waits for. The cutover ends; what was only for the test\nis removed, everything else stays as it is.")
}

// gateCommand is approve or reject.
func (a *app) gateCommand(use, verb, needs, short, long string) *cobra.Command {
	var d workflows.Decision
	var sign string
	var wait bool
	c := &cobra.Command{
		Use: use + " NAME " + needs, Short: short, Long: long, Args: oneName, ValidArgsFunction: a.completeName,
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case verb == workflows.VerbApprove && (d.Phase == "" || d.Hash == ""):
				return usage("approve needs --phase and --hash; `cutover status %s` shows both", args[0])
			case d.Phase == "":
				return usage("reject needs --phase; `cutover status %s` shows it", args[0])
			}
			d.Verb = verb
			return a.give(c.Context(), args[0], d, giving{sign: sign, wait: wait})
		},
	}
	c.Flags().StringVar(&d.Phase, "phase", "", "the phase that waits")
	c.Flags().StringVar(&d.Hash, "hash", "", "the hash of what waits, at least its first 12 characters")
	c.Flags().StringVar(&d.By, "by", "", "who decides (default: whoever is logged in)")
	c.Flags().StringVar(&d.Note, "note", "", "why, for the record")
	if verb == workflows.VerbApprove {
		c.Flags().IntVar(&d.Allow, "allow", 0, "where a limit is crossed: the number of writes to allow, as status shows it")
		c.Flags().StringVar(&sign, "sign", "", "sign with this SSH private key")
		c.Flags().BoolVar(&wait, "wait", false, "wait until what is approved is done, or waits for something else")
		_ = c.MarkFlagFilename("sign")
	}
	_ = c.RegisterFlagCompletionFunc("phase", cobra.FixedCompletions(workflows.Phases(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (a *app) pause() *cobra.Command {
	return a.askCommand("pause", workflows.VerbPause, "Let a cutover stand still after the slice in hand",
		"Lets a cutover that is at work stand still once the slice in hand is done, a minute\nat the most. `cutover resume` lets it go on where it stood; what was approved is\nstill approved.")
}

func (a *app) stop() *cobra.Command {
	return a.askCommand("stop", workflows.VerbStop, "End a cutover after the slice in hand",
		"Ends a cutover once the slice in hand is done. What was only for the test is\nremoved; everything else stays as it is.")
}

// askCommand is pause or stop: what is asked of a cutover that is at work.
func (a *app) askCommand(use, verb, short, long string) *cobra.Command {
	var by, note string
	c := &cobra.Command{
		Use: use + " NAME", Short: short, Long: long, Args: oneName, ValidArgsFunction: a.completeName,
		RunE: func(c *cobra.Command, args []string) error {
			return a.decide(c.Context(), args[0], workflows.Decision{Verb: verb, By: by, Note: note})
		},
	}
	c.Flags().StringVar(&by, "by", "", "who decides (default: whoever is logged in)")
	c.Flags().StringVar(&note, "note", "", "why, for the record")
	return c
}

func (a *app) resume() *cobra.Command {
	var by, note string
	var after bool
	c := &cobra.Command{
		Use: "resume NAME", Short: "Go on after a stop", Args: oneName, ValidArgsFunction: a.completeName,
		Long: `Lets a cutover that has stopped go on: the phase begins again with fresh reads.

After break-glass, or after a switch that nobody confirmed in time, nothing takes
local sign-in away again until a person says so, and why: --after-break-glass.`,
		RunE: func(c *cobra.Command, args []string) error {
			d := workflows.Decision{Verb: workflows.VerbResume, By: by, Note: note}
			if after {
				d.Verb = workflows.VerbResumeAfterBreakGlass
				if strings.TrimSpace(note) == "" {
					return usage("--after-break-glass needs --note: why may local sign-in be taken away again?")
				}
			}
			return a.decide(c.Context(), args[0], d)
		},
	}
	c.Flags().StringVar(&by, "by", "", "who decides (default: whoever is logged in)")
	c.Flags().StringVar(&note, "note", "", "why, for the record")
	c.Flags().BoolVar(&after, "after-break-glass", false, "local sign-in may be taken away again")
	return c
}

func (a *app) reload() *cobra.Command {
	var file, by string
	c := &cobra.Command{
		Use: "reload NAME", Short: "Bring a changed configuration to a waiting cutover", Args: oneName, ValidArgsFunction: a.completeName,
		Long: `Brings a changed configuration, with new resolutions for example, to a cutover
that waits. The procedure is gone through again; what is done stays done, because
every phase plans from what it finds.`,
		RunE: func(c *cobra.Command, args []string) error {
			f, err := a.load(file)
			if err != nil {
				return err
			}
			conn, err := a.connectToStart(c.Context())
			if err != nil {
				return err
			}
			err = conn.store.PutConfiguration(c.Context(), f.Hash, f.Canonical)
			if err == nil && !a.json {
				a.sayWhatChanges(c.Context(), conn, args[0], f)
			}
			conn.Close()
			if err != nil {
				return err
			}
			return a.decide(c.Context(), args[0], workflows.Decision{Verb: workflows.VerbReload, Hash: f.Hash, By: by})
		},
	}
	configFlag(c, &file)
	c.Flags().StringVar(&by, "by", "", "who decides (default: whoever is logged in)")
	return c
}

// giving is how a decision is given.
type giving struct {
	sign string // a file with an SSH private key, or nothing
	wait bool   // until it has had its effect
}

// decide gives a decision and says whether it was taken.
func (a *app) decide(ctx context.Context, name string, d workflows.Decision) error {
	return a.give(ctx, name, d, giving{})
}

// running connects, and finds who answers to the name of a cutover: itself, or
// its way back. It fails where neither runs.
func (a *app) running(ctx context.Context, name string) (conn *connection, target string, err error) {
	if conn, err = a.connect(ctx); err != nil {
		return nil, "", err
	}
	defer func() {
		if err != nil {
			conn.Close()
		}
	}()
	if target, err = follow.Current(ctx, conn, name); err != nil {
		return nil, "", err
	}
	return conn, target, a.needsRunning(ctx, conn, target)
}

func (a *app) give(ctx context.Context, name string, d workflows.Decision, how giving) error {
	d.By = cmp.Or(d.By, me())
	conn, target, err := a.running(ctx, name)
	if err != nil {
		return err
	}
	defer conn.Close()
	if how.sign != "" {
		s, err := follow.Status(ctx, conn, target)
		if err != nil {
			return err
		}
		if d.Signature, err = a.signed(name, s, d, how.sign); err != nil {
			return err
		}
	}
	receipt, err := follow.Decide(ctx, conn, target, d)
	if reason, refused := follow.Refusal(err); refused {
		return &exitWith{code: exitStopped, err: fmt.Errorf("refused: %s", reason)}
	}
	switch {
	case errors.Is(err, follow.ErrNotFound): // it ended a moment ago
		return ended(name)
	case err != nil:
		return err
	}
	if how.wait {
		return a.effect(ctx, conn, target, receipt)
	}
	if a.json {
		return printJSON(a.out, receipt)
	}
	fmt.Fprintf(a.out, "Taken: %s.\nFollow it: cutover status %s --watch%s\n", receipt.Effect, name, a.stateFlag())
	return nil
}

// needsRunning makes sure that the cutover runs and somebody works on it.
func (a *app) needsRunning(ctx context.Context, conn *connection, name string) error {
	runs, err := follow.Running(ctx, conn, name)
	switch {
	case errors.Is(err, follow.ErrNotFound):
		return unknown(name)
	case err != nil:
		return err
	case !runs:
		return ended(name)
	}
	return follow.NeedWorker(ctx, conn, conn.namespace)
}

func unknown(name string) error {
	return fmt.Errorf("no cutover %q is known here\n`cutover status` lists those that are; --state says where to look.", name)
}

func ended(name string) error {
	return fmt.Errorf("%s has ended, so there is nothing to decide\n`cutover status %s` shows how.", name, name)
}
