package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ErrSealed says that a plan is sealed, so that it never changes again.
var ErrSealed = errors.New("the plan is sealed and cannot change")

// ErrUnsealed says that a plan was not written to its end, so that nothing of
// it may be applied.
var ErrUnsealed = errors.New("the plan is not sealed")

// PlanInfo is a plan without its changes and findings. The counts are those of
// the sealing: of a plan that is not sealed they are 0, and its hash is empty.
type PlanInfo struct {
	ID                          int64
	Cutover, Phase, Hash        string
	Forecast                    bool
	Steps                       []StepCount // those that have changes, in order
	Changes, Findings, Blocking int
	CreatedAt                   time.Time
}

// StepCount is how many changes a step has.
type StepCount struct {
	Step    int `json:"step"`
	Changes int `json:"changes"`
}

// BeginPlan begins a new, empty plan of a phase and returns its id.
func (l *Ledger) BeginPlan(ctx context.Context, cutover, phase string, forecast bool) (int64, error) {
	var id int64
	err := l.write(ctx, "begin a plan of "+phase, func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx,
			`INSERT INTO plans (cutover, phase, forecast, created_at) VALUES (?, ?, ?, ?) RETURNING id`,
			cutover, phase, forecast, stamp(now())).Scan(&id)
	})
	return id, err
}

// SealPlan ends a plan under its hash: from now on it can be approved and
// applied, and never changes. To seal it again under the same hash does
// nothing; under another it is refused.
func (l *Ledger) SealPlan(ctx context.Context, id int64, hash string) (PlanInfo, error) {
	var info PlanInfo
	err := l.write(ctx, fmt.Sprintf("seal plan %d", id), func(tx *sql.Tx) (err error) {
		if hash == "" {
			return errors.New("it has no hash")
		}
		if info, err = plan(ctx, tx, id); err != nil || info.Hash == hash {
			return err
		}
		if info.Hash != "" {
			return fmt.Errorf("%w: its hash is %s", ErrSealed, info.Hash)
		}
		if err := seal(ctx, tx, id, hash); err != nil {
			return err
		}
		info, err = plan(ctx, tx, id)
		return err
	})
	return info, err
}

func seal(ctx context.Context, tx *sql.Tx, id int64, hash string) error {
	steps, err := collect(ctx, tx, func(r *sql.Rows, s *StepCount) error { return r.Scan(&s.Step, &s.Changes) },
		`SELECT step, count(*) FROM changes WHERE plan = ? GROUP BY step ORDER BY step`, id)
	if err != nil {
		return err
	}
	b, err := json.Marshal(steps)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE plans SET hash = ?2, steps = ?3,
			changes = (SELECT count(*) FROM changes WHERE plan = ?1),
			findings = (SELECT count(*) FROM findings WHERE plan = ?1),
			blocking = (SELECT count(*) FROM findings WHERE plan = ?1 AND blocking)
		WHERE id = ?1`, id, hash, string(b))
	return err
}

// Plan returns a plan by its id, or ErrNotFound.
func (l *Ledger) Plan(ctx context.Context, id int64) (PlanInfo, error) {
	var info PlanInfo
	err := l.read(ctx, fmt.Sprintf("read plan %d", id), func(tx *sql.Tx) (err error) {
		info, err = plan(ctx, tx, id)
		return err
	})
	return info, err
}

// LatestPlan returns the last sealed plan of a phase, or ErrNotFound.
func (l *Ledger) LatestPlan(ctx context.Context, cutover, phase string, forecast bool) (PlanInfo, error) {
	var info PlanInfo
	err := l.read(ctx, "read the latest plan of "+phase, func(tx *sql.Tx) error {
		var id int64
		err := tx.QueryRowContext(ctx, `
			SELECT id FROM plans WHERE cutover = ? AND phase = ? AND forecast = ? AND hash <> '' ORDER BY id DESC LIMIT 1`,
			cutover, phase, forecast).Scan(&id)
		if err != nil {
			return missing(err, "a sealed plan of %s of %s", phase, cutover)
		}
		info, err = plan(ctx, tx, id)
		return err
	})
	return info, err
}

func plan(ctx context.Context, tx *sql.Tx, id int64) (PlanInfo, error) {
	p := PlanInfo{ID: id}
	var created int64
	var steps []byte
	err := tx.QueryRowContext(ctx,
		`SELECT cutover, phase, hash, forecast, steps, changes, findings, blocking, created_at FROM plans WHERE id = ?`, id).
		Scan(&p.Cutover, &p.Phase, &p.Hash, &p.Forecast, &steps, &p.Changes, &p.Findings, &p.Blocking, &created)
	if err != nil {
		return PlanInfo{}, missing(err, "plan %d", id)
	}
	p.CreatedAt = moment(created)
	return p, json.Unmarshal(steps, &p.Steps)
}

// sealed refuses a plan that is not there or not sealed.
func sealed(ctx context.Context, tx *sql.Tx, id int64) error {
	info, err := plan(ctx, tx, id)
	if err == nil && info.Hash == "" {
		err = fmt.Errorf("%w; plan the phase again", ErrUnsealed)
	}
	return err
}
