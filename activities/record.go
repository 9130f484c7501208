package activities

import (
	"context"
	"encoding/json"
	"time"

	"cutover/internal/directory"
	"cutover/internal/forecast"
	"cutover/internal/ledger"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
	"cutover/internal/report"
)

// PhaseParams is how a phase ended.
type PhaseParams struct {
	Cutover string
	Record  ledger.PhaseRecord
}

// dropFor is how long the end of a phase spends on old reads; what it leaves,
// the next one drops.
const dropFor = 10 * time.Second

// RecordPhase writes down how a phase ended, and drops reads that nobody needs
// any more.
func (a *Activities) RecordPhase(ctx context.Context, in PhaseParams) error {
	if err := a.Ledger.PutPhase(ctx, in.Cutover, in.Record); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, dropFor)
	defer cancel()
	_ = report.DropOldReads(ctx, a.Ledger, in.Cutover) // large is no failure
	return nil
}

// EndParams is how a cutover ended.
type EndParams struct {
	Cutover, Name, Outcome, Reason string
	Phase                          string // where it ended early
	WaitedForLimits                time.Duration
	WaitedForFusion                time.Duration
}

// RecordEnd writes down how the cutover ended.
func (a *Activities) RecordEnd(ctx context.Context, in EndParams) error {
	c, err := a.Ledger.Cutover(ctx, in.Name)
	if err != nil {
		return err
	}
	c.Outcome, c.Reason, c.EndedAt = in.Outcome, in.Reason, time.Now()
	if err := a.putJSON(ctx, in.Cutover, report.ValueEnd, report.End{
		Outcome: in.Outcome, Reason: in.Reason, Phase: in.Phase, StartedAt: c.StartedAt, EndedAt: c.EndedAt,
		WaitedForLimits: in.WaitedForLimits.Seconds(), WaitedForFusion: in.WaitedForFusion.Seconds(),
	}); err != nil {
		return err
	}
	return a.Ledger.PutCutover(ctx, c)
}

// putForecast keeps the forecast as it was before the first write, for reports.
func (a *Activities) putForecast(ctx context.Context, cutover string, whole forecast.Whole) error {
	whole.At = time.Now().UTC()
	return a.putJSON(ctx, cutover, report.ValueForecast, whole)
}

// FigureParams asks for the guide's figure from fresh reads.
type FigureParams struct {
	Cutover, ConfigHash string
	Snapshots           map[directory.Domain]int64
}

// Figure writes "Where users exist" (the guide's Figure 7-2) to the ledger, and
// what there is after the cutover, in numbers.
func (a *Activities) Figure(ctx context.Context, in FigureParams) error {
	defer beating(ctx).stop()
	p, e, err := a.planner(ctx, in.Cutover, in.ConfigHash)
	if err != nil {
		return err
	}
	w, err := p.World(ctx, in.Snapshots)
	if err != nil {
		return err
	}
	rules, err := a.bound(ctx, e.Rules, w)
	if err != nil {
		return err
	}
	if err := a.putFigure(ctx, in.Cutover, w, rules); err != nil {
		return err
	}
	after, err := report.CountAfter(ctx, a.Ledger, in.Cutover, w, rules)
	if err != nil {
		return err
	}
	return a.putJSON(ctx, in.Cutover, report.ValueAfter, after)
}

// putFigure writes where users exist: at check as it is before, so that a report
// of a cutover that did not get through has it too, and at verify as it is then.
func (a *Activities) putFigure(ctx context.Context, cutover string, w reconcile.World, rules *reconcile.Rules) error {
	figure, err := phase.WhereUsersExist(w, rules)
	if err != nil {
		return err
	}
	return a.putJSON(ctx, cutover, report.ValueFigure, figure)
}

func (a *Activities) putJSON(ctx context.Context, cutover, key string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return a.Ledger.PutValue(ctx, cutover, key, b)
}

// KeepErrors keeps the words of the last error that a history may not hold, so
// that `cutover status` can show them.
func KeepErrors(l *ledger.Ledger) func(ctx context.Context, activityName string, err error) {
	keep := &Activities{Ledger: l}
	return func(ctx context.Context, activityName string, err error) {
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		// An error that cannot be kept is still in the history, sealed.
		_ = keep.putJSON(ctx, "", report.ValueLastError, map[string]string{
			"activity": activityName, "error": err.Error(), "at": time.Now().UTC().Format(time.RFC3339),
		})
	}
}
