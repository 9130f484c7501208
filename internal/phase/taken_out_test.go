package phase

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

func TestAnyOneResolutionTakenOutIsABlockingFindingThatShowsThatUser(t *testing.T) {
	w, r := estate(t, "resolved")
	of := func(r *reconcile.Rules) map[directory.Domain]map[string]reconcile.Resolution {
		return map[directory.Domain]map[string]reconcile.Resolution{directory.Utilities: r.Utilities, directory.Fusion: r.Fusion, directory.CXIF: r.CXIF}
	}
	taken := 0
	for d, users := range of(r) {
		for user := range users {
			taken++
			t.Run(string(d)+"/"+user, func(t *testing.T) {
				less := *r
				less.Utilities, less.Fusion, less.CXIF = maps.Clone(r.Utilities), maps.Clone(r.Fusion), maps.Clone(r.CXIF)
				delete(of(&less)[d], user)
				_, plans := run(t, w, &less, peoplePhases...)
				var named []directory.Finding
				for _, plan := range plans {
					named = append(named, slices.DeleteFunc(plan.Blocking(), func(f directory.Finding) bool { return !directory.Equal(f.User, user) })...)
				}
				require.NotEmpty(t, named)
				for _, f := range named {
					require.NotEmpty(t, f.Fixes, "and says what resolves it")
					require.Equal(t, f.User, f.Records[0].UserName, "and shows the user")
				}
			})
		}
	}
	require.Greater(t, taken, 20)
}
