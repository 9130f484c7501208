package phase

import (
	"slices"
	"strings"

	"cutover/internal/directory"
)

// signIn looks at how people sign in to Utilities today, and at what would
// overrule what cutover sets there.
func (c *checking) signIn() error {
	if c.withoutSSO() {
		return nil
	}
	sso := c.outline(directory.Utilities).SSO
	idp, _ := adoptIdP(sso, c.outline(directory.Fusion).SSO.Metadata, c.in.SSO.IdPName)
	l := Look{Area: AreaSignIn, Where: string(directory.Utilities), What: "default rule", Standing: Fine}
	switch SwitchState(sso, idp.Name) {
	case StateNeither:
		c.found(AreaSignIn, l.What, noKnownSignIn())
	case StateLocalOnly:
		l.How = "offers the local sign-in"
	case StateBoth:
		l.How = "offers the local sign-in and Fusion: sso-off will take Fusion out"
	case StateSSOOnly:
		l.How = "offers Fusion only: SSO is on already, and stays so"
	}
	if l.How != "" {
		c.look("", l)
	}
	c.otherIdPs(sso, idp.Name)
	c.otherRules(sso)
	c.ownPolicy(sso)
	if c.in.Facts != nil {
		c.probes(c.signOn)
	}
	return nil
}

// otherIdPs tells of identity providers besides Fusion in the default rule.
func (c *checking) otherIdPs(sso directory.SSO, idp string) {
	now, _ := offered(sso)
	for _, name := range without(now.saml, idp) {
		c.found(AreaSignIn, "identity provider \""+name+"\"", anotherIdP(name))
	}
}

// otherRules tells of rules of others in front of the default one. They decide
// before it does, so the switch does not reach whom they hold for.
func (c *checking) otherRules(sso directory.SSO) {
	last, _ := sso.Default()
	var others []string
	for _, r := range sso.Rules {
		if r.ID != last.ID && r.Active && r.Name != c.in.SSO.FrontRuleName && r.Name != c.in.SSO.TestRuleName {
			others = append(others, "\""+r.Name+"\"")
		}
	}
	if len(others) > 0 {
		c.look("another-rule", Look{Area: AreaSignIn, Where: string(directory.Utilities), What: "rules in front", Standing: Warned,
			How: enumerate(others) + " of the default policy decide before the default rule: turning SSO on does not reach whom they hold for",
			Do:  []string{"see in the console whom they are for, and delete them unless they are wanted"}})
	}
}

// ownPolicy tells of the environment's app where it has a policy of its own.
func (c *checking) ownPolicy(sso directory.SSO) {
	for _, a := range overruling(sso, c.in.Rules.AccessUtilities.App) {
		c.found(AreaSignIn, "app "+a.Name, appIdPPolicy(a))
	}
}

// signOn tells of sign-on rules that refuse people after they have shown who they are.
func (c *checking) signOn(d directory.Domain, p directory.Probe) {
	if !slices.Contains(ssoReads, d) {
		return
	}
	for _, r := range p.SignOn {
		if r.Effect == "" || strings.EqualFold(r.Effect, directory.EffectAllow) {
			continue
		}
		l := Look{Area: AreaSignIn, Where: string(d), What: "sign-on rule", Standing: Warned,
			How: "\"" + r.Name + "\" of the default sign-on policy refuses whom it holds for (" + r.Effect + "), however they signed in",
			Do:  []string{"see in the console of the domain > Security > Sign-on policies whom it holds for: neither your people nor the test user may be among them"}}
		if r.ID == directory.DefaultSignOnRuleID {
			l.Standing = Wrong
			l.How = "\"" + r.Name + "\", the default one, refuses everybody (" + r.Effect + ")"
			l.Do = []string{"let it allow access, in the console of the domain > Security > Sign-on policies"}
		}
		c.look("sign-on-refuses", l)
	}
}
