package report

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

// Read is a fresh read of a domain.
type Read struct {
	Snapshot int64            `json:"snapshot"` // its id in the ledger; it may be dropped there
	Phase    string           `json:"phase"`
	Domain   directory.Domain `json:"domain"`
	Users    int              `json:"users"`
	At       time.Time        `json:"at"`
}

// reads lists every complete read of a cutover: those that were kept when their
// snapshots were dropped, and those whose snapshots are there.
func reads(ctx context.Context, l *ledger.Ledger, key string) ([]Read, error) {
	var all []Read
	if _, err := value(ctx, l, key, ValueReads, &all); err != nil {
		return nil, err
	}
	had, err := l.Snapshots(ctx, key)
	if err != nil {
		return nil, err
	}
	for _, s := range had {
		kept := slices.ContainsFunc(all, func(r Read) bool { return r.Snapshot == s.ID })
		if s.Complete && !kept {
			all = append(all, Read{s.ID, s.Phase, s.Domain, s.Users, s.TakenAt})
		}
	}
	return all, nil
}

// generations is how many reads of a domain are kept: the last, which the next
// phase may go on with, and the one before, which a phase may still hold while
// it reads anew.
const generations = 2

// DropOldReads keeps what a report tells of each read, and drops the people of
// all but the last reads: a snapshot is as large as its domain.
func DropOldReads(ctx context.Context, l *ledger.Ledger, key string) error {
	all, err := reads(ctx, l, key)
	if err != nil {
		return err
	}
	body, err := json.Marshal(all)
	if err != nil {
		return err
	}
	if err := l.PutValue(ctx, key, ValueReads, body); err != nil {
		return err
	}
	keep := latest(all)
	if id, ok := start(all); ok {
		keep = append(keep, id)
	}
	return l.DropSnapshots(ctx, key, keep)
}

// Start finds the snapshot of Utilities from before the first write of a
// cutover. What people held then, they must hold when SSO becomes the only way
// in, so it is kept to the end.
func Start(ctx context.Context, l *ledger.Ledger, key string) (int64, bool, error) {
	had, err := l.Snapshots(ctx, key)
	if err != nil {
		return 0, false, err
	}
	var there []Read
	for _, s := range had {
		if s.Complete {
			there = append(there, Read{Snapshot: s.ID, Phase: s.Phase, Domain: s.Domain})
		}
	}
	id, ok := start(there)
	return id, ok, nil
}

// start is the last read of Utilities that check made before any other phase
// read anything: a check that comes back later sees what was written since.
func start(all []Read) (id int64, ok bool) {
	for _, r := range all {
		if r.Phase != "check" {
			return id, ok
		}
		if r.Domain == directory.Utilities {
			id, ok = r.Snapshot, true
		}
	}
	return id, ok
}

// latest are the snapshots of the last reads of each domain.
func latest(all []Read) []int64 {
	var keep []int64
	of := map[directory.Domain]int{}
	for _, r := range slices.Backward(all) {
		if of[r.Domain]++; of[r.Domain] <= generations {
			keep = append(keep, r.Snapshot)
		}
	}
	return keep
}
