package ledger

import (
	"context"
	"database/sql"
	"time"
)

// SignIn is a proof of a sign-in: of which kind, by whom it was seen, and how
// it ended.
type SignIn struct {
	Phase, User, Prover, Kind, Outcome, Reason string
	Automatic                                  bool
	At                                         time.Time
}

// PutSignIn writes a proof. Every call is a proof of its own.
func (l *Ledger) PutSignIn(ctx context.Context, cutover string, s SignIn) error {
	return l.write(ctx, "write a proof of a sign-in of "+cutover, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO sign_ins (cutover, phase, user, prover, kind, outcome, reason, automatic, at)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			cutover, s.Phase, s.User, s.Prover, s.Kind, s.Outcome, s.Reason, s.Automatic, stamp(s.At))
		return err
	})
}

// SignIns returns the proofs of a cutover in the order in which they were written.
func (l *Ledger) SignIns(ctx context.Context, cutover string) ([]SignIn, error) {
	var out []SignIn
	err := l.read(ctx, "read the proofs of sign-ins of "+cutover, func(tx *sql.Tx) (err error) {
		out, err = collect(ctx, tx, func(r *sql.Rows, s *SignIn) error {
			var at int64
			err := r.Scan(&s.Phase, &s.User, &s.Prover, &s.Kind, &s.Outcome, &s.Reason, &s.Automatic, &at)
			s.At = moment(at)
			return err
		}, `SELECT phase, user, prover, kind, outcome, reason, automatic, at FROM sign_ins WHERE cutover = ? ORDER BY id`, cutover)
		return err
	})
	return out, err
}
