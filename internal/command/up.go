package command

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/spf13/cobra"
	"go.temporal.io/sdk/client"

	"cutover/internal/embedded"
	"cutover/internal/fleet"
	"cutover/internal/ledger"
	"cutover/internal/owner"
	"cutover/internal/statedir"
	"cutover/internal/version"
	"cutover/workflows"
)

func stamp() statedir.Stamp {
	return statedir.Stamp{Product: version.Version, TemporalServer: embedded.Version, LedgerSchema: ledger.Schema}
}

func (a *app) up() *cobra.Command {
	var port, uiPort int
	c := &cobra.Command{
		Use: "up", Short: "Run Temporal, its Web UI and a worker here, until Ctrl-C",
		Long: `Runs a Temporal server, its Web UI and a worker in this process, on loopback only.
Everything is kept in the state directory, so cutovers go on where they stood
after a restart or a crash. The other commands find it by the same --state.

The loopback ports have no sign-in: whoever can log in to this machine can use
them. Use ./worker with a Temporal cluster of your own where that is not enough.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.runUp(c.Context(), port, uiPort) },
	}
	c.Flags().IntVar(&port, "port", 0, "port of Temporal's frontend (0: a free one)")
	c.Flags().IntVar(&uiPort, "ui-port", 8233, "port of the Web UI (0: a free one)")
	return c
}

func (a *app) runUp(ctx context.Context, port, uiPort int) error {
	dir, err := statedir.Open(a.state, stamp())
	if err != nil {
		return err
	}
	defer dir.Close()
	// What goes wrong beside a command, in the server say, is told on stderr.
	slog.SetDefault(slog.New(slog.NewTextHandler(a.err, &slog.HandlerOptions{Level: slog.LevelWarn})))
	server, err := embedded.Start(ctx, embedded.Options{
		DBFile: dir.TemporalDB(), FrontendPort: port, UIPort: uiPort, SearchAttributes: workflows.SearchAttributes(),
	})
	var taken *embedded.PortError
	if errors.As(err, &taken) {
		return fmt.Errorf("%w\nThe flags are --port and --ui-port.", err)
	}
	if err != nil {
		return err
	}
	defer server.Stop()
	facts := owner.Facts{HostPort: server.HostPort(), Namespace: server.Namespace(), UI: server.UIURL()}
	err = fleet.Serve(ctx, dir, client.Options{HostPort: facts.HostPort, Namespace: facts.Namespace, Logger: quiet{}}, facts, func(client.Client) {
		if a.json {
			_ = printJSON(a.out, facts)
			return
		}
		fmt.Fprintf(a.out, "cutover %s is up.\n\n  state      %s\n  Temporal   %s\n  Web UI     %s\n\n"+
			"Start a cutover from another terminal: cutover start NAME --config cutover.yaml%s\n"+
			"Ctrl-C stops it; everything goes on from here at the next `cutover up`.\n",
			version.Version, dir.Root(), facts.HostPort, facts.UI, a.stateFlag())
	})
	if err == nil && !a.json {
		fmt.Fprintln(a.out, "Stopping; everything goes on from here at the next `cutover up`.")
	}
	return err
}

// stateFlag is what another command needs to be given to find this state
// directory, where it is not the usual one.
func (a *app) stateFlag() string {
	if a.state == envOr("CUTOVER_STATE", usualState) {
		return ""
	}
	return " --state " + a.state
}
