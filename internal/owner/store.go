package owner

import (
	"context"

	"cutover/internal/ledger"
	"cutover/internal/report"
)

// Store is what the commands need of a ledger: from its owner where there is
// one, from the file itself where there is none.
type Store interface {
	Recorder
	PutConfiguration(ctx context.Context, hash string, body []byte) error
	Configuration(ctx context.Context, hash string) ([]byte, error)
	PutCutover(ctx context.Context, c ledger.Cutover) error
	Cutover(ctx context.Context, name string) (ledger.Cutover, error)
	Report(ctx context.Context, key string) (report.Report, error)
	Open(ctx context.Context, key, phase string) (report.Open, error)
	PutAcceptances(ctx context.Context, all []ledger.Acceptance) error
	Acceptances(ctx context.Context, key string) ([]ledger.Acceptance, error)
	// SetTripwire keeps local sign-in in a Utilities domain.
	SetTripwire(ctx context.Context, t ledger.Tripwire) error
	Close() error
}

// Direct is a Store over a ledger that this process has open itself.
type Direct struct{ *ledger.Ledger }

// Report implements Store.
func (d Direct) Report(ctx context.Context, key string) (report.Report, error) {
	return report.Build(ctx, d.Ledger, key)
}

// Open implements Store.
func (d Direct) Open(ctx context.Context, key, phase string) (report.Open, error) {
	return report.BuildOpen(ctx, d.Ledger, key, phase)
}
