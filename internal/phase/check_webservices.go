package phase

import (
	"fmt"
	"slices"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// webServices counts who is to call web services of Utilities and is new there. At
// the first sign-in to its pages Utilities makes a user's record by itself, but not
// at the first REST or SOAP call: those records are made by hand.
func (c *checking) webServices() error {
	access := c.in.Rules.AccessUtilities
	roles := webServiceRoles(access)
	l := Look{Area: AreaWebServices, Where: string(directory.Utilities), What: "records in Utilities", Standing: Fine}
	if len(roles) == 0 {
		l.How = "nobody gets a role for web services"
		c.look("", l)
		return nil
	}
	o := c.outline(directory.Utilities)
	has := func(p *directory.Person) bool {
		return p != nil && slices.ContainsFunc(roles, func(role string) bool { return o.Holds(*p, directory.Role{App: access.App, Name: role}) })
	}
	settled, err := reconcile.Standing(c.in.World, c.in.Rules, directory.Utilities)
	if err != nil {
		return err
	}
	for x, err := range settled.Counterparts(directory.Utilities) {
		if err != nil {
			return err
		}
		if x.Excluded || x.Conflict != "" || has(x.Target) {
			continue
		}
		switch {
		case x.InScope:
			l.People = append(l.People, x.Fusion.UserName)
		case x.Fusion == nil && x.Target.Active && c.comesIntoScope(*x.Target):
			l.People = append(l.People, x.Target.UserName)
		}
	}
	if len(l.People) == 0 {
		l.How = "nobody gets " + strings.Join(roles, ", ") + " who does not have it"
		c.look("", l)
		return nil
	}
	l.Standing = ToDo
	l.How = fmt.Sprintf("%d people get %s anew. Their record is made at the first sign-in to a page, not at a REST or SOAP call", len(l.People), strings.Join(roles, ", "))
	l.Do = []string{"make it by hand in the Utilities application, Login ID = user name, for those who will call web services; `cutover check --json` lists all"}
	c.look("", l)
	return nil
}

// comesIntoScope tells whether somebody of Utilities will be in its scope once they
// are in Fusion, by the role that migrate gives them there.
func (c *checking) comesIntoScope(u directory.Person) bool {
	role, ok := c.in.Rules.MigratedUserGets(u)
	return ok && slices.ContainsFunc(c.in.Rules.ScopeUtilities, func(g string) bool { return directory.Equal(g, role) })
}

// webServiceRoles are those that the configuration names, else those that are
// called so, as Oracle's are: AppWebServices, "Web Services Access".
func webServiceRoles(a reconcile.Access) []string {
	if a.WebServices != nil {
		return a.WebServices
	}
	var roles []string
	for _, role := range a.Roles {
		if strings.Contains(strings.ToLower(strings.ReplaceAll(role, " ", "")), "webservice") {
			roles = append(roles, role)
		}
	}
	return roles
}
