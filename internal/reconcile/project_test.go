package reconcile_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
)

func TestAProjectionIsThePeopleAsThePlanWouldLeaveThem(t *testing.T) {
	people := []directory.Person{
		{User: directory.User{ID: "1", UserName: "Anna", Email: "a@x", Active: true}, Groups: []string{"Zoo"}},
		{User: directory.User{ID: "2", UserName: "bert", Active: true}},
		{User: directory.User{ID: "3", UserName: "test"}},
	}
	changes := []directory.Change{
		{Step: 1, Domain: directory.Utilities, Kind: directory.UpdateUser, User: "bert", After: directory.Attributes{"userName": "albert", "active": "false"}},
		{Step: 2, Domain: directory.Utilities, Kind: directory.AddMember, User: "anna", Target: "Ark"},
		{Step: 2, Domain: directory.Utilities, Kind: directory.AddMember, User: "anna", Target: "zoo"},
		{Step: 2, Domain: directory.Utilities, Kind: directory.AddMember, User: "new", Target: "Ark"},
		{Step: 1, Domain: directory.Utilities, Kind: directory.CreateUser, User: "new", After: directory.Attributes{"userName": "new", "active": "true", "federated": "true"}},
		{Step: 3, Domain: directory.Utilities, Kind: directory.AddGrant, User: "new", Target: "CCS/AppUser"},
		{Step: 3, Domain: directory.Utilities, Kind: directory.DeleteUser, User: "test"},
		{Step: 3, Domain: directory.Utilities, Kind: directory.PutSetting, Target: "rule/default"},
		{Step: 3, Domain: directory.CXIF, Kind: directory.DeleteUser, User: "anna"},
	}
	after, err := reconciletest.Apply(world(people, nil), changes)
	require.NoError(t, err)
	require.ElementsMatch(t, []directory.Person{
		{User: directory.User{ID: "1", UserName: "Anna", Email: "a@x", Active: true}, Groups: []string{"Ark", "Zoo"}},
		{User: directory.User{ID: "2", UserName: "albert"}},
		{User: directory.User{UserName: "new", Active: true, Federated: true}, Groups: []string{"Ark"}, Roles: []directory.Role{{App: "CCS", Name: "AppUser"}}},
	}, after[directory.Utilities].(*reconciletest.Side).People)
	require.Equal(t, []string{"Zoo"}, people[0].Groups, "what was read stays as it is")
}

func TestAPlanWithoutChangesProjectsNothingAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, false)
		after, err := reconciletest.Apply(e.World, nil)
		require.NoError(t, err)
		for d, side := range e.World {
			require.ElementsMatch(t, side.(*reconciletest.Side).People, after[d].(*reconciletest.Side).People, d)
		}
	})
}

func TestAProjectionPassesAReadErrorOn(t *testing.T) {
	var last error
	for _, err := range reconcile.Project(directory.Fusion, brokenSide{jumbled: true}.ByName(), reconciletest.Changes(nil, directory.Fusion)) {
		last = err
	}
	require.ErrorContains(t, last, "read the domain again")
}
