package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Acceptance is a person's word that a phase may take somebody's access, for one
// reason. Another reason needs another one.
type Acceptance struct {
	Cutover string    `json:"cutover"` // the ledger's key
	Phase   string    `json:"phase"`
	User    string    `json:"user"`
	Reason  string    `json:"reason"` // its name, as a finding tells it
	By      string    `json:"by"`
	Why     string    `json:"why"`
	At      time.Time `json:"at"`
}

// PutAcceptances writes acceptances down, all of them or none. What was accepted
// before is accepted again, and both are kept.
func (l *Ledger) PutAcceptances(ctx context.Context, all []Acceptance) error {
	return l.write(ctx, "write down what was accepted", func(tx *sql.Tx) error {
		add, err := inserting(ctx, tx, `INSERT INTO acceptances (cutover, phase, user, reason, by, why, at) VALUES (?, ?, ?, ?, ?, ?, ?)`)
		if err != nil {
			return err
		}
		for _, a := range all {
			for _, must := range []string{a.Cutover, a.Phase, a.User, a.Reason, a.By, a.Why} {
				if must == "" {
					return errors.New("an acceptance says of which cutover, phase, user and reason it is, by whom, and why")
				}
			}
			if err := add(a.Cutover, a.Phase, a.User, a.Reason, a.By, a.Why, stamp(a.At)); err != nil {
				return err
			}
		}
		return nil
	})
}

// Acceptances lists those of a cutover in the order in which they were written.
func (l *Ledger) Acceptances(ctx context.Context, cutover string) ([]Acceptance, error) {
	var out []Acceptance
	err := l.read(ctx, "read what was accepted in "+cutover, func(tx *sql.Tx) (err error) {
		out, err = collect(ctx, tx, func(r *sql.Rows, a *Acceptance) error {
			var at int64
			err := r.Scan(&a.Cutover, &a.Phase, &a.User, &a.Reason, &a.By, &a.Why, &at)
			a.At = moment(at)
			return err
		}, `SELECT cutover, phase, user, reason, by, why, at FROM acceptances WHERE cutover = ? ORDER BY seq`, cutover)
		return err
	})
	return out, err
}
