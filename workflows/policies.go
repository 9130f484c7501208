package workflows

import (
	"errors"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"cutover/activities"
)

// policy is how an activity is tried.
type policy func() workflow.ActivityOptions

// reading is for an activity that reads a domain: long, with heartbeats, tried
// again for some minutes where nothing but time can help.
func reading() workflow.ActivityOptions {
	return workflow.ActivityOptions{
		StartToCloseTimeout: 4 * time.Hour, HeartbeatTimeout: 10 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second, MaximumAttempts: 8,
			NonRetryableErrorTypes: activities.NonRetryable,
		},
	}
}

// writing is for an activity that writes into a domain: a slice of a minute at
// most, with heartbeats. An attempt that is lost costs little, because the next
// one asks the domain before it sends anything again.
func writing() workflow.ActivityOptions {
	return workflow.ActivityOptions{
		StartToCloseTimeout: 10 * time.Minute, HeartbeatTimeout: 10 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: time.Second, BackoffCoefficient: 2, MaximumInterval: 30 * time.Second, MaximumAttempts: 10,
			NonRetryableErrorTypes: activities.NonRetryable,
		},
	}
}

// waiting is for a look at the world that fails as "not yet" until it is time:
// tried again at a fixed pace, so that days of waiting add no history.
func waiting(timeout time.Duration) policy {
	return func() workflow.ActivityOptions {
		return workflow.ActivityOptions{
			StartToCloseTimeout: 10 * time.Minute, HeartbeatTimeout: 10 * time.Second, ScheduleToCloseTimeout: timeout,
			RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 1, NonRetryableErrorTypes: activities.NonRetryable},
		}
	}
}

// recording is for a short write into the ledger, which is ours and near.
func recording() workflow.ActivityOptions {
	return workflow.ActivityOptions{
		StartToCloseTimeout: 30 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval: 200 * time.Millisecond, BackoffCoefficient: 2, MaximumInterval: 10 * time.Second, MaximumAttempts: 20,
			NonRetryableErrorTypes: activities.NonRetryable,
		},
	}
}

// do runs one activity by a policy, with a summary that the Temporal UI shows.
func do(ctx workflow.Context, p policy, summary string, activity any, in any, out any) error {
	options := p()
	options.Summary = summary
	return workflow.ExecuteActivity(workflow.WithActivityOptions(ctx, options), activity, in).Get(ctx, out)
}

// timedOut tells whether an activity was tried for as long as it may be. What it
// last failed with is then inside.
func timedOut(err error) bool {
	var timeout *temporal.TimeoutError
	var app *temporal.ApplicationError
	return errors.As(err, &timeout) || errors.As(err, &app) && app.Type() == activities.FailureNotYet
}

// reason says in a sentence why an activity failed.
func reason(err error) string {
	var app *temporal.ApplicationError
	var timeout *temporal.TimeoutError
	switch {
	case errors.As(err, &app):
		return app.Message()
	case errors.As(err, &timeout):
		return "it took longer than it may (" + timeout.TimeoutType().String() + ")"
	}
	return "it could not be done"
}
