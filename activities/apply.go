package activities

import (
	"context"
	"errors"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"cutover/internal/apply"
	"cutover/internal/directory"
	"cutover/internal/ledger"
)

// ApplyParams asks for the next slice of a step.
type ApplyParams struct {
	Cutover, ConfigHash string
	Plan                int64
	Step                int
	Budget              time.Duration
	// Until, if set, is when local sign-in comes back by itself: what would take
	// it away is not sent after that.
	Until time.Time `json:",omitzero"`
}

// ApplyResult says how far the step is.
type ApplyResult struct {
	More     bool
	Progress ledger.Progress
	Waited   time.Duration
	Tripped  bool      // too much was refused: the rest waits for a person
	Opens    time.Time // the change window is closed, or it is too early: until when; zero where it is time
	Why      string    `json:",omitempty"` // what is waited for, where that is not the change window
}

// Apply carries out the next slice of a step of a plan.
func (a *Activities) Apply(ctx context.Context, in ApplyParams) (ApplyResult, error) {
	e, err := a.estate(ctx, in.ConfigHash)
	if err != nil {
		return ApplyResult{}, err
	}
	defer beating(ctx).stop()
	opens, budget, err := e.inWindow(time.Now(), in.Budget)
	if err != nil {
		return ApplyResult{}, err
	}
	if !opens.IsZero() {
		progress, err := a.Ledger.Progress(ctx, in.Plan, 0)
		return ApplyResult{More: true, Progress: progress, Opens: opens}, err
	}
	plan, err := a.Ledger.Plan(ctx, in.Plan)
	if err != nil {
		return ApplyResult{}, err
	}
	if opens, err = a.notYet(ctx, e, in, plan, time.Now()); err != nil {
		return ApplyResult{}, err
	} else if !opens.IsZero() {
		progress, err := a.Ledger.Progress(ctx, in.Plan, 0)
		return ApplyResult{More: true, Progress: progress, Opens: opens, Why: WaitsForInvitation}, err
	}
	run := apply.Run{
		Ledger: a.Ledger, Plan: in.Plan, Step: in.Step, PeerFor: e.peerFor, Now: time.Now,
		Timeout: e.patience(), Grace: grace, Behind: behind, Stop: activity.GetWorkerStopChannel(ctx),
		Beat:    func() { activity.RecordHeartbeat(ctx) },
		Applied: func(ctx context.Context, c directory.Change, id string) error { return a.bind(ctx, e, c, id) },
		Fill: func(ctx context.Context, writes []directory.Write) error {
			if err := a.markSync(ctx, e, in, plan, writes); err != nil {
				return err
			}
			return e.fill(ctx, writes)
		},
		Allow: a.mayTakeLocal(e, in.Until),
	}
	breaker := breakerOf(e.Config.Limits.Breaker)
	run.Tripped = func(ctx context.Context) (bool, error) {
		p, err := a.Ledger.Progress(ctx, in.Plan, 0)
		return breaker.Tripped(p.Failed, p.Failed+p.Applied), err
	}
	before := e.waited()
	more, err := run.Slice(ctx, budget)
	if why := heldUp(err, activity.GetInfo(ctx).Attempt); why != "" {
		progress, err := a.Ledger.Progress(ctx, in.Plan, 0)
		return ApplyResult{More: true, Progress: progress, Waited: e.waited() - before, Opens: time.Now().Add(heldFor), Why: why}, err
	}
	if err != nil {
		return ApplyResult{}, err
	}
	progress, err := a.Ledger.Progress(ctx, in.Plan, 0)
	return ApplyResult{
		More: more, Progress: progress, Waited: e.waited() - before,
		Tripped: more && breaker.Tripped(progress.Failed, progress.Failed+progress.Applied),
	}, err
}

// heldFor is how long an Apply waits for what no request of ours can hasten.
const heldFor = 10 * time.Second

// Why an Apply waits that a domain does not let write.
const (
	WaitsForJob    = "an import, an export or a full synchronization runs in the domain, and Bulk has to wait for its end"
	WaitsForLimits = "the domain goes on refusing requests as too many"
)

// heldUp tells why a domain does not let us write yet, where that is no failure:
// a job of its own excludes Bulk, or there are too many requests, whosever they
// are. A few times an attempt is simply made again.
func heldUp(err error, attempt int32) string {
	var pe *directory.PeerError
	switch {
	case !errors.As(err, &pe):
		return ""
	case pe.Problem == directory.ProblemBusy:
		return WaitsForJob
	case pe.Problem == directory.ProblemThrottled && attempt >= 4:
		return WaitsForLimits
	}
	return ""
}

