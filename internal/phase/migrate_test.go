package phase

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

func TestPeopleAreMovedInStepsResolutionsFirstThenACanaryThenTheRestThenTheRoles(t *testing.T) {
	s := newSmall()
	add(s.utilities, "Zed")
	add(s.utilities, "anna", "Agents").DisplayName = ""
	add(s.utilities, "~bob")
	add(s.utilities, "cutover.test")
	add(s.utilities, "matched")
	add(s.fusion, "matched")
	add(s.utilities, "dormant")
	add(s.fusion, "dormant", "Agent").Active = false
	s.rules.Utilities = map[string]reconcile.Resolution{"~bob": {Rename: "bob"}, "dormant": {Reactivate: true}}

	plan := s.plan(t, migrate)
	via := directory.ViaFusionApplications
	require.Equal(t, []directory.Change{
		{Step: 1, Domain: "utilities", Kind: "user.update", User: "~bob", Why: "resolution: rename",
			Before: directory.Attributes{"userName": "~bob"}, After: directory.Attributes{"userName": "bob"}},
		{Step: 2, Domain: "fusion", Via: via, Kind: "user.update", User: "dormant", Why: "resolution: reactivate",
			Before: directory.Attributes{"active": "false"}, After: directory.Attributes{"active": "true"}},
		{Step: 3, Domain: "fusion", Via: via, Kind: "user.create", User: "anna", Why: "verdict: create", After: directory.Attributes{
			"userName": "anna", "givenName": "Given", "familyName": "Family", "displayName": "Given Family", "email": "anna@x", "active": "true"}},
		{Step: 4, Domain: "fusion", Via: via, Kind: "user.create", User: "bob", Why: "verdict: create", After: directory.Attributes{
			"userName": "bob", "givenName": "Given", "familyName": "Family", "displayName": "Given Family", "email": "~bob@x", "active": "true"}},
		{Step: 4, Domain: "fusion", Via: via, Kind: "user.create", User: "Zed", Why: "verdict: create", After: directory.Attributes{
			"userName": "Zed", "givenName": "Given", "familyName": "Family", "displayName": "Given Family", "email": "Zed@x", "active": "true"}},
		{Step: 5, Domain: "fusion", Via: via, Kind: "member.add", User: "anna", Target: "Agent", Why: "migratedUsersGet, verdict: create"},
		{Step: 5, Domain: "fusion", Via: via, Kind: "member.add", User: "bob", Target: "Sync", Why: "migratedUsersGet, verdict: create"},
		{Step: 5, Domain: "fusion", Via: via, Kind: "member.add", User: "matched", Target: "Sync", Why: "migratedUsersGet, verdict: matched"},
		{Step: 5, Domain: "fusion", Via: via, Kind: "member.add", User: "Zed", Target: "Sync", Why: "migratedUsersGet, verdict: create"},
	}, plan.Changes)
	require.Equal(t, map[string]string{"ouaf-login": "~bob"}, names(plan.Findings))
	require.Empty(t, plan.Blocking(), "the login is for a person to change, and stops nothing yet")
}

func TestWhoeverIsMatchedAndInScopeOrKeptOutOfItGetsNoRole(t *testing.T) {
	s := newSmall()
	add(s.utilities, "inside", "Agents")
	add(s.fusion, "inside", "Sync")
	add(s.utilities, "kept.out")
	add(s.fusion, "kept.out")
	s.rules.Utilities = map[string]reconcile.Resolution{"kept.out": {OutOfScope: true}}
	require.Empty(t, s.plan(t, migrate).Changes)
}

func TestAResolutionThatDoesNotFitIsToldBesideTheConflict(t *testing.T) {
	s := newSmall()
	add(s.utilities, "jane").Email = ""
	s.rules.Utilities = map[string]reconcile.Resolution{"jane": {Rename: "jane.2"}, "nobody": {Rename: "x"}}
	plan := s.plan(t, migrate)
	require.Equal(t, map[string]string{"missing-email": "jane", "resolution-unused": "jane"}, names(plan.Findings))
	require.Equal(t, map[string]string{"missing-email": "jane"}, names(plan.Blocking()))
	require.Contains(t, plan.Blocking()[0].Fixes, `resolutions: {utilities: {"jane": {set: {email: EMAIL}}}}`)
}

func TestADomainThatWasNotReadIsNeverTakenForAnEmptyOne(t *testing.T) {
	for _, p := range append([]Phase{check}, peoplePhases...) {
		require.ErrorContains(t, p.Plan(Input{Rules: newSmall().rules}, nil), "observe it first", p.Name)
	}
}

func TestARoleOutsideTheScopeIsGivenOnceAndNotAgain(t *testing.T) {
	s := newSmall()
	s.rules.MigratedUsersGet = []reconcile.RoleFor{{Group: reconcile.Everyone, Role: "guest"}}
	s.fusion.Rest.Groups = append(s.fusion.Rest.Groups, directory.Group{Name: "Guest"})
	add(s.utilities, "jane")
	f := add(s.fusion, "jane")
	require.Len(t, s.plan(t, migrate).Changes, 1)
	f.Groups = []string{"Guest"}
	require.Empty(t, s.plan(t, migrate).Changes)
}
