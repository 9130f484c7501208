package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"

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
	var phase, hash, by, note string
	c := &cobra.Command{
		Use: use + " NAME " + needs, Short: short, Long: long, Args: oneName, ValidArgsFunction: a.completeName,
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case verb == workflows.VerbApprove && (phase == "" || hash == ""):
				return usage("approve needs --phase and --hash; `cutover status %s` shows both", args[0])
			case phase == "":
				return usage("reject needs --phase; `cutover status %s` shows it", args[0])
			}
			return a.decide(c.Context(), args[0], workflows.Decision{Verb: verb, Phase: phase, Hash: hash, By: by, Note: note})
		},
	}
	c.Flags().StringVar(&phase, "phase", "", "the phase that waits")
	c.Flags().StringVar(&hash, "hash", "", "the hash of what waits, at least its first 12 characters")
	c.Flags().StringVar(&by, "by", "", "who decides (default: whoever is logged in)")
	c.Flags().StringVar(&note, "note", "", "why, for the record")
	_ = c.RegisterFlagCompletionFunc("phase", cobra.FixedCompletions(workflows.Phases(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (a *app) resume() *cobra.Command {
	var by string
	c := &cobra.Command{
		Use: "resume NAME", Short: "Go on after a stop", Args: oneName, ValidArgsFunction: a.completeName,
		Long: "Lets a cutover that has stopped go on: the phase begins again with fresh reads.",
		RunE: func(c *cobra.Command, args []string) error {
			return a.decide(c.Context(), args[0], workflows.Decision{Verb: workflows.VerbResume, By: by})
		},
	}
	c.Flags().StringVar(&by, "by", "", "who decides (default: whoever is logged in)")
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

// decide gives a decision and says whether it was taken.
func (a *app) decide(ctx context.Context, name string, d workflows.Decision) error {
	d.By = cmp.Or(d.By, me())
	conn, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := a.needsRunning(ctx, conn, name); err != nil {
		return err
	}
	receipt, err := follow.Decide(ctx, conn, name, d)
	if reason, refused := follow.Refusal(err); refused {
		return &exitWith{code: exitStopped, err: fmt.Errorf("refused: %s", reason)}
	}
	switch {
	case errors.Is(err, follow.ErrNotFound): // it ended a moment ago
		return ended(name)
	case err != nil:
		return err
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
