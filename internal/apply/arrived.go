package apply

import (
	"context"
	"errors"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

// ErrNotYet says that Fusion's own copy has not brought everything over.
var ErrNotYet = errors.New("not yet")

// arrivedChunk is how many people are looked at in one request.
const arrivedChunk = 50

// Arrived looks whether what a plan did in Fusion Applications, or found done
// there, shows in the Fusion domain: new users byte for byte and active, members
// in their roles. The first skip of the changes have been seen before. It
// returns how many have arrived, with ErrNotYet where one has not.
func Arrived(ctx context.Context, l *ledger.Ledger, plan int64, skip int, hub Peer, beat func(int)) (int, error) {
	seen := 0
	var chunk []ledger.Claimed
	settle := func() error {
		if len(chunk) == 0 {
			return nil
		}
		s, err := look(ctx, hub, chunk)
		if err != nil {
			return err
		}
		for _, c := range chunk {
			if !s.arrived(c.Change) {
				return ErrNotYet
			}
		}
		seen += len(chunk)
		chunk = chunk[:0]
		beat(seen)
		return nil
	}
	for c, err := range l.DoneChanges(ctx, plan) {
		if err != nil {
			return seen, err
		}
		if !c.Copied() {
			continue
		}
		if seen < skip {
			seen++
			continue
		}
		if chunk = append(chunk, ledger.Claimed{Change: c}); len(chunk) == arrivedChunk {
			if err := settle(); err != nil {
				return seen, err
			}
		}
	}
	return seen, settle()
}

// arrived tells whether the copy shows the change. Of a new user it shows who
// they are and that they may sign in; how it writes the rest is its own affair.
func (s sight) arrived(c directory.Change) bool {
	if c.Kind != directory.CreateUser {
		done, _ := s.done(c)
		return done
	}
	p, there := s.people[directory.Fold(c.User)]
	return there && p.UserName == c.After["userName"] && (p.Active || c.After["active"] == "false")
}
