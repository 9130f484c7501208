package phase

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
)

// small is an estate of three empty domains with one role, one group and one app
// each, to put people in by hand.
type small struct {
	fusion, utilities, cxif *reconciletest.Side
	rules                   *reconcile.Rules
}

func newSmall() *small {
	ccs, cxif := directory.Role{App: "CCS", Name: "AppUser"}, directory.Role{App: "CXIF", Name: "Read"}
	return &small{
		fusion: &reconciletest.Side{Rest: directory.Outline{Groups: []directory.Group{{Name: "Agent"}, {Name: "Sync"}}}},
		utilities: &reconciletest.Side{Rest: directory.Outline{
			Groups: []directory.Group{{Name: "Agents"}, {Name: "Others"}}, Roles: []directory.Role{ccs},
			GroupRoles: map[string][]directory.Role{"Agents": {ccs}},
			SSO:        directory.SSO{Rules: []directory.Rule{{ID: directory.DefaultRuleID, Name: directory.DefaultRuleName, Active: true, Local: []string{directory.UserNamePassword}}}},
		}},
		cxif: &reconciletest.Side{Rest: directory.Outline{Roles: []directory.Role{cxif}}},
		rules: &reconcile.Rules{
			TestUser: "cutover.test", NewPeopleFederated: true,
			ScopeUtilities: []string{"Agent", "Sync"}, ScopeCXIF: []string{"AGENT"},
			ExcludeUtilities: reconcile.Exclusion{UserNames: []string{"bg-admin"}},
			MigratedUsersGet: []reconcile.RoleFor{{Group: reconcile.Everyone, Role: "SYNC"}, {Group: "agents", Role: "agent"}},
			AccessUtilities:  reconcile.Access{App: "CCS", Roles: []string{"AppUser"}, Groups: []reconcile.GroupFor{{Role: "agent", Group: "agents"}}},
			AccessCXIF:       reconcile.Access{App: "CXIF", Roles: []string{"Read"}},
		},
	}
}

func (s *small) world() reconcile.World {
	return reconcile.World{directory.Fusion: s.fusion, directory.Utilities: s.utilities, directory.CXIF: s.cxif}
}

func (s *small) plan(t *testing.T, p Phase) *reconciletest.Sink {
	t.Helper()
	sink := &reconciletest.Sink{}
	require.NoError(t, p.Plan(Input{World: s.world(), Rules: s.rules, SSO: SSOSettings{Emergency: "bg-admin"}}, sink))
	return sink
}

// add puts somebody in a domain, in groups.
func add(side *reconciletest.Side, name string, groups ...string) *directory.Person {
	side.People = append(side.People, directory.Person{User: directory.User{
		UserName: name, GivenName: "Given", FamilyName: "Family", DisplayName: "Given Family", Email: name + "@x", Active: true,
	}, Groups: groups})
	return &side.People[len(side.People)-1]
}

// emergency adds the emergency administrator.
func (s *small) emergency(name string) {
	add(s.utilities, name).Roles = []directory.Role{{App: "Oracle Identity Cloud Service", Name: directory.RoleDomainAdmin}}
}

// names are the names of findings with who they are about.
func names(findings []directory.Finding) map[string]string {
	out := map[string]string{}
	for _, f := range findings {
		out[f.Name] = f.User
	}
	return out
}
