package apply

import (
	"context"
	"time"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

// settleStale deals with what an earlier attempt claimed and never recorded.
// Its request may still be on its way until the claim's deadline, so until then
// it is left alone; after that the domain is asked. Held tells whether there was any.
func (r Run) settleStale(ctx context.Context) (held bool, err error) {
	for ; ; held = true {
		stale, err := r.Ledger.Stale(ctx, r.Plan, r.Step)
		if err != nil || len(stale) == 0 {
			return held, err
		}
		batch := sameBatch(stale)
		if err := r.waitUntil(ctx, latest(batch)); err != nil {
			return held, err
		}
		if err := r.readBack(ctx, batch); err != nil {
			return held, err
		}
		r.Beat()
	}
}

// latest is when the last of the claims is past its deadline.
func latest(claimed []ledger.Claimed) time.Time {
	var t time.Time
	for _, c := range claimed {
		if c.Deadline.After(t) {
			t = c.Deadline
		}
	}
	return t
}

// waitUntil waits for a moment, and beats on the way.
func (r Run) waitUntil(ctx context.Context, t time.Time) error {
	for r.Now().Before(t) {
		timer := time.NewTimer(min(t.Sub(r.Now()), 2*time.Second))
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-timer.C:
			r.Beat()
		}
	}
	return nil
}

// sameBatch takes the first of the claims and those that went with it.
func sameBatch(stale []ledger.Claimed) []ledger.Claimed {
	first := stale[0]
	batch := stale[:0:0]
	for _, c := range stale {
		if c.Fence == first.Fence {
			batch = append(batch, c)
		}
	}
	return batch
}

// readBack takes the claims over with a new fence, so that a late answer of the
// dead attempt changes nothing, and records or releases each by what the domain
// shows. Nothing is sent under the new fence, so its deadline is now: whoever
// comes after an attempt that died here need not wait again.
func (r Run) readBack(ctx context.Context, claimed []ledger.Claimed) error {
	ctx, cancel := context.WithTimeout(ctx, r.Timeout)
	defer cancel()
	seqs := make([]int, len(claimed))
	for i, c := range claimed {
		seqs[i] = c.Seq
	}
	fence, n, err := r.Ledger.Reclaim(ctx, r.Plan, seqs, claimed[0].Fence, r.Now())
	if err != nil || n == 0 {
		return err
	}
	for i := range claimed {
		claimed[i].Fence = fence
	}
	peer, err := r.PeerFor(claimed[0].Change)
	if err != nil {
		return err
	}
	seen, err := look(ctx, peer, claimed)
	if err != nil {
		return err
	}
	var records []ledger.Record
	var again []int
	for _, c := range claimed {
		done, id := seen.done(c.Change)
		if !done && c.Change.Kind == directory.InviteUser {
			// The domain does not tell, and nobody shall get two.
			records = append(records, ledger.Record{Seq: c.Seq, State: ledger.StateSkipped, ResourceID: id, Detail: ledger.MaySent})
			continue
		}
		if !done {
			again = append(again, c.Seq)
			continue
		}
		if err := r.applied(ctx, c.Change, id); err != nil {
			return err
		}
		records = append(records, ledger.Record{Seq: c.Seq, State: ledger.StateApplied, ResourceID: id, Detail: "read back: the answer was never seen"})
	}
	if err := r.note(ctx, fence, records); err != nil {
		return err
	}
	return r.giveBackInDoubt(ctx, fence, again)
}
