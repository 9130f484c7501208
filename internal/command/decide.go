package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"go.temporal.io/api/serviceerror"

	"cutover/internal/follow"
	"cutover/workflows"
)

func (a *app) approve() *cobra.Command {
	return a.gateCommand("approve", workflows.VerbApprove, "Approve a plan, or confirm what is asked",
		"Approves what the cutover waits for. An approval names the phase and the hash of\nits plan, as `cutover status` shows them, so that nothing else can be meant.")
}

func (a *app) reject() *cobra.Command {
	return a.gateCommand("reject", workflows.VerbReject, "Reject a plan; the cutover ends",
		"Rejects what the cutover waits for. The cutover ends; what was only for the test\nis removed, everything else stays as it is.")
}

// gateCommand is approve or reject.
func (a *app) gateCommand(use, verb, short, long string) *cobra.Command {
	var phase, hash, by, note string
	c := &cobra.Command{
		Use: use + " NAME --phase PHASE --hash HASH", Short: short, Long: long, Args: oneName,
		RunE: func(c *cobra.Command, args []string) error {
			if phase == "" || hash == "" && verb == workflows.VerbApprove {
				return usage("%s needs --phase and --hash; `cutover status %s` shows both", use, args[0])
			}
			return a.decide(c.Context(), args[0], workflows.Decision{Verb: verb, Phase: phase, Hash: hash, By: by, Note: note})
		},
	}
	c.Flags().StringVar(&phase, "phase", "", "the phase that waits")
	c.Flags().StringVar(&hash, "hash", "", "the hash of its plan (at least 12 characters)")
	c.Flags().StringVar(&by, "by", me(), "who decides")
	c.Flags().StringVar(&note, "note", "", "why, for the record")
	_ = c.RegisterFlagCompletionFunc("phase", cobra.FixedCompletions(workflows.Phases(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

func (a *app) resume() *cobra.Command {
	var by string
	c := &cobra.Command{
		Use: "resume NAME", Short: "Go on after a stop", Args: oneName,
		Long: "Lets a cutover that has stopped go on: the phase begins again with fresh reads.",
		RunE: func(c *cobra.Command, args []string) error {
			return a.decide(c.Context(), args[0], workflows.Decision{Verb: workflows.VerbResume, By: by})
		},
	}
	c.Flags().StringVar(&by, "by", me(), "who decides")
	return c
}

func (a *app) reload() *cobra.Command {
	var file, by string
	c := &cobra.Command{
		Use: "reload NAME", Short: "Bring a changed configuration to a waiting cutover", Args: oneName,
		Long: `Brings a changed configuration, with new resolutions for example, to a cutover
that waits. The procedure is gone through again; what is done stays done, because
every phase plans from what it finds.`,
		RunE: func(c *cobra.Command, args []string) error {
			f, err := load(file)
			if err != nil {
				return err
			}
			conn, err := a.connect(c.Context(), true)
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
	c.Flags().StringVar(&by, "by", me(), "who decides")
	return c
}

// decide gives a decision and says whether it was taken.
func (a *app) decide(ctx context.Context, name string, d workflows.Decision) error {
	conn, err := a.connect(ctx, false)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := follow.NeedWorker(ctx, conn, conn.namespace); err != nil {
		return err
	}
	receipt, err := follow.Decide(ctx, conn, name, d)
	if reason, refused := follow.Refusal(err); refused {
		return &exitWith{code: exitStopped, err: fmt.Errorf("refused: %s", reason)}
	}
	var missing *serviceerror.NotFound
	switch {
	case errors.Is(err, follow.ErrNotFound), errors.As(err, &missing):
		return fmt.Errorf("no cutover %q is running here: `cutover status` lists those that are", name)
	case err != nil:
		return err
	}
	if a.json {
		return printJSON(a.out, receipt)
	}
	fmt.Fprintf(a.out, "Taken: %s.\n", receipt.Effect)
	return nil
}
