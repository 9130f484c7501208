package activities

import (
	"context"
	"errors"
	"time"

	"cutover/internal/ledger"
	"cutover/internal/phase"
)

// OpenParams names a cutover and its configuration.
type OpenParams struct {
	Cutover    string // the ledger's key
	ConfigHash string
}

// OpenResult is what the walk needs to know of the configuration and of what
// the ledger already holds.
type OpenResult struct {
	Off  map[string]string // phases switched off, with the reason
	Done []string          // phases that an earlier run of this cutover finished
	// ArrivalPoll and ArrivalTimeout say how to wait for Fusion's own copy.
	ArrivalPoll, ArrivalTimeout time.Duration
	Slice                       time.Duration
}

// Open reads the configuration by its hash and what the ledger says of earlier
// runs: the history of a workflow may be lost, the ledger goes on.
func (a *Activities) Open(ctx context.Context, in OpenParams) (OpenResult, error) {
	e, err := a.estate(ctx, in.ConfigHash)
	if err != nil {
		return OpenResult{}, err
	}
	out := OpenResult{
		Off: map[string]string{}, Slice: e.Config.Pace.Slice,
		ArrivalPoll: e.Config.Fusion.Applications.ArrivalPoll, ArrivalTimeout: e.Config.Fusion.Applications.ArrivalTimeout,
	}
	for name, why := range e.Config.PhasesOff {
		out.Off[name] = why
	}
	records, err := a.Ledger.Phases(ctx, in.Cutover)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return OpenResult{}, err
	}
	for _, r := range records {
		if r.Outcome == ledger.PhaseDone || r.Outcome == ledger.PhaseNothingToDo {
			out.Done = append(out.Done, r.Name)
		}
	}
	return out, nil
}

// Check reaches every domain with the credentials of the configuration.
func (a *Activities) Check(ctx context.Context, in OpenParams) error {
	defer beating(ctx).stop()
	e, err := a.estate(ctx, in.ConfigHash)
	if err != nil {
		return err
	}
	return e.Check(ctx)
}

// Check reaches every domain and Fusion Applications, and reads a little of each.
func (e *Estate) Check(ctx context.Context) error {
	for _, d := range e.domains() {
		if err := e.Domains[d].Check(ctx); err != nil {
			return err
		}
	}
	return e.Applications.Check(ctx) // whatever the way: Fusion's own people are changed there
}

// phaseNamed finds a phase of the procedure.
func phaseNamed(name string) (phase.Phase, error) {
	for _, p := range phase.Procedure {
		if p.Name == name {
			return p, nil
		}
	}
	return phase.Phase{}, problem(FailureInvalid, "the procedure has no phase %q", name)
}
