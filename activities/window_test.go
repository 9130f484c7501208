package activities_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"cutover/activities"
	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/ledger"
)

func TestOutsideTheChangeWindowNothingIsSentAndTheAnswerSaysWhenItOpens(t *testing.T) {
	ctx := t.Context()
	l, err := ledger.OpenTemp(ctx)
	require.NoError(t, err)
	defer l.Close()
	plan, err := l.BeginPlan(ctx, "spring", "sync-utilities", false)
	require.NoError(t, err)
	require.NoError(t, l.AddChanges(ctx, plan, []directory.Change{{Step: 1, Domain: directory.Utilities, Kind: directory.CreateUser, User: "ann", Why: "create"}}))
	_, err = l.SealPlan(ctx, plan, "h")
	require.NoError(t, err)

	later := time.Now().UTC().Add(3 * 24 * time.Hour)
	day := strings.ToLower(later.Weekday().String()[:3])
	d := &domain{} // whose Write is that of nothing: to call it would be a panic
	a := &activities.Activities{Ledger: l, Estates: estateOf{&activities.Estate{
		Config:  config.Config{Window: config.Window{TimeZone: "UTC", Open: []config.Opening{{Days: []string{day}, From: "08:00", To: "10:00"}}}},
		Domains: map[directory.Domain]activities.Domain{directory.Utilities: d, directory.Fusion: d},
	}}}
	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	env.RegisterActivity(a)
	v, err := env.ExecuteActivity(a.Apply, activities.ApplyParams{Cutover: "spring", ConfigHash: "config", Plan: plan, Step: 1, Budget: time.Minute})
	require.NoError(t, err)
	var out activities.ApplyResult
	require.NoError(t, v.Get(&out))
	require.True(t, out.More)
	require.Equal(t, time.Date(later.Year(), later.Month(), later.Day(), 8, 0, 0, 0, time.UTC), out.Opens.UTC())
	require.Empty(t, d.looked)
	p, err := l.Progress(context.Background(), plan, 0)
	require.NoError(t, err)
	require.Equal(t, 1, p.Planned, "it was not even claimed")
}
