package phase

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

func TestTheSyncMakesWhoIsMissingAndWritesOnlyWhatDiffers(t *testing.T) {
	s := newSmall()
	add(s.fusion, "new", "Sync").DisplayName = ""
	add(s.fusion, "outside")
	f := add(s.fusion, "jane", "Agent")
	f.GivenName, f.FamilyName, f.DisplayName, f.Email = "Jane", "Doe", "", "JANE@x"
	add(s.utilities, "jane")
	add(s.fusion, "Cutover.Test", "Agent")

	plan := s.plan(t, syncUtilities)
	require.Equal(t, []directory.Change{
		{Step: 1, Domain: "utilities", Kind: "user.update", User: "jane", Why: syncWhy,
			Before: directory.Attributes{"givenName": "Given", "familyName": "Family"},
			After:  directory.Attributes{"givenName": "Jane", "familyName": "Doe"}},
		{Step: 1, Domain: "utilities", Kind: "user.create", User: "new", Why: syncWhy, After: directory.Attributes{
			"userName": "new", "givenName": "Given", "familyName": "Family", "displayName": "Given Family", "email": "new@x",
			"active": "true", "federated": "true"}},
	}, plan.Changes)
	require.Empty(t, plan.Findings)
}

func TestTheSyncWakesWhoIsInactiveInCXIFUnlessAPersonSaysNo(t *testing.T) {
	s := newSmall()
	for _, name := range []string{"jane", "john"} {
		add(s.fusion, name, "Agent")
		add(s.cxif, name).Active = false
	}
	s.rules.CXIF = map[string]reconcile.Resolution{"john": {KeepInactive: true}}
	require.Equal(t, []directory.Change{{
		Step: 1, Domain: "cxif", Kind: "user.update", User: "jane", Why: syncWhy,
		Before: directory.Attributes{"active": "false"}, After: directory.Attributes{"active": "true"},
	}}, s.plan(t, syncCXIF).Changes)
}

func TestWhoIsKeptInactiveInUtilitiesIsMadeInCXIFAsUsual(t *testing.T) {
	s := newSmall()
	add(s.fusion, "jane", "Agent")
	add(s.utilities, "jane").Active = false
	s.rules.Utilities = map[string]reconcile.Resolution{"jane": {KeepInactive: true}}
	require.Empty(t, s.plan(t, syncUtilities).Changes)
	require.Len(t, s.plan(t, syncCXIF).Changes, 1)
}

func TestAnExcludedUserIsNeverTouchedInScopeOrNot(t *testing.T) {
	s := newSmall()
	s.rules.ExcludeCXIF = reconcile.Exclusion{UserNames: []string{"cxif.*"}}
	add(s.fusion, "cxif.admin", "Agent").FamilyName = "Other"
	add(s.cxif, "cxif.admin")
	add(s.cxif, "cxif.robot")
	for _, p := range []Phase{syncCXIF, accessCXIF} {
		plan := s.plan(t, p)
		require.Empty(t, plan.Changes, p.Name)
		require.Empty(t, plan.Findings, p.Name)
	}
}

func TestANameThatDiffersInCaseInCXIFIsAConflictAndNotARename(t *testing.T) {
	s := newSmall()
	add(s.fusion, "jane", "Agent").FamilyName = "Other"
	add(s.cxif, "Jane")
	plan := s.plan(t, syncCXIF)
	require.Empty(t, plan.Changes)
	require.Equal(t, map[string]string{"username-case": "Jane"}, names(plan.Blocking()))
	require.Empty(t, s.plan(t, accessCXIF).Changes)
}

func TestAnOrphanStopsTheGateUntilAPersonSaysWhatBecomesOfThem(t *testing.T) {
	for _, c := range []struct {
		why         string
		target, own string // the word for the target, and for this user
		blocking    bool
		deactivated bool
	}{
		{"nobody has said", "", "", true, false},
		{"all are kept", "keep", "", false, false},
		{"all are deactivated", "deactivate", "", false, true},
		{"this one is kept", "deactivate", "keep", false, false},
		{"this one is deactivated", "", "deactivate", false, true},
	} {
		s := newSmall()
		add(s.cxif, "jane")
		add(s.fusion, "jane").Active = false
		add(s.cxif, "gone").Active = false
		s.rules.OrphansCXIF, s.rules.CXIF = c.target, map[string]reconcile.Resolution{"jane": {Orphan: c.own}}
		plan := s.plan(t, syncCXIF)
		require.Equal(t, map[string]string{"orphan": "jane"}, names(plan.Findings), c.why)
		require.Equal(t, c.blocking, plan.Findings[0].Blocking, c.why)
		if !c.deactivated {
			require.Empty(t, plan.Changes, c.why)
			continue
		}
		require.Len(t, plan.Changes, 1, c.why)
		require.Equal(t, directory.Attributes{"active": "false"}, plan.Changes[0].After, c.why)
	}
}

func TestAUserOfUtilitiesWhoIsKeptOutOfScopeIsAnOrphanAndOneInConflictIsNot(t *testing.T) {
	s := newSmall()
	add(s.utilities, "kept.out")
	add(s.fusion, "kept.out", "Sync")
	add(s.utilities, "jane").Email = ""
	s.rules.Utilities = map[string]reconcile.Resolution{"kept.out": {OutOfScope: true}}
	require.Equal(t, map[string]string{"orphan": "kept.out", "missing-email": "jane"}, names(s.plan(t, syncUtilities).Blocking()))
}

func TestNobodyIsMadeWhomADomainWouldRefuse(t *testing.T) {
	s := newSmall()
	add(s.fusion, "unmailed", "Agent").Email = ""
	add(s.fusion, "unnamed", "Agent").FamilyName = ""
	add(s.fusion, "josé", "Agent")
	want := map[string]string{"hub-missing-email": "unmailed", "hub-missing-family-name": "unnamed", "hub-username-not-allowed": "josé"}
	utilities, cxif := s.plan(t, syncUtilities), s.plan(t, syncCXIF)
	require.Empty(t, append(utilities.Changes, cxif.Changes...))
	require.Equal(t, want, names(utilities.Blocking()))
	require.Equal(t, want, names(cxif.Blocking()))
}

func TestOneWithoutAnEmailInFusionWhoIsThereAlreadyIsNoFinding(t *testing.T) {
	s := newSmall()
	add(s.fusion, "jane", "Sync").Email = ""
	add(s.utilities, "jane")
	plan := s.plan(t, syncUtilities)
	require.Empty(t, plan.Findings)
	require.Empty(t, plan.Changes, "and their email in Utilities is not cleared")
}
