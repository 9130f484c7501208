// Package apply carries out the changes of a sealed plan, a request at a time:
// claim, look, send, record. A claim is committed before the request; what an
// earlier attempt claimed and never recorded is read back from the domain, and
// never sent blindly. The package knows no phase: a change says all.
package apply

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

// Peer is a domain, or Fusion Applications, as apply needs it.
type Peer interface {
	Lookup(ctx context.Context, userNames []string) (map[string]directory.Person, error)
	Write(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error)
	BatchSize(directory.Kind) int
}

// Settings is a peer that has settings besides people.
type Settings interface {
	Setting(ctx context.Context, target string) (directory.Attributes, bool, error)
}

// Run is the application of one step of one plan.
type Run struct {
	Ledger *ledger.Ledger
	Plan   int64
	Step   int
	// PeerFor finds whom a change is sent to.
	PeerFor func(directory.Change) (Peer, error)
	// Fill adds what a plan never holds: external ids, the test user's password.
	Fill func(ctx context.Context, writes []directory.Write) error
	// Allow, if given, is asked once more right before a change is sent. What it
	// refuses is given back, and the slice ends with its error.
	Allow func(ctx context.Context, c directory.Change) error
	// Timeout is the deadline of one look and one write together.
	Timeout time.Duration
	// Grace is for how long after that a domain may still carry out a request
	// whose sender has gone. A claim is in force for both together.
	Grace time.Duration
	// Behind is for how long a domain may not find what it knows: its index is late.
	// Who is refused as being there already is looked for that long.
	Behind time.Duration
	// Stop, once closed, ends a slice after the request that is on its way.
	Stop <-chan struct{}
	// Tripped, called after every request, ends a slice in which too much is
	// refused; nil never does.
	Tripped func(context.Context) (bool, error)
	// Beat is called after every request.
	Beat func()
	// Applied is called with each change that was applied, and the id of its resource.
	Applied func(ctx context.Context, c directory.Change, id string) error
	Now     func() time.Time
}

// Slice works until the step is done or the budget is spent. More tells whether
// something is left.
func (r Run) Slice(ctx context.Context, budget time.Duration) (more bool, err error) {
	until := r.Now().Add(budget)
	looked := 1 // for who is not there
	if _, err := r.settleStale(ctx); err != nil {
		return true, err
	}
	for r.Now().Before(until) && !r.stopping() {
		claimed, err := r.Ledger.Claim(ctx, r.Plan, r.Step, r.batchSize, r.Now().Add(r.Timeout+r.Grace))
		if err != nil {
			return true, fmt.Errorf("claim the next changes: %w", err)
		}
		if len(claimed) == 0 {
			// An attempt that was given up for dead may hold the last ones: the step
			// is done when they are.
			held, err := r.settleStale(ctx)
			if err != nil || !held {
				return err != nil, err
			}
			continue
		}
		later, err := r.batch(ctx, claimed, r.Behind > 0 && looked < looks)
		if err != nil {
			return true, err
		}
		if later {
			looked++
			if err := r.waitUntil(ctx, r.Now().Add(r.Behind/(looks-1))); err != nil {
				return true, err
			}
			continue
		}
		r.Beat()
		if r.Tripped == nil {
			continue
		}
		if tripped, err := r.Tripped(ctx); err != nil || tripped {
			return true, err
		}
	}
	return true, nil
}

func (r Run) stopping() bool {
	select {
	case <-r.Stop:
		return true
	default:
		return false
	}
}

func (r Run) batchSize(c directory.Change) int {
	peer, err := r.PeerFor(c)
	if err != nil {
		return 1
	}
	return peer.BatchSize(c.Kind)
}

