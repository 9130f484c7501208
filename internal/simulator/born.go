package simulator

import (
	"fmt"
	"reflect"

	"cutover/internal/directory"
)

// What every domain is born with, as Oracle's migration scripts have it: a default
// sign-on policy, whose one rule lets everybody sign in. Estates leave it out.

const bornCondition = "DefaultSignOnCondition"

var born = []struct {
	kind *kind
	body object
}{
	{kindConditions, object{"schemas": []any{kindConditions.schema}, "id": bornCondition, "name": "Default Sign-On Condition",
		"attributeName": "target.action", "operator": "eq", "attributeValue": `"Login"`}},
	{kindRules, object{"schemas": []any{kindRules.schema}, "id": directory.DefaultSignOnRuleID, "name": "Default Sign-On Rule", "active": true,
		"condition": "", "policyType": object{"value": "SignOn"}, "conditionGroup": object{"type": "Condition", "value": bornCondition},
		"return": []any{object{"name": "authenticationFactor", "value": "IDP"}, object{"name": "effect", "value": "ALLOW"}}}},
	{kindPolicies, object{"schemas": []any{kindPolicies.schema}, "id": directory.DefaultSignOnPolicyID, "name": "Default Sign-On Policy", "active": true,
		"policyType": object{"value": "SignOn"}, "rules": []any{object{"sequence": 1, "value": directory.DefaultSignOnRuleID, "name": "Default Sign-On Rule"}}}},
}

// bear gives a domain what its estate has not.
func (d *domain) bear() error {
	for _, b := range born {
		id := text(b.body, "id")
		if _, there := d.settings[b.kind].find(id); there {
			continue
		}
		if err := d.loadOne(b.kind, d.stamped(without(b.body), b.kind)); err != nil {
			return fmt.Errorf("%s %s: %w", b.kind.name, id, err)
		}
		s, _ := d.settings[b.kind].find(id)
		d.born[s] = s.body
	}
	return nil
}

// asBorn tells whether a setting is one that the estate did not have, and is as it
// was in the beginning: then a dump leaves it out too.
func (d *domain) asBorn(e entry) bool {
	s, ok := e.(*setting)
	return ok && d.born[s] != nil && reflect.DeepEqual(d.born[s], s.body)
}
