package ledger

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
)

// What sets a tripwire.
const (
	CauseBreakGlass = "break-glass" // a person, by the command
	CauseRevert     = "revert"      // nobody confirmed in time
)

// Tripwire keeps local sign-in in a Utilities domain. LiftedAt is zero while it
// is set.
type Tripwire struct {
	ID                   string // the same again is the same tripwire
	Domain               string // URL of the Utilities domain
	Cause, By, Note      string
	At                   time.Time
	LiftedBy, LiftedNote string
	LiftedAt             time.Time
}

// domainKey makes one name of the ways to write a domain's URL.
func domainKey(url string) string { return strings.ToLower(strings.TrimRight(url, "/")) }

// SetTripwire sets a tripwire, once: the same id again changes nothing, be it
// lifted by now.
func (l *Ledger) SetTripwire(ctx context.Context, t Tripwire) error {
	return l.write(ctx, "set a tripwire", func(tx *sql.Tx) error {
		if t.ID == "" || domainKey(t.Domain) == "" || t.Cause == "" {
			return errors.New("a tripwire needs an id, a domain and a cause")
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO tripwires (id, domain, cause, by, note, at) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO NOTHING`, t.ID, domainKey(t.Domain), t.Cause, t.By, t.Note, stamp(t.At))
		return err
	})
}

// LiftTripwires lifts every tripwire that is set in a domain and tells how many
// there were.
func (l *Ledger) LiftTripwires(ctx context.Context, domain, by, note string, at time.Time) (int, error) {
	n := 0
	err := l.write(ctx, "lift the tripwires", func(tx *sql.Tx) (err error) {
		if by == "" || note == "" || at.IsZero() {
			return errors.New("whoever lifts a tripwire says who they are and why")
		}
		n, err = affected(tx.ExecContext(ctx, `
			UPDATE tripwires SET lifted_by = ?, lifted_note = ?, lifted_at = ? WHERE domain = ? AND lifted_at = 0`,
			by, note, stamp(at), domainKey(domain)))
		return err
	})
	return n, err
}

// Tripwires returns the tripwires of a domain, lifted ones too, the latest last.
func (l *Ledger) Tripwires(ctx context.Context, domain string) ([]Tripwire, error) {
	var out []Tripwire
	err := l.read(ctx, "read the tripwires", func(tx *sql.Tx) (err error) {
		out, err = collect(ctx, tx, func(r *sql.Rows, t *Tripwire) error {
			var at, lifted int64
			err := r.Scan(&t.ID, &t.Domain, &t.Cause, &t.By, &t.Note, &at, &t.LiftedBy, &t.LiftedNote, &lifted)
			t.At, t.LiftedAt = moment(at), moment(lifted)
			return err
		}, `SELECT id, domain, cause, by, note, at, lifted_by, lifted_note, lifted_at FROM tripwires WHERE domain = ? ORDER BY seq`, domainKey(domain))
		return err
	})
	return out, err
}

// Tripped returns the latest tripwire that is set in a domain, and whether any is.
func (l *Ledger) Tripped(ctx context.Context, domain string) (Tripwire, bool, error) {
	all, err := l.Tripwires(ctx, domain)
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].LiftedAt.IsZero() {
			return all[i], true, err
		}
	}
	return Tripwire{}, false, err
}
