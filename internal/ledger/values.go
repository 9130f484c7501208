package ledger

import (
	"context"
	"database/sql"
	"errors"
)

// PutValue keeps a small thing of a cutover under a key, as JSON, in place of
// what was there.
func (l *Ledger) PutValue(ctx context.Context, cutover, key string, json []byte) error {
	return l.write(ctx, "keep "+key+" of "+cutover, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO small_values (cutover, key, body) VALUES (?, ?, ?)
			ON CONFLICT (cutover, key) DO UPDATE SET body = excluded.body`, cutover, key, solid(json))
		return err
	})
}

// Value returns what is kept under a key, and whether anything is.
func (l *Ledger) Value(ctx context.Context, cutover, key string) ([]byte, bool, error) {
	var body []byte
	found := false
	err := l.read(ctx, "read "+key+" of "+cutover, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT body FROM small_values WHERE cutover = ? AND key = ?`, cutover, key).Scan(&body)
		found = err == nil
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return body, found, err
}
