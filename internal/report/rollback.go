package report

import (
	"context"
	"slices"

	"cutover/internal/ledger"
	"cutover/internal/wayback"
)

// RolledBack is how much of what a phase did was undone. What is left was changed
// by others since, or was needless to undo, such as a test user that is deleted.
type RolledBack struct {
	Phase   string `json:"phase"`
	Applied int    `json:"applied"` // by the phase
	Undone  int    `json:"undone"`
}

// addRollback tells of the way back, where a plan of it was carried out. What was
// not undone by it may still be as it was before: nobody undoes what is undone.
func (r *Report) addRollback(ctx context.Context, l *ledger.Ledger, key string) error {
	if !slices.ContainsFunc(r.Phases, func(p Phase) bool { return p.Name == wayback.Phase }) {
		return nil
	}
	counts, err := l.Undone(ctx, key, wayback.Phase)
	for _, c := range slices.Backward(counts) {
		r.RolledBack = append(r.RolledBack, RolledBack(c))
	}
	return err
}
