package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
)

// dropChunk is how many rows go in one transaction, so that a claim never waits
// long for a drop.
const dropChunk = 20_000

// DropSnapshots deletes the snapshots of a cutover but those to keep. An
// interrupted drop leaves snapshots that are no longer complete, which the next
// one deletes.
func (l *Ledger) DropSnapshots(ctx context.Context, cutover string, keep []int64) error {
	var ids []int64
	err := l.write(ctx, "withdraw old snapshots of "+cutover, func(tx *sql.Tx) error {
		all, err := collect(ctx, tx, func(r *sql.Rows, id *int64) error { return r.Scan(id) },
			`SELECT id FROM snapshots WHERE cutover = ?`, cutover)
		if err != nil {
			return err
		}
		ids = slices.DeleteFunc(all, func(id int64) bool { return slices.Contains(keep, id) })
		for _, id := range ids { // first of all, nobody shall believe what is half gone
			if _, err := tx.ExecContext(ctx, `UPDATE snapshots SET complete = 0 WHERE id = ?`, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, id := range ids {
		if err := l.drop(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (l *Ledger) drop(ctx context.Context, id int64) error {
	what := fmt.Sprintf("drop snapshot %d", id)
	for _, query := range []string{
		`DELETE FROM snapshot_users WHERE (snapshot, name_key, id) IN (SELECT snapshot, name_key, id FROM snapshot_users WHERE snapshot = ? LIMIT ?)`,
		`DELETE FROM snapshot_members WHERE (snapshot, user_id, group_name) IN (SELECT snapshot, user_id, group_name FROM snapshot_members WHERE snapshot = ? LIMIT ?)`,
		`DELETE FROM snapshot_roles WHERE (snapshot, user_id, app, role) IN (SELECT snapshot, user_id, app, role FROM snapshot_roles WHERE snapshot = ? LIMIT ?)`,
	} {
		for more := true; more; {
			err := l.write(ctx, what, func(tx *sql.Tx) error {
				n, err := affected(tx.ExecContext(ctx, query, id, dropChunk))
				more = n == dropChunk
				return err
			})
			if err != nil {
				return err
			}
		}
	}
	return l.write(ctx, what, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM snapshots WHERE id = ?`, id)
		return err
	})
}

// affected is how many rows a statement changed.
func affected(r sql.Result, err error) (int, error) {
	if err != nil {
		return 0, err
	}
	n, err := r.RowsAffected()
	return int(n), err
}
