package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/log"

	"cutover/internal/follow"
	"cutover/internal/ledger"
	"cutover/internal/owner"
	"cutover/internal/statedir"
)

// connection is what a command needs of a place where cutovers run.
type connection struct {
	client.Client
	store     owner.Store // of the process that owns the state directory; nil without one
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

// noTemporalError says that nothing answers where Temporal should be.
type noTemporalError struct{ address, why, state string }

func (e *noTemporalError) Error() string {
	return fmt.Sprintf("no Temporal answers at %s: %s\nStart `cutover up` with the same --state (%s), or set TEMPORAL_ADDRESS to your cluster.", e.address, e.why, e.state)
}

// dialDeadline is how long Temporal may take to answer that it is there.
const dialDeadline = 5 * time.Second

// connect finds the owner of the state directory and its Temporal; without an
// owner it takes Temporal from the environment. It makes nothing. It returns
// *noTemporalError where no Temporal answers.
func (a *app) connect(ctx context.Context) (_ *connection, err error) {
	conn := &connection{}
	defer func() {
		if err != nil {
			conn.Close()
		}
	}()
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return nil, fmt.Errorf("the environment does not say how to reach Temporal: %w", err)
	}
	remote, facts, err := owner.Dial(ctx, statedir.At(a.state).Socket())
	switch {
	case err == nil:
		conn.store, conn.ui = remote, facts.UI
		if facts.HostPort != "" {
			options.HostPort, options.Namespace = facts.HostPort, facts.Namespace
		}
		conn.close = append(conn.close, func() { _ = remote.Close() })
	case !errors.Is(err, owner.ErrNone):
		return nil, fmt.Errorf("the process that owns the state directory %s does not answer: %s\nStop it and start it again, or use another --state.", a.state, cause(err))
	}
	conn.namespace = cmp.Or(options.Namespace, client.DefaultNamespace)
	options.Logger = quiet{}
	dial, cancel := context.WithTimeout(ctx, dialDeadline)
	defer cancel()
	if conn.Client, err = client.DialContext(dial, options); err != nil {
		return nil, &noTemporalError{cmp.Or(options.HostPort, client.DefaultHostPort), cause(err), a.state}
	}
	conn.close = append(conn.close, conn.Client.Close)
	return conn, nil
}

// connectToStart is connect for a command that brings a configuration: it needs
// a worker, and the ledger that the worker reads.
func (a *app) connectToStart(ctx context.Context) (*connection, error) {
	conn, err := a.connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := follow.NeedWorker(ctx, conn, conn.namespace); err != nil {
		conn.Close()
		return nil, err
	}
	if conn.store == nil {
		conn.Close()
		return nil, fmt.Errorf("a worker is there, but it does not keep its ledger in %s, so it would not find this configuration\nGive the --state that the worker was started with, on the worker's machine.", a.state)
	}
	return conn, nil
}

// ledgerAlone opens the ledger of a state directory that nobody owns now; found
// tells whether there is one.
func (a *app) ledgerAlone(ctx context.Context) (conn *connection, found bool, err error) {
	if _, err := os.Stat(statedir.At(a.state).LedgerDB()); err != nil {
		return nil, false, nil //nolint:nilerr // what cannot be seen is not there for us
	}
	dir, err := statedir.Open(a.state, stamp())
	if err != nil {
		return nil, true, err
	}
	l, err := ledger.Open(ctx, dir.LedgerDB())
	if err != nil {
		return nil, true, errors.Join(err, dir.Close())
	}
	return &connection{store: owner.Direct{Ledger: l}, close: []func(){func() { _ = dir.Close() }, func() { _ = l.Close() }}}, true, nil
}

// quiet drops the SDK's own log: what matters comes back as an error.
type quiet struct{}

func (quiet) Debug(string, ...any)     {}
func (quiet) Info(string, ...any)      {}
func (quiet) Warn(string, ...any)      {}
func (quiet) Error(string, ...any)     {}
func (q quiet) With(...any) log.Logger { return q }
