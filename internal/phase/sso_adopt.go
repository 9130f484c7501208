package phase

import "cutover/internal/directory"

// What an administrator has already made by hand is taken over under its own
// name. An entity id says what a thing is; a name is only what it is called.

// adoptApp names the SAML app in Fusion that stands for Utilities.
func adoptApp(fusion directory.SSO, utilities directory.Metadata, configured string) string {
	for _, a := range fusion.Apps {
		if a.EntityID != "" && a.EntityID == utilities.SPEntityID {
			return a.Name
		}
	}
	return appNamed(fusion, configured)
}

// appNamed finds an app by its name, case aside, and returns the name as the
// domain spells it; as configured where there is none.
func appNamed(sso directory.SSO, name string) string {
	for _, a := range sso.Apps {
		if directory.Equal(a.Name, name) {
			return a.Name
		}
	}
	return name
}

// adoptIdP finds Fusion among the identity providers of Utilities. Where there
// is none, it is an IdP of the configured name and nothing else.
func adoptIdP(utilities directory.SSO, fusion directory.Metadata, configured string) (directory.IdP, bool) {
	for _, i := range utilities.IdPs {
		if i.EntityID != "" && i.EntityID == fusion.IdPEntityID {
			return i, true
		}
	}
	for _, i := range utilities.IdPs {
		if directory.Equal(i.Name, configured) {
			return i, true
		}
	}
	return directory.IdP{Name: configured}, false
}

// ruleNamed finds a rule by its name, also one that is in no policy: a walk that
// was interrupted may have made it and not yet put it in its place.
func ruleNamed(sso directory.SSO, name string) (directory.Rule, bool) {
	if r, ok := sso.RuleNamed(name); ok {
		return r, true
	}
	for _, r := range sso.Spare {
		if r.Name == name {
			return r, true
		}
	}
	return directory.Rule{}, false
}

// conditionOf is the name of a rule's condition: its own where the rule is there
// with one, otherwise that of the rule, under which cutover makes it.
func conditionOf(sso directory.SSO, rule string) string {
	if r, ok := ruleNamed(sso, rule); ok {
		if c, ok := sso.ConditionByID(r.Condition); ok {
			return c.Name
		}
	}
	return rule
}
