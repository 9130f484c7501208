package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"

	"cutover/internal/directory"
)

// AddChanges adds changes to a plan that is not sealed. They are numbered from
// 1 in the order of the calls.
func (l *Ledger) AddChanges(ctx context.Context, id int64, changes []directory.Change) error {
	return l.fillPlan(ctx, id, "add changes", func(tx *sql.Tx) error {
		_, err := addChanges(ctx, tx, id, changes)
		return err
	})
}

// addChanges adds changes and returns the number of the first.
func addChanges(ctx context.Context, tx *sql.Tx, id int64, changes []directory.Change) (first int, err error) {
	var seq int
	if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM changes WHERE plan = ?`, id).Scan(&seq); err != nil {
		return 0, err
	}
	first = seq + 1
	add, err := inserting(ctx, tx,
		`INSERT INTO changes (plan, seq, step, domain, user_key, batch_key, body) VALUES (?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return 0, err
	}
	for _, c := range changes {
		body, err := json.Marshal(c)
		if err != nil {
			return 0, err
		}
		seq++
		if err := add(id, seq, c.Step, c.Domain, directory.Fold(c.User), batchKey(c), string(body)); err != nil {
			return 0, err
		}
	}
	return first, nil
}

// AddFindings adds findings to a plan that is not sealed.
func (l *Ledger) AddFindings(ctx context.Context, id int64, findings []directory.Finding) error {
	return l.fillPlan(ctx, id, "add findings", func(tx *sql.Tx) error {
		var seq int
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(seq), 0) FROM findings WHERE plan = ?`, id).Scan(&seq); err != nil {
			return err
		}
		add, err := inserting(ctx, tx, `INSERT INTO findings (plan, seq, blocking, body) VALUES (?, ?, ?, ?)`)
		if err != nil {
			return err
		}
		for _, f := range findings {
			body, err := json.Marshal(f)
			if err != nil {
				return err
			}
			seq++
			if err := add(id, seq, f.Blocking, string(body)); err != nil {
				return err
			}
		}
		return nil
	})
}

// fillPlan writes to a plan that is there and not sealed.
func (l *Ledger) fillPlan(ctx context.Context, id int64, what string, f func(*sql.Tx) error) error {
	return l.write(ctx, fmt.Sprintf("plan %d: %s", id, what), func(tx *sql.Tx) error {
		info, err := plan(ctx, tx, id)
		if err != nil {
			return err
		}
		if info.Hash != "" {
			return fmt.Errorf("%w; begin another", ErrSealed)
		}
		return f(tx)
	})
}
