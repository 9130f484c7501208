package estatetest

import (
	"encoding/json"
	"io/fs"
	"maps"
	"slices"
	"sort"

	"github.com/stretchr/testify/require"
)

// Final demands that the dump is the estate changed by what it expects, and by
// nothing else but what single sign-on needs.
func Final(t T, estate, dump fs.FS) {
	t.Helper()
	final(t, estate, dump, 0)
}

// FinalSynced is Final where the targets have an app each that synchronizes them.
func FinalSynced(t T, estate, dump fs.FS) {
	t.Helper()
	final(t, estate, dump, 1)
}

func final(t T, estate, dump fs.FS, synced int) {
	t.Helper()
	e, d := Load(t, estate), Load(t, dump)
	require.Equal(t, e.fusionPeople(t), d.Fusion.people(), "people in Fusion")
	require.Equal(t, e.utilitiesPeople(t), d.Utilities.people(), "people in Utilities")
	require.Equal(t, e.cxifPeople(), d.CXIF.people(), "people in CXIF")
	e.compareMembers(t, d)
	e.compareGrants(t, d)
	e.compareSSO(t, d, synced)
}

// Unchanged demands that the dump is the estate.
func Unchanged(t T, estate, dump fs.FS) {
	t.Helper()
	e, d := Load(t, estate), Load(t, dump)
	for _, pair := range [][2]domain{{e.Fusion, d.Fusion}, {e.Utilities, d.Utilities}, {e.CXIF, d.CXIF}} {
		require.Equal(t, pair[0].people(), pair[1].people())
		require.Equal(t, pair[0].members(), pair[1].members())
		require.Equal(t, pair[0].grants(), pair[1].grants())
		require.Equal(t, pair[0].Rules, pair[1].Rules)
		require.Len(t, pair[1].Apps, len(pair[0].Apps))
		require.Len(t, pair[1].IdentityProviders, len(pair[0].IdentityProviders))
	}
}

// set is what a resolution may correct.
type set struct {
	Set struct{ Email, FamilyName, GivenName string }
}

func (e Estate) correct(t T, domain, name string, p person) person {
	t.Helper()
	raw, ok := e.Choices.Resolutions[domain][name]
	if !ok {
		return p
	}
	var s set
	require.NoError(t, json.Unmarshal(raw, &s))
	if s.Set.Email != "" {
		p.Email = s.Set.Email
	}
	if s.Set.FamilyName != "" {
		p.Family = s.Set.FamilyName
	}
	if s.Set.GivenName != "" {
		p.Given = s.Set.GivenName
	}
	return p
}

// utilitiesBefore is Utilities after the resolutions and before the sync.
func (e Estate) utilitiesBefore(t T) map[string]person {
	t.Helper()
	f := e.Expected.Final.Utilities
	out := map[string]person{}
	for name, p := range e.Utilities.people() {
		if slices.Contains(f.Changed, name) {
			p = e.correct(t, "utilities", name, p)
		}
		if to, renamed := f.Renamed[name]; renamed {
			name = to
		}
		out[name] = p
	}
	return out
}

func (e Estate) fusionPeople(t T) map[string]person {
	t.Helper()
	f := e.Expected.Final.Fusion
	out := e.Fusion.people()
	for _, name := range f.Reactivated {
		p := out[name]
		p.Active = true
		out[name] = p
	}
	for _, name := range f.Changed {
		out[name] = e.correct(t, "fusion", name, out[name])
	}
	utilities := e.utilitiesBefore(t)
	for _, name := range f.Created {
		out[name] = utilities[name]
	}
	return out
}

func (e Estate) utilitiesPeople(t T) map[string]person {
	t.Helper()
	out, hub := e.utilitiesBefore(t), e.fusionPeople(t)
	for _, name := range e.Expected.Final.Utilities.Created {
		out[name] = hub[name]
	}
	return out
}

func (e Estate) cxifPeople() map[string]person {
	out := e.CXIF.people()
	var quiet recorder
	hub := e.fusionPeople(&quiet)
	f := e.Expected.Final.CXIF
	for _, name := range slices.Concat(f.Created, f.Updated) {
		out[name] = hub[name]
	}
	return out
}

// recorder lets a step that was demanded before be used again for its value.
type recorder struct{}

func (*recorder) Errorf(string, ...any) {}
func (*recorder) FailNow()              { panic("an estate that was read before cannot be read") }
func (*recorder) Helper()               {}

func (e Estate) compareMembers(t T, d Estate) {
	t.Helper()
	active := e.fusionPeople(t)
	before := e.Fusion.members()
	for group, members := range d.Fusion.members() {
		var want []string
		for _, name := range before[group] {
			if !active[name].Active {
				want = append(want, name) // whoever is inactive stays as they were
			}
		}
		want = append(want, e.Expected.Final.Fusion.RoleMembers[group]...)
		sort.Strings(want)
		require.Equal(t, want, members, "members of %s in Fusion", group)
	}
	want := maps.Clone(e.Expected.Final.Utilities.GroupMembers)
	for group := range want {
		want[group] = slices.Sorted(slices.Values(want[group]))
	}
	require.Equal(t, want, d.Utilities.members(), "groups of Utilities")
	require.Equal(t, e.CXIF.members(), d.CXIF.members(), "groups of CXIF")
}

