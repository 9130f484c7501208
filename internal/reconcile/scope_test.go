package reconcile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

func TestInScopeIsAnActiveMemberOfAScopeGroupWhomNoResolutionKeepsOut(t *testing.T) {
	r := &reconcile.Rules{
		TestUser: "cutover.test", ScopeUtilities: []string{"Agent", "Sync"}, ScopeCXIF: []string{"Agent"},
		Utilities: resolutions{"john": {OutOfScope: true}},
	}
	for _, c := range []struct {
		why             string
		p               directory.Person
		utilities, cxif bool
	}{
		{"a member of both scopes", named("jane", "AGENT"), true, true},
		{"a member of one scope", named("jane", "Sync"), true, false},
		{"a member of neither", named("jane", "Other"), false, false},
		{"kept out of one target", named("John", "Agent"), false, true},
		{"cutover's own test user", named("Cutover.Test", "Agent"), false, false},
		{"somebody inactive", person("jane", "", asleep, inGroup("Agent")), false, false},
	} {
		require.Equal(t, c.utilities, r.InScope(directory.Utilities, c.p), c.why)
		require.Equal(t, c.cxif, r.InScope(directory.CXIF, c.p), c.why)
	}
}

func TestTheFirstGroupThatMatchesDecidesTheRoleAndTheStarIsForTheRestWhereverItStands(t *testing.T) {
	r := &reconcile.Rules{MigratedUsersGet: []reconcile.RoleFor{
		{Group: reconcile.Everyone, Role: "rest"}, {Group: "Agents", Role: "agent"}, {Group: "Leads", Role: "lead"},
	}}
	for role, groups := range map[string][]string{"agent": {"Leads", "AGENTS"}, "lead": {"leads"}, "rest": {"Others"}} {
		got, ok := r.MigratedUserGets(named("jane", groups...))
		require.True(t, ok)
		require.Equal(t, role, got)
	}
	_, ok := (&reconcile.Rules{MigratedUsersGet: r.MigratedUsersGet[1:]}).MigratedUserGets(named("jane"))
	require.False(t, ok, "nobody has said what the rest get")
}
