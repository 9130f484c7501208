package activities_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"

	"cutover/activities"
	"cutover/internal/directory"
	"cutover/internal/observe"
)

// sealed lets an activity end as f does, behind the interceptor, and returns
// what the history would hold and what was kept.
func (s *stage) sealed(t *testing.T, f func(context.Context) error) (kept []string, history error) {
	t.Helper()
	env, _ := s.attempt(t)
	env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{&activities.Sealing{
		Note: func(ctx context.Context, _ string, err error) {
			require.NoError(t, ctx.Err())
			kept = append(kept, err.Error())
		},
	}}})
	env.RegisterActivityWithOptions(f, activity.RegisterOptions{Name: "subject"})
	_, err := env.ExecuteActivity("subject")
	require.Error(t, err)
	return kept, err
}

func TestNoErrorOfAnActivityCarriesADetailIntoHistoryOrLog(t *testing.T) {
	peer := func(p directory.Problem) error {
		return fmt.Errorf("create %s: %w", secretName, &directory.PeerError{
			Peer: "utilities", Op: "create users", Problem: p, Status: 499, Detail: secretName + " exists", RequestID: "echo of " + secretName,
		})
	}
	for name, c := range map[string]struct {
		f    func(context.Context) error
		want string
	}{
		"a plain error":     {func(context.Context) error { return errors.New("no such user " + secretName) }, activities.FailureLedger},
		"a refusal":         {func(context.Context) error { return peer(directory.ProblemAuth) }, activities.FailureAuth},
		"a wrong request":   {func(context.Context) error { return peer(directory.ProblemInvalid) }, activities.FailureInvalid},
		"a limit":           {func(context.Context) error { return peer(directory.ProblemThrottled) }, activities.FailureThrottled},
		"no answer":         {func(context.Context) error { return peer(directory.ProblemUnavailable) }, activities.FailureUnavailable},
		"several at once":   {func(context.Context) error { return errors.Join(errors.New(secretName), peer(directory.ProblemAuth)) }, activities.FailureAuth},
		"an unsettled read": {func(context.Context) error { return fmt.Errorf("%s: %w", secretName, observe.ErrUnsettled) }, activities.FailureUnsettled},
		"a broken read": {func(context.Context) error {
			return fmt.Errorf("%s: %w", secretName, &directory.BrokenRead{Peer: "cxif", Read: "read users", Detail: "it ends after 3"})
		}, activities.FailureUnsettled},
		"a deadline":          {func(context.Context) error { return fmt.Errorf("look %s up: %w", secretName, context.DeadlineExceeded) }, activities.FailureUnavailable},
		"a panic":             {func(context.Context) error { panic("impossible: " + secretName) }, activities.FailureFault},
		"a panic of an error": {func(context.Context) error { panic(errors.New(secretName)) }, activities.FailureFault},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, &domain{})
			kept, history := s.sealed(t, c.f)
			require.Equal(t, c.want, typeOf(t, history))
			require.NotContains(t, fmt.Sprintf("%+v", history), secretName)
			require.NotContains(t, s.logs.String(), secretName)
			require.NotEmpty(t, s.logs.String(), "the log is not looked at in vain")
			require.Len(t, kept, 1)
			require.Contains(t, kept[0], secretName, "the ledger has the details")
		})
	}
}

func TestACancellationIsPassedOnWithoutAWordOfWhatWasBeingDone(t *testing.T) {
	s := newStage(t, &domain{})
	kept, history := s.sealed(t, func(context.Context) error { return fmt.Errorf("look %s up: %w", secretName, context.Canceled) })
	require.NotContains(t, fmt.Sprintf("%+v", history), secretName)
	require.NotContains(t, s.logs.String(), secretName)
	require.Empty(t, kept, "to be stopped is no failure")
}

func TestARequestIDThatIsOneIsPassedOn(t *testing.T) {
	s := newStage(t, &domain{})
	_, history := s.sealed(t, func(context.Context) error {
		return &directory.PeerError{Peer: "cxif", Op: "read users", Problem: directory.ProblemInvalid, Status: 400, RequestID: "a1B2/c3_d4-5:6"}
	})
	require.ErrorContains(t, history, "cxif: read users")
	require.ErrorContains(t, history, "request a1B2/c3_d4-5:6")
}

func TestABrokenReadIsNamedAndGivenUpAfterAFewTries(t *testing.T) {
	s := newStage(t, &domain{})
	broken := func(context.Context) error {
		return fmt.Errorf("%s: %w", secretName, &directory.BrokenRead{Peer: "cxif", Read: "read users", Detail: "it ends after 3"})
	}
	_, history := s.sealed(t, broken)
	require.ErrorContains(t, history, "cxif: read users: it ends after 3. Nothing is planned from it; it is read again")
	for attempt, final := range map[int32]bool{1: false, 4: false, 5: true, 9: true} {
		err := activities.GivenUp(activity.Info{Attempt: attempt, ActivityType: activity.Type{Name: "Observe"}}, activities.Seal(broken(t.Context())))
		var app *temporal.ApplicationError
		require.ErrorAs(t, err, &app)
		require.Equal(t, final, app.NonRetryable(), attempt)
		require.Contains(t, app.Message(), "cxif: read users: it ends after 3")
		require.Equal(t, final, strings.Contains(app.Message(), "`cutover resume`"))
		require.NotContains(t, app.Message(), secretName)
	}
	err := activities.GivenUp(activity.Info{Attempt: 9, ActivityType: activity.Type{Name: "Settle"}}, activities.Seal(broken(t.Context())))
	var app *temporal.ApplicationError
	require.ErrorAs(t, err, &app)
	require.False(t, app.NonRetryable(), "who waits for the world goes on waiting")
}
