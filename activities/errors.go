package activities

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"

	"cutover/internal/directory"
	"cutover/internal/observe"
)

// The types of failure that the workflow tells apart. Those in NonRetryable
// need a person; the rest is tried again.
const (
	FailureAuth          = "Authentication"
	FailureInvalid       = "Validation"
	FailureConfiguration = "Configuration"
	FailureThrottled     = "Throttled"
	FailureUnavailable   = "Unavailable"
	FailureNotYet        = "NotYet"
	FailureUnsettled     = "Unsettled"
	FailureLedger        = "Ledger"
)

// NonRetryable lists the failures that time does not heal.
var NonRetryable = []string{FailureAuth, FailureInvalid, FailureConfiguration}

// problem is a failure in our own words, free of names of people.
func problem(kind, format string, args ...any) error {
	return temporal.NewApplicationErrorWithOptions(fmt.Sprintf(format, args...), kind, temporal.ApplicationErrorOptions{
		NonRetryable: kind == FailureAuth || kind == FailureInvalid || kind == FailureConfiguration,
	})
}

// seal turns an error into one that may enter a history: a peer's own words may
// name people, so of a PeerError only what is ours is kept.
func seal(err error) error {
	var app *temporal.ApplicationError
	var peer *directory.PeerError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &app):
		return app
	case errors.As(err, &peer):
		return sealPeer(peer)
	case unsettled(err):
		return temporal.NewApplicationError("a read of a domain does not add up: it changed while it was read, or an answer was incomplete; it is read again", FailureUnsettled)
	case errors.Is(err, context.DeadlineExceeded):
		return temporal.NewApplicationError("no answer before the deadline", FailureUnavailable)
	case errors.Is(err, context.Canceled):
		return err
	}
	return temporal.NewApplicationError("the work could not be done; the ledger has the details (cutover status)", FailureLedger)
}

// unsettled tells whether a read has to begin anew.
func unsettled(err error) bool { return errors.Is(err, observe.ErrUnsettled) }

var advice = map[directory.Problem]string{
	directory.ProblemAuth:        "the client was refused: check its id, its secret and its administrator roles, then `cutover resume`",
	directory.ProblemInvalid:     "the request was refused as wrong; see `cutover status`, correct the cause, then `cutover resume`",
	directory.ProblemNotFound:    "what was asked for is not there",
	directory.ProblemConflict:    "it is there already, or was changed by somebody else",
	directory.ProblemChanged:     "it was changed by somebody else in between",
	directory.ProblemThrottled:   "the limit of requests is reached; it is sent again later",
	directory.ProblemUnavailable: "there was no usable answer; it is tried again",
	directory.ProblemUnreadable:  "the answer makes no sense",
}

func sealPeer(e *directory.PeerError) error {
	msg := fmt.Sprintf("%s: %s: %s", e.Peer, e.Op, advice[e.Problem])
	if e.Status != 0 {
		msg += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if e.RequestID != "" {
		msg += ", request " + e.RequestID
	}
	kind, opts := FailureUnavailable, temporal.ApplicationErrorOptions{}
	switch e.Problem {
	case directory.ProblemAuth:
		kind, opts.NonRetryable = FailureAuth, true
	case directory.ProblemInvalid, directory.ProblemNotFound:
		kind, opts.NonRetryable = FailureInvalid, true
	case directory.ProblemThrottled:
		kind, opts.NextRetryDelay = FailureThrottled, max(e.RetryAfter, time.Second)
	}
	return temporal.NewApplicationErrorWithOptions(msg, kind, opts)
}

// Sealing is the interceptor that seals every activity's error, so that none
// can be forgotten. What is cut off is logged to the ledger by Note.
type Sealing struct {
	interceptor.WorkerInterceptorBase
	Note func(ctx context.Context, activityName string, err error)
}

// InterceptActivity implements interceptor.WorkerInterceptor.
func (s *Sealing) InterceptActivity(ctx context.Context, next interceptor.ActivityInboundInterceptor) interceptor.ActivityInboundInterceptor {
	in := &sealingInbound{note: s.Note}
	in.Next = next
	return in
}

type sealingInbound struct {
	interceptor.ActivityInboundInterceptorBase
	note func(ctx context.Context, activityName string, err error)
}

// ExecuteActivity implements interceptor.ActivityInboundInterceptor.
func (s *sealingInbound) ExecuteActivity(ctx context.Context, in *interceptor.ExecuteActivityInput) (any, error) {
	out, err := s.Next.ExecuteActivity(ctx, in)
	if err != nil && s.note != nil {
		s.note(context.WithoutCancel(ctx), activity.GetInfo(ctx).ActivityType.Name, err)
	}
	return out, seal(err)
}
