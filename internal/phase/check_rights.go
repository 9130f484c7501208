package phase

import (
	"fmt"
	"slices"
	"strings"

	"cutover/internal/directory"
)

// What the administrator roles of a domain may write, by endpoint (Oracle's pages
// on administrator roles). That Security Administrator writes what sign-on depends
// on is inferred; docs/unknowns.md has it.
var mayWrite = []struct {
	role      string
	endpoints []string // nil: all
}{
	{directory.RoleDomainAdmin, nil},
	{directory.RoleUserAdmin, []string{"Users", "Groups", "Grants", "Bulk", "UserPasswordResetter"}},
	{"Application Administrator", []string{"Apps", "AppStatusChanger", "Grants", "Bulk"}},
	{"Security Administrator", []string{"IdentityProviders", "Policies", "Rules", "Conditions"}},
}

// signOnEndpoints are what the phases of single sign-on write in Utilities.
var signOnEndpoints = []string{"IdentityProviders", "Policies", "Rules", "Conditions"}

// writes is what each phase writes where, by endpoint. Accounts and roles of
// Fusion are written through Fusion Applications, not in its domain.
var writes = []struct {
	phase     string
	domain    directory.Domain
	endpoints []string
}{
	{"sso-setup", directory.Fusion, []string{"Apps", "AppStatusChanger", "Grants"}},
	{"sso-setup", directory.Utilities, signOnEndpoints},
	{"sso-test", directory.Utilities, append([]string{"Users", "Bulk"}, signOnEndpoints...)},
	{"sso-off", directory.Utilities, signOnEndpoints},
	{"migrate", directory.Utilities, []string{"Users", "Bulk"}},
	{"sync-utilities", directory.Utilities, []string{"Users", "Bulk"}},
	{"access-utilities", directory.Utilities, []string{"Groups", "Grants", "Bulk"}},
	{"sync-cxif", directory.CXIF, []string{"Users", "Bulk"}},
	{"access-cxif", directory.CXIF, []string{"Groups", "Grants", "Bulk"}},
	{"sso-on", directory.Utilities, signOnEndpoints},
	{"tidy", directory.Utilities, []string{"Users", "Bulk"}},
}

// needed lists the endpoints that the phases which are on write in a domain, with
// the first phase that does.
func (c *checking) needed(d directory.Domain) (endpoints []string, first map[string]string) {
	first = map[string]string{}
	add := func(phase string, all ...string) {
		for _, e := range all {
			if first[e] == "" {
				first[e] = phase
				endpoints = append(endpoints, e)
			}
		}
	}
	for _, w := range writes {
		if w.domain == d && c.in.Facts.Off[w.phase] == "" {
			add(w.phase, w.endpoints...)
		}
	}
	if d == directory.Fusion && c.in.SSO.InviteWave > 0 && c.in.Facts.Off["sso-on"] == "" {
		add("sso-on", "UserPasswordResetter")
	}
	if sync := syncs[d]; sync != "" && c.in.nativeTo(d) && c.in.Facts.Off[sync] == "" {
		add(sync, "Apps", "AppStatusChanger")
	}
	return endpoints, first
}

// syncs are the phases that bring people into the targets.
var syncs = map[directory.Domain]string{directory.Utilities: "sync-utilities", directory.CXIF: "sync-cxif"}

// rights holds the roles of every client against what will be written with it,
// without writing.
func (c *checking) rights() {
	c.probes(func(d directory.Domain, p directory.Probe) {
		if p.Failed != "" {
			return // told already
		}
		if p.Server != "" {
			c.look("client-without-rights", Look{Area: AreaRights, Where: string(d), What: "SCIM server", Standing: Fine, How: p.Server + "; it takes our changes"})
			return
		}
		endpoints, first := c.needed(d)
		if len(endpoints) == 0 {
			return
		}
		l := Look{Area: AreaRights, Where: string(d), What: kindOf(p) + " " + called(p)}
		switch missing := uncovered(endpoints, p.Roles); {
		case p.RolesUnknown == "" && len(missing) == 0:
			l.Standing, l.How = Fine, "is "+strings.Join(p.Roles, ", ")+", and so may write "+strings.Join(endpoints, ", ")
		case p.RolesUnknown == "":
			l.Standing = Wrong
			holds := "has no administrator role"
			if len(p.Roles) > 0 {
				holds = "is " + strings.Join(p.Roles, ", ")
			}
			l.How = fmt.Sprintf("%s, and so may not write %s, which %s will", holds, strings.Join(missing, ", "), enumerate(phasesOf(missing, first)))
			l.Do = []string{grantRoles(d, p, missing)}
		case len(p.Refused) > 0:
			l.Standing = Wrong
			l.How = p.RolesUnknown + ", and it may not even read " + strings.Join(p.Refused, ", ")
			l.Do = []string{grantRoles(d, p, endpoints)}
		default:
			l.Standing = Unknown
			l.How = p.RolesUnknown + ": it may read, and must be able to write " + strings.Join(endpoints, ", ")
			l.Do = []string{"see in the console that it is " + enumerate(rolesFor(endpoints)) + ", or " + directory.RoleDomainAdmin}
		}
		c.look("client-without-rights", l)
	})
}

func kindOf(p directory.Probe) string {
	if p.Signs {
		return "user"
	}
	return "client"
}

func called(p directory.Probe) string {
	if p.ClientName != "" {
		return p.ClientName
	}
	return p.ClientID
}

func grantRoles(d directory.Domain, p directory.Probe, endpoints []string) string {
	if p.Signs {
		return fmt.Sprintf("make %s an administrator: console of the %s domain > Administrators > %s", called(p), d, strings.Join(rolesFor(endpoints), ", "))
	}
	return fmt.Sprintf("grant %s: console of the %s domain > Integrated applications > %s > OAuth configuration > Token issuance policy > Add app roles > %s",
		called(p), d, called(p), strings.Join(rolesFor(endpoints), ", "))
}

// uncovered lists the endpoints that none of the roles may write.
func uncovered(endpoints, roles []string) []string {
	var missing []string
	for _, e := range endpoints {
		covered := slices.ContainsFunc(mayWrite, func(m struct {
			role      string
			endpoints []string
		}) bool {
			return slices.Contains(roles, m.role) && (m.endpoints == nil || slices.Contains(m.endpoints, e))
		})
		if !covered {
			missing = append(missing, e)
		}
	}
	return missing
}

// rolesFor lists roles that together may write these endpoints, and no more than
// is needed.
func rolesFor(endpoints []string) []string {
	var roles []string
	for left := endpoints; len(left) > 0; {
		most, role := 0, directory.RoleDomainAdmin
		for _, m := range mayWrite[1:] {
			covers := 0
			for _, e := range left {
				if slices.Contains(m.endpoints, e) {
					covers++
				}
			}
			if covers > most {
				most, role = covers, m.role
			}
		}
		roles = append(roles, role)
		left = uncovered(left, roles)
	}
	return roles
}

func phasesOf(endpoints []string, first map[string]string) []string {
	var out []string
	for _, e := range endpoints {
		if !slices.Contains(out, first[e]) {
			out = append(out, first[e])
		}
	}
	return out
}
