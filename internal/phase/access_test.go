package phase

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

func TestWhoLacksARoleGetsTheGroupOfTheirFusionRoleOrTheRoleItself(t *testing.T) {
	s := newSmall()
	add(s.fusion, "by.group", "Agent", "Sync")
	add(s.utilities, "by.group", "Others")
	add(s.fusion, "directly", "Sync")
	add(s.utilities, "directly")
	add(s.fusion, "holds.already", "Agent")
	add(s.utilities, "holds.already").Roles = []directory.Role{{App: "CCS", Name: "AppUser"}}
	add(s.fusion, "not.there", "Agent")
	add(s.fusion, "outside")
	add(s.utilities, "outside")

	require.Equal(t, []directory.Change{
		{Step: 1, Domain: "utilities", Kind: "member.add", User: "by.group", Target: "Agents", Why: "in scope: the group of their role in Fusion"},
		{Step: 1, Domain: "utilities", Kind: "grant.add", User: "directly", Target: "CCS/AppUser", Why: "in scope: no group stands for their role in Fusion"},
	}, s.plan(t, accessUtilities).Changes)
}

func TestInCXIFTheRoleIsGivenDirectly(t *testing.T) {
	s := newSmall()
	add(s.fusion, "jane", "Agent")
	add(s.cxif, "jane")
	add(s.fusion, "john", "Sync")
	add(s.cxif, "john")
	plan := s.plan(t, accessCXIF)
	require.Len(t, plan.Changes, 1, "john is in Utilities' scope only")
	require.Equal(t, "jane", plan.Changes[0].User)
	require.Equal(t, "CXIF/Read", plan.Changes[0].Target)
}

func TestAMappedGroupThatDoesNotGrantTheRolesStopsTheGate(t *testing.T) {
	s := newSmall()
	s.utilities.Rest.GroupRoles = nil
	require.Contains(t, names(s.plan(t, accessUtilities).Blocking()), "group-grants-nothing")
	require.Contains(t, names(s.plan(t, check).Blocking()), "group-grants-nothing")
}

func TestAMemberOfAGroupThatDoesNotGrantTheRolesIsNotAddedAgain(t *testing.T) {
	s := newSmall()
	s.utilities.Rest.GroupRoles = nil
	add(s.fusion, "jane", "Agent")
	add(s.utilities, "jane", "Agents")
	require.Empty(t, s.plan(t, accessUtilities).Changes)
}
