package activities

import (
	"context"
	"time"

	"go.temporal.io/sdk/activity"

	"cutover/internal/apply"
	"cutover/internal/directory"
	"cutover/internal/observe"
)

// ObserveParams asks for a fresh read of a domain.
type ObserveParams struct {
	Cutover, Phase, ConfigHash string
	Domain                     directory.Domain
	People                     bool // or only what does not grow with them
}

// ObserveResult refers to what was read.
type ObserveResult struct {
	Snapshot int64
	Users    int
	Waited   time.Duration // held back by our own pacing
}

// Observe reads a domain into the ledger. Its heartbeat carries the snapshot,
// so that another attempt goes on with the page where this one stood.
func (a *Activities) Observe(ctx context.Context, in ObserveParams) (ObserveResult, error) {
	e, err := a.estate(ctx, in.ConfigHash)
	if err != nil {
		return ObserveResult{}, err
	}
	d, err := e.domain(in.Domain)
	if err != nil {
		return ObserveResult{}, err
	}
	var id int64
	if activity.HasHeartbeatDetails(ctx) {
		_ = activity.GetHeartbeatDetails(ctx, &id) // unreadable details only cost a fresh read
	}
	if id != 0 {
		if s, err := a.Ledger.Snapshot(ctx, id); err != nil || !observe.Resumable(s, time.Now()) {
			id = 0 // dropped, or it did not add up, or too long ago
		}
	}
	if id == 0 {
		s, err := a.Ledger.BeginSnapshot(ctx, in.Cutover, in.Phase, in.Domain)
		if err != nil {
			return ObserveResult{}, err
		}
		id = s.ID
	}
	p := beating(ctx, id)
	defer p.stop()
	p.beat() // an attempt that dies at the first page shall not leave its snapshot behind
	before := d.Waited()
	if err := observe.Read(ctx, d, a.Ledger, id, in.People, apply.Shows, p.beat); err != nil {
		return ObserveResult{}, err
	}
	users, err := a.Ledger.CountUsers(ctx, id)
	return ObserveResult{Snapshot: id, Users: users, Waited: d.Waited() - before}, err
}

func (e *Estate) domain(d directory.Domain) (Domain, error) {
	dom, ok := e.Domains[d]
	if !ok {
		return nil, problem(FailureConfiguration, "the configuration has no domain %s", d)
	}
	return dom, nil
}

// domains lists the estate's domains in the guide's order.
func (e *Estate) domains() []directory.Domain {
	var out []directory.Domain
	for _, d := range directory.Domains {
		if _, ok := e.Domains[d]; ok {
			out = append(out, d)
		}
	}
	return out
}
