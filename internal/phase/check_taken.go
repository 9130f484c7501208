package phase

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cutover/internal/directory"
)

// taken looks at every name under which cutover will make something, or find what
// an administrator made by hand: whether it is free, ours already, or something
// else of that name.
func (c *checking) taken() error {
	s := c.in.SSO
	fusion, utilities := c.outline(directory.Fusion).SSO, c.outline(directory.Utilities).SSO
	before := len(c.looks)
	if c.withoutSSO() {
		return nil
	}
	c.takenApp(fusion, utilities)
	c.takenClient(fusion)
	c.takenIdP(utilities, fusion.Metadata)
	for _, name := range []string{s.FrontRuleName, s.TestRuleName} {
		c.takenRule(utilities, name)
	}
	if err := c.takenTestUser(); err != nil {
		return err
	}
	if len(c.looks) == before {
		c.look("", Look{Area: AreaTaken, What: "app, client, identity provider, rules, test user", Standing: Fine, How: "every name is free, or bears what cutover would make"})
	}
	return nil
}

// takenApp looks at the SAML app in Fusion. One with Utilities' entity id is taken
// over, whatever it is called.
func (c *checking) takenApp(fusion, utilities directory.SSO) {
	name := adoptApp(fusion, utilities.Metadata, c.in.SSO.AppName)
	app, there := fusion.AppNamed(name)
	if !there || name == "" {
		return
	}
	l := Look{Area: AreaTaken, Where: string(directory.Fusion), What: "app \"" + name + "\"", Do: []string{"sso: {appName: A-NAME-THAT-IS-FREE}"}}
	switch {
	case app.EntityID == "":
		l.Standing, l.How = Wrong, "is there, and is no SAML app: cutover would have to write SAML settings into something else"
	case app.EntityID != utilities.Metadata.SPEntityID && utilities.Metadata.SPEntityID != "":
		l.Standing, l.How = Wrong, "is there for another service provider ("+app.EntityID+"): cutover would turn its sign-in over to Utilities"
	default:
		c.adopted(l, fusion, directory.Target(directory.SettingApp, name), appAttributes(utilities.Metadata))
		return
	}
	c.look("name-taken", l)
}

func (c *checking) takenClient(fusion directory.SSO) {
	name := appNamed(fusion, c.in.SSO.SyncClientName)
	app, there := fusion.AppNamed(name)
	if !there || name == "" {
		return
	}
	l := Look{Area: AreaTaken, Where: string(directory.Fusion), What: "OAuth client \"" + name + "\"", Do: []string{"sso: {syncClientName: A-NAME-THAT-IS-FREE}"}}
	if !app.OAuthClient {
		l.Standing, l.How = Wrong, "is there, and is no OAuth client"
		c.look("name-taken", l)
		return
	}
	c.adopted(l, fusion, directory.Target(directory.SettingClient, name), clientAttributes)
}

func (c *checking) takenIdP(utilities directory.SSO, fusion directory.Metadata) {
	idp, there := adoptIdP(utilities, fusion, c.in.SSO.IdPName)
	if !there {
		return
	}
	l := Look{Area: AreaTaken, Where: string(directory.Utilities), What: "identity provider \"" + idp.Name + "\"", Do: []string{"sso: {idpName: A-NAME-THAT-IS-FREE}"}}
	if fusion.IdPEntityID != "" && idp.EntityID != fusion.IdPEntityID {
		l.Standing, l.How = Wrong, "is there and is not this Fusion domain, but "+idp.EntityID+": whoever signs in by it could no longer"
		c.look("name-taken", l)
		return
	}
	c.adopted(l, utilities, directory.Target(directory.SettingIdP, idp.Name), idpAttributes(fusion))
}

// adopted tells what becomes of something of the right kind that is there already.
func (c *checking) adopted(l Look, sso directory.SSO, target string, want directory.Attributes) {
	before, differs := difference(sso, target, want)
	if !differs {
		l.Standing, l.How, l.Do = Fine, "is there as cutover would make it, and is taken over", nil
		c.look("", l)
		return
	}
	var other []string
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if before[k] != want[k] {
			other = append(other, k)
		}
	}
	l.Standing = Warned
	l.How = "is there with other settings, is taken over, and " + enumerate(other) + " will be changed"
	l.Do = append([]string{"nothing, where it was made for this: the plan of sso-setup shows from what to what"}, l.Do...)
	c.look("adopted-with-changes", l)
}

// takenRule looks at a rule of ours by its name. What it offers says whose it is.
func (c *checking) takenRule(utilities directory.SSO, name string) {
	r, there := ruleNamed(utilities, name)
	if !there || name == "" {
		return
	}
	l := Look{Area: AreaTaken, Where: string(directory.Utilities), What: "rule \"" + name + "\""}
	idp, _ := adoptIdP(utilities, c.outline(directory.Fusion).SSO.Metadata, c.in.SSO.IdPName)
	condition, _ := utilities.ConditionByID(r.Condition)
	front := name == c.in.SSO.FrontRuleName
	ours := front && r.OffersLocal() && len(r.SAML) == 0 || !front && !r.OffersLocal() && offersIdP(utilities, r, idp.Name)
	if ours && condition.Attribute == c.in.SSO.UserAttribute {
		l.Standing, l.How = Fine, "is there as cutover would make it, and is taken over"
		c.look("", l)
		return
	}
	l.Standing = Warned
	l.How = "is there, holds for other people or offers another way in, and will be changed"
	key := "testRuleName"
	if front {
		key = "frontRuleName"
	}
	l.Do = []string{"sso: {" + key + ": A-NAME-THAT-IS-FREE}, where somebody needs it as it is"}
	c.look("adopted-with-changes", l)
}

// takenTestUser looks for who bears the test user's name, or its e-mail.
func (c *checking) takenTestUser() error {
	t := c.in.SSO.TestUser
	if t.UserName == "" {
		return nil
	}
	for _, d := range ssoReads {
		have, there, err := personNamed(c.in.World[d], t.UserName)
		if err != nil {
			return err
		}
		l := Look{Area: AreaTaken, Where: string(d), What: "test user " + t.UserName}
		if there && !isTestUser(have, t) {
			c.found(AreaTaken, l.What, testUserTaken(d, have))
			continue
		}
		if t.Email == "" {
			continue
		}
		others, err := c.bearing(d, t.Email, t.UserName)
		if err != nil {
			return err
		}
		if len(others) > 0 {
			l.What = "test user's e-mail"
			l.Standing, l.How = Warned, fmt.Sprintf("%s is the e-mail of %s: a domain may refuse it a second time, and mails of the test would reach them", t.Email, strings.Join(others, ", "))
			l.Do = []string{"sso: {testUser: {email: AN-ADDRESS-OF-NOBODY}}"}
			l.People = others
			c.look("test-user-email-taken", l)
		}
	}
	return nil
}

// bearing lists who else in a domain has this e-mail.
func (c *checking) bearing(d directory.Domain, email, except string) ([]string, error) {
	var found []string
	for p, err := range c.in.World[d].ByEmail() {
		if err != nil {
			return nil, err
		}
		if directory.Equal(p.Email, email) && !directory.Equal(p.UserName, except) {
			found = append(found, p.UserName)
		}
		if directory.Fold(p.Email) > directory.Fold(email) {
			break
		}
	}
	return found, nil
}
