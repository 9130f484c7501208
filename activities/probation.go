package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/localsignin"
	"cutover/internal/phase"
	"cutover/internal/watchdog"
)

// How a probation may stand.
const (
	RevertArmed     = "armed"
	RevertConfirmed = "confirmed"
	RevertReverting = "reverting" // the time is over; local sign-in is being put back
	RevertReverted  = "reverted"
)

// RevertState is how a probation stands.
type RevertState struct {
	State    string
	Deadline time.Time
}

// RevertOrder says what the revert of a probation is for. It holds no names.
type RevertOrder struct {
	Cutover    string // the ledger's key
	ConfigHash string
	Deadline   time.Time
}

// ErrBusy says that the revert of an earlier probation is still at work.
var ErrBusy = errors.New("local sign-in is being put back just now, after an earlier probation")

// Reverts are the workflows, one a cutover, that bring local sign-in back unless
// they are told in time that a person has confirmed.
type Reverts interface {
	// Arm starts one, or gives the one that waits a new deadline, and returns once
	// it has acknowledged.
	Arm(ctx context.Context, name string, order RevertOrder) (RevertState, error)
	// Confirm ends one. Where it was too late, the state says so.
	Confirm(ctx context.Context, name string) (RevertState, error)
	// Now does not wait for the deadline.
	Now(ctx context.Context, name string) error
	State(ctx context.Context, name string) (RevertState, error)
}

// Watchdog is a process on another machine that does the same, should nothing
// of ours be alive.
type Watchdog interface {
	Arm(ctx context.Context, o watchdog.Order) error
	Confirm(ctx context.Context, cutover string) (watchdog.Status, error)
}

// probation marks the steps that take local sign-in away.
func (a *Activities) probation(ctx context.Context, e *Estate, ph phase.Phase, info ledger.PlanInfo, steps []Step) error {
	if ph.Name != "sso-on" {
		return nil
	}
	for c, err := range a.Ledger.Changes(ctx, info.ID) {
		if err != nil {
			return err
		}
		for i := range steps {
			if steps[i].Number == c.Step && phase.RemovesLocal(c) {
				steps[i].Arm = e.Config.SSO.Probation.Within()
			}
		}
	}
	return nil
}

// ArmParams asks for local sign-in to come back by itself at a moment.
type ArmParams struct {
	Name, Cutover, ConfigHash string
	Deadline                  time.Time
}

// ArmResult says who has acknowledged.
type ArmResult struct {
	Deadline time.Time
	Watchdog bool // false: a person accepted to go without
}

// Arm arms the watchdog and the revert, in this order, and returns once both
// have acknowledged: a watchdog that fires in vain changes nothing, a revert
// sets a tripwire.
func (a *Activities) Arm(ctx context.Context, in ArmParams) (ArmResult, error) {
	defer beating(ctx).stop()
	e, err := a.estate(ctx, in.ConfigHash)
	if err != nil {
		return ArmResult{}, err
	}
	if err := a.untripped(ctx, e); err != nil {
		return ArmResult{}, err
	}
	dog, err := a.watchdogOf(e)
	if err != nil {
		return ArmResult{}, err
	}
	if dog != nil {
		client, err := e.Secrets.Client(e.Config.Utilities)
		if err != nil {
			return ArmResult{}, problem(FailureConfiguration, "the OCI profile of Utilities cannot be read by the worker (%v), so local sign-in stays: correct it, then `cutover resume`", err)
		}
		err = dog.Arm(ctx, watchdog.Order{
			Cutover: in.Name, Domain: e.Config.Utilities.URL, Rule: phase.DefaultRule(), Restore: directory.UserNamePassword,
			Deadline: in.Deadline, Now: time.Now(), Client: client,
		})
		if err != nil {
			return ArmResult{}, sealWatchdog(err, "the watchdog has not acknowledged that it is armed, so local sign-in stays")
		}
	}
	state, err := a.Reverts.Arm(ctx, in.Name, RevertOrder{Cutover: in.Cutover, ConfigHash: in.ConfigHash, Deadline: in.Deadline})
	switch {
	case errors.Is(err, ErrBusy):
		return ArmResult{}, problem(FailureNotYet, "%s", ErrBusy.Error())
	case err != nil:
		return ArmResult{}, problem(FailureUnavailable, "the workflow that would bring local sign-in back has not acknowledged, so local sign-in stays; it is tried again")
	case state.State != RevertArmed || !state.Deadline.Equal(in.Deadline):
		return ArmResult{}, problem(FailureUnavailable, "the workflow that would bring local sign-in back is not armed for this switch (%s), so local sign-in stays; it is tried again", state.State)
	}
	return ArmResult{Deadline: state.Deadline, Watchdog: dog != nil}, nil
}

// watchdogOf is the watchdog that the configuration names, or nothing where a
// person accepts by name to go without.
func (a *Activities) watchdogOf(e *Estate) (Watchdog, error) {
	p := e.Config.SSO.Probation
	switch {
	case p.Watchdog == config.WatchdogNone && p.AcceptedBy != "":
		return nil, nil
	case p.WatchdogURL == "":
		return nil, problem(FailureConfiguration, "no watchdog is named, and nobody accepts to go without one, so local sign-in stays. Run `cutover watchdog` on another machine and write sso.probation.watchdogURL and watchdogToken, or watchdog: none and acceptedBy; then `cutover reload`")
	}
	return a.Watchdog(p.WatchdogURL, func(ctx context.Context) (string, error) { return e.Secrets.Read(ctx, p.WatchdogToken) }), nil
}

