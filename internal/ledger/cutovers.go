package ledger

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// Cutover is one cutover by its name. Run counts how often it was started
// again; whatever belongs to one run is kept under a key of its own, which the
// caller makes of name and run.
type Cutover struct {
	Name, ConfigHash, StartedBy, Outcome, Reason string
	StartedAt, EndedAt                           time.Time // EndedAt is zero while it runs
	Run                                          int
}

// PutCutover writes a cutover, in place of what was kept under its name.
func (l *Ledger) PutCutover(ctx context.Context, c Cutover) error {
	return l.write(ctx, "write cutover "+c.Name, func(tx *sql.Tx) error {
		if c.Name == "" {
			return errors.New("it has no name")
		}
		_, err := tx.ExecContext(ctx, `
			INSERT INTO cutovers (name, config_hash, started_by, started_at, ended_at, outcome, reason, run)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (name) DO UPDATE SET config_hash = excluded.config_hash, started_by = excluded.started_by,
				started_at = excluded.started_at, ended_at = excluded.ended_at, outcome = excluded.outcome,
				reason = excluded.reason, run = excluded.run`,
			c.Name, c.ConfigHash, c.StartedBy, stamp(c.StartedAt), stamp(c.EndedAt), c.Outcome, c.Reason, c.Run)
		return err
	})
}

// Cutover returns a cutover by its name, or ErrNotFound.
func (l *Ledger) Cutover(ctx context.Context, name string) (Cutover, error) {
	c := Cutover{Name: name}
	err := l.read(ctx, "read cutover "+name, func(tx *sql.Tx) error {
		var started, ended int64
		err := tx.QueryRowContext(ctx, `
			SELECT config_hash, started_by, started_at, ended_at, outcome, reason, run FROM cutovers WHERE name = ?`, name).
			Scan(&c.ConfigHash, &c.StartedBy, &started, &ended, &c.Outcome, &c.Reason, &c.Run)
		c.StartedAt, c.EndedAt = moment(started), moment(ended)
		return missing(err, "cutover %s", name)
	})
	return c, err
}
