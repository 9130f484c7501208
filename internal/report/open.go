package report

import (
	"context"
	"encoding/json"
	"errors"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/forecast"
	"cutover/internal/ledger"
)

// Open is what a person needs to read before they decide at a gate.
type Open struct {
	Phase    string                `json:"phase"`
	Hash     string                `json:"hash"`
	Changes  []directory.Change    `json:"changes"` // the first of them
	More     int                   `json:"more"`    // how many are not shown
	Findings []directory.Finding   `json:"findings"`
	Failures []ledger.FailedChange `json:"failures"`
	// Forecast is what every phase would do, where the whole waits at check.
	Forecast []forecast.PhaseForecast `json:"forecast,omitempty"`
	// Told is what the phase's proofs saw that people have to know, though it
	// stops nothing.
	Told []SignIn `json:"told,omitempty"`
	// LastError is what a domain last answered in its own words, which a
	// history may not hold.
	LastError map[string]string `json:"lastError,omitempty"`
}

// shown is how many changes of a plan are listed.
const shown = 200

// BuildOpen tells what the ledger holds on the plan of a phase that waits.
func BuildOpen(ctx context.Context, l *ledger.Ledger, key, phase string) (Open, error) {
	o := Open{Phase: phase}
	if b, found, err := l.Value(ctx, "", ValueLastError); err == nil && found {
		_ = json.Unmarshal(b, &o.LastError)
	}
	var whole forecast.Whole
	if _, err := value(ctx, l, key, ValueForecast, &whole); err != nil {
		return o, err
	}
	plan, err := l.LatestPlan(ctx, key, phase, false)
	if err != nil && !errors.Is(err, ledger.ErrNotFound) {
		return o, err
	}
	// After a reload everything is forecast anew, and the plans from before it
	// are not what waits.
	if err != nil || whole.At.After(plan.CreatedAt) {
		o.Hash, o.Findings, o.Forecast = whole.Hash, whole.Findings, whole.Phases
		return o, nil
	}
	o.Hash = plan.Hash
	for c, err := range l.Changes(ctx, plan.ID) {
		if err != nil {
			return o, err
		}
		if len(o.Changes) == shown {
			break
		}
		o.Changes = append(o.Changes, c)
	}
	o.More = plan.Changes - len(o.Changes)
	if o.Findings, err = l.Findings(ctx, plan.ID); err != nil {
		return o, err
	}
	if o.Failures, err = l.Failures(ctx, plan.ID, 50); err != nil {
		return o, err
	}
	o.Told, err = told(ctx, l, key, phase)
	return o, err
}

// told are the last proofs of each kind in the phase that neither were plainly
// seen nor failed: told, or unclear.
func told(ctx context.Context, l *ledger.Ledger, key, phase string) ([]SignIn, error) {
	had, err := l.SignIns(ctx, key)
	if err != nil {
		return nil, err
	}
	var out []SignIn
	for i, s := range had {
		again := func(later ledger.SignIn) bool { return later.Phase == phase && later.Kind == s.Kind }
		if s.Phase == phase && (s.Outcome == "told" || s.Outcome == "unclear") && !slices.ContainsFunc(had[i+1:], again) {
			out = append(out, SignIn{s.Phase, s.User, s.Prover, s.Kind, s.Outcome, s.Reason, s.At})
		}
	}
	return out, nil
}
