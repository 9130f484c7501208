package phase

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
)

func TestTheFigureSaysOfEverybodyWhyTheyAreNotEverywhere(t *testing.T) {
	s := newSmall()
	s.rules.ExcludeCXIF = reconcile.Exclusion{UserNames: []string{"cxif.admin"}}
	for _, side := range []*reconciletest.Side{s.fusion, s.utilities, s.cxif} {
		add(side, "everywhere", "Agent")
		add(side, "cutover.test", "Agent")
	}
	add(s.utilities, "bg-admin")
	add(s.cxif, "cxif.admin")
	add(s.cxif, "orphan")
	add(s.utilities, "left").Active = false
	add(s.utilities, "Waits")
	add(s.utilities, "unmailed").Email = ""
	add(s.fusion, "synced.later", "Agent")
	add(s.fusion, "outside")
	add(s.fusion, "utilities.only", "Sync")
	add(s.utilities, "utilities.only")
	add(s.fusion, "dormant").Active = false

	figure, err := WhereUsersExist(s.world(), s.rules)
	require.NoError(t, err)
	require.Equal(t, Figure{Fusion: 5, Utilities: 6, CXIF: 3, InAll: 1, NotInAll: map[string][]string{
		ReasonExcluded:         {"bg-admin", "cxif.admin"},
		ReasonOnlyInCXIF:       {"orphan"},
		ReasonInactive:         {"dormant", "left"},
		ReasonNotMigrated:      {"Waits"},
		"missing-email":        {"unmailed"},
		ReasonNotInUtilities:   {"synced.later"},
		ReasonNotInCXIF:        {"synced.later"},
		ReasonOutsideUtilities: {"outside"},
		ReasonOutsideCXIF:      {"outside", "utilities.only"},
	}}, figure)
}

func TestWithoutCXIFToBeInAllIsToBeInBothOfTheOthers(t *testing.T) {
	s := newSmall()
	add(s.fusion, "jane", "Agent")
	add(s.utilities, "jane")
	w := s.world()
	delete(w, directory.CXIF)
	figure, err := WhereUsersExist(w, s.rules)
	require.NoError(t, err)
	require.Equal(t, Figure{Fusion: 1, Utilities: 1, InAll: 1, NotInAll: map[string][]string{}}, figure)
}

func TestEverybodyIsInAllDomainsOrHasAReason(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, rapid.Bool().Draw(t, "resolved"))
		figure, err := WhereUsersExist(e.World, e.Rules)
		require.NoError(t, err)
		everybody, reasoned := map[string]bool{}, map[string]bool{}
		for _, side := range e.World {
			for _, p := range side.(*reconciletest.Side).People {
				everybody[directory.Fold(p.UserName)] = true
			}
		}
		for reason, names := range figure.NotInAll {
			require.NotEmpty(t, reason)
			for _, name := range names {
				reasoned[directory.Fold(name)] = true
			}
		}
		require.Equal(t, len(everybody), figure.InAll+len(reasoned))
	})
}
