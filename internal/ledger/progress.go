package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"cutover/internal/directory"
)

// Progress is how many changes are in which state.
type Progress struct{ Planned, Claimed, Applied, Skipped, Failed int }

// Progress counts the changes of a step of a plan, or of all steps (0), by state.
func (l *Ledger) Progress(ctx context.Context, id int64, step int) (Progress, error) {
	var p Progress
	err := l.read(ctx, fmt.Sprintf("count the changes of plan %d", id), func(tx *sql.Tx) error {
		if _, err := plan(ctx, tx, id); err != nil {
			return err
		}
		into := map[string]*int{
			"planned": &p.Planned, "claimed": &p.Claimed,
			StateApplied: &p.Applied, StateSkipped: &p.Skipped, StateFailed: &p.Failed,
		}
		return each(ctx, tx, `
			SELECT state, count(*) FROM changes WHERE plan = ?1 AND (?2 = 0 OR step = ?2) GROUP BY state`,
			func(r *sql.Rows) error {
				var state string
				var n int
				if err := r.Scan(&state, &n); err != nil {
					return err
				}
				*into[state] = n // the table admits no other state
				return nil
			}, id, step)
	})
	return p, err
}

// FailedChange is a change that was refused, and why.
type FailedChange struct {
	Change directory.Change
	Detail string
}

// Failures returns the first failed changes of a plan, at most limit of them;
// a limit of 0 is none.
func (l *Ledger) Failures(ctx context.Context, id int64, limit int) ([]FailedChange, error) {
	if limit <= 0 {
		limit = -1 // to SQLite: no limit
	}
	var failed []FailedChange
	err := l.read(ctx, fmt.Sprintf("read the failures of plan %d", id), func(tx *sql.Tx) (err error) {
		if _, err := plan(ctx, tx, id); err != nil {
			return err
		}
		failed, err = collect(ctx, tx, func(r *sql.Rows, f *FailedChange) error {
			var body sql.RawBytes
			if err := r.Scan(&body, &f.Detail); err != nil {
				return err
			}
			return json.Unmarshal(body, &f.Change)
		}, `SELECT body, detail FROM changes WHERE plan = ? AND state = 'failed' ORDER BY step, seq LIMIT ?`, id, limit)
		return err
	})
	return failed, err
}
