package sso

// Ways are how a user may come in by the rules of a domain: by its own password
// page, and by these identity providers.
func Ways(d Directory, userName string) (local bool, idps []IdP) {
	u, ok := d.UserByName(userName)
	if !ok || !u.Active || u.Locked {
		return false, nil
	}
	rule, ok := ruleFor(d.Rules(""), u)
	if !ok {
		return false, nil
	}
	for _, id := range rule.SAML {
		if idp, ok := d.IdP(id); ok && idp.Enabled {
			idps = append(idps, idp)
		}
	}
	return rule.offersLocal(), idps
}
