package phase

import (
	"fmt"
	"slices"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// integrationNames are how accounts of programs are often called. Oracle's own is
// FABRIC_CX4U_SYSTEM_USER.
var integrationNames = reconcile.Exclusion{UserNames: []string{
	"svc-*", "svc_*", "svc.*", "service-*", "service_*", "*-svc", "*_svc", "*_system_user", "*system.user", "*integration*", "*automation*", "*-api", "*_api",
	"api-*", "api_*", "*.batch", "batch*", "oic_*", "*-bot", "bot-*",
}}

// accounts looks for those that are nobody's own: programs and administrators. A
// cutover moves whoever is not excluded, and turns SSO on for them.
func (c *checking) accounts() error {
	before := len(c.looks)
	for _, d := range c.targets() {
		if err := c.accountsOf(d); err != nil {
			return err
		}
	}
	if len(c.looks) == before {
		c.look("", Look{Area: AreaAccounts, What: "programs and administrators", Standing: Fine, How: "none is left that looks like one and is not excluded"})
	}
	if c.in.Facts != nil {
		c.neverSignedIn()
	}
	return nil
}

func (c *checking) accountsOf(d directory.Domain) error {
	o := c.outline(d)
	app := domainAdministrator(o).App
	var marked []string
	if c.in.Facts != nil {
		marked = folded(c.in.Facts.Domains[d].ServiceUsers)
	}
	for p, err := range c.in.World[d].ByName() {
		if err != nil {
			return err
		}
		if !p.Active || c.in.Rules.Excluded(d, p) || directory.Equal(p.UserName, c.in.SSO.TestUser.UserName) ||
			d == directory.Utilities && directory.Equal(p.UserName, c.in.SSO.Emergency) {
			continue
		}
		_, service := slices.BinarySearch(marked, directory.Fold(p.UserName))
		why := ""
		switch admin := rolesIn(o, p, app); {
		case service:
			why = "is marked by the domain as a service user"
		case len(admin) > 0:
			why = "administers the domain (" + strings.Join(admin, ", ") + ")"
		case integrationNames.Covers(p):
			why = "is called like a program"
		default:
			continue
		}
		c.about(p.UserName, "account-not-excluded", Look{Area: AreaAccounts, Where: string(d), What: p.UserName, Standing: Warned,
			How: why + ", and is not excluded: it would be treated as a person",
			Do:  []string{"exclude: {" + string(d) + ": {userNames: [" + reconcile.Quote(p.UserName) + "]}}, unless it is a person's own"}})
	}
	return nil
}

// rolesIn lists the roles of one app that p effectively holds.
func rolesIn(o directory.Outline, p directory.Person, app string) []string {
	var names []string
	for _, r := range o.RolesOf(p) {
		if r.App == app && !slices.Contains(names, r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
}

// neverSignedIn tells how many accounts nobody has used yet: programs that do not
// sign in by a page are among them.
func (c *checking) neverSignedIn() {
	for _, d := range c.targets() {
		if n := c.in.Facts.Domains[d].NeverSignedIn; n > 0 {
			c.look("", Look{Area: AreaAccounts, Where: string(d), What: "never signed in", Standing: ToDo,
				How: fmt.Sprintf("%d active accounts, by the domain's own word: look among them for programs, and exclude those", n)})
		}
	}
}