func (e Estate) compareGrants(t T, d Estate) {
	t.Helper()
	f := e.Expected.Final
	var fusion []string
	for _, g := range d.Fusion.grants() {
		if g[:4] != "app " {
			fusion = append(fusion, g)
		}
	}
	require.ElementsMatch(t, e.Fusion.grants(), fusion, "grants in Fusion")
	renamed := e
	renamed.Utilities.Users = slices.Clone(e.Utilities.Users)
	for i, u := range renamed.Utilities.Users {
		if to, ok := f.Utilities.Renamed[u.UserName]; ok {
			renamed.Utilities.Users[i].UserName = to
		}
	}
	require.ElementsMatch(t, with(renamed.Utilities.grants(), f.Utilities.DirectGrants, e.Choices.Access["utilities"].App, e.Choices.Access["utilities"].Roles),
		d.Utilities.grants(), "grants in Utilities")
	require.ElementsMatch(t, with(e.CXIF.grants(), f.CXIF.RoleHolders, e.Choices.Access["cxif"].App, e.Choices.Access["cxif"].Roles),
		d.CXIF.grants(), "grants in CXIF")
}

// with adds what the people are to hold to the grants, once each.
func with(grants, people []string, app string, roles []string) []string {
	for _, name := range people {
		for _, role := range roles {
			g := "user " + name + " -> " + app + "/" + role
			if !slices.Contains(grants, g) {
				grants = append(grants, g)
			}
		}
	}
	return grants
}

// compareSSO demands that beside the people exactly this is new: a SAML app and
// an OAuth client in Fusion; an IdP and a front rule with its condition in
// Utilities, whose default rule offers SSO only.
func (e Estate) compareSSO(t T, d Estate, synced int) {
	t.Helper()
	require.Len(t, d.Fusion.Apps, len(e.Fusion.Apps)+2, "apps in Fusion")
	require.Len(t, d.Utilities.Apps, len(e.Utilities.Apps)+synced, "apps in Utilities")
	require.Len(t, d.CXIF.Apps, len(e.CXIF.Apps)+synced, "apps in CXIF")
	require.Len(t, d.Utilities.IdentityProviders, len(e.Utilities.IdentityProviders)+1, "identity providers in Utilities")
	require.Equal(t, e.Fusion.IdentityProviders, d.Fusion.IdentityProviders)
	require.Equal(t, e.Fusion.Rules, d.Fusion.Rules)
	require.Equal(t, e.CXIF.Rules, d.CXIF.Rules)
	require.Len(t, d.Utilities.Rules, len(e.Utilities.Rules)+1, "rules in Utilities")
	require.Len(t, d.Utilities.Conditions, 1, "conditions in Utilities")
	idp := d.Utilities.IdentityProviders[len(d.Utilities.IdentityProviders)-1].ID
	front := ""
	for _, r := range d.Utilities.Rules {
		if r.ID == "DefaultIDPRule" {
			require.JSONEq(t, "[]", r.returns("LocalIDPs"), "the default rule offers no local sign-in")
			require.JSONEq(t, `["`+idp+`"]`, r.returns("SamlIDPs"), "the default rule offers SSO")
			continue
		}
		front = r.ID
		require.JSONEq(t, `["UserNamePassword"]`, r.returns("LocalIDPs"), "the front rule keeps local sign-in")
		require.Equal(t, d.Utilities.Conditions[0].ID, r.ConditionGroup.Value)
	}
	rules := d.Utilities.Policies[0].Rules
	sort.Slice(rules, func(i, j int) bool { return rules[i].Sequence < rules[j].Sequence })
	require.Len(t, rules, 2)
	require.Equal(t, front, rules[0].Value, "the front rule comes first")
}

func (r resource) returns(name string) string {
	for _, v := range r.Return {
		if v.Name == name {
			if v.Value == "" {
				return "[]"
			}
			return v.Value
		}
	}
	return "[]"
}

// SamePeople demands that nobody was touched in any domain: the same people,
// with the same groups and grants.
func SamePeople(t T, before, after Estate) {
	t.Helper()
	for _, pair := range [][2]domain{{before.Fusion, after.Fusion}, {before.Utilities, after.Utilities}, {before.CXIF, after.CXIF}} {
		require.Equal(t, pair[0].people(), pair[1].people())
		require.Equal(t, pair[0].members(), pair[1].members())
		require.Subset(t, pair[1].grants(), pair[0].grants())
	}
}
