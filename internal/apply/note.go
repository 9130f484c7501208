package apply

import (
	"context"
	"time"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

// noting outlives the request whose outcome is written down: an answer that came
// with the last of its time must not be forgotten. The fence, not the clock,
// keeps a late record from counting.
func noting(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
}

// note records outcomes under a fence.
func (r Run) note(ctx context.Context, fence int64, records []ledger.Record) error {
	if len(records) == 0 {
		return nil
	}
	ctx, cancel := noting(ctx)
	defer cancel()
	_, err := r.Ledger.Record(ctx, r.Plan, fence, records)
	return err
}

// applied tells of a change that is known to be carried out.
func (r Run) applied(ctx context.Context, c directory.Change, id string) error {
	ctx, cancel := noting(ctx)
	defer cancel()
	return r.Applied(ctx, c, id)
}

// release gives claims back that are known not to have been carried out.
func (r Run) release(ctx context.Context, claimed []ledger.Claimed) error {
	seqs := make([]int, len(claimed))
	for i, c := range claimed {
		seqs[i] = c.Seq
	}
	return r.giveBack(ctx, claimed[0].Fence, seqs)
}

func (r Run) giveBack(ctx context.Context, fence int64, seqs []int) error {
	if len(seqs) == 0 {
		return nil
	}
	ctx, cancel := noting(ctx)
	defer cancel()
	return r.Ledger.Release(ctx, r.Plan, fence, seqs)
}

// foundDone looks once more at what was refused because something else was
// there: a lookup may have been behind, and what is there may be just what was
// wanted. Where that cannot be seen the records stay as they are.
func (r Run) foundDone(ctx context.Context, peer Peer, refused []ledger.Claimed, records []ledger.Record) {
	if len(refused) == 0 {
		return
	}
	ctx, cancel := noting(ctx)
	defer cancel()
	seen, err := look(ctx, peer, refused)
	if err != nil {
		return
	}
	for _, c := range refused {
		done, id := seen.done(c.Change)
		for i := range records {
			if done && records[i].Seq == c.Seq {
				records[i].Detail, records[i].ResourceID = ledger.AlreadyDone, id
			}
		}
	}
}
