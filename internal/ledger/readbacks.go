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

// ReadBack is what stays of a complete read of a domain when its people are
// dropped.
type ReadBack struct {
	Snapshot             int64
	Phase                string
	Domain               directory.Domain
	Users, Groups, Roles int
	Settings             json.RawMessage // directory.SSO
	TakenAt, CompletedAt time.Time
}

// keepReadBack keeps it, in the transaction that completes the snapshot.
func keepReadBack(ctx context.Context, tx *sql.Tx, snapshot int64) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO read_backs (snapshot, cutover, phase, domain, users, group_count, role_count, settings, taken_at, completed_at)
		SELECT id, cutover, phase, domain, users, coalesce(json_array_length(outline, '$.groups'), 0),
			coalesce(json_array_length(outline, '$.roles'), 0), coalesce(json_extract(outline, '$.sso'), '{}'), taken_at, ?2
		FROM snapshots WHERE id = ?1
		ON CONFLICT (snapshot) DO NOTHING`, snapshot, stamp(now()))
	return err
}

// ReadBacks returns what stays of every complete read of a cutover, in the order
// in which they were begun.
func (l *Ledger) ReadBacks(ctx context.Context, cutover string) ([]ReadBack, error) {
	var out []ReadBack
	err := l.read(ctx, "list the reads of "+cutover, func(tx *sql.Tx) (err error) {
		out, err = collect(ctx, tx, func(r *sql.Rows, b *ReadBack) error {
			var taken, completed int64
			var settings []byte
			err := r.Scan(&b.Snapshot, &b.Phase, &b.Domain, &b.Users, &b.Groups, &b.Roles, &settings, &taken, &completed)
			b.Settings, b.TakenAt, b.CompletedAt = settings, moment(taken), moment(completed)
			return err
		}, `SELECT snapshot, phase, domain, users, group_count, role_count, settings, taken_at, completed_at
			FROM read_backs WHERE cutover = ? ORDER BY snapshot`, cutover)
		return err
	})
	return out, err
}

// Origin is from what a plan was made.
type Origin struct {
	ConfigHash string
	Reads      map[directory.Domain]int64 // snapshots; they may be dropped
}

// PutPlanOrigin writes from what a plan was made. Again, it changes nothing.
func (l *Ledger) PutPlanOrigin(ctx context.Context, plan int64, o Origin) error {
	return l.write(ctx, fmt.Sprintf("write from what plan %d was made", plan), func(tx *sql.Tx) error {
		reads, err := json.Marshal(o.Reads)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO plan_origins (plan, config_hash, reads) VALUES (?, ?, ?) ON CONFLICT (plan) DO NOTHING`,
			plan, o.ConfigHash, string(reads))
		return err
	})
}

// PlanOrigin returns from what a plan was made; nothing where nobody wrote it.
func (l *Ledger) PlanOrigin(ctx context.Context, plan int64) (Origin, error) {
	var o Origin
	err := l.read(ctx, fmt.Sprintf("read from what plan %d was made", plan), func(tx *sql.Tx) error {
		var reads []byte
		err := tx.QueryRowContext(ctx, `SELECT config_hash, reads FROM plan_origins WHERE plan = ?`, plan).Scan(&o.ConfigHash, &reads)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		return json.Unmarshal(reads, &o.Reads)
	})
	return o, err
}
