package fleet

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	sdklog "go.temporal.io/sdk/log"

	"cutover/internal/ledger"
	"cutover/internal/owner"
	"cutover/internal/statedir"
	"cutover/internal/version"
)

// Run owns the state directory and carries cutovers out against the Temporal
// cluster that the environment names, until ctx ends.
func Run(ctx context.Context, state string) error {
	dir, err := statedir.Open(state, statedir.Stamp{Product: version.Version, LedgerSchema: ledger.Schema})
	if err != nil {
		return err
	}
	defer dir.Close()
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return fmt.Errorf("read how to reach Temporal from the environment: %w", err)
	}
	options.Logger = sdklog.NewStructuredLogger(slog.Default())
	return Serve(ctx, dir, options, owner.Facts{HostPort: options.HostPort, Namespace: options.Namespace}, nil)
}

// Serve owns an open state directory: it serves the ledger on the socket and
// runs a worker, until ctx ends. Ready, if given, is called once both do.
func Serve(ctx context.Context, dir *statedir.Dir, options client.Options, facts owner.Facts, ready func(client.Client)) error {
	l, err := ledger.Open(ctx, dir.LedgerDB())
	if err != nil {
		return err
	}
	defer l.Close()
	dial, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	c, err := client.DialContext(dial, options)
	if err != nil {
		where := options.HostPort
		if where == "" {
			where = client.DefaultHostPort
		}
		return fmt.Errorf("no Temporal answers at %s: set TEMPORAL_ADDRESS (and TEMPORAL_NAMESPACE, TEMPORAL_API_KEY or TEMPORAL_TLS_*) to your cluster: %w", where, err)
	}
	defer c.Close()
	facts.PID = os.Getpid()
	if facts.Namespace == "" {
		facts.Namespace = client.DefaultNamespace
	}
	serving, stop := context.WithCancel(ctx)
	defer stop()
	if err := owner.Serve(serving, dir.Socket(), facts, l); err != nil {
		return err
	}
	w := NewWorker(c, l)
	if err := w.Start(); err != nil {
		return fmt.Errorf("start the worker: %w", err)
	}
	defer w.Stop()
	if ready != nil {
		ready(c)
	}
	<-ctx.Done()
	return nil
}