// inWindow tells when the change window opens, where it is closed now, and how
// much of a slice's budget falls inside it, where it is open.
func (e *Estate) inWindow(now time.Time, budget time.Duration) (opens time.Time, inside time.Duration, err error) {
	w, err := e.Config.Window.Compile()
	if err != nil {
		return time.Time{}, 0, problem(FailureConfiguration, "the change window cannot be read by the worker (%v): correct it, then `cutover reload`", err)
	}
	open, until := w.Open(now)
	switch {
	case !open:
		return until, 0, nil
	case !until.IsZero() && until.Sub(now) < budget:
		return time.Time{}, until.Sub(now), nil
	}
	return time.Time{}, budget, nil
}

// grace is for how long a domain may still carry out a request after its sender
// has gone, as far as anybody knows.
const grace = 5 * time.Second

// behind is for how long the index of a domain is late at most, as far as
// anybody knows.
const behind = 6 * time.Second

// patience is enough for one look and one write with any of the estate's peers.
func (e *Estate) patience() time.Duration {
	c := e.Config
	return 2 * max(c.Fusion.RequestTimeout, c.Utilities.RequestTimeout, c.CXIF.RequestTimeout, c.Fusion.Applications.RequestTimeout)
}

// fillTries is how often somebody is looked for in Fusion before they are made in a
// target without an externalId: they may have left Fusion since the plan.
const fillTries = 4

// fill adds to the writes what a plan never holds: the id of the Fusion user as
// externalId of a new user in a target, and the password of our own test user.
func (e *Estate) fill(ctx context.Context, writes []directory.Write) error {
	var names []string
	for i, w := range writes {
		c := w.Change
		if c.Kind != directory.CreateUser || c.Via == directory.ViaNativeSync {
			continue
		}
		switch {
		case directory.Equal(c.User, e.SSO.TestUser.UserName):
			if c.Via == directory.ViaFusionApplications {
				password, err := e.Secrets.Read(ctx, e.Config.SSO.TestUser.Password)
				if err != nil {
					return problem(FailureConfiguration, "the test user's password (sso.testUser.password) cannot be read; correct it, then `cutover resume`")
				}
				writes[i].Password = password
			}
		case c.Domain != directory.Fusion:
			names = append(names, c.User)
		}
	}
	if len(names) == 0 {
		return nil
	}
	hub, err := e.Domains[directory.Fusion].Lookup(ctx, names)
	if err != nil {
		return err
	}
	for i, w := range writes {
		u, there := hub[directory.Fold(w.Change.User)]
		ours := w.Change.Kind == directory.CreateUser && w.Change.Via != directory.ViaNativeSync && w.Change.Domain != directory.Fusion && !directory.Equal(w.Change.User, e.SSO.TestUser.UserName)
		switch {
		case there && w.Change.Domain != directory.Fusion:
			writes[i].ExternalID = u.ID
		case ours && activity.GetInfo(ctx).Attempt < fillTries:
			// Nobody is made without their tie to Fusion because an index is late.
			return &directory.PeerError{Peer: string(directory.Fusion), Op: "look users up", Problem: directory.ProblemUnavailable, Harmless: true,
				Detail: "somebody who is to be made in a target is not found in Fusion; they are looked for again"}
		}
	}
	return nil
}

// SettleParams asks whether Fusion's own copy has brought everything over.
type SettleParams struct {
	Cutover, ConfigHash string
	Plan                int64
	Poll                time.Duration
}

// Settle looks whether what was written to Fusion Applications has reached the
// Fusion domain, name by name and byte for byte. It fails as "not yet" until it
// has; its heartbeat says how many changes have been seen to arrive, so that
// another look goes on there.
func (a *Activities) Settle(ctx context.Context, in SettleParams) error {
	e, err := a.estate(ctx, in.ConfigHash)
	if err != nil {
		return err
	}
	arrived := 0
	if activity.HasHeartbeatDetails(ctx) {
		_ = activity.GetHeartbeatDetails(ctx, &arrived)
	}
	p := beating(ctx, arrived)
	defer p.stop()
	seen, err := apply.Arrived(ctx, a.Ledger, in.Plan, arrived, e.Domains[directory.Fusion], func(n int) { p.at(n) })
	if errors.Is(err, apply.ErrNotYet) {
		return temporal.NewApplicationErrorWithOptions("not yet: Fusion has still to copy what was written there", FailureNotYet,
			temporal.ApplicationErrorOptions{NextRetryDelay: max(in.Poll, 10*time.Millisecond), Details: []any{seen}, Category: temporal.ApplicationErrorCategoryBenign})
	}
	return err
}
