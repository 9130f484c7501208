package command

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"cutover/internal/ledger"
	"cutover/internal/owner"
	"cutover/internal/statedir"
)

func (a *app) report() *cobra.Command {
	return &cobra.Command{
		Use: "report NAME", Short: "Show what a cutover found, did and left behind", Args: oneName, ValidArgsFunction: a.completeName,
		Long: `Shows what a cutover found, did and left behind so far, from the ledger: phases,
sign-ins, where users exist, verdicts, findings. With --json it is the same
document that a rehearsal leaves as report.json. It needs no Temporal.`,
		RunE: func(c *cobra.Command, args []string) error { return a.runReport(c.Context(), args[0]) },
	}
}

func (a *app) runReport(ctx context.Context, name string) error {
	store, done, err := a.store(ctx)
	if err != nil {
		return err
	}
	defer done()
	if store == nil {
		return unknown(name)
	}
	cut, err := store.Cutover(ctx, name)
	if errors.Is(err, ledger.ErrNotFound) {
		return unknown(name)
	}
	if err != nil {
		return err
	}
	r, err := store.Report(ctx, cut.Key())
	if err != nil {
		return err
	}
	if a.json {
		return printJSON(a.out, r)
	}
	printReport(a.out, r)
	printEnd(a.out, r)
	return nil
}

// store is the ledger of the state directory: its owner's, or opened here;
// nothing where there is none.
func (a *app) store(ctx context.Context) (owner.Store, func(), error) {
	remote, _, err := owner.Dial(ctx, statedir.At(a.state).Socket())
	if err == nil {
		return remote, func() { _ = remote.Close() }, nil
	}
	if !errors.Is(err, owner.ErrNone) {
		return nil, nil, err
	}
	conn, found, err := a.ledgerAlone(ctx)
	if err != nil || !found {
		return nil, func() {}, err
	}
	return conn.store, conn.Close, nil
}
