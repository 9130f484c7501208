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
