package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Decision is what a person decided at a gate, or what was decided for them
// where they had said so before (Automatic).
type Decision struct {
	ID, Cutover, Phase, Hash, Verb, By, Note string
	Automatic                                bool
	At                                       time.Time

	Gate      string // the kind of gate that it is about
	Allow     int    // the number that it names, where it allows a limit to be crossed
	Signature string // armored SSH signature (PROTOCOL.sshsig), or empty
	SignedBy  string // fingerprint of the key that made it, once it was verified
}

// PutDecision writes a decision, once: the same id again for the same cutover
// changes nothing and is not new.
func (l *Ledger) PutDecision(ctx context.Context, d Decision) (bool, error) {
	n := 0
	err := l.write(ctx, "write a decision of "+d.Cutover, func(tx *sql.Tx) (err error) {
		if d.ID == "" || d.Cutover == "" {
			return errors.New("a decision needs an id and a cutover, or it would be counted twice")
		}
		n, err = affected(tx.ExecContext(ctx, `
			INSERT INTO decisions (cutover, id, phase, hash, verb, by, note, automatic, at, gate, allow, signature, signed_by)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (cutover, id) DO NOTHING`,
			d.Cutover, d.ID, d.Phase, d.Hash, d.Verb, d.By, d.Note, d.Automatic, stamp(d.At), d.Gate, d.Allow, d.Signature, d.SignedBy))
		return err
	})
	return err == nil && n == 1, err
}

// Decisions returns the decisions of a cutover in the order in which they were written.
func (l *Ledger) Decisions(ctx context.Context, cutover string) ([]Decision, error) {
	var out []Decision
	err := l.read(ctx, "read the decisions of "+cutover, func(tx *sql.Tx) (err error) {
		out, err = collect(ctx, tx, func(r *sql.Rows, d *Decision) error {
			var at int64
			d.Cutover = cutover
			err := r.Scan(&d.ID, &d.Phase, &d.Hash, &d.Verb, &d.By, &d.Note, &d.Automatic, &at, &d.Gate, &d.Allow, &d.Signature, &d.SignedBy)
			d.At = moment(at)
			return err
		}, `SELECT id, phase, hash, verb, by, note, automatic, at, gate, allow, signature, signed_by FROM decisions WHERE cutover = ? ORDER BY seq`, cutover)
		return err
	})
	return out, err
}
