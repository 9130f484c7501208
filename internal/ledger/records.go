package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
)

// The states in which a change may end.
const (
	StateApplied = "applied"
	StateSkipped = "skipped"
	StateFailed  = "failed"
)

// AlreadyDone is the Detail of a change that was skipped because the domain
// showed it done.
const AlreadyDone = "already done"

// Record is how a claimed change ended. A record is final.
type Record struct {
	Seq        int
	State      string // StateApplied, StateSkipped or StateFailed
	Detail     string // why, or how it was found out
	ResourceID string // what the domain calls the resource
	RequestID  string // what the domain calls the request
}

// Record writes down how changes ended and returns for how many of them that
// counts: those that are claimed under this very fence. A late record under a
// fence that is no longer in force changes nothing.
func (l *Ledger) Record(ctx context.Context, plan, fence int64, records []Record) (int, error) {
	total := 0
	err := l.write(ctx, fmt.Sprintf("record outcomes of plan %d", plan), func(tx *sql.Tx) error {
		if err := sealed(ctx, tx, plan); err != nil {
			return err
		}
		stmt, err := tx.PrepareContext(ctx, `
			UPDATE changes SET state = ?, detail = ?, resource_id = ?, request_id = ?, recorded_at = ?
			WHERE plan = ? AND seq = ? AND state = 'claimed' AND fence = ?`)
		if err != nil {
			return err
		}
		at := stamp(now())
		for _, r := range records {
			if r.State != StateApplied && r.State != StateSkipped && r.State != StateFailed {
				return fmt.Errorf("change %d cannot end as %q: only as %s, %s or %s", r.Seq, r.State, StateApplied, StateSkipped, StateFailed)
			}
			n, err := affected(stmt.ExecContext(ctx, r.State, r.Detail, r.ResourceID, r.RequestID, at, plan, r.Seq, fence))
			if err != nil {
				return err
			}
			total += n
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	return total, nil
}

// Release gives claims under this fence back: the changes are planned again.
// Only what is known not to have been carried out may be released. What is no
// longer claimed under the fence is left alone.
func (l *Ledger) Release(ctx context.Context, plan, fence int64, seqs []int) error {
	return l.release(ctx, plan, fence, seqs, false)
}

// ReleaseInDoubt is Release of what the domain does not show, though a request of
// ours whose answer was never seen may have carried it out: an index may be late.
// Whoever claims it next is told.
func (l *Ledger) ReleaseInDoubt(ctx context.Context, plan, fence int64, seqs []int) error {
	return l.release(ctx, plan, fence, seqs, true)
}

func (l *Ledger) release(ctx context.Context, plan, fence int64, seqs []int, doubt bool) error {
	return l.write(ctx, fmt.Sprintf("release claims of plan %d", plan), func(tx *sql.Tx) error {
		if err := sealed(ctx, tx, plan); err != nil {
			return err
		}
		list, err := json.Marshal(seqs)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			UPDATE changes SET state = 'planned', fence = 0, deadline = 0, detail = CASE WHEN ?1 THEN ?2 ELSE detail END
			WHERE plan = ?3 AND seq IN (SELECT value FROM json_each(?4)) AND state = 'claimed' AND fence = ?5`,
			doubt, inDoubt, plan, string(list), fence)
		return err
	})
}
