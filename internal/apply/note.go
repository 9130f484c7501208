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

// giveBackInDoubt is giveBack of what a request of ours may have carried out all the same.
func (r Run) giveBackInDoubt(ctx context.Context, fence int64, seqs []int) error {
	if len(seqs) == 0 {
		return nil
	}
	ctx, cancel := noting(ctx)
	defer cancel()
	return r.Ledger.ReleaseInDoubt(ctx, r.Plan, fence, seqs)
}

func (r Run) giveBack(ctx context.Context, fence int64, seqs []int) error {
	if len(seqs) == 0 {
		return nil
	}
	ctx, cancel := noting(ctx)
	defer cancel()
	return r.Ledger.Release(ctx, r.Plan, fence, seqs)
}
