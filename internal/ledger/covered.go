package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
)

// Covered tells whether every change of a plan is a change of one of the other
// plans too, so that what was approved of them covers it. A plan without
// changes is covered by any.
func (l *Ledger) Covered(ctx context.Context, id int64, by []int64) (bool, error) {
	more := 0
	err := l.read(ctx, fmt.Sprintf("hold plan %d against what was approved", id), func(tx *sql.Tx) error {
		if _, err := plan(ctx, tx, id); err != nil {
			return err
		}
		list, err := json.Marshal(by)
		if err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `
			SELECT count(*) FROM changes AS c WHERE c.plan = ? AND NOT EXISTS (
				SELECT 1 FROM changes AS a JOIN json_each(?) AS p ON a.plan = p.value
				WHERE a.domain = c.domain AND a.user_key = c.user_key AND a.body = c.body)`,
			id, string(list)).Scan(&more)
	})
	return err == nil && more == 0, err
}
