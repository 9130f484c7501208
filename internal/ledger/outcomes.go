package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"cutover/internal/directory"
)

// Outcome is a change with what became of it.
type Outcome struct {
	Plan       int64
	Seq        int
	Change     directory.Change
	State      string // planned, claimed, or how it ended
	Attempts   int
	Detail     string
	ResourceID string
	RequestID  string
	RecordedAt time.Time
}

const outcomeColumns = `seq, body, state, attempts, detail, resource_id, request_id, recorded_at`

func scanOutcome(r *sql.Rows, o *Outcome) error {
	var body sql.RawBytes
	var at int64
	if err := r.Scan(&o.Seq, &body, &o.State, &o.Attempts, &o.Detail, &o.ResourceID, &o.RequestID, &at); err != nil {
		return err
	}
	o.RecordedAt = moment(at)
	return json.Unmarshal(body, &o.Change)
}

// Outcomes streams the changes of a plan with what became of them, in the order
// in which they were added.
func (l *Ledger) Outcomes(ctx context.Context, id int64) iter.Seq2[Outcome, error] {
	return func(yield func(Outcome, error) bool) {
		for last := 0; ; {
			page, err := l.outcomes(ctx, id, `SELECT `+outcomeColumns+` FROM changes WHERE plan = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3`, id, last, pageSize)
			if err != nil {
				yield(Outcome{}, err)
				return
			}
			for _, o := range page {
				if !yield(o, nil) {
					return
				}
			}
			if len(page) < pageSize {
				return
			}
			last = page[len(page)-1].Seq
		}
	}
}

// OutcomesOf returns the changes of a plan that are about users of these names,
// case aside, by domain and then in the order in which they were added.
func (l *Ledger) OutcomesOf(ctx context.Context, id int64, names []string) ([]Outcome, error) {
	keys := make([]string, len(names))
	for i, name := range names {
		keys[i] = directory.Fold(name)
	}
	list, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	var out []Outcome
	for _, d := range directory.Domains { // the index is by plan, domain and user
		some, err := l.outcomes(ctx, id, `
			SELECT `+outcomeColumns+` FROM changes
			WHERE plan = ? AND domain = ? AND user_key IN (SELECT value FROM json_each(?)) ORDER BY seq`, id, d, string(list))
		if err != nil {
			return nil, err
		}
		out = append(out, some...)
	}
	slices.SortStableFunc(out, func(a, b Outcome) int { return a.Seq - b.Seq })
	return out, nil
}

func (l *Ledger) outcomes(ctx context.Context, id int64, query string, args ...any) ([]Outcome, error) {
	var out []Outcome
	err := l.read(ctx, fmt.Sprintf("read what became of plan %d", id), func(tx *sql.Tx) (err error) {
		if _, err := plan(ctx, tx, id); err != nil {
			return err
		}
		out, err = collect(ctx, tx, scanOutcome, query, args...)
		return err
	})
	for i := range out {
		out[i].Plan = id
	}
	return out, err
}

// Rename is a change of a user's name that some plan of a cutover holds.
type Rename struct {
	Domain   directory.Domain
	From, To string
}

// Renames returns every change of a name that the plans of a cutover hold, done
// or not.
func (l *Ledger) Renames(ctx context.Context, cutover string) ([]Rename, error) {
	var out []Rename
	err := l.read(ctx, "look for renames of "+cutover, func(tx *sql.Tx) (err error) {
		out, err = collect(ctx, tx, func(r *sql.Rows, n *Rename) error { return r.Scan(&n.Domain, &n.From, &n.To) }, `
			SELECT DISTINCT c.domain, json_extract(c.body, '$.user'), json_extract(c.body, '$.after.userName')
			FROM plans AS p JOIN changes AS c ON c.plan = p.id
			WHERE p.cutover = ? AND p.hash <> '' AND c.batch_key LIKE '% user.update%'
				AND json_extract(c.body, '$.after.userName') IS NOT NULL`, cutover)
		return err
	})
	return out, err
}

// Plans returns the sealed plans of a cutover in the order in which they were
// begun; what a forecast only supposed is not among them.
func (l *Ledger) Plans(ctx context.Context, cutover string) ([]PlanInfo, error) {
	var out []PlanInfo
	err := l.read(ctx, "list the plans of "+cutover, func(tx *sql.Tx) error {
		ids, err := collect(ctx, tx, scanID, `SELECT id FROM plans WHERE cutover = ? AND forecast = 0 AND hash <> '' ORDER BY id`, cutover)
		for _, id := range ids {
			p, err := plan(ctx, tx, id)
			if err != nil {
				return err
			}
			out = append(out, p)
		}
		return err
	})
	return out, err
}
