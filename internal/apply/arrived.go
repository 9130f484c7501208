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

// Arrived looks whether the applied changes of a plan that went to Fusion
// Applications show in the Fusion domain. The first skip of them have been seen
// before. It returns how many have arrived, with ErrNotYet where one has not.
func Arrived(ctx context.Context, l *ledger.Ledger, plan int64, skip int, hub Peer, beat func(int)) (int, error) {
	seen := 0
	var chunk []ledger.Claimed
	look := func() error {
		if len(chunk) == 0 {
			return nil
		}
		s, err := look(ctx, hub, chunk)
		if err != nil {
			return err
		}
		for _, c := range chunk {
			if done, _ := s.done(c.Change); !done {
				return ErrNotYet
			}
		}
		seen += len(chunk)
		chunk = chunk[:0]
		beat(seen)
		return nil
	}
	for c, err := range l.AppliedChanges(ctx, plan) {
		if err != nil {
			return seen, err
		}
		if c.Via != directory.ViaFusionApplications {
			continue
		}
		if seen < skip {
			seen++
			continue
		}
		if chunk = append(chunk, ledger.Claimed{Change: c}); len(chunk) == arrivedChunk {
			if err := look(); err != nil {
				return seen, err
			}
		}
	}
	return seen, look()
}
