package phase

import (
	"encoding/json"
	"io/fs"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/estates"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
)

// peoplePhases are the phases that move people, in the procedure's order.
var peoplePhases = []Phase{migrate, syncUtilities, accessUtilities, syncCXIF, accessCXIF}

// expected is what a correct run must find in an estate and leave behind.
type expected struct {
	Users    map[string]string
	Findings struct {
		Orphan          map[directory.Domain][]string
		HubMissingEmail []string `json:"hub-missing-email"`
	}
	Final *struct {
		Fusion struct {
			Created, Reactivated, Changed []string
			RoleMembers                   map[string][]string
		}
		Utilities struct {
			Renamed                                                map[string]string
			Changed, Created, StillInactive, DirectGrants, InScope []string
			GroupMembers                                           map[string][]string
		}
		CXIF struct{ Created, Updated, RoleHolders []string }
	}
	After after
}

// after are the same in numbers.
type after struct {
	FusionCreated         int
	FusionRoleMembers     map[string]int
	UtilitiesRenamed      int
	UtilitiesCreated      int
	UtilitiesInScope      int
	UtilitiesGroupMembers map[string]int
	UtilitiesDirectGrants int
	CXIFCreated           int
	CXIFUpdated           int
	CXIFRoleHolders       int
}

func expectedOf(t *testing.T, estate string) expected {
	t.Helper()
	var e expected
	b, err := fs.ReadFile(estates.FS, estate+"/expected.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &e))
	return e
}

func estate(t *testing.T, name string) (reconcile.World, *reconcile.Rules) {
	t.Helper()
	w, err := reconciletest.FromEstate(estates.FS, name)
	require.NoError(t, err)
	r, err := reconciletest.RulesFromEstate(estates.FS, name)
	require.NoError(t, err)
	return w, r
}

// run plans the phases in order, each on the world that the one before leaves.
func run(t *testing.T, w reconcile.World, r *reconcile.Rules, phases ...Phase) (reconcile.World, map[string]*reconciletest.Sink) {
	t.Helper()
	plans := map[string]*reconciletest.Sink{}
	for _, p := range phases {
		plan := &reconciletest.Sink{}
		require.NoError(t, p.Plan(Input{World: w, Rules: r, SSO: SSOSettings{Emergency: "bg-admin"}}, plan))
		plans[p.Name] = plan
		var err error
		w, err = reconciletest.Apply(w, plan.Changes)
		require.NoError(t, err)
	}
	return w, plans
}

// found lists who a finding of this name is about, each once, sorted.
func found(plans map[string]*reconciletest.Sink, name string, d directory.Domain) []string {
	users := []string{}
	for _, plan := range plans {
		for _, f := range plan.Findings {
			if f.Name == name && f.Domain == d {
				users = append(users, f.User)
			}
		}
	}
	slices.Sort(users)
	return slices.Compact(users)
}

func TestEveryEstateGetsItsVerdictsAndFindings(t *testing.T) {
	for _, name := range []string{"clean", "messy", "resolved"} {
		t.Run(name, func(t *testing.T) {
			w, r := estate(t, name)
			want := expectedOf(t, name)
			got := map[string]string{}
			for j, err := range reconcile.Verdicts(w, r) {
				require.NoError(t, err)
				got[j.Person.UserName] = j.Verdict
			}
			require.Equal(t, want.Users, got)

			_, plans := run(t, w, r, append([]Phase{check}, peoplePhases...)...)
			require.Equal(t, want.Findings.Orphan[directory.CXIF], found(plans, "orphan", directory.CXIF))
			require.Empty(t, found(plans, "orphan", directory.Utilities))
			require.Equal(t, want.Findings.HubMissingEmail, found(plans, "hub-missing-email", directory.Fusion))
			require.Empty(t, plans["check"].Findings)
		})
	}
}

func TestAnEstateInConflictIsBlockedAtMigrate(t *testing.T) {
	w, r := estate(t, "messy")
	_, plans := run(t, w, r, append([]Phase{check}, peoplePhases...)...)
	require.Empty(t, plans["check"].Blocking())

	conflicts := map[string]string{}
	for _, f := range plans["migrate"].Blocking() {
		require.Equal(t, "migrate", f.Phase)
		require.NotEmpty(t, f.Fixes, f.Name)
		conflicts[f.User] = f.Name
	}
	want := expectedOf(t, "messy").Users
	for user, verdict := range want {
		if !reconcile.IsConflict(verdict) {
			delete(want, user)
		}
	}
	require.Equal(t, want, conflicts)
}

func TestARunLeavesExactlyWhatTheEstateExpects(t *testing.T) {
	for _, name := range []string{"clean", "resolved"} {
		t.Run(name, func(t *testing.T) {
			w, r := estate(t, name)
			estate := expectedOf(t, name)
			want := estate.Final
			end, plans := run(t, w, r, peoplePhases...)
			for phase, plan := range plans {
				require.Empty(t, plan.Blocking(), phase)
			}
			requireFusion(t, want.Fusion.RoleMembers, end[directory.Fusion])
			require.ElementsMatch(t, want.Fusion.Created, users(plans, directory.Fusion, directory.CreateUser, ""))
			require.ElementsMatch(t, want.Fusion.Reactivated, users(plans, directory.Fusion, directory.UpdateUser, "active"))
			require.ElementsMatch(t, want.Fusion.Changed, users(plans, directory.Fusion, directory.UpdateUser, "email"))

			u := want.Utilities
			require.ElementsMatch(t, u.Created, users(plans, directory.Utilities, directory.CreateUser, ""))
			require.Equal(t, u.Renamed, renamed(plans))
			require.ElementsMatch(t, u.Changed, corrected(plans))
			require.ElementsMatch(t, u.DirectGrants, users(plans, directory.Utilities, directory.AddGrant, ""))
			for group, members := range u.GroupMembers {
				require.ElementsMatch(t, members, membersOf(end[directory.Utilities], group, false), group)
			}
			for _, inactive := range u.StillInactive {
				p, there := end[directory.Utilities].(*reconciletest.Side).Person(inactive)
				require.True(t, there, inactive)
				require.False(t, p.Active, inactive)
			}
			require.ElementsMatch(t, u.InScope, inScope(end, r, directory.Utilities))
			require.ElementsMatch(t, want.CXIF.Created, users(plans, directory.CXIF, directory.CreateUser, ""))
			require.ElementsMatch(t, want.CXIF.Updated, users(plans, directory.CXIF, directory.UpdateUser, ""))
			require.ElementsMatch(t, want.CXIF.RoleHolders, holders(end, r, directory.CXIF))
			require.ElementsMatch(t, u.InScope, holders(end, r, directory.Utilities), "whoever is in scope holds the roles")

			require.Equal(t, estate.After, counted(estate.After, end, r, plans))

			_, again := run(t, end, r, append([]Phase{check}, peoplePhases...)...)
			for phase, plan := range again {
				require.Empty(t, plan.Changes, "a second run of %s", phase)
				require.Empty(t, plan.Blocking(), "a second run of %s", phase)
			}
		})
	}
}

// counted counts the end state and what was changed on the way, for the roles
// and groups that like has.
func counted(like after, end reconcile.World, r *reconcile.Rules, plans map[string]*reconciletest.Sink) after {
	members := func(names map[string]int, d directory.Domain, activeOnly bool) map[string]int {
		out := map[string]int{}
		for name := range names {
			out[name] = len(membersOf(end[d], name, activeOnly))
		}
		return out
	}
	return after{
		FusionCreated:         len(users(plans, directory.Fusion, directory.CreateUser, "")),
		FusionRoleMembers:     members(like.FusionRoleMembers, directory.Fusion, true),
		UtilitiesRenamed:      len(renamed(plans)),
		UtilitiesCreated:      len(users(plans, directory.Utilities, directory.CreateUser, "")),
		UtilitiesInScope:      len(inScope(end, r, directory.Utilities)),
		UtilitiesGroupMembers: members(like.UtilitiesGroupMembers, directory.Utilities, false),
		UtilitiesDirectGrants: len(users(plans, directory.Utilities, directory.AddGrant, "")),
		CXIFCreated:           len(users(plans, directory.CXIF, directory.CreateUser, "")),
		CXIFUpdated:           len(users(plans, directory.CXIF, directory.UpdateUser, "")),
		CXIFRoleHolders:       len(holders(end, r, directory.CXIF)),
	}
}

func requireFusion(t *testing.T, want map[string][]string, side reconcile.Side) {
	t.Helper()
	for role, members := range want {
		require.ElementsMatch(t, members, membersOf(side, role, true), role)
	}
}

// users lists who is changed in a kind, each once; with an attribute, only where
// it changes.
func users(plans map[string]*reconciletest.Sink, d directory.Domain, kind directory.Kind, attribute string) []string {
	return of(plans, func(c directory.Change) bool {
		_, changes := c.After[attribute]
		return c.Domain == d && c.Kind == kind && (attribute == "" || changes)
	})
}

func of(plans map[string]*reconciletest.Sink, which func(directory.Change) bool) []string {
	var names []string
	for _, plan := range plans {
		for _, c := range plan.Changes {
			if which(c) {
				names = append(names, c.User)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func renamed(plans map[string]*reconciletest.Sink) map[string]string {
	names := map[string]string{}
	for _, c := range plans["migrate"].Changes {
		if to := c.After["userName"]; c.Kind == directory.UpdateUser && to != "" {
			names[c.User] = to
		}
	}
	return names
}

// corrected are the users of Utilities whose attributes a resolution sets.
func corrected(plans map[string]*reconciletest.Sink) []string {
	return of(map[string]*reconciletest.Sink{"": plans["migrate"]}, func(c directory.Change) bool {
		return c.Domain == directory.Utilities && (c.After["email"] != "" || c.After["familyName"] != "" || c.After["givenName"] != "")
	})
}

func membersOf(side reconcile.Side, group string, activeOnly bool) []string {
	var names []string
	for _, p := range side.(*reconciletest.Side).People {
		if slices.Contains(p.Groups, group) && (p.Active || !activeOnly) {
			names = append(names, p.UserName)
		}
	}
	return names
}

func inScope(w reconcile.World, r *reconcile.Rules, d directory.Domain) []string {
	var names []string
	for _, p := range w[directory.Fusion].(*reconciletest.Side).People {
		if r.InScope(d, p) {
			names = append(names, p.UserName)
		}
	}
	return names
}

// holders are the in-scope people who hold every role of the access.
func holders(w reconcile.World, r *reconcile.Rules, d directory.Domain) []string {
	side := w[d].(*reconciletest.Side)
	return slices.DeleteFunc(inScope(w, r, d), func(name string) bool {
		p, there := side.Person(name)
		return !there || len(r.AccessOf(d).Missing(side.Rest, p)) > 0
	})
}
