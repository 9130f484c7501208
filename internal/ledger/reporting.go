package ledger

import (
	"context"
	"database/sql"
	"fmt"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Key is under what the rows of this run of the cutover are kept: its name, or
// name#2 where it was started again.
func (c Cutover) Key() string {
	if c.Run > 1 {
		return fmt.Sprintf("%s#%d", c.Name, c.Run)
	}
	return c.Name
}

// Snapshots lists the snapshots of a cutover in the order in which they were
// begun, projections included.
func (l *Ledger) Snapshots(ctx context.Context, cutover string) ([]Snapshot, error) {
	var out []Snapshot
	err := l.read(ctx, "list the snapshots of "+cutover, func(tx *sql.Tx) error {
		ids, err := collect(ctx, tx, scanID, `SELECT id FROM snapshots WHERE cutover = ? ORDER BY id`, cutover)
		for _, id := range ids {
			s, err := snapshot(ctx, tx, id)
			if err != nil {
				return err
			}
			out = append(out, s)
		}
		return err
	})
	return out, err
}

func scanID(r *sql.Rows, id *int64) error { return r.Scan(id) }

// AppliedInCutover streams every change of a cutover that was applied, plan by
// plan in the order in which they were made.
func (l *Ledger) AppliedInCutover(ctx context.Context, cutover string) reconcile.Changes {
	return func(yield func(directory.Change, error) bool) {
		var plans []int64
		err := l.read(ctx, "list the plans of "+cutover, func(tx *sql.Tx) (err error) {
			plans, err = collect(ctx, tx, scanID, `SELECT id FROM plans WHERE cutover = ? AND forecast = 0 ORDER BY id`, cutover)
			return err
		})
		if err != nil {
			yield(directory.Change{}, err)
			return
		}
		for _, plan := range plans {
			for c, err := range l.AppliedChanges(ctx, plan) {
				if !yield(c, err) || err != nil {
					return
				}
			}
		}
	}
}
