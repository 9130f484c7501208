package simulator

import (
	"net/http"
	"slices"
)

// family groups the kinds of resources by who administers them.
type family int

const (
	familyPeople family = iota // Users, Groups
	familyGrants
	familyApps // Apps, AppRoles
	familySignOn
	familySchema
)

// administers says which families the holder of an administrator role may
// write (oracle.md 1.1, after Oracle's pages on administrator roles). Every
// one of these roles may read everything; that Security Administrator writes
// what sign-on depends on is inferred there.
var administers = map[string][]family{
	"Identity Domain Administrator": {familyPeople, familyGrants, familyApps, familySignOn, familySchema},
	"User Administrator":            {familyPeople, familyGrants},
	"Application Administrator":     {familyApps, familyGrants},
	"Security Administrator":        {familySignOn},
}

// authorize refuses what the client's administrator roles do not cover. The
// caller holds the lock for reading.
func (d *domain) authorize(c client, k *kind, write bool) error {
	if c.app == "" && c.user == "" {
		return nil // whom the domain is born with is Identity Domain Administrator
	}
	any := false
	for _, g := range d.grantsOf(c) {
		if g.app != adminApp {
			continue
		}
		families, known := administers[d.settingLabel(kindAppRoles, g.role)]
		any = any || known
		for _, f := range families {
			if f == k.family {
				return nil
			}
		}
	}
	if any && !write {
		return nil
	}
	verb := "read"
	if write {
		verb = "change"
	}
	return refuse(http.StatusForbidden, "The client may not %s %s; grant its app, or the user who signs, an administrator role that covers them.", verb, k.name)
}

// grantsOf are those of a client's app, or of the user who signs and their groups.
func (d *domain) grantsOf(c client) []*grant {
	if c.user == "" {
		return d.grants.byGrantee[c.app]
	}
	all := slices.Clone(d.grants.byGrantee[c.user])
	if u, ok := d.users.find(c.user); ok {
		for _, g := range u.groups {
			all = append(all, d.grants.byGrantee[g.rid()]...)
		}
	}
	return all
}
