package phase

import (
	"iter"
	"slices"

	"cutover/internal/directory"
)

// ProjectSSO is a domain's outline as changes of its settings would leave it, for
// the forecast. The changes are of that domain; those of people are passed over.
// What a change makes gets the id "new:TARGET". The outline given is not touched.
func ProjectSSO(o directory.Outline, changes iter.Seq[directory.Change]) directory.Outline {
	p := projection{cloneSSO(o.SSO)}
	for c := range changes {
		switch c.Kind {
		case directory.PutSetting:
			p.put(c.Target, c.After)
		case directory.DropSetting:
			p.drop(c.Target)
		}
	}
	o.SSO = p.sso
	return o
}

func cloneSSO(s directory.SSO) directory.SSO {
	s.Rules, s.Spare = slices.Clone(s.Rules), slices.Clone(s.Spare)
	s.Conditions, s.IdPs, s.Apps = slices.Clone(s.Conditions), slices.Clone(s.IdPs), slices.Clone(s.Apps)
	return s
}

// projection is settings in the making. A field is replaced, never written into:
// the lists within the elements are those of the outline it began with.
type projection struct{ sso directory.SSO }

func (p *projection) put(target string, a directory.Attributes) {
	kind, name := directory.SplitTarget(target)
	switch kind {
	case directory.SettingApp, directory.SettingAppStatus, directory.SettingClient, directory.SettingClientStatus, directory.SettingClientRole:
		putApp(element(&p.sso.Apps, func(x directory.App) bool { return x.Name == name },
			directory.App{ID: "new:" + target, Name: name}), kind, a)
	case directory.SettingSync, directory.SettingSyncSource, directory.SettingSyncStatus:
		putSync(element(&p.sso.Apps, func(x directory.App) bool { return x.Name == name },
			directory.App{ID: "new:" + target, Name: name}), kind, a)
	case directory.SettingIdP:
		putIdP(element(&p.sso.IdPs, func(x directory.IdP) bool { return x.Name == name },
			directory.IdP{ID: "new:" + target, Name: name}), a)
	case directory.SettingCondition:
		c := element(&p.sso.Conditions, func(x directory.Condition) bool { return x.Name == name },
			directory.Condition{ID: "new:" + target, Name: name})
		text(a, "attribute", &c.Attribute)
		text(a, "operator", &c.Operator)
		text(a, "value", &c.Value)
	case directory.SettingRule:
		p.putRule(p.rule(target, name), a)
	case directory.SettingPolicy:
		p.order(a)
	}
}

func (p *projection) drop(target string) {
	kind, name := directory.SplitTarget(target)
	switch kind {
	case directory.SettingApp, directory.SettingClient, directory.SettingSync:
		p.sso.Apps = slices.DeleteFunc(p.sso.Apps, func(x directory.App) bool { return x.Name == name })
	case directory.SettingIdP:
		p.sso.IdPs = slices.DeleteFunc(p.sso.IdPs, func(x directory.IdP) bool { return x.Name == name })
	case directory.SettingCondition:
		p.sso.Conditions = slices.DeleteFunc(p.sso.Conditions, func(x directory.Condition) bool { return x.Name == name })
	case directory.SettingRule:
		named := func(x directory.Rule) bool { return x.Name == name }
		p.sso.Rules = slices.DeleteFunc(p.sso.Rules, named)
		p.sso.Spare = slices.DeleteFunc(p.sso.Spare, named)
	}
}

// element finds an element of a list, or adds it.
func element[T any](list *[]T, is func(T) bool, otherwise T) *T {
	if i := slices.IndexFunc(*list, is); i >= 0 {
		return &(*list)[i]
	}
	*list = append(*list, otherwise)
	return &(*list)[len(*list)-1]
}

// rule finds a rule, in the policy or not. A new one is in no policy until the
// policy's order names it.
func (p *projection) rule(target, name string) *directory.Rule {
	is := func(x directory.Rule) bool { return x.Name == name }
	if name == directory.SettingDefault {
		if last, ok := p.sso.Default(); ok {
			is = func(x directory.Rule) bool { return x.ID == last.ID }
		}
	}
	if i := slices.IndexFunc(p.sso.Rules, is); i >= 0 {
		return &p.sso.Rules[i]
	}
	return element(&p.sso.Spare, is, directory.Rule{ID: "new:" + target, Name: name, Active: true})
}

