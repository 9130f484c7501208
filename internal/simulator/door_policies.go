package simulator

import (
	"cmp"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/simulator/sso"
)

// Rules are those of the identity provider policy that decides, by their
// sequence.
func (p door) Rules(appID string) []sso.Rule {
	p.d.mu.RLock()
	defer p.d.mu.RUnlock()
	var rules []sso.Rule
	for _, r := range p.d.rulesOf(p.d.deciding(appID)) {
		rules = append(rules, sso.Rule{Name: text(r, "name"), Active: truth(r, "active", true),
			Local: returned(r, "LocalIDPs"), SAML: returned(r, "SamlIDPs"), Condition: p.d.conditionOf(r)})
	}
	return rules
}

// SignOn are the rules of the default sign-on policy, by their sequence.
func (p door) SignOn() []sso.SignOnRule {
	p.d.mu.RLock()
	defer p.d.mu.RUnlock()
	policy, ok := p.d.settings[kindPolicies].find(directory.DefaultSignOnPolicyID)
	if !ok || !truth(policy.body, "active", true) {
		return nil
	}
	rules := []sso.SignOnRule{}
	for _, r := range p.d.rulesOf(policy.id) {
		rules = append(rules, sso.SignOnRule{Name: text(r, "name"), Active: truth(r, "active", true),
			Effect: effect(r), Condition: p.d.conditionOf(r)})
	}
	return rules
}

// deciding is the id of the identity provider policy that decides a sign-in to
// the app: its own where it has one that is active (App.idpPolicy, oracle.md
// 2.9), else the default one.
func (d *domain) deciding(appID string) string {
	for _, app := range d.settings[kindApps].all {
		if app.id != appID && (appID != "" || !isEnvironment(app)) {
			continue
		}
		own := text(inner(app.body, "idpPolicy"), "value")
		if policy, ok := d.settings[kindPolicies].find(own); ok && truth(policy.body, "active", true) {
			return own
		}
	}
	return directory.DefaultPolicyID
}

// isEnvironment tells whether the app is what people sign in to in this domain:
// the service that the domain belongs to.
func isEnvironment(app *setting) bool {
	return app.id != adminApp && truth(app.body, "isOPCService", false) && truth(app.body, "active", false)
}

// rulesOf are the rules that a policy lists, by their sequence.
func (d *domain) rulesOf(policyID string) []object {
	policy, ok := d.settings[kindPolicies].find(policyID)
	if !ok {
		return nil
	}
	listed := objects(policy.body, "rules")
	slices.SortStableFunc(listed, func(a, b object) int { return cmp.Compare(sequence(a), sequence(b)) })
	var rules []object
	for _, l := range listed {
		if s, ok := d.settings[kindRules].find(text(l, "value")); ok {
			rules = append(rules, s.body)
		}
	}
	return rules
}

func sequence(rule object) float64 {
	_, v, _ := field(rule, "sequence")
	n, _ := v.(float64)
	return n
}

// conditionOf is what the rule depends on, or nil. A condition that is not there
// never holds.
func (d *domain) conditionOf(rule object) *sso.Condition {
	group := inner(rule, "conditionGroup")
	if group == nil {
		return nil
	}
	c, ok := d.settings[kindConditions].find(text(group, "value"))
	if !ok {
		return &sso.Condition{}
	}
	return &sso.Condition{Attribute: text(c.body, "attributeName"), Operator: text(c.body, "operator"), Value: text(c.body, "attributeValue")}
}

// effect is what a sign-on rule returns: ALLOW, or what refuses.
func effect(rule object) string {
	for _, r := range objects(rule, "return") {
		if text(r, "name") == "effect" {
			return text(r, "value")
		}
	}
	return ""
}