// sealWatchdog keeps what a watchdog says of itself: those are our own words.
func sealWatchdog(err error, what string) error {
	var refused *watchdog.Refusal
	if errors.As(err, &refused) {
		return problem(FailureConfiguration, "%s: %s; correct the cause, then `cutover resume`", what, refused.Reason)
	}
	return problem(FailureUnavailable, "%s: it does not answer at sso.probation.watchdogURL, or cannot reach Utilities itself; it is tried again", what)
}

// ProbationParams names a probation.
type ProbationParams struct {
	Name, Cutover, ConfigHash string
	Watchdog                  bool // it was armed
}

// DisarmResult says whether the confirmation came in time.
type DisarmResult struct{ Reverted bool }

// Disarm tells the watchdog and the revert that a person has confirmed. The
// watchdog comes first: where it cannot be told, the revert must not think that
// all is well.
func (a *Activities) Disarm(ctx context.Context, in ProbationParams) (DisarmResult, error) {
	defer beating(ctx).stop()
	e, err := a.estate(ctx, in.ConfigHash)
	if err != nil {
		return DisarmResult{}, err
	}
	if err := a.untripped(ctx, e); err != nil { // break-glass, while the gate was open
		return DisarmResult{}, err
	}
	if in.Watchdog {
		dog, err := a.watchdogOf(e)
		if err != nil {
			return DisarmResult{}, err
		}
		if dog != nil {
			status, err := dog.Confirm(ctx, in.Name)
			if err != nil {
				return DisarmResult{}, sealWatchdog(err, "the watchdog could not be told that a person has confirmed")
			}
			if status.State != watchdog.Confirmed {
				return DisarmResult{Reverted: true}, nil // the revert's own time is over, too
			}
		}
	}
	state, err := a.Reverts.Confirm(ctx, in.Name)
	if err != nil {
		return DisarmResult{}, problem(FailureUnavailable, "the workflow that would bring local sign-in back could not be told that a person has confirmed; it is tried again")
	}
	return DisarmResult{Reverted: state.State != RevertConfirmed}, nil
}

// RevertNow brings local sign-in back without waiting for the deadline.
func (a *Activities) RevertNow(ctx context.Context, in ProbationParams) error {
	if err := a.Reverts.Now(ctx, in.Name); err != nil {
		return problem(FailureUnavailable, "the workflow that brings local sign-in back could not be told to do so at once; it does at its deadline")
	}
	return nil
}

// Reverted fails as "not yet" until local sign-in has been put back.
func (a *Activities) Reverted(ctx context.Context, in ProbationParams) error {
	state, err := a.Reverts.State(ctx, in.Name)
	if err == nil && state.State == RevertReverted {
		return nil
	}
	return temporal.NewApplicationErrorWithOptions("not yet: local sign-in has still to be put back", FailureNotYet,
		temporal.ApplicationErrorOptions{NextRetryDelay: time.Second, Category: temporal.ApplicationErrorCategoryBenign})
}

// RestoreParams asks for local sign-in to come back. ID makes one tripwire of
// all attempts.
type RestoreParams struct{ Cutover, ConfigHash, ID string }

// RestoreResult says whether anything had to be changed.
type RestoreResult struct{ Changed bool }

// RestoreLocal sets the tripwire and puts local sign-in back, by the very code
// of break-glass. Neither waits for the other to succeed, and no failure is one
// that is not tried again.
func (a *Activities) RestoreLocal(ctx context.Context, in RestoreParams) (RestoreResult, error) {
	defer beating(ctx).stop()
	e, err := a.estate(ctx, in.ConfigHash)
	if err != nil {
		return RestoreResult{}, insistent(err)
	}
	kept := a.Ledger.SetTripwire(ctx, ledger.Tripwire{
		ID: in.ID, Domain: e.Config.Utilities.URL, Cause: ledger.CauseRevert, By: "cutover", At: time.Now(),
		Note: fmt.Sprintf("nobody confirmed the switch of %s in time", in.Cutover),
	})
	changes, err := localsignin.Restore(ctx, e.Domains[directory.Utilities])
	if err = errors.Join(err, kept); err != nil {
		return RestoreResult{}, insistent(err)
	}
	return RestoreResult{Changed: len(changes) > 0}, nil
}

// insistent is seal for what is tried again whatever it is: even a client that
// is refused today may be let in again tomorrow.
func insistent(err error) error {
	kind, words := FailureUnavailable, "local sign-in could not be put back yet"
	var app *temporal.ApplicationError
	if errors.As(seal(err), &app) {
		kind, words = app.Type(), words+": "+app.Message()
	}
	return temporal.NewApplicationErrorWithOptions(words+"; it is tried again. By hand: cutover break-glass", kind, temporal.ApplicationErrorOptions{NextRetryDelay: 5 * time.Second})
}
