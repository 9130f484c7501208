package simulator

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"

	"cutover/internal/directory"
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
func (d *domain) completeApp(o object) error {
	if _, _, ok := field(o, "active"); !ok {
		o["active"] = false
	}
	if text(o, "name") == "" {
		name, _, _ := field(o, "name")
		o[name] = d.newID()
	}
	completeScopes(o)
	return completeManaged(o, true)
}

func (d *domain) checkApp(o object) error {
	if err := checkManaged(o); err != nil {
		return err
	}
	if err := d.checkScopes(o); err != nil {
		return err
	}
	if id := text(inner(o, "idpPolicy"), "value"); id != "" {
		if policy, ok := d.settings[kindPolicies].find(id); !ok || text(inner(policy.body, "policyType"), "value") != directory.IdPPolicyType {
			return dangling("The identity provider policy of the app does not exist: %s.", id)
		}
	}
	if !truth(o, "isSamlServiceProvider", false) {
		return nil
	}
	saml := inner(o, schemaSAMLApp)
	if text(saml, "partnerProviderId") == "" || text(saml, "assertionConsumerUrl") == "" {
		return missing("partnerProviderId, assertionConsumerUrl of " + schemaSAMLApp)
	}
	return nil
}

func (d *domain) checkAppRole(o object) error {
	id := text(inner(o, "app"), "value")
	if _, ok := d.settings[kindApps].find(id); !ok {
		return dangling("The app of the role does not exist: %s.", id)
	}
	return nil
}

// setActive is what AppStatusChanger and UserStatusChanger do (oracle.md 2.4, 2.7).
func (d *domain) setActive(k *kind, id string, o object) (object, error) {
	asked := kindAppStatus
	if k.plain() == kindUsers {
		asked = kindUserStatus
	}
	o, err := asked.asked(o, id)
	if err != nil {
		return nil, err
	}
	active, ok := o["active"].(bool)
	if !ok {
		return nil, missing("active")
	}
	e, found := d.collection(k).get(id)
	if !found {
		return nil, notFound(k.name, id)
	}
	changed := d.body(e)
	changed["active"] = active
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
	return object{"schemas": []any{asked.schema}, "id": id, "active": active}, nil
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
