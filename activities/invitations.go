package activities

import (
	"context"
	"time"

	"cutover/internal/ledger"
	"cutover/internal/phase"
)

// WaitsForInvitation is why an Apply waits that may not send invitations yet.
const WaitsForInvitation = "it is not yet time for the next wave of invitations"

// invited tells who of Fusion's users has been invited already, or may have, by
// whichever cutover of this ledger: also by one that was started anew.
func (a *Activities) invited(ctx context.Context) (func(string) bool, error) {
	sent, err := a.Ledger.Invitations(ctx, "")
	if err != nil {
		return nil, err
	}
	had := make(map[string]bool, len(sent))
	for _, i := range sent {
		had[i.ID] = true
	}
	return func(id string) bool { return had[id] }, nil
}

// notYet tells until when a wave of invitations has to wait: for the time that
// was agreed, and for the wave before it. Zero is not at all. A wave that has
// begun goes on.
func (a *Activities) notYet(ctx context.Context, e *Estate, in ApplyParams, plan ledger.PlanInfo, now time.Time) (time.Time, error) {
	if !phase.IsInvitation(plan.Phase, in.Step) {
		return time.Time{}, nil
	}
	agreed, err := e.Config.Invitations.Agreed()
	if err != nil {
		return time.Time{}, problem(FailureConfiguration, "the time before which no invitation is sent (invitations.notBefore) cannot be read: correct it, then `cutover reload`")
	}
	sent, err := a.Ledger.Invitations(ctx, in.Cutover)
	if err != nil {
		return time.Time{}, err
	}
	return nextWave(agreed, e.Config.Invitations.WaveEvery, sent, in.Plan, in.Step, now), nil
}

func nextWave(agreed time.Time, every time.Duration, sent []ledger.Invitation, plan int64, step int, now time.Time) time.Time {
	at := agreed
	for _, i := range sent {
		if i.Plan == plan && i.Step == step {
			return time.Time{} // it has begun
		}
		if next := i.At.Add(every); next.After(at) {
			at = next
		}
	}
	if !at.After(now) {
		return time.Time{}
	}
	return at
}
