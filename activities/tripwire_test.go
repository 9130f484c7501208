package activities_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/worker"

	"cutover/activities"
	"cutover/internal/directory"
	"cutover/internal/ledger"
)

// door is a Utilities domain of which only the default rule matters.
type door struct {
	domain
	local   string
	written []directory.Change
	fails   error
}

func (d *door) Setting(context.Context, string) (directory.Attributes, bool, error) {
	if d.fails != nil {
		return nil, false, d.fails
	}
	return directory.Attributes{"local": d.local, "saml": `["Fusion"]`}, true, nil
}

func (d *door) BatchSize(directory.Kind) int { return 1 }

func (d *door) Write(_ context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	d.written = append(d.written, writes[0].Change)
	d.local = writes[0].Change.After["local"]
	return []directory.Outcome{{ID: "rule"}}, nil
}

// doors opens an estate with that domain.
type doors struct {
	*stage
	door *door
}

func (d doors) Open(ctx context.Context, hash string) (*activities.Estate, error) {
	e, err := d.stage.Open(ctx, hash)
	if err != nil {
		return nil, err
	}
	e.Config.Utilities.URL = "https://utilities.example.com"
	e.Domains[directory.Utilities] = d.door
	return e, nil
}

var removal = directory.Change{
	Step: 1, Domain: directory.Utilities, Kind: directory.PutSetting, Target: "rule/default",
	Before: directory.Attributes{"local": `["UserNamePassword"]`, "saml": `["Fusion"]`},
	After:  directory.Attributes{"local": `[]`, "saml": `["Fusion"]`},
}

// removing is a world with a sealed plan that takes local sign-in away.
func removing(t *testing.T) (doors, *activities.Activities, func(activities.ApplyParams) error, int64) {
	d := doors{newStage(t, &domain{}), &door{local: `["UserNamePassword"]`}}
	env, acts := d.attempt(t)
	acts.Estates = d
	env.SetWorkerOptions(worker.Options{Interceptors: []interceptor.WorkerInterceptor{&activities.Sealing{}}})
	ctx := t.Context()
	plan, err := d.ledger.BeginPlan(ctx, "spring", "sso-on", false)
	require.NoError(t, err)
	require.NoError(t, d.ledger.AddChanges(ctx, plan, []directory.Change{removal}))
	_, err = d.ledger.SealPlan(ctx, plan, "hash")
	require.NoError(t, err)
	return d, acts, func(in activities.ApplyParams) error {
		in.Cutover, in.ConfigHash, in.Plan, in.Step, in.Budget = "spring", "config", plan, 1, time.Second
		_, err := env.ExecuteActivity(acts.Apply, in)
		return err
	}, plan
}

func TestWhileATripwireIsSetNoAttemptTakesLocalSignInAway(t *testing.T) {
	d, acts, apply, _ := removing(t)
	ctx := t.Context()
	require.NoError(t, d.ledger.SetTripwire(ctx, ledger.Tripwire{ID: "1", Domain: "https://Utilities.example.com/", Cause: ledger.CauseBreakGlass, By: secretName, At: time.Now()}))
	for range 3 { // a retry, and one more
		err := apply(activities.ApplyParams{})
		var app *temporal.ApplicationError
		require.ErrorAs(t, err, &app)
		require.Equal(t, activities.FailureTripped, app.Type())
		require.True(t, app.NonRetryable())
		require.Contains(t, app.Message(), "--after-break-glass")
		require.NotContains(t, app.Message(), secretName, "who it was stays in the ledger")
	}
	require.Empty(t, d.door.written)

	require.NoError(t, acts.LiftTripwire(ctx, activities.LiftParams{Cutover: "spring", ConfigHash: "config", By: "bob", Note: "all is well"}))
	require.NoError(t, apply(activities.ApplyParams{}))
	require.Len(t, d.door.written, 1)
}

func TestAfterTheDeadlineLocalSignInIsNotTakenAway(t *testing.T) {
	d, _, apply, _ := removing(t)
	var app *temporal.ApplicationError
	require.ErrorAs(t, apply(activities.ApplyParams{Until: time.Now().Add(-time.Second)}), &app)
	require.Equal(t, activities.FailureLate, app.Type())
	require.Empty(t, d.door.written)
	require.NoError(t, apply(activities.ApplyParams{Until: time.Now().Add(time.Minute)}))
	require.Len(t, d.door.written, 1)
}

func TestTheRevertPutsLocalSignInBackSetsTheTripwireAndIsAlwaysTriedAgain(t *testing.T) {
	d, acts, _, _ := removing(t)
	env, _ := d.attempt(t)
	env.RegisterActivity(acts.RestoreLocal)
	d.door.local = "[]"
	in := activities.RestoreParams{Cutover: "spring", ConfigHash: "config", ID: "revert:spring:1"}
	for _, problem := range []directory.Problem{directory.ProblemAuth, directory.ProblemUnavailable} {
		d.door.fails = &directory.PeerError{Peer: "utilities", Op: "read rules", Problem: problem, Detail: secretName}
		_, err := env.ExecuteActivity(acts.RestoreLocal, in)
		var app *temporal.ApplicationError
		require.ErrorAs(t, err, &app)
		require.False(t, app.NonRetryable())
		require.NotContains(t, app.Error(), secretName)
		_, set, err := d.ledger.Tripped(t.Context(), "https://utilities.example.com")
		require.NoError(t, err)
		require.True(t, set, "the tripwire does not wait for the domain")
	}
	d.door.fails = nil
	v, err := env.ExecuteActivity(acts.RestoreLocal, in)
	require.NoError(t, err)
	var out activities.RestoreResult
	require.NoError(t, v.Get(&out))
	require.True(t, out.Changed)
	require.Equal(t, `["UserNamePassword"]`, d.door.local)
	all, err := d.ledger.Tripwires(t.Context(), "https://utilities.example.com")
	require.NoError(t, err)
	require.Len(t, all, 1, "all attempts are one tripwire")
}

// reverts stands in for the workflows.
type reverts struct {
	state activities.RevertState
	err   error
	armed []activities.RevertOrder
}

func (r *reverts) Arm(_ context.Context, _ string, o activities.RevertOrder) (activities.RevertState, error) {
	r.armed = append(r.armed, o)
	return activities.RevertState{State: activities.RevertArmed, Deadline: o.Deadline}, r.err
}
func (r *reverts) Confirm(context.Context, string) (activities.RevertState, error) {
	return r.state, r.err
}
func (r *reverts) Now(context.Context, string) error { return r.err }
func (r *reverts) State(context.Context, string) (activities.RevertState, error) {
	return r.state, r.err
}

func TestWithoutAWatchdogAndWithoutAPersonWhoAcceptsThatNothingIsArmed(t *testing.T) {
	d, acts, _, _ := removing(t)
	r := &reverts{}
	acts.Reverts = r
	env, _ := d.attempt(t)
	env.RegisterActivity(acts.Arm)
	_, err := env.ExecuteActivity(acts.Arm, activities.ArmParams{Name: "spring", Cutover: "spring", ConfigHash: "config", Deadline: time.Now().Add(time.Minute)})
	var app *temporal.ApplicationError
	require.ErrorAs(t, err, &app)
	require.Equal(t, activities.FailureConfiguration, app.Type())
	require.Contains(t, app.Message(), "cutover watchdog")
	require.Empty(t, r.armed)
	require.False(t, errors.Is(err, context.Canceled))
}
