package simulator

import (
	"cutover/internal/simulator/sso"
)

// door is a domain as its sign-in pages see it.
type door struct{ d *domain }

var _ sso.Directory = door{}

func (p door) Name() string    { return string(p.d.name) }
func (p door) BaseURL() string { return p.d.url }

func (p door) UserByName(userName string) (sso.User, bool) {
	p.d.mu.RLock()
	defer p.d.mu.RUnlock()
	u, ok := p.d.userNamed(userName)
	if !ok {
		return sso.User{}, false
	}
	lock := inner(inner(u.object(), schemaUserState), "locked")
	found := sso.User{ID: u.id, UserName: u.name, Active: u.flags.active != no, Locked: truth(lock, "on", false),
		Federated: truth(inner(u.object(), schemaUserExt), "isFederatedUser", false)}
	for _, m := range u.emails {
		if m.primary == yes {
			found.Email = m.value
		}
	}
	for _, g := range u.groups {
		found.Groups = append(found.Groups, g.name())
	}
	return found, true
}

func (p door) CheckPassword(userID, password string) bool { return p.d.checkPassword(userID, password) }

// SignedIn stamps the date. It is no change that a client could stumble over:
// meta.version stays.
func (p door) SignedIn(userID string) {
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	u, ok := p.d.users.find(userID)
	if !ok {
		return
	}
	rest := without(u.rest)
	state := without(inner(rest, schemaUserState))
	if last, ok := state["lastSuccessfulLoginDate"]; ok {
		state["previousSuccessfulLoginDate"] = last
	}
	state["lastSuccessfulLoginDate"] = p.d.timestamp()
	rest[schemaUserState] = state
	u.rest = rest
}

func (p door) IdP(id string) (sso.IdP, bool) {
	p.d.mu.RLock()
	defer p.d.mu.RUnlock()
	s, ok := p.d.settings[kindIdPs].find(id)
	if !ok {
		return sso.IdP{}, false
	}
	return sso.IdP{ID: s.id, Name: text(s.body, "partnerName"), EntityID: text(s.body, "partnerProviderId"),
		SSOURL: text(s.body, "idpSsoUrl"), Certificate: text(s.body, "signingCertificate"),
		Enabled: truth(s.body, "enabled", false)}, true
}

func (p door) SAMLApps() []sso.App {
	p.d.mu.RLock()
	defer p.d.mu.RUnlock()
	var apps []sso.App
	for _, s := range p.d.settings[kindApps].all {
		saml := inner(s.body, schemaSAMLApp)
		if saml == nil {
			continue
		}
		apps = append(apps, sso.App{ID: s.id, Name: text(s.body, "displayName"), Active: truth(s.body, "active", false),
			EntityID: text(saml, "partnerProviderId"), AssertionConsumer: text(saml, "assertionConsumerUrl"),
			NameIDFormat: text(saml, "nameIdFormat"), NameIDValue: text(saml, "nameIdUserstoreAttribute"),
			HashAlgorithm: text(saml, "signatureHashAlgorithm"), SigningCertificate: text(saml, "signingCertificate")})
	}
	return apps
}
