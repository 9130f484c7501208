package phase

import (
	"fmt"
	"slices"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// check looks whether what the configuration names is there (the guide's
// prerequisites), before anything is written. It changes nothing.
var check = Phase{
	Name:   "check",
	Title:  "Look whether everything is there that the procedure needs",
	Guide:  "prereqa-config-user-sync.html",
	Reads:  everyDomain,
	People: true, // the emergency account is a person
	Plan:   planCheck,
}

// named looks for what the configuration names.
func (c *checking) named() error {
	before := len(c.looks)
	c.scopes()
	c.roles()
	c.excludedGroups()
	for _, target := range c.targets() {
		c.access(target)
	}
	if err := c.emergency(); err != nil {
		return err
	}
	if len(c.looks) == before {
		c.look("", Look{Area: AreaNamed, What: "groups, roles, apps", Standing: Fine, How: "every one that the configuration names is there, and so is the emergency account"})
	}
	return nil
}

func (c *checking) finding(f directory.Finding) { c.found(AreaNamed, f.Name, f) }

// missing finds something that the configuration names and that is not there.
func (c *checking) missing(name string, d directory.Domain, blocking bool, detail string, fixes ...string) {
	c.finding(directory.Finding{Phase: "check", Name: name, Domain: d, Detail: detail, Fixes: fixes, Blocking: blocking})
}

// group finds that a domain has no group of this name. In the Fusion domain the
// groups are the roles of Fusion Applications.
func (c *checking) group(name, key string, d directory.Domain, group string, blocking bool) {
	if c.outline(d).HasGroup(group) {
		return
	}
	c.missing(name, d, blocking, fmt.Sprintf("%s names %s, and %s has no such group", key, group, d),
		fmt.Sprintf("correct the name under %s, or make the group in %s", key, d))
}

func (c *checking) scopes() {
	for _, target := range []directory.Domain{directory.Utilities, directory.CXIF} {
		for _, group := range c.in.Rules.ScopeOf(target) {
			c.group("not-found-scope-group", "scope."+string(target), directory.Fusion, group, true)
		}
	}
}

// roles looks for what migratedUsersGet names. A group of Utilities that is not
// there only never matches; a role that is not there cannot be given.
func (c *checking) roles() {
	seen := map[string]bool{}
	for _, pair := range c.in.Rules.MigratedUsersGet {
		if pair.Group != reconcile.Everyone {
			c.group("not-found-group", "migratedUsersGet", directory.Utilities, pair.Group, false)
		}
		if !seen[pair.Role] {
			seen[pair.Role] = true
			c.group("not-found-role", "migratedUsersGet", directory.Fusion, pair.Role, true)
		}
	}
}

// excludedGroups tells of groups whose members would not be excluded, because
// there is no such group.
func (c *checking) excludedGroups() {
	for _, target := range []directory.Domain{directory.Utilities, directory.CXIF} {
		if c.in.World[target] == nil {
			continue
		}
		for _, group := range c.in.Rules.ExclusionOf(target).Groups {
			c.group("not-found-group", "exclude."+string(target)+".groups", target, group, false)
		}
	}
}

func (c *checking) access(target directory.Domain) {
	access, o, key := c.in.Rules.AccessOf(target), c.outline(target), "access."+string(target)
	if access.App == "" {
		for _, pair := range access.Groups { // of a SCIM server, where the group is the access
			c.group("not-found-group", key+".groups", target, pair.Group, true)
			c.group("not-found-role", key+".groups", directory.Fusion, pair.Role, true)
		}
		return
	}
	has := slices.ContainsFunc(o.Roles, func(r directory.Role) bool { return r.App == access.App })
	if !has {
		c.missing("not-found-app", target, true, fmt.Sprintf("%s.app names %s, and %s has no app of this name with roles", key, access.App, target), apps(o)...)
	}
	for _, role := range access.Wanted() {
		if has && !slices.Contains(o.Roles, role) {
			c.missing("not-found-role", target, true, fmt.Sprintf("%s.roles names %s, and the app has no such role", key, role), rolesOf(o, access.App)...)
		}
	}
	for _, pair := range access.Groups {
		c.group("not-found-group", key+".groups", target, pair.Group, true)
		c.group("not-found-role", key+".groups", directory.Fusion, pair.Role, true)
	}
	if has {
		for _, f := range powerless("check", target, o, access) {
			c.finding(f)
		}
	}
}

func apps(o directory.Outline) []string {
	var names []string
	for _, r := range o.Roles {
		names = append(names, r.App)
	}
	slices.Sort(names)
	return choice("app", slices.Compact(names))
}

func rolesOf(o directory.Outline, app string) []string {
	var names []string
	for _, r := range o.Roles {
		if r.App == app {
			names = append(names, r.Name)
		}
	}
	slices.Sort(names)
	return choice("roles", names)
}

func choice(key string, names []string) []string {
	if len(names) == 0 {
		return nil
	}
	return []string{key + ": one of " + strings.Join(names, ", ")}
}

// emergency makes sure that the account that brings local sign-in back can be
// used, and is left alone by everything else.
func (c *checking) emergency() error {
	f, wrong, err := emergencyFinding(c.in, "check")
	if wrong {
		c.finding(f)
	}
	return err
}
