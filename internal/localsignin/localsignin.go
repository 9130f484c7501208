// Package localsignin brings local sign-in back to Utilities. It is the one way
// in which break-glass, the revert of a probation and the watchdog do it, so that
// what is rehearsed by one works for all. It knows the domain and nothing of
// Temporal, the ledger or a running cutover.
package localsignin

import (
	"context"
	"errors"
	"fmt"
	"time"

	"cutover/internal/directory"
	"cutover/internal/phase"
)

// Domain is Utilities as it is needed here: how the default rule stands, and a
// write to it.
type Domain interface {
	Setting(ctx context.Context, target string) (directory.Attributes, bool, error)
	Write(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error)
}

// ErrNoRule says that Utilities has no default rule that can be read.
var ErrNoRule = errors.New("the default identity provider rule of Utilities is not there, or makes no sense")

// Offered reads whether the default rule offers local sign-in.
func Offered(ctx context.Context, d Domain) (bool, error) {
	rule, there, err := d.Setting(ctx, phase.DefaultRule())
	if err != nil {
		return false, err
	}
	if !there {
		return false, ErrNoRule
	}
	return phase.OffersLocal(rule), nil
}

// Restore puts local sign-in back into the default rule, and reads that it is
// there. It returns what it changed: nothing where it was offered already.
func Restore(ctx context.Context, d Domain) ([]directory.Change, error) {
	rule, there, err := d.Setting(ctx, phase.DefaultRule())
	if err != nil {
		return nil, err
	}
	changes, ok := phase.BreakGlass(rule)
	if !there || !ok {
		return nil, ErrNoRule
	}
	for _, change := range changes {
		outcomes, err := d.Write(ctx, []directory.Write{{Change: change}})
		switch {
		case err != nil:
		case len(outcomes) != 1:
			err = fmt.Errorf("the domain gave %d answers to one write", len(outcomes))
		case outcomes[0].Err != nil:
			err = outcomes[0].Err
		}
		if err != nil {
			return nil, fmt.Errorf("local sign-in could not be put back: %w", err)
		}
	}
	offered, err := Offered(ctx, d)
	switch {
	case err != nil:
		return changes, fmt.Errorf("local sign-in was put back, but could not be read back: %w", err)
	case !offered:
		return changes, errors.New("the default rule of Utilities does not offer local sign-in after it was written")
	}
	return changes, nil
}

// Insist restores until it succeeds or ctx ends: a domain that is busy or down
// is no reason to leave people outside. Failed, if given, is told of each failure.
func Insist(ctx context.Context, d Domain, pause time.Duration, failed func(error)) ([]directory.Change, error) {
	for {
		changes, err := Restore(ctx, d)
		if err == nil {
			return changes, nil
		}
		if failed != nil {
			failed(err)
		}
		select {
		case <-ctx.Done():
			return changes, errors.Join(err, ctx.Err())
		case <-time.After(pause):
		}
	}
}
