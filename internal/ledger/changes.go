package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Changes streams the changes of a plan in the order in which they were added.
// A plan that is not there ends the stream with ErrNotFound.
func (l *Ledger) Changes(ctx context.Context, plan int64) reconcile.Changes {
	return l.changes(ctx, plan, `
		SELECT seq, '', body FROM changes WHERE plan = ?1 AND seq > ?2 AND ?3 = '' ORDER BY seq LIMIT ?4`)
}

// AppliedChanges streams the changes of a plan that were applied, in the order
// in which they were added.
func (l *Ledger) AppliedChanges(ctx context.Context, plan int64) reconcile.Changes {
	return l.changes(ctx, plan, `
		SELECT seq, '', body FROM changes WHERE plan = ?1 AND seq > ?2 AND ?3 = '' AND state = 'applied'
		ORDER BY seq LIMIT ?4`)
}

// DoneChanges streams the changes of a plan that were applied, and those that
// were skipped because they were done already, in the order in which they were added.
func (l *Ledger) DoneChanges(ctx context.Context, plan int64) reconcile.Changes {
	return l.changes(ctx, plan, `
		SELECT seq, '', body FROM changes WHERE plan = ?1 AND seq > ?2 AND ?3 = ''
			AND (state = 'applied' OR state = 'skipped' AND detail = ?5)
		ORDER BY seq LIMIT ?4`, AlreadyDone)
}

// ChangesByUser streams the changes of a plan in one domain, in the order of
// Fold(User), then in that in which they were added.
func (l *Ledger) ChangesByUser(ctx context.Context, plan int64, domain directory.Domain) reconcile.Changes {
	return l.changes(ctx, plan, `
		SELECT seq, user_key, body FROM changes WHERE plan = ?1 AND domain = ?5 AND (user_key, seq) > (?3, ?2)
		ORDER BY user_key, seq LIMIT ?4`, domain)
}

// changeRow is a change with its position in a stream.
type changeRow struct {
	seq    int
	user   string
	change directory.Change
}

func scanChange(r *sql.Rows, row *changeRow) error {
	var body sql.RawBytes
	if err := r.Scan(&row.seq, &row.user, &body); err != nil {
		return err
	}
	return json.Unmarshal(body, &row.change)
}

// changes streams by pages: query takes ?1 plan, ?2 and ?3 the position before
// the page, ?4 rows, and more from ?5 on. Nothing is held open between pages.
func (l *Ledger) changes(ctx context.Context, id int64, query string, more ...any) reconcile.Changes {
	return func(yield func(directory.Change, error) bool) {
		for at := (changeRow{}); ; {
			var page []changeRow
			err := l.read(ctx, fmt.Sprintf("read the changes of plan %d", id), func(tx *sql.Tx) (err error) {
				if _, err := plan(ctx, tx, id); err != nil {
					return err
				}
				page, err = collect(ctx, tx, scanChange, query, append([]any{id, at.seq, at.user, pageSize}, more...)...)
				return err
			})
			if err != nil {
				yield(directory.Change{}, err)
				return
			}
			for _, row := range page {
				if !yield(row.change, nil) {
					return
				}
			}
			if len(page) < pageSize {
				return
			}
			at = page[len(page)-1]
		}
	}
}

// Findings returns the findings of a plan in the order in which they were added.
func (l *Ledger) Findings(ctx context.Context, id int64) ([]directory.Finding, error) {
	var out []directory.Finding
	err := l.read(ctx, fmt.Sprintf("read the findings of plan %d", id), func(tx *sql.Tx) (err error) {
		if _, err := plan(ctx, tx, id); err != nil {
			return err
		}
		out, err = collect(ctx, tx, func(r *sql.Rows, f *directory.Finding) error {
			var body sql.RawBytes
			if err := r.Scan(&body); err != nil {
				return err
			}
			return json.Unmarshal(body, f)
		}, `SELECT body FROM findings WHERE plan = ? ORDER BY seq`, id)
		return err
	})
	return out, err
}
