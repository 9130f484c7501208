package ledger

import (
	"context"
	"database/sql"
	"errors"
)

// PutVerdicts adds to the verdicts on users as they were at the start of a
// cutover, by userName. Only the first set of a cutover counts: once it is
// sealed, further ones are ignored, because reports give the verdicts as they
// were at the start.
func (l *Ledger) PutVerdicts(ctx context.Context, cutover string, verdicts map[string]string) error {
	return l.write(ctx, "write verdicts of "+cutover, func(tx *sql.Tx) error {
		if closed, err := verdictsSealed(ctx, tx, cutover); err != nil || closed {
			return err
		}
		put, err := inserting(ctx, tx, `
			INSERT INTO verdicts (cutover, user, verdict) VALUES (?, ?, ?)
			ON CONFLICT (cutover, user) DO UPDATE SET verdict = excluded.verdict`)
		if err != nil {
			return err
		}
		for user, verdict := range verdicts {
			if err := put(cutover, user, verdict); err != nil {
				return err
			}
		}
		return nil
	})
}

// SealVerdicts ends the first set of a cutover. Again, it does nothing.
func (l *Ledger) SealVerdicts(ctx context.Context, cutover string) error {
	return l.write(ctx, "seal the verdicts of "+cutover, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx,
			`INSERT INTO verdict_sets (cutover, sealed_at) VALUES (?, ?) ON CONFLICT (cutover) DO NOTHING`, cutover, stamp(now()))
		return err
	})
}

// Verdicts returns the sealed verdicts of a cutover by userName. Before they
// are sealed there are none: half of them would look like all.
func (l *Ledger) Verdicts(ctx context.Context, cutover string) (map[string]string, error) {
	out := map[string]string{}
	err := l.read(ctx, "read the verdicts of "+cutover, func(tx *sql.Tx) error {
		if closed, err := verdictsSealed(ctx, tx, cutover); err != nil || !closed {
			return err
		}
		return each(ctx, tx, `SELECT user, verdict FROM verdicts WHERE cutover = ?`, func(r *sql.Rows) error {
			var user, verdict string
			err := r.Scan(&user, &verdict)
			out[user] = verdict
			return err
		}, cutover)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func verdictsSealed(ctx context.Context, tx *sql.Tx, cutover string) (bool, error) {
	var at int64
	err := tx.QueryRowContext(ctx, `SELECT sealed_at FROM verdict_sets WHERE cutover = ?`, cutover).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, err
}
