package activities_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"cutover/activities"
	"cutover/internal/directory"
)

func TestAJobThatExcludesBulkAndALastingLimitAreWaitedForAndAreNoFailure(t *testing.T) {
	of := func(p directory.Problem) error {
		return errors.Join(&directory.PeerError{Peer: "utilities", Problem: p})
	}
	require.Equal(t, activities.WaitsForJob, activities.HeldUp(of(directory.ProblemBusy), 1))
	require.Empty(t, activities.HeldUp(of(directory.ProblemThrottled), 1), "a burst passes by itself")
	require.Equal(t, activities.WaitsForLimits, activities.HeldUp(of(directory.ProblemThrottled), 4))
	require.Empty(t, activities.HeldUp(of(directory.ProblemUnavailable), 9))
	require.Empty(t, activities.HeldUp(nil, 9))
}

func TestAPauseThatAPeerAsksForIsNeverShorterThanThePolicys(t *testing.T) {
	pause := func(attempt int32, wants time.Duration) time.Duration {
		err := activities.Spaced(activity.Info{Attempt: attempt}, activities.Seal(&directory.PeerError{Problem: directory.ProblemThrottled, RetryAfter: wants}))
		var app *temporal.ApplicationError
		require.ErrorAs(t, err, &app)
		require.Equal(t, activities.FailureThrottled, app.Type())
		return app.NextRetryDelay()
	}
	require.Equal(t, 5*time.Second, pause(1, 5*time.Second))
	require.Zero(t, pause(6, 5*time.Second), "zero is the policy's own, which has grown")
	require.Equal(t, time.Minute, pause(20, time.Minute))
}
