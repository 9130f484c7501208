package phase

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
)

func TestAnEstateInWhichEverythingIsThereHasNoFindings(t *testing.T) {
	s := newSmall()
	s.emergency("BG-Admin")
	require.Empty(t, s.plan(t, check).Findings)
}

func TestCheckFindsWhatTheConfigurationNamesAndIsNotThere(t *testing.T) {
	for _, c := range []struct {
		finding string
		breaks  func(*small)
	}{
		{"not-found-scope-group", func(s *small) { s.rules.ScopeCXIF = []string{"Agnet"} }},
		{"not-found-role", func(s *small) { s.rules.MigratedUsersGet[0].Role = "Snyc" }},
		{"not-found-role", func(s *small) { s.rules.AccessUtilities.Roles = []string{"AppUsre"} }},
		{"not-found-role", func(s *small) { s.rules.AccessUtilities.Groups[0].Role = "Agnet" }},
		{"not-found-app", func(s *small) { s.rules.AccessCXIF.App = "CXFI" }},
		{"not-found-group", func(s *small) { s.rules.AccessUtilities.Groups[0].Group = "Agnets" }},
		{"not-found-emergency", func(s *small) { s.utilities.People = nil }},
		{"emergency-inactive", func(s *small) { s.utilities.People[0].Active = false }},
		{"emergency-locked", func(s *small) { s.utilities.People[0].Locked = true }},
		{"emergency-federated", func(s *small) { s.utilities.People[0].Federated = true }},
		{"emergency-not-administrator", func(s *small) { s.utilities.People[0].Roles = s.utilities.Rest.Roles }},
		{"emergency-not-excluded", func(s *small) { s.rules.ExcludeUtilities = reconcile.Exclusion{} }},
	} {
		s := newSmall()
		s.emergency("bg-admin")
		c.breaks(s)
		plan := s.plan(t, check)
		require.Contains(t, names(plan.Blocking()), c.finding)
		for _, f := range plan.Findings {
			require.Equal(t, "check", f.Phase)
			require.NotEmpty(t, f.Detail)
		}
		require.Empty(t, plan.Changes, "check changes nothing")
	}
}

func TestAGroupThatOnlyNeverMatchesIsANoteAndStopsNothing(t *testing.T) {
	s := newSmall()
	s.emergency("bg-admin")
	s.rules.ExcludeUtilities.Groups = []string{"Brake Glass"}
	s.rules.MigratedUsersGet = append(s.rules.MigratedUsersGet, reconcile.RoleFor{Group: "Gone", Role: "Sync"})
	plan := s.plan(t, check)
	require.Empty(t, plan.Blocking())
	require.Len(t, plan.Findings, 2)
}

func TestAnEstateWithoutCXIFIsCheckedWithoutIt(t *testing.T) {
	s := newSmall()
	s.emergency("bg-admin")
	s.rules.ScopeCXIF = nil
	w := s.world()
	delete(w, directory.CXIF)
	sink := &reconciletest.Sink{}
	require.NoError(t, check.Plan(Input{World: w, Rules: s.rules, SSO: SSOSettings{Emergency: "bg-admin"}}, sink))
	require.Empty(t, sink.Findings)
}
