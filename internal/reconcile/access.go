package reconcile

import (
	"cmp"
	"slices"
	"strings"

	"cutover/internal/directory"
)

// AccessOf is what in-scope people shall hold in a target.
func (r *Rules) AccessOf(target directory.Domain) Access {
	if target == directory.Utilities {
		return r.AccessUtilities
	}
	return r.AccessCXIF
}

// Wanted lists the roles of an access.
func (a Access) Wanted() []directory.Role {
	roles := make([]directory.Role, 0, len(a.Roles))
	for _, name := range a.Roles {
		roles = append(roles, directory.Role{App: a.App, Name: name})
	}
	return roles
}

// Missing lists the roles that p does not effectively hold: neither directly
// nor by a group.
func (a Access) Missing(o directory.Outline, p directory.Person) []directory.Role {
	held := map[directory.Role]bool{}
	for _, role := range o.RolesOf(p) {
		held[role] = true
	}
	return slices.DeleteFunc(a.Wanted(), func(r directory.Role) bool { return held[r] })
}

// GroupsFor lists the target's groups that a Fusion user's roles give, each once.
func (a Access) GroupsFor(f directory.Person) []string {
	var groups []string
	for _, pair := range a.Groups {
		if f.InAny([]string{pair.Role}) && !slices.Contains(groups, pair.Group) {
			groups = append(groups, pair.Group)
		}
	}
	return groups
}

// withRole adds the role of a grant.add to those held.
func withRole(held []directory.Role, target string) []directory.Role {
	app, name, _ := strings.Cut(target, "/")
	role := directory.Role{App: app, Name: name}
	if slices.Contains(held, role) {
		return held
	}
	return slices.SortedFunc(slices.Values(append(slices.Clone(held), role)), func(a, b directory.Role) int {
		return cmp.Or(cmp.Compare(a.App, b.App), cmp.Compare(a.Name, b.Name))
	})
}
