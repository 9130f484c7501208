package planning_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/testsuite"

	"cutover/activities"
	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/fleet"
	"cutover/internal/forecast"
	"cutover/internal/ledger"
	"cutover/internal/report"
)

// What `cutover check` finds, the workflow's first phase finds too, by the same
// looks: its gate stays shut, and nothing about it but numbers leaves the activity.
func TestACutoverStopsAtCheckWhereAClientLacksARole(t *testing.T) {
	w := newWorld(t)
	w.start()
	w.client(utilities, "User Administrator")
	f, err := config.Load(w.file())
	require.NoError(t, err)
	l, err := ledger.OpenTemp(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	require.NoError(t, l.PutConfiguration(t.Context(), f.Hash, f.Canonical))
	require.NoError(t, l.PutCutover(t.Context(), ledger.Cutover{Name: "spring", ConfigHash: f.Hash, StartedBy: "sam", StartedAt: time.Now(), Run: 1}))

	var suite testsuite.WorkflowTestSuite
	env := suite.NewTestActivityEnvironment()
	acts := &activities.Activities{Ledger: l, Estates: &fleet.Estates{Ledger: l}}
	env.RegisterActivity(acts)
	reads := forecast.Snapshots{}
	for _, d := range directory.Domains {
		v, err := env.ExecuteActivity(acts.Observe, activities.ObserveParams{Cutover: "spring", Phase: "check", ConfigHash: f.Hash, Domain: d, People: true})
		require.NoError(t, err)
		var out activities.ObserveResult
		require.NoError(t, v.Get(&out))
		reads[d] = out.Snapshot
	}
	v, err := env.ExecuteActivity(acts.Forecast, activities.PlanParams{Cutover: "spring", Phase: "check", ConfigHash: f.Hash, Snapshots: reads})
	require.NoError(t, err)
	var out activities.ForecastResult
	require.NoError(t, v.Get(&out))
	require.Equal(t, 1, out.Blocking)
	require.Equal(t, "check", out.BlockedAt)

	whole, there, err := l.Value(t.Context(), "spring", report.ValueForecast)
	require.NoError(t, err)
	require.True(t, there)
	require.Contains(t, string(whole), "client-without-rights", "the ledger has it, with what to do")
	require.Contains(t, string(whole), "Security Administrator")
	secret, err := os.ReadFile(filepath.Join(w.dir, "secrets", "utilities-client-secret"))
	require.NoError(t, err)
	require.NotContains(t, string(whole), string(secret))
}
