// Package fleet is the wiring of a worker: it opens the clients that a
// configuration describes and registers the workflow and its activities. It is
// used by worker/ beside an existing Temporal cluster and by `cutover up`, and
// must know neither the embedded server nor the simulator.
package fleet

import (
	"context"
	"fmt"
	"sync"

	"cutover/activities"
	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/fusionapps"
	"cutover/internal/ledger"
)

// Estates opens estates from the configurations in the ledger, each once: the
// pacing of a domain's client holds for everything that is sent through it.
type Estates struct {
	Ledger *ledger.Ledger

	mu   sync.Mutex
	open map[string]opened
}

// opened is an estate and the bytes that it was made from: a configuration may
// have moved to another directory, to which its secrets are relative.
type opened struct {
	estate *activities.Estate
	stored string
}

// Open implements activities.Estates.
func (e *Estates) Open(ctx context.Context, hash string) (*activities.Estate, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	body, err := e.Ledger.Configuration(ctx, hash)
	if err != nil {
		return nil, fmt.Errorf("the configuration %s is not in this ledger: start or reload with the file again: %w", hash, err)
	}
	if had, ok := e.open[hash]; ok && had.stored == string(body) {
		return had.estate, nil
	}
	estate, err := NewEstate(body, hash)
	if err != nil {
		return nil, err
	}
	if e.open == nil {
		e.open = map[string]opened{}
	}
	e.open[hash] = opened{estate, string(body)}
	return estate, nil
}

// NewEstate makes the clients that a stored configuration describes. Nothing is
// sent.
func NewEstate(stored []byte, hash string) (*activities.Estate, error) {
	c, dir, err := config.Decode(stored)
	if err != nil {
		return nil, err
	}
	secrets := config.Secrets{Dir: dir}
	estate := &activities.Estate{
		Config: c, Hash: hash, Secrets: secrets, Rules: RulesOf(c), SSO: SSOSettingsOf(c),
	}
	if estate.Domains, err = clientsOf(c, secrets); err != nil {
		return nil, err
	}
	fa := c.Fusion.Applications
	apps, err := fusionapps.New(fusionapps.Options{
		URL: fa.URL, UserName: fa.UserName, RequestsPerSecond: fa.RequestsPerSecond, BulkOperations: fa.BulkOperations,
		RequestTimeout: fa.RequestTimeout,
		Password:       func(ctx context.Context) (string, error) { return secrets.Read(ctx, fa.Password) },
	})
	if err != nil {
		return nil, fmt.Errorf("the client of Fusion Applications: %w", err)
	}
	estate.Applications = apps
	if estate.Files, err = filesOf(c, dir, estate.Domains[directory.Fusion]); err != nil {
		return nil, err
	}
	return estate, nil
}
