package apply

import (
	"context"
	"time"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

// looks is how often is looked for what was refused as being there already.
const looks = 4

// alreadyDone records a change that the domain shows as carried out before
// anything is sent: by somebody else, or, where an answer was never seen, by us.
func (r Run) alreadyDone(ctx context.Context, c ledger.Claimed, id string) (ledger.Record, error) {
	if !c.Doubted {
		return ledger.Record{Seq: c.Seq, State: ledger.StateSkipped, ResourceID: id, Detail: ledger.AlreadyDone}, nil
	}
	if err := r.applied(ctx, c.Change, id); err != nil {
		return ledger.Record{}, err
	}
	return ledger.Record{Seq: c.Seq, State: ledger.StateApplied, ResourceID: id, Detail: "read back: the answer was never seen"}, nil
}

// afterConflict looks again at what was refused because something else was there:
// a lookup may have been behind, and what is there may be just what was wanted.
// Members go in all or none: where one of them was there already, absent are the
// others, who can be sent again without. Where nothing is seen the records stay as
// they are, so that nothing is sent twice for the same reason.
func (r Run) afterConflict(ctx context.Context, peer Peer, refused []ledger.Claimed, records []ledger.Record) (kept []ledger.Record, absent []int) {
	if len(refused) == 0 {
		return records, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second+r.Behind)
	defer cancel()
	became := map[int]ledger.Record{}
	left := refused
	for n := 1; ; n++ {
		seen, err := look(ctx, peer, left)
		if err != nil {
			break // what cannot be seen stays as it is
		}
		still := left[:0:0]
		for _, c := range left {
			done, id := seen.done(c.Change)
			if !done {
				still = append(still, c)
				continue
			}
			if rec, err := r.alreadyDone(ctx, c, id); err == nil {
				became[c.Seq] = rec
			}
		}
		left = still
		if n == looks || !seen.behind(left) || !pause(ctx, r.Behind/(looks-1)) {
			break
		}
		r.Beat()
	}
	together := isMember(refused[0].Change.Kind) && len(became) > 0
	for _, rec := range records {
		if now, ok := became[rec.Seq]; ok {
			rec = now
		} else if together && contains(left, rec.Seq) {
			absent = append(absent, rec.Seq)
			continue
		}
		kept = append(kept, rec)
	}
	return kept, absent
}

// behind tells whether any of these is said to be there already, and is not to be
// found.
func (s sight) behind(refused []ledger.Claimed) bool {
	for _, c := range refused {
		p, there := s.people[directory.Fold(c.Change.User)]
		switch c.Change.Kind {
		case directory.CreateUser:
			if !there {
				return true
			}
		case directory.AddGrant:
			if there && p.ID != "" {
				return true
			}
		}
	}
	return false
}

// lacks tells whether anybody is not there whom a change is about. Who was made
// just now may not be found yet, and absence would pass for a reason, or even for
// what was wanted.
func (s sight) lacks(claimed []ledger.Claimed) bool {
	for _, c := range claimed {
		if isSetting(c.Change.Kind) || c.Change.Kind == directory.CreateUser || c.Change.Kind == directory.StartSync {
			continue
		}
		_, there := s.people[directory.Fold(c.Change.User)]
		_, renamed := s.people[directory.Fold(c.Change.After["userName"])]
		if !there && !renamed {
			return true
		}
	}
	return false
}

func isMember(k directory.Kind) bool {
	return k == directory.AddMember || k == directory.RemoveMember
}

func contains(claimed []ledger.Claimed, seq int) bool {
	for _, c := range claimed {
		if c.Seq == seq {
			return true
		}
	}
	return false
}

// pause waits, and tells whether there is still time.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
