package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"cutover/internal/directory"
)

// ErrIncomplete says that a snapshot was not read to its end, so that nothing
// may be concluded from who is not in it.
var ErrIncomplete = errors.New("the snapshot is not complete")

// ErrComplete says that a snapshot is complete, so that it never changes again.
var ErrComplete = errors.New("the snapshot is complete and cannot change")

// Snapshot is one read of one domain, or one domain as a plan would leave it.
type Snapshot struct {
	ID             int64
	Cutover, Phase string
	Domain         directory.Domain
	Complete       bool
	Users          int    // as counted when it was completed; 0 before
	Cursor         string // where the read stands, in its reader's own words
	TakenAt        time.Time
}

// BeginSnapshot begins a new, empty snapshot.
func (l *Ledger) BeginSnapshot(ctx context.Context, cutover, phase string, domain directory.Domain) (Snapshot, error) {
	s := Snapshot{Cutover: cutover, Phase: phase, Domain: domain, TakenAt: now()}
	err := l.write(ctx, "begin a snapshot of "+string(domain), func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx,
			`INSERT INTO snapshots (cutover, phase, domain, taken_at) VALUES (?, ?, ?, ?) RETURNING id`,
			cutover, phase, domain, stamp(s.TakenAt)).Scan(&s.ID)
	})
	return s, err
}

// Snapshot returns a snapshot by its id, or ErrNotFound.
func (l *Ledger) Snapshot(ctx context.Context, id int64) (Snapshot, error) {
	var s Snapshot
	err := l.read(ctx, fmt.Sprintf("read snapshot %d", id), func(tx *sql.Tx) (err error) {
		s, err = snapshot(ctx, tx, id)
		return err
	})
	return s, err
}

func snapshot(ctx context.Context, tx *sql.Tx, id int64) (Snapshot, error) {
	s := Snapshot{ID: id}
	var taken int64
	err := tx.QueryRowContext(ctx,
		`SELECT cutover, phase, domain, complete, users, cursor, taken_at FROM snapshots WHERE id = ?`, id).
		Scan(&s.Cutover, &s.Phase, &s.Domain, &s.Complete, &s.Users, &s.Cursor, &taken)
	s.TakenAt = moment(taken)
	return s, missing(err, "snapshot %d", id)
}

// SetCursor notes where the read of a snapshot stands.
func (l *Ledger) SetCursor(ctx context.Context, id int64, cursor string) error {
	return l.fillSnapshot(ctx, id, "note how far it is read", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE snapshots SET cursor = ? WHERE id = ?`, cursor, id)
		return err
	})
}

// PutOutline writes the part of a snapshot that does not grow with the people.
func (l *Ledger) PutOutline(ctx context.Context, id int64, o directory.Outline) error {
	return l.fillSnapshot(ctx, id, "write its outline", func(tx *sql.Tx) error {
		b, err := json.Marshal(o)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE snapshots SET outline = ? WHERE id = ?`, string(b), id)
		return err
	})
}

// CompleteSnapshot ends a snapshot: from now on it can be planned from and
// never changes. To complete it again does nothing.
func (l *Ledger) CompleteSnapshot(ctx context.Context, id int64) error {
	return l.write(ctx, fmt.Sprintf("complete snapshot %d", id), func(tx *sql.Tx) error {
		s, err := snapshot(ctx, tx, id)
		if err != nil || s.Complete {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE snapshots SET complete = 1, users = (SELECT count(*) FROM snapshot_users WHERE snapshot = ?1)
			WHERE id = ?1`, id)
		if err != nil {
			return err
		}
		return keepReadBack(ctx, tx, id)
	})
}

// CountUsers counts the users in a snapshot, complete or not.
func (l *Ledger) CountUsers(ctx context.Context, id int64) (int, error) {
	var n int
	err := l.read(ctx, fmt.Sprintf("count the users of snapshot %d", id), func(tx *sql.Tx) error {
		if _, err := snapshot(ctx, tx, id); err != nil {
			return err
		}
		return tx.QueryRowContext(ctx, `SELECT count(*) FROM snapshot_users WHERE snapshot = ?`, id).Scan(&n)
	})
	return n, err
}

// fillSnapshot writes to a snapshot that is there and not complete.
func (l *Ledger) fillSnapshot(ctx context.Context, id int64, what string, f func(*sql.Tx) error) error {
	return l.write(ctx, fmt.Sprintf("snapshot %d: %s", id, what), func(tx *sql.Tx) error {
		s, err := snapshot(ctx, tx, id)
		if err != nil {
			return err
		}
		if s.Complete {
			return fmt.Errorf("%w; begin another", ErrComplete)
		}
		return f(tx)
	})
}
