package simulator

import (
	"encoding/json"
	"encoding/xml"
	"slices"
	"strings"

	"github.com/crewjam/saml"
)

// completeIdP reads the metadata of a new identity provider into its single
// attributes (oracle.md 2.9: metadata or the single attributes). What cannot be
// read stays for checkIdP to refuse.
func completeIdP(o object) {
	if _, _, ok := field(o, "type"); !ok {
		o["type"] = "SAML"
	}
	var d saml.EntityDescriptor
	if m := text(o, "metadata"); m == "" || xml.Unmarshal([]byte(m), &d) != nil {
		return
	}
	if d.EntityID != "" {
		o["partnerProviderId"] = d.EntityID
	}
	for _, idp := range d.IDPSSODescriptors {
		for _, s := range idp.SingleSignOnServices {
			if s.Binding == saml.HTTPRedirectBinding || text(o, "idpSsoUrl") == "" {
				o["idpSsoUrl"] = s.Location
			}
		}
		for _, key := range idp.KeyDescriptors {
			if certificates := key.KeyInfo.X509Data.X509Certificates; key.Use != "encryption" && len(certificates) > 0 {
				o["signingCertificate"] = strings.Join(strings.Fields(certificates[0].Data), "")
			}
		}
	}
}

func checkIdP(o object) error {
	if text(o, "type") == "SAML" && text(o, "partnerProviderId") == "" {
		if text(o, "metadata") != "" {
			return invalid("The metadata of the identity provider cannot be read as a SAML EntityDescriptor with an entityID.")
		}
		return missing("metadata, or partnerProviderId")
	}
	return nil
}

// checkRule refuses a rule that points to nothing. The values of return are
// not looked at: a wrong shape is accepted and has no effect, as in the real
// service (oracle.md 2.9).
func (d *domain) checkRule(o object) error {
	group := inner(o, "conditionGroup")
	if group == nil {
		return nil
	}
	id := text(group, "value")
	switch text(group, "type") {
	case "Condition":
		if _, ok := d.settings[kindConditions].find(id); !ok {
			return dangling("The condition of the rule does not exist: %s.", id)
		}
	case "ConditionGroup":
		return invalid("Condition groups are not part of this simulator; use a conditionGroup of type Condition.")
	}
	return nil
}

func (d *domain) checkPolicy(o object) error {
	seen := map[string]bool{}
	for _, r := range objects(o, "rules") {
		id := text(r, "value")
		rule, ok := d.settings[kindRules].find(id)
		if !ok {
			return dangling("A rule of the policy does not exist: %s.", id)
		}
		if seen[id] {
			return invalid("The policy names the rule %s twice.", id)
		}
		seen[id] = true
		r["name"] = text(rule.body, "name")
	}
	return nil
}

// checkUnused refuses to delete what sign-in depends on.
func (d *domain) checkUnused(s *setting) error {
	switch s.kind {
	case kindApps:
		if s.id == adminApp || truth(s.body, "isOPCService", false) {
			return invalid("The app %s belongs to the service and cannot be deleted.", text(s.body, "displayName"))
		}
	case kindIdPs:
		for _, r := range d.settings[kindRules].all {
			if slices.Contains(returned(r.body, "SamlIDPs"), s.id) {
				return invalid("The identity provider is in use by the rule %q; take it out of the rule first.", text(r.body, "name"))
			}
		}
	case kindConditions:
		for _, r := range d.settings[kindRules].all {
			if text(inner(r.body, "conditionGroup"), "value") == s.id {
				return invalid("The condition is in use by the rule %q; delete the rule first.", text(r.body, "name"))
			}
		}
	case kindRules:
		for _, p := range d.settings[kindPolicies].all {
			for _, r := range objects(p.body, "rules") {
				if text(r, "value") == s.id {
					return invalid("The rule is in use by the policy %q; take it out of the policy first.", text(p.body, "name"))
				}
			}
		}
	case kindPolicies:
		if strings.HasPrefix(s.id, "Default") {
			return invalid("The default policy cannot be deleted.")
		}
		for _, app := range d.settings[kindApps].all {
			if text(inner(app.body, "idpPolicy"), "value") == s.id {
				return invalid("The policy is in use by the app %s; take the app out of the policy first.", text(app.body, "displayName"))
			}
		}
	}
	return nil
}

// returned reads a list out of the return of a rule; a value of the wrong
// shape has no effect, so it reads as an empty list.
func returned(rule object, name string) []string {
	for _, r := range objects(rule, "return") {
		if text(r, "name") != name {
			continue
		}
		var values []string
		if json.Unmarshal([]byte(text(r, "value")), &values) == nil {
			return values
		}
	}
	return nil
}
