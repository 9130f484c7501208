package ledger

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"cutover/internal/directory"
)

// Claimed is a change that somebody has taken to carry out. Until Deadline its
// request may be on its way; Record and Release take effect only with Fence.
type Claimed struct {
	Seq      int
	Change   directory.Change
	Fence    int64
	Deadline time.Time
	Attempts int // how often it was claimed, this time included
	// Doubted says that an earlier request of ours may have carried it out after
	// all, though the domain did not show it when it was read back.
	Doubted bool
}

// inDoubt is the detail of a change that was given back with a doubt.
const inDoubt = "in doubt"

// Claim takes the next planned changes of a step: the first one, and those
// after it, in order, that can travel in one request with it, at most as many
// as size says of the first. They are claimed on the disk when it returns,
// under one new fence. Nothing left to claim is an empty list. Size runs within
// the transaction and must not use the ledger.
func (l *Ledger) Claim(ctx context.Context, plan int64, step int, size func(directory.Change) int, deadline time.Time) ([]Claimed, error) {
	var claimed []Claimed
	err := l.write(ctx, fmt.Sprintf("claim changes of plan %d, step %d", plan, step), func(tx *sql.Tx) error {
		if err := sealed(ctx, tx, plan); err != nil {
			return err
		}
		if deadline.IsZero() {
			return errors.New("a claim needs the deadline of its request")
		}
		first, key, err := nextPlanned(ctx, tx, plan, step)
		if err != nil || key == "" {
			return err
		}
		fence, err := newFence(ctx, tx)
		if err != nil {
			return err
		}
		claimed, err = collect(ctx, tx, scanClaimed, `
			UPDATE changes SET state = 'claimed', fence = ?1, deadline = ?2, attempts = attempts + 1
			WHERE plan = ?3 AND seq IN (
				SELECT seq FROM changes WHERE plan = ?3 AND step = ?4 AND batch_key = ?5 AND state = 'planned'
				ORDER BY seq LIMIT ?6)
			RETURNING seq, fence, deadline, attempts, detail, body`,
			fence, stamp(deadline), plan, step, key, max(1, size(first)))
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(claimed, func(a, b Claimed) int { return cmp.Compare(a.Seq, b.Seq) }) // RETURNING promises no order
	return claimed, nil
}

// nextPlanned is the first change of the step that nobody has taken, and its
// batch key; an empty key is none.
func nextPlanned(ctx context.Context, tx *sql.Tx, plan int64, step int) (c directory.Change, key string, err error) {
	var body []byte
	err = tx.QueryRowContext(ctx, `
		SELECT batch_key, body FROM changes INDEXED BY changes_by_state
		WHERE plan = ? AND state = 'planned' AND step = ? ORDER BY seq LIMIT 1`, plan, step).Scan(&key, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return c, "", nil
	}
	if err != nil {
		return c, "", err
	}
	return c, key, json.Unmarshal(body, &c)
}

// newFence raises the counter that only grows.
func newFence(ctx context.Context, tx *sql.Tx) (fence int64, err error) {
	err = tx.QueryRowContext(ctx, `UPDATE fences SET last = last + 1 RETURNING last`).Scan(&fence)
	return fence, err
}

func scanClaimed(r *sql.Rows, c *Claimed) error {
	var deadline int64
	var detail string
	var body sql.RawBytes
	if err := r.Scan(&c.Seq, &c.Fence, &deadline, &c.Attempts, &detail, &body); err != nil {
		return err
	}
	c.Deadline, c.Doubted = moment(deadline), detail == inDoubt
	return json.Unmarshal(body, &c.Change)
}

// Stale returns all changes of a step that are claimed and not recorded,
// whoever claimed them, by seq. Until its deadline each may be on its way.
func (l *Ledger) Stale(ctx context.Context, plan int64, step int) ([]Claimed, error) {
	var stale []Claimed
	err := l.read(ctx, fmt.Sprintf("look for claims of plan %d, step %d", plan, step), func(tx *sql.Tx) error {
		if err := sealed(ctx, tx, plan); err != nil {
			return err
		}
		var err error
		stale, err = collect(ctx, tx, scanClaimed, `
			SELECT seq, fence, deadline, attempts, detail, body FROM changes
			WHERE plan = ? AND state = 'claimed' AND step = ? ORDER BY seq`, plan, step)
		return err
	})
	return stale, err
}

// Reclaim takes claims over from whoever held them under oldFence, under a new
// fence and deadline: from then on a late record of theirs changes nothing. It
// returns how many were still theirs; with none there is no fence. The caller
// has waited for their deadline, and reads back from the domain before anything
// is sent: taking over is not counted as an attempt.
func (l *Ledger) Reclaim(ctx context.Context, plan int64, seqs []int, oldFence int64, deadline time.Time) (fence int64, n int, err error) {
	err = l.write(ctx, fmt.Sprintf("take over claims of plan %d", plan), func(tx *sql.Tx) error {
		if err := sealed(ctx, tx, plan); err != nil {
			return err
		}
		if deadline.IsZero() {
			return errors.New("a claim needs a deadline")
		}
		list, err := json.Marshal(seqs)
		if err != nil {
			return err
		}
		var next int64
		if err := tx.QueryRowContext(ctx, `SELECT last + 1 FROM fences`).Scan(&next); err != nil {
			return err
		}
		n, err = affected(tx.ExecContext(ctx, `
			UPDATE changes SET fence = ?1, deadline = ?2
			WHERE plan = ?3 AND seq IN (SELECT value FROM json_each(?4)) AND state = 'claimed' AND fence = ?5`,
			next, stamp(deadline), plan, string(list), oldFence))
		if err != nil || n == 0 {
			return err
		}
		fence, err = newFence(ctx, tx)
		return err
	})
	if err != nil {
		return 0, 0, err
	}
	return fence, n, nil
}
