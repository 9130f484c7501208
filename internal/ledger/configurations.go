package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// PutConfiguration keeps a configuration under its hash. The hash is over what
// was chosen; the bytes hold besides where the file stood. So the same choices
// from another directory replace the bytes: the latest place of the secrets counts.
func (l *Ledger) PutConfiguration(ctx context.Context, hash string, body []byte) error {
	return l.write(ctx, "keep configuration "+hash, func(tx *sql.Tx) error {
		if hash == "" {
			return errors.New("it has no hash")
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO configurations (hash, body) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE SET body = excluded.body`, hash, solid(body))
		return err
	})
}

// Configuration returns the bytes kept under a hash, or ErrNotFound.
func (l *Ledger) Configuration(ctx context.Context, hash string) ([]byte, error) {
	var body []byte
	err := l.read(ctx, "read configuration "+hash, func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT body FROM configurations WHERE hash = ?`, hash).Scan(&body)
		return missing(err, "configuration %s", hash)
	})
	return body, err
}

// missing turns "no rows" into an ErrNotFound that names the thing.
func missing(err error, format string, args ...any) error {
	if errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), ErrNotFound)
	}
	return err
}

// solid makes an empty value out of no value, for a column that must have one.
func solid(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
