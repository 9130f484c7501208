package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"math"

	"cutover/internal/directory"
)

// AppliedStep is a step of a plan of which something was applied.
type AppliedStep struct {
	Plan  int64
	Phase string
	Step  int
}

// AppliedSteps lists the steps of which something was applied in these cutovers,
// the last first, without those of the plans of one phase: the way back itself.
func (l *Ledger) AppliedSteps(ctx context.Context, cutovers []string, without string) ([]AppliedStep, error) {
	var steps []AppliedStep
	err := l.read(ctx, "list what was applied", func(tx *sql.Tx) error {
		list, err := json.Marshal(cutovers)
		if err != nil {
			return err
		}
		steps, err = collect(ctx, tx, func(r *sql.Rows, s *AppliedStep) error { return r.Scan(&s.Plan, &s.Phase, &s.Step) }, `
			SELECT p.id, p.phase, c.step FROM plans AS p CROSS JOIN changes AS c ON c.plan = p.id
			WHERE p.cutover IN (SELECT value FROM json_each(?)) AND p.forecast = 0 AND p.phase <> ? AND c.state = 'applied'
			GROUP BY p.id, c.step ORDER BY p.id DESC, c.step DESC`, string(list), without)
		return err
	})
	return steps, err
}

// AppliedChange is a change that was applied.
type AppliedChange struct {
	Plan       int64
	Seq        int
	Change     directory.Change
	ResourceID string
}

// undone holds for a change c that a plan no later than ?4 has undone.
const undone = `EXISTS (SELECT 1 FROM undoes AS u CROSS JOIN changes AS r ON r.plan = u.plan AND r.seq = u.seq
	WHERE u.of_plan = c.plan AND u.of_seq = c.seq AND u.plan <= ?4 AND (r.state = 'applied' OR r.state = 'skipped' AND r.detail = ?5))`

// AppliedInStep streams what was applied of a step of a plan, without what a plan
// no later than the given one has undone: by domain, then by the folded user, the
// last first.
func (l *Ledger) AppliedInStep(ctx context.Context, id int64, step int, undoneBy int64) iter.Seq2[AppliedChange, error] {
	return func(yield func(AppliedChange, error) bool) {
		for domain, user, seq := "", "", math.MaxInt; ; {
			var page []AppliedChange
			err := l.read(ctx, fmt.Sprintf("read what was applied of plan %d", id), func(tx *sql.Tx) (err error) {
				if _, err := plan(ctx, tx, id); err != nil {
					return err
				}
				page, err = collect(ctx, tx, func(r *sql.Rows, a *AppliedChange) error {
					a.Plan = id
					var body sql.RawBytes
					if err := r.Scan(&a.Seq, &a.ResourceID, &body); err != nil {
						return err
					}
					return json.Unmarshal(body, &a.Change)
				}, `
					SELECT seq, resource_id, body FROM changes AS c INDEXED BY changes_by_user
					WHERE plan = ?1 AND (domain, user_key) >= (?6, ?7) AND (domain, user_key, -seq) > (?6, ?7, -?8)
						AND state = 'applied' AND step = ?2 AND NOT `+undone+`
					ORDER BY domain, user_key, seq DESC LIMIT ?3`, id, step, pageSize, undoneBy, AlreadyDone, domain, user, seq)
				return err
			})
			if err != nil {
				yield(AppliedChange{}, err)
				return
			}
			for _, a := range page {
				if !yield(a, nil) {
					return
				}
			}
			if len(page) < pageSize {
				return
			}
			last := page[len(page)-1]
			domain, user, seq = string(last.Change.Domain), directory.Fold(last.Change.User), last.Seq
		}
	}
}

// Undoing is a change of a way back, and what it undoes.
type Undoing struct {
	Change directory.Change
	Undoes []ChangeRef
}

// ChangeRef points to a change of a plan.
type ChangeRef struct {
	Plan int64
	Seq  int
}

// AddUndoing is AddChanges for a plan of a way back.
func (l *Ledger) AddUndoing(ctx context.Context, id int64, changes []Undoing) error {
	return l.fillPlan(ctx, id, "add changes", func(tx *sql.Tx) error {
		plain := make([]directory.Change, len(changes))
		for i, c := range changes {
			plain[i] = c.Change
		}
		seq, err := addChanges(ctx, tx, id, plain)
		if err != nil {
			return err
		}
		add, err := inserting(ctx, tx, `INSERT INTO undoes (of_plan, of_seq, plan, seq) VALUES (?, ?, ?, ?)`)
		if err != nil {
			return err
		}
		for i, c := range changes {
			for _, of := range c.Undoes {
				if err := add(of.Plan, of.Seq, id, seq+i); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// LastPlan is the id of the latest plan of all; 0 where there is none.
func (l *Ledger) LastPlan(ctx context.Context) (id int64, err error) {
	err = l.read(ctx, "find the latest plan", func(tx *sql.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT coalesce(max(id), 0) FROM plans`).Scan(&id)
	})
	return id, err
}

// UndonePhase is how much of what a phase applied has been undone.
type UndonePhase struct {
	Phase           string
	Applied, Undone int
}

// Undone counts, by phase in the order of their first plans, what was applied in a
// cutover and what of it has been undone; without the plans of one phase.
func (l *Ledger) Undone(ctx context.Context, cutover, without string) ([]UndonePhase, error) {
	var out []UndonePhase
	err := l.read(ctx, "count what was undone of "+cutover, func(tx *sql.Tx) (err error) {
		out, err = collect(ctx, tx, func(r *sql.Rows, p *UndonePhase) error { return r.Scan(&p.Phase, &p.Applied, &p.Undone) }, `
			SELECT p.phase, count(*), total(`+undone+`) FROM plans AS p CROSS JOIN changes AS c ON c.plan = p.id
			WHERE p.cutover = ?1 AND p.forecast = 0 AND p.phase <> ?2 AND c.state = 'applied' AND ?3 = ''
			GROUP BY p.phase ORDER BY min(p.id)`, cutover, without, "", math.MaxInt, AlreadyDone)
		return err
	})
	return out, err
}