// batch looks at what is claimed, drops what no longer fits its before-image,
// and sends the rest in one request. A patient one gives the claims back where
// somebody is not there who should be: later they may be found.
func (r Run) batch(ctx context.Context, claimed []ledger.Claimed, patient bool) (later bool, err error) {
	ctx, cancel := context.WithDeadline(ctx, claimed[0].Deadline.Add(-r.Grace))
	defer cancel()
	peer, err := r.PeerFor(claimed[0].Change)
	if err != nil {
		return false, errors.Join(err, r.release(ctx, claimed))
	}
	seen, err := look(ctx, peer, claimed)
	if err != nil {
		return false, errors.Join(err, r.release(ctx, claimed)) // nothing was sent
	}
	if patient && seen.lacks(claimed) {
		return true, r.release(ctx, claimed)
	}
	return false, r.carryOut(ctx, peer, seen, claimed)
}

// carryOut sends what fits how things stand.
func (r Run) carryOut(ctx context.Context, peer Peer, seen sight, claimed []ledger.Claimed) error {
	var records []ledger.Record
	var send []ledger.Claimed
	var writes []directory.Write
	for _, c := range claimed {
		if done, id := seen.done(c.Change); done {
			rec, err := r.alreadyDone(ctx, c, id)
			if err != nil {
				return errors.Join(err, r.release(ctx, claimed)) // nothing was sent
			}
			records = append(records, rec)
			continue
		}
		fit, id, why := seen.fits(c.Change)
		if fit {
			send, writes = append(send, c), append(writes, directory.Write{Change: c.Change, ID: id})
			continue
		}
		records = append(records, ledger.Record{Seq: c.Seq, State: ledger.StateSkipped, Detail: why})
	}
	fence := claimed[0].Fence
	if err := r.note(ctx, fence, records); err != nil {
		return err
	}
	if len(send) == 0 {
		return nil
	}
	if err := r.Fill(ctx, writes); err != nil {
		return errors.Join(err, r.release(ctx, send))
	}
	for _, c := range send {
		if err := r.allow(ctx, c.Change); err != nil {
			return errors.Join(err, r.release(ctx, send))
		}
	}
	outcomes, err := peer.Write(ctx, writes)
	if err != nil {
		var pe *directory.PeerError
		if errors.As(err, &pe) && !pe.Unsure() {
			err = errors.Join(err, r.release(ctx, send)) // refused as a whole: nothing was carried out
		}
		return err // unsure: it stays claimed and is read back once its deadline is past
	}
	return r.record(ctx, peer, fence, send, deactivate(ctx, peer, writes, outcomes))
}

func (r Run) allow(ctx context.Context, c directory.Change) error {
	if r.Allow == nil {
		return nil
	}
	return r.Allow(ctx, c)
}

// record writes down what the domain answered. What may or may not have been
// carried out stays claimed.
func (r Run) record(ctx context.Context, peer Peer, fence int64, sent []ledger.Claimed, outcomes []directory.Outcome) error {
	if len(outcomes) != len(sent) {
		return fmt.Errorf("the domain answered to %d of %d operations: they stay claimed and are read back", len(outcomes), len(sent))
	}
	var records []ledger.Record
	var again []int
	var retry error
	var refused []ledger.Claimed
	for i, o := range outcomes {
		rec := ledger.Record{Seq: sent[i].Seq, State: ledger.StateApplied, Detail: o.Note, ResourceID: o.ID, RequestID: o.RequestID}
		switch e := o.Err; {
		case e == nil:
			if err := r.applied(ctx, sent[i].Change, o.ID); err != nil {
				retry = err // it stays claimed and is read back; the others count
				continue
			}
		case e.Problem == directory.ProblemThrottled:
			again, retry = append(again, sent[i].Seq), e
			continue
		case e.Unsure():
			retry = e
			continue
		case e.Problem == directory.ProblemConflict, e.Problem == directory.ProblemChanged:
			rec.State, rec.Detail = ledger.StateSkipped, "somebody else changed it in between: "+e.Detail
			refused = append(refused, sent[i])
		default:
			rec.State, rec.Detail = ledger.StateFailed, e.Detail
		}
		records = append(records, rec)
	}
	records, absent := r.afterConflict(ctx, peer, refused, records)
	again = append(again, absent...)
	if err := r.note(ctx, fence, records); err != nil {
		return err
	}
	return errors.Join(retry, r.giveBack(ctx, fence, again))
}
