package command

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/log"

	"cutover/internal/ledger"
	"cutover/internal/owner"
	"cutover/internal/statedir"
)

// connection is what a command needs of a place where cutovers run.
type connection struct {
	client.Client
	store     owner.Store
	namespace string
	ui        string
	close     []func()
}

// Close gives everything back.
func (c *connection) Close() {
	for i := len(c.close) - 1; i >= 0; i-- {
		c.close[i]()
	}
}

// connect finds the owner of the state directory and its Temporal; without an
// owner it takes Temporal from the environment, and opens the ledger itself
// where the command needs it. Without the need there may be no store.
func (a *app) connect(ctx context.Context, needsLedger bool) (*connection, error) {
	conn := &connection{}
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return nil, fmt.Errorf("read how to reach Temporal from the environment: %w", err)
	}
	remote, facts, err := owner.Dial(ctx, statedir.At(a.state).Socket())
	switch {
	case err == nil:
		conn.store, conn.ui = remote, facts.UI
		if facts.HostPort != "" {
			options.HostPort, options.Namespace = facts.HostPort, facts.Namespace
		}
		conn.close = append(conn.close, func() { _ = remote.Close() })
	case errors.Is(err, owner.ErrNone):
		if needsLedger {
			if err := a.openLedger(ctx, conn); err != nil {
				return nil, err
			}
		}
	default:
		return nil, fmt.Errorf("ask the owner of %s: %w", a.state, err)
	}
	conn.namespace = options.Namespace
	if conn.namespace == "" {
		conn.namespace = "default"
	}
	options.Logger = quiet{}
	dial, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if conn.Client, err = client.DialContext(dial, options); err != nil {
		conn.Close()
		where := options.HostPort
		if where == "" {
			where = client.DefaultHostPort
		}
		return nil, fmt.Errorf("no Temporal answers at %s: start `cutover up` (with the same --state), or set TEMPORAL_ADDRESS to your cluster: %w", where, err)
	}
	conn.close = append(conn.close, conn.Client.Close)
	return conn, nil
}

// openLedger opens the ledger of a state directory that nobody owns now.
func (a *app) openLedger(ctx context.Context, conn *connection) error {
	dir, err := statedir.Open(a.state, stamp())
	if err != nil {
		return err
	}
	conn.close = append(conn.close, func() { _ = dir.Close() })
	l, err := ledger.Open(ctx, dir.LedgerDB())
	if err != nil {
		conn.Close()
		return err
	}
	conn.store = owner.Direct{Ledger: l}
	conn.close = append(conn.close, func() { _ = l.Close() })
	return nil
}

// quiet drops the SDK's own log: what matters comes back as an error.
type quiet struct{}

func (quiet) Debug(string, ...any)     {}
func (quiet) Info(string, ...any)      {}
func (quiet) Warn(string, ...any)      {}
func (quiet) Error(string, ...any)     {}
func (q quiet) With(...any) log.Logger { return q }
