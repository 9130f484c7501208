// Package activities is what touches the world on behalf of the workflow:
// open, observe, forecast, plan, apply, settle, prove, record. Every activity
// is generic over the phases, idempotent, has a deadline, beats while it works
// and goes on where an earlier attempt stood. What goes in and comes out are
// references and counts: names of people, addresses and secrets stay in the
// ledger, and so do the words of an error that might hold them.
package activities

import (
	"context"
	"errors"
	"time"

	"cutover/internal/apply"
	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/observe"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
)

// Domain is an identity domain as the activities need it.
type Domain interface {
	observe.Domain
	apply.Peer
	apply.Settings
	Check(ctx context.Context) error
	// Probe looks at what the domain shows of itself and of our client there.
	Probe(ctx context.Context) (directory.Probe, error)
	Waited() time.Duration
	// NeverSignedIn tells of which users the domain says that they have never signed in.
	NeverSignedIn(ctx context.Context, userNames []string) (map[string]bool, error)
	// LastSignIn is when a user last signed in, in the domain's own form; "" where it shows none.
	LastSignIn(ctx context.Context, userName string) (string, error)
}

// Applications is Fusion Applications as the activities need it.
type Applications interface {
	apply.Peer
	Check(ctx context.Context) error
	Probe(ctx context.Context) (directory.ApplicationsProbe, error)
	Waited() time.Duration
}

// Files is what a person loads into Fusion Applications.
type Files interface {
	apply.Peer
	// Ask says what a person shall do with what the changes of a step wrote.
	Ask(step int) string
}

// Prover signs in for real, or looks at what people meet where they sign in.
type Prover interface {
	Prove(ctx context.Context, estate *Estate, proof phase.Proof) (ledger.SignIn, error)
}

// Estate is a configuration with the clients that it describes.
type Estate struct {
	Config       config.Config
	Hash         string
	Secrets      config.Secrets
	Rules        *reconcile.Rules
	SSO          phase.SSOSettings
	Domains      map[directory.Domain]Domain
	Applications Applications
	Files        Files // for a person to load into Fusion Applications
}

// Estates opens the estate of a configuration by its hash; the same hash gives
// the same clients, so that pacing holds across activities.
type Estates interface {
	Open(ctx context.Context, hash string) (*Estate, error)
}

// Activities holds what the activities work with.
type Activities struct {
	Ledger  *ledger.Ledger
	Estates Estates
	Prover  Prover
	// Reverts and Watchdog watch over sso-on; see Arm.
	Reverts  Reverts
	Watchdog func(url string, token func(context.Context) (string, error)) Watchdog
}

// estate opens a configuration, which was put into the ledger before its hash
// was given to the workflow.
func (a *Activities) estate(ctx context.Context, hash string) (*Estate, error) {
	e, err := a.Estates.Open(ctx, hash)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, problem(FailureConfiguration, "this ledger does not hold the configuration %s: bring it with `cutover reload`, and see that the worker and the command line use one state directory", hash)
	}
	return e, err
}

// waited is how long our own pacing has held requests back so far.
func (e *Estate) waited() time.Duration {
	var sum time.Duration
	for _, d := range e.Domains {
		sum += d.Waited()
	}
	if e.Applications != nil {
		sum += e.Applications.Waited()
	}
	return sum
}

// peerFor finds whom a change is sent to.
func (e *Estate) peerFor(c directory.Change) (apply.Peer, error) {
	switch c.Via {
	case directory.ViaFusionApplications:
		return e.Applications, nil
	case directory.ViaImportManagement:
		if e.Files == nil {
			return nil, problem(FailureConfiguration, "the plan was made for files of Import Management, and the configuration has another way now: write migrate.through: import-management again, then `cutover reload`")
		}
		return e.Files, nil
	case directory.ViaNativeSync:
		return e.nativePeer(c.Domain)
	}
	d, ok := e.Domains[c.Domain]
	if !ok {
		return nil, problem(FailureConfiguration, "the configuration has no domain %s", c.Domain)
	}
	return d, nil
}
