package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"cutover/internal/follow"
	"cutover/internal/ledger"
	"cutover/internal/report"
	"cutover/workflows"
)

func (a *app) status() *cobra.Command {
	var watch bool
	c := &cobra.Command{
		Use: "status [NAME]", Short: "Show where a cutover stands and what it waits for",
		Args: anyName, ValidArgsFunction: a.completeName,
		Long: `Shows where a cutover stands, what it waits for and the command that answers.
Without a name it lists the cutovers that are known here.

It ends with 0 whatever it shows; with --watch it ends when the cutover does, and
with the exit code that says how.`,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 && watch {
				return usage("--watch needs the name of a cutover")
			}
			if len(args) == 0 {
				return a.list(c.Context())
			}
			return a.runStatus(c.Context(), args[0], watch)
		},
	}
	c.Flags().BoolVarP(&watch, "watch", "w", false, "go on showing until it ends")
	return c
}

func (a *app) runStatus(ctx context.Context, name string, watch bool) error {
	conn, err := a.connect(ctx)
	var gone *noTemporalError
	if errors.As(err, &gone) && !watch {
		return a.statusOfLedger(ctx, name, gone)
	}
	if err != nil {
		return err
	}
	defer conn.Close()
	target, err := follow.Current(ctx, conn, name) // the cutover, or its way back
	if err != nil {
		return err
	}
	if runs, err := follow.Running(ctx, conn, target); errors.Is(err, follow.ErrNotFound) {
		return a.forgotten(ctx, conn, name)
	} else if err != nil {
		return err
	} else if err := follow.NeedWorker(ctx, conn, conn.namespace); err != nil {
		return err
	} else if watch && runs {
		return a.watch(ctx, conn, name, target)
	}
	s, err := follow.Status(ctx, conn, target)
	if err != nil {
		return err
	}
	open, err := openGate(ctx, conn, target, name, s)
	if err != nil {
		return err
	}
	if err := a.showStatus(s, open); err != nil || !watch || s.Result == nil {
		return err
	}
	return exitOf(*s.Result)
}

// watch goes on showing where a cutover, or its way back, stands until that ends,
// and ends as it does.
func (a *app) watch(ctx context.Context, conn *connection, name, target string) error {
	last := ""
	result, err := follow.Watch(ctx, conn, target, func(s workflows.Status) error {
		now := headline(s, painter(a.out), a.stateFlag())
		if now == last {
			return nil
		}
		last = now
		if a.json {
			return printJSON(a.out, s)
		}
		fmt.Fprintln(a.out, now)
		return nil
	})
	switch {
	case ctx.Err() != nil:
		return &exitWith{code: exitError, err: fmt.Errorf("interrupted; %s goes on without being watched", name)}
	case err != nil:
		return err
	}
	return exitOf(result)
}

// openGate reads what there is to read before a person decides; of a phase that
// tries again and again, what it fails by.
func openGate(ctx context.Context, conn *connection, target, name string, s workflows.Status) (*report.Open, error) {
	if conn.store == nil || s.Result != nil {
		return nil, nil
	}
	if s.Gate == nil {
		return retried(ctx, conn, target, name, s)
	}
	cut, err := conn.store.Cutover(ctx, name)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, nil // another ledger is that cutover's
	}
	if err != nil {
		return nil, err
	}
	open, err := conn.store.Open(ctx, cut.Key(), s.Gate.Phase)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, nil
	}
	if s.Gate.Kind != workflows.GateStopped {
		open.LastError = nil // it is not what the walk stands still for
	}
	return &open, err
}

// retried is what a phase that is tried again was last answered, or nothing.
func retried(ctx context.Context, conn *connection, target, name string, s workflows.Status) (*report.Open, error) {
	again, err := follow.Retrying(ctx, conn, target)
	if err != nil || !again {
		return nil, err
	}
	cut, err := conn.store.Cutover(ctx, name)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	open, err := conn.store.Open(ctx, cut.Key(), s.Phase)
	return &report.Open{Phase: s.Phase, LastError: open.LastError}, err
}

// statusOfLedger tells of a cutover where no Temporal answers.
func (a *app) statusOfLedger(ctx context.Context, name string, gone error) error {
	conn, found, err := a.ledgerAlone(ctx)
	if err != nil {
		return err
	}
	if !found {
		return gone
	}
	defer conn.Close()
	fmt.Fprintln(a.err, "No Temporal runs here, so this is what the ledger holds; `cutover up` lets it go on.")
	return a.forgotten(ctx, conn, name)
}

// forgotten tells of a cutover that Temporal does not know, from the ledger.
func (a *app) forgotten(ctx context.Context, conn *connection, name string) error {
	if conn.store == nil {
		return unknown(name)
	}
	cut, err := conn.store.Cutover(ctx, name)
	if errors.Is(err, ledger.ErrNotFound) {
		return unknown(name)
	}
	if err != nil {
		return err
	}
	rep, err := conn.store.Report(ctx, cut.Key())
	if err != nil {
		return err
	}
	s := workflows.Status{Name: name, ConfigHash: cut.ConfigHash, State: "unknown"}
	if cut.Outcome != "" {
		s.State, s.Result = "done", &workflows.Result{Outcome: cut.Outcome, Reason: cut.Reason}
	}
	for _, p := range rep.Phases {
		s.Phases = append(s.Phases, workflows.PhaseStatus(p))
	}
	return a.showStatus(s, nil)
}

func (a *app) showStatus(s workflows.Status, open *report.Open) error {
	if a.json {
		return printJSON(a.out, struct {
			workflows.Status
			Open *report.Open `json:",omitempty"`
		}{s, open})
	}
	printStatus(a.out, s, open, a.stateFlag())
	return nil
}

// exitOf turns the end of a cutover into an exit code.
func exitOf(r workflows.Result) error {
	switch r.Outcome {
	case workflows.OutcomeCompleted:
		return nil
	case workflows.OutcomeBlocked, workflows.OutcomeStopped:
		return &exitWith{code: exitStopped, said: true, err: fmt.Errorf("%s at %s: %s", r.Outcome, r.Phase, r.Reason)}
	case workflows.OutcomeRejected:
		return &exitWith{code: exitRejected, said: true, err: fmt.Errorf("rejected at %s", r.Phase)}
	}
	return fmt.Errorf("the cutover was %s", r.Outcome)
}
