package simulator

import (
	"strings"
)

// setting is a resource of a kind that a domain has few of: an app, an app role, an
// identity provider, a policy, a rule, a condition; or the one of its kind: the
// custom schema, the settings of multi-factor authentication. It is kept as it travels.
type setting struct {
	seq  uint64
	id   string
	kind *kind
	body object // replaced, never changed
}

func (s *setting) rid() string  { return s.id }
func (s *setting) rseq() uint64 { return s.seq }

// nameAttribute is the attribute that people know a setting by.
func nameAttribute(k *kind) string {
	switch k {
	case kindIdPs:
		return "partnerName"
	case kindPolicies, kindRules, kindConditions, kindSchemas:
		return "name"
	case kindFactors:
		return "id"
	default:
		return "displayName"
	}
}

func nameOf(k *kind, o object) string { return text(o, nameAttribute(k)) }

// createSetting makes a setting of what a client sent.
func (d *domain) createSetting(k *kind, o object) (entry, error) {
	s := &setting{id: d.newID(), kind: k}
	o["id"] = s.id
	switch k {
	case kindApps:
		if err := d.completeApp(o); err != nil {
			return nil, err
		}
	case kindIdPs:
		completeIdP(o)
	}
	if err := d.checkSetting(k, o, nil); err != nil {
		return nil, err
	}
	d.hideProperties(s.id, o)
	o["schemas"] = k.named(o, []any{k.schema})
	s.body, s.seq = d.stamped(o, k), d.nextSeq()
	d.settings[k].put(s)
	if k == kindApps && truth(o, "isOAuthClient", false) {
		d.appSecrets[s.id] = newSecret()
	}
	return s, nil
}

// updateSetting stores what a PUT or PATCH makes of a setting.
func (d *domain) updateSetting(s *setting, o object) (entry, error) {
	if s.kind == kindIdPs && text(o, "metadata") != text(s.body, "metadata") {
		completeIdP(o)
	}
	if s.kind == kindApps {
		completeScopes(o)
		if err := completeManaged(o, false); err != nil {
			return nil, err
		}
	}
	if s.kind == kindFactors {
		s.kind.drop(o)
	}
	if err := d.checkSetting(s.kind, o, s); err != nil {
		return nil, err
	}
	d.hideProperties(s.id, o)
	o["schemas"] = s.kind.named(o, []any{s.kind.schema})
	s.body = d.stamped(o, s.kind)
	if s.kind == kindSchemas {
		d.reshape(s.body)
	}
	return s, nil
}

// checkSetting validates the whole of a setting as it shall be; old is nil for
// a new one.
func (d *domain) checkSetting(k *kind, o object, old *setting) error {
	var err error
	switch k {
	case kindApps:
		err = d.checkApp(o)
	case kindAppRoles:
		err = d.checkAppRole(o)
	case kindIdPs:
		err = checkIdP(o)
	case kindPolicies:
		err = d.checkPolicy(o)
	case kindRules:
		err = d.checkRule(o)
	case kindSchemas:
		err = d.checkCustom(o, old.body)
	}
	if err != nil {
		return err
	}
	return d.checkUnique(k, o, old)
}

// checkUnique refuses a second setting with the same value of a unique
// attribute. The uniqueName of a role, which the service makes, is taken for
// its app and its displayName.
func (d *domain) checkUnique(k *kind, o object, old *setting) error {
	uniques := k.uniques()
	for _, other := range d.settings[k].all {
		if other == old {
			continue
		}
		for _, n := range uniques {
			have, want := text(other.body, n.Name), text(o, n.Name)
			if want != "" && (have == want || !n.Exact && strings.EqualFold(have, want)) {
				return conflict("There is a resource in %s with this %s already; %s is unique.", k.name, n.Name, n.Name)
			}
		}
		if k == kindAppRoles && text(inner(other.body, "app"), "value") == text(inner(o, "app"), "value") && strings.EqualFold(nameOf(k, other.body), nameOf(k, o)) {
			return conflict("The app has a role of this displayName already.")
		}
	}
	return nil
}

// removeSetting deletes a setting, unless something depends on it.
func (d *domain) removeSetting(s *setting) error {
	if err := d.checkUnused(s); err != nil {
		return err
	}
	if s.kind == kindApps {
		for _, g := range append([]*grant(nil), d.grants.all...) {
			if g.app == s.id {
				d.grants.remove(g)
			}
		}
		d.grants.dropGrantee(s.id)
		delete(d.appSecrets, s.id)
		delete(d.appProperties, s.id)
		d.accounts.forget(s.id)
	}
	d.settings[s.kind].drop(s)
	return nil
}
