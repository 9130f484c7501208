package forecast_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/estates"
	"cutover/internal/forecast"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
)

// blocking are the users whom the open findings of a forecast are about, by
// folded userName, each with a finding.
func blocking(whole forecast.Whole) map[string]directory.Finding {
	users := map[string]directory.Finding{}
	for _, f := range whole.Findings {
		if f.Blocking {
			users[directory.Fold(f.User)] = f
		}
	}
	return users
}

func TestAnyOneResolutionTakenOutBlocksTheForecastAndNamesThatUser(t *testing.T) {
	if testing.Short() {
		t.Skip("makes many ledgers; internal/phase has the same without any")
	}
	all, err := reconciletest.RulesFromEstate(estates.FS, "resolved")
	require.NoError(t, err)
	of := func(r *reconcile.Rules, d directory.Domain) map[string]reconcile.Resolution {
		return map[directory.Domain]map[string]reconcile.Resolution{directory.Utilities: r.Utilities, directory.Fusion: r.Fusion, directory.CXIF: r.CXIF}[d]
	}
	taken := 0
	for _, d := range directory.Domains {
		for _, user := range slices.Sorted(maps.Keys(of(all, d))) {
			taken++
			t.Run(string(d)+"/"+user, func(t *testing.T) {
				whole, _ := forecastOf(t, "resolved", func(r *reconcile.Rules) { delete(of(r, d), user) })
				require.NotEmpty(t, whole.BlockedAt)
				f, named := blocking(whole)[user]
				require.True(t, named, "%v", blocking(whole))
				require.NotEmpty(t, f.Fixes, "and says what resolves it")
				require.Equal(t, f.User, f.Records[0].UserName, "and shows the user")
			})
		}
	}
	require.Greater(t, taken, 20)
}

func TestWithoutAWordOnOrphansTheForecastNamesEachOfThem(t *testing.T) {
	var want struct {
		Findings struct {
			Orphan map[directory.Domain][]string
		}
	}
	expected(t, "resolved", &want)
	require.NotEmpty(t, want.Findings.Orphan[directory.CXIF])
	whole, _ := forecastOf(t, "resolved", func(r *reconcile.Rules) { r.OrphansCXIF = "" })
	require.Equal(t, "sync-cxif", whole.BlockedAt)
	for _, user := range want.Findings.Orphan[directory.CXIF] {
		require.Equal(t, "orphan", blocking(whole)[directory.Fold(user)].Name)
	}
	require.Len(t, blocking(whole), len(want.Findings.Orphan[directory.CXIF]))
}
