package activities

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
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
	FailureFault         = "Fault" // a mistake of cutover itself
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
	var read *directory.BrokenRead
	var broken *fault
	switch {
	case err == nil:
		return nil
	case errors.As(err, &broken):
		return temporal.NewApplicationError("cutover itself made a mistake here; the ledger has the details (cutover status)", FailureFault)
	case errors.As(err, &app):
		return app
	case errors.As(err, &peer):
		return sealPeer(peer)
	case errors.As(err, &read):
		return temporal.NewApplicationError(read.Error()+". Nothing is planned from it; it is read again", FailureUnsettled)
	case unsettled(err):
		return temporal.NewApplicationError("a read of a domain does not add up: it changed while it was read, or an answer was incomplete; it is read again", FailureUnsettled)
	case errors.Is(err, context.DeadlineExceeded):
		return temporal.NewApplicationError("no answer before the deadline", FailureUnavailable)
	case errors.Is(err, context.Canceled):
		return context.Canceled // and no word of what was being done
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
	directory.ProblemBusy:        "a job of the domain excludes Bulk for now; it is sent again later",
	directory.ProblemUnavailable: "there was no usable answer; it is tried again",
	directory.ProblemUnreadable:  "the answer makes no sense",
}

func sealPeer(e *directory.PeerError) error {
	msg := fmt.Sprintf("%s: %s: %s", e.Peer, e.Op, advice[e.Problem])
	if e.Status != 0 {
		msg += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if id := plainID(e.RequestID); id != "" {
		msg += ", request " + id
	}
	kind, opts := FailureUnavailable, temporal.ApplicationErrorOptions{}
	switch e.Problem {
	case directory.ProblemAuth:
		kind, opts.NonRetryable = FailureAuth, true
	case directory.ProblemInvalid, directory.ProblemNotFound:
		kind, opts.NonRetryable = FailureInvalid, true
	case directory.ProblemThrottled:
		kind, opts.NextRetryDelay = FailureThrottled, e.RetryAfter
	case directory.ProblemBusy:
		kind = FailureThrottled
	}
	return temporal.NewApplicationErrorWithOptions(msg, kind, opts)
}

// plainID lets an id pass that can be nothing else: a header is a peer's own
// words, too.
func plainID(id string) string {
	ours := func(r rune) bool {
		return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || strings.ContainsRune("/:_-", r)
	}
	if len(id) > 200 || strings.ContainsFunc(id, func(r rune) bool { return !ours(r) }) {
		return ""
	}
	return id
}

// Sealing is the interceptor that seals every activity's error, so that none
// can be forgotten. The SDK logs an activity's error, and writes it into the
// history, after this. What is cut off goes to the ledger by Note.
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
	out, err := s.guarded(ctx, in)
	if s.note != nil && worthKeeping(err) {
		s.note(context.WithoutCancel(ctx), activity.GetInfo(ctx).ActivityType.Name, err)
	}
	return out, spaced(activity.GetInfo(ctx), givenUp(activity.GetInfo(ctx), seal(err)))
}

// readTries is how often a read is tried that cannot be believed. Somebody may
// have left while it was read, and an old answer may be renewed; what is still
// wrong after that needs a person.
const readTries = 5

// givenUp makes the last of the tries final.
func givenUp(info activity.Info, err error) error {
	var app *temporal.ApplicationError
	if !errors.As(err, &app) || app.Type() != FailureUnsettled || info.Attempt < readTries || info.ActivityType.Name == "Settle" {
		return err
	}
	words := strings.TrimSuffix(app.Message(), "; it is read again")
	return temporal.NewNonRetryableApplicationError(fmt.Sprintf("%s. It was read %d times: see that the domain answers rightly, then `cutover resume`", words, info.Attempt), FailureUnsettled, nil)
}

// spaced lets the pause before the next try grow as the policy says, where a domain
// wants a shorter one: what it wants it may want many times.
func spaced(info activity.Info, err error) error {
	var app *temporal.ApplicationError
	grown := time.Second << min(max(info.Attempt, 1)-1, 5)
	if !errors.As(err, &app) || app.Type() != FailureThrottled || app.NextRetryDelay() == 0 || app.NextRetryDelay() > grown {
		return err
	}
	return temporal.NewApplicationErrorWithOptions(app.Message(), app.Type(), temporal.ApplicationErrorOptions{})
}

// guarded turns a panic into an error before the SDK sees it: the SDK would
// write what was thrown into the log and the history.
func (s *sealingInbound) guarded(ctx context.Context, in *interceptor.ExecuteActivityInput) (out any, err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			out, err = nil, &fault{fmt.Sprint(thrown), string(debug.Stack())}
		}
	}()
	return s.Next.ExecuteActivity(ctx, in)
}

// fault is a panic.
type fault struct{ thrown, stack string }

func (f *fault) Error() string { return "panic: " + f.thrown + "\n" + f.stack }

// worthKeeping leaves out what is no failure: waiting, and stopping.
func worthKeeping(err error) bool {
	var app *temporal.ApplicationError
	return err != nil && !errors.Is(err, context.Canceled) && !(errors.As(err, &app) && app.Type() == FailureNotYet)
}
