package report_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/forecast"
	"cutover/internal/ledger"
	"cutover/internal/report"
)

func TestWhatWaitsIsThePlanUntilEverythingIsForecastAnew(t *testing.T) {
	ctx := t.Context()
	l, err := ledger.OpenTemp(ctx)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	forecastAt := func(at time.Time, finding string) {
		b, err := json.Marshal(forecast.Whole{Hash: "of the forecast", At: at, Findings: []directory.Finding{{Name: finding}}})
		require.NoError(t, err)
		require.NoError(t, l.PutValue(ctx, "one", report.ValueForecast, b))
	}
	open := func() report.Open {
		o, err := report.BuildOpen(ctx, l, "one", "migrate")
		require.NoError(t, err)
		return o
	}
	forecastAt(time.Now().Add(-time.Hour), "duplicate-email")
	require.Equal(t, "duplicate-email", open().Findings[0].Name)

	plan, err := l.BeginPlan(ctx, "one", "migrate", false)
	require.NoError(t, err)
	require.NoError(t, l.AddChanges(ctx, plan, []directory.Change{{Step: 1, Kind: directory.CreateUser, User: "a"}}))
	_, err = l.SealPlan(ctx, plan, "of the plan")
	require.NoError(t, err)
	require.Equal(t, "of the plan", open().Hash)
	require.Len(t, open().Changes, 1)

	forecastAt(time.Now().Add(time.Hour), "username-case")
	require.Equal(t, "of the forecast", open().Hash)
	require.Equal(t, "username-case", open().Findings[0].Name)
	require.Empty(t, open().Changes)
}

func TestWhatAProofSawThatStopsNothingIsShownWhereThePhaseWaits(t *testing.T) {
	ctx := t.Context()
	l, err := ledger.OpenTemp(ctx)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	plan, err := l.BeginPlan(ctx, "one", "sso-on", false)
	require.NoError(t, err)
	_, err = l.SealPlan(ctx, plan, "of the plan")
	require.NoError(t, err)
	for _, s := range [][]string{
		{"sso-test", "front-rule-redirect", "told"},                               // of another phase
		{"sso-on", "test-user-sso", "unclear"}, {"sso-on", "test-user-sso", "ok"}, // settled since
		{"sso-on", "emergency-local", "failed"}, // said by the gate
		{"sso-on", "front-rule-redirect", "unclear"}, {"sso-on", "front-rule-redirect", "told"},
	} {
		require.NoError(t, l.PutSignIn(ctx, "one", ledger.SignIn{Phase: s[0], Kind: s[1], Outcome: s[2], Prover: "cutover", Reason: "As it is.", At: time.Now()}))
	}
	o, err := report.BuildOpen(ctx, l, "one", "sso-on")
	require.NoError(t, err)
	require.Len(t, o.Told, 1)
	require.Equal(t, []string{"front-rule-redirect", "told", "As it is."}, []string{o.Told[0].Proof, o.Told[0].Outcome, o.Told[0].Reason})
}