// putRule writes ids in the place of names, as the domain keeps them.
func (p *projection) putRule(r *directory.Rule, a directory.Attributes) {
	if local, ok := a["local"]; ok {
		r.Local, _ = directory.DecodeList(local)
	}
	if saml, ok := a["saml"]; ok {
		named, _ := directory.DecodeList(saml)
		r.SAML = make([]string, len(named))
		for i, name := range named {
			r.SAML[i] = name // an id that nothing bears stays as it is
			if idp, ok := p.sso.IdPNamed(name); ok {
				r.SAML[i] = idp.ID
			}
		}
	}
	if name, ok := a["condition"]; ok {
		r.Condition = name
		if c, ok := p.sso.ConditionNamed(name); ok {
			r.Condition = c.ID
		}
	}
}

// order puts the rules into the policy's new order; who is not named is in no
// policy from then on.
func (p *projection) order(a directory.Attributes) {
	wanted, err := directory.DecodeList(a["rules"])
	if err != nil {
		return
	}
	last, _ := p.sso.Default()
	rest := append(p.sso.Rules, p.sso.Spare...)
	var rules []directory.Rule
	for _, name := range wanted {
		i := slices.IndexFunc(rest, func(x directory.Rule) bool {
			return x.Name == name || name == directory.SettingDefault && x.ID == last.ID
		})
		if i >= 0 {
			rules = append(rules, rest[i])
			rest = slices.Delete(rest, i, i+1)
		}
	}
	p.sso.Rules, p.sso.Spare = rules, rest
}

func putApp(app *directory.App, kind string, a directory.Attributes) {
	switch kind {
	case directory.SettingAppStatus, directory.SettingClientStatus:
		flag(a, "active", &app.Active)
	case directory.SettingClientRole:
		if role := a["role"]; !slices.Contains(app.ClientRoles, role) {
			app.ClientRoles = append(slices.Clone(app.ClientRoles), role)
		}
	case directory.SettingClient:
		app.OAuthClient = true
		if grants, ok := a["allowedGrants"]; ok {
			app.AllowedGrants, _ = directory.DecodeList(grants)
		}
		flag(a, "anyUrlScheme", &app.AnyURLScheme)
	default:
		text(a, "entityId", &app.EntityID)
		text(a, "assertionConsumer", &app.AssertionConsumer)
		text(a, "nameIdFormat", &app.NameIDFormat)
		text(a, "nameIdValue", &app.NameIDValue)
		text(a, "signedSso", &app.SignedSSO)
		text(a, "hashAlgorithm", &app.HashAlgorithm)
		text(a, "signingCertificate", &app.SigningCertificate)
		flag(a, "logoutEnabled", &app.LogoutEnabled)
	}
}

func putSync(app *directory.App, kind string, a directory.Attributes) {
	if kind == directory.SettingSyncStatus {
		flag(a, "active", &app.Active)
		return
	}
	var s directory.Sync
	if app.Sync != nil {
		s = *app.Sync
	}
	flag(a, "provisioning", &s.Provisioning)
	flag(a, "authoritative", &s.Authoritative)
	flag(a, "synchronization", &s.Synchronization)
	flag(a, "mailsNewPeople", &s.MailsNewPeople)
	text(a, "host", &s.Host)
	text(a, "port", &s.Port)
	text(a, "tls", &s.TLS)
	text(a, "baseUri", &s.BaseURI)
	text(a, "client", &s.Client)
	text(a, "scope", &s.Scope)
	text(a, "tokenUrl", &s.TokenURL)
	app.Sync = &s
}

func putIdP(idp *directory.IdP, a directory.Attributes) {
	text(a, "entityId", &idp.EntityID)
	text(a, "ssoUrl", &idp.SSOURL)
	text(a, "certificate", &idp.Certificate)
	text(a, "nameIdFormat", &idp.NameIDFormat)
	text(a, "userMapping", &idp.UserMapping)
	flag(a, "enabled", &idp.Enabled)
}

// text and flag take over an attribute where the change has it.
func text(a directory.Attributes, key string, to *string) {
	if v, ok := a[key]; ok {
		*to = v
	}
}

func flag(a directory.Attributes, key string, to *bool) {
	if v, ok := a[key]; ok {
		*to = v == "true"
	}
}
