package simulator

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"slices"
)

// adminApp is the app whose roles are the administrator roles of the domain
// (oracle.md 2.6).
const adminApp = "IDCSAppId"

// newSecret makes a client id or secret nobody can guess, also under a seed.
func newSecret() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b) // never fails (crypto/rand)
	return hex.EncodeToString(b)
}

// completeApp gives a new app what the service generates: the client id, and
// active false until somebody activates it (oracle.md 1.1, "Activate").
func (d *domain) completeApp(o object) {
	if _, _, ok := field(o, "active"); !ok {
		o["active"] = false
	}
	if text(o, "name") == "" {
		name, _, _ := field(o, "name")
		o[name] = d.newID()
	}
}

func checkApp(o object, old *setting) error {
	if old == nil && text(inner(o, "basedOnTemplate"), "value") == "" {
		return missing("basedOnTemplate.value")
	}
	if !truth(o, "isSamlServiceProvider", false) {
		return nil
	}
	saml := inner(o, schemaSAMLApp)
	if text(saml, "partnerProviderId") == "" || text(saml, "assertionConsumerUrl") == "" {
		return missing("partnerProviderId, assertionConsumerUrl of " + schemaSAMLApp)
	}
	for attribute, allowed := range map[string][]string{
		"signResponseOrAssertion": {"Assertion", "Response", "AssertionAndResponse"},
		"signatureHashAlgorithm":  {"SHA-1", "SHA-256"},
	} {
		if v := text(saml, attribute); v != "" && !slices.Contains(allowed, v) {
			return invalid("%s of a SAML app is one of %v.", attribute, allowed)
		}
	}
	return nil
}

func (d *domain) checkAppRole(o object) error {
	id := text(inner(o, "app"), "value")
	if id == "" {
		return missing("app.value")
	}
	if _, ok := d.settings[kindApps].find(id); !ok {
		return dangling("The app of the role does not exist: %s.", id)
	}
	return nil
}

// setActive is what AppStatusChanger and UserStatusChanger do (oracle.md 2.4, 2.7).
func (d *domain) setActive(k *kind, id string, o object) (object, error) {
	_, v, _ := field(o, "active")
	active, ok := v.(bool)
	if !ok {
		return nil, missing("active")
	}
	e, found := d.collection(k).get(id)
	if !found {
		return nil, notFound(k.name, id)
	}
	changed := d.body(e)
	changed["active"] = active
	var err error
	switch e := e.(type) {
	case *user:
		_, err = d.updateUser(e, changed)
	case *setting:
		if truth(e.body, "isOPCService", false) && !active {
			return nil, refuse(http.StatusBadRequest, "The app %s belongs to the service and cannot be deactivated.", id)
		}
		_, err = d.updateSetting(e, changed)
	}
	if err != nil {
		return nil, err
	}
	return object{"schemas": []any{idcsPrefix + k.resource + "StatusChanger"}, "id": id, "active": active}, nil
}

// roleMembers are the holders of an app role, from its grants.
func (d *domain) roleMembers(id string) []any {
	var all []any
	for _, g := range d.grants.all {
		if g.role == id {
			all = append(all, object{"value": g.grantee, "type": g.kind})
		}
	}
	return all
}
