package simulator

import (
	"slices"
	"strings"
)

// genericSCIM is the catalogue's template "GenericScim - Client Credentials":
// an app of it pulls people from another domain (oracle.md 1.4, 2.7).
const genericSCIM = "df61971610a531f48a3187b90c97573c"

const (
	schemaManaged    = idcsPrefix + "extension:managedapp:App"
	bundleProperties = "bundleConfigurationProperties"
)

// property is one of those by which such an app connects. Names and defaults are
// those of oracle.md 2.7; the icfType of each is not documented for this template.
type property struct {
	name, icfType          string
	value                  string // of a new app; empty: none
	required, confidential bool
}

var genericSCIMProperties = []property{
	{name: "host", icfType: "String", required: true},
	{name: "port", icfType: "Integer", value: "443"},
	{name: "sslEnabled", icfType: "Boolean", value: "true"},
	{name: "baseURI", icfType: "String", required: true},
	{name: "clientid", icfType: "String", required: true},
	{name: "clientSecret", icfType: "GuardedString", required: true, confidential: true},
	{name: "scope", icfType: "String"},
	{name: "authenticationServerUrl", icfType: "String", required: true},
	{name: "customAuthHeaders", icfType: "String"},
	{name: "httpOperationTypes", icfType: "String"},
}

// isGenericSCIM tells whether an app was made from that template.
func isGenericSCIM(o object) bool {
	return strings.EqualFold(text(inner(o, "basedOnTemplate"), "value"), genericSCIM)
}

// completeManaged gives an app of the template what the template says: which
// properties there are, what is fixed of each, and, of a new app, their defaults.
// What the app lacks of them comes back without a value.
func completeManaged(o object, fresh bool) error {
	if !isGenericSCIM(o) {
		return nil
	}
	ext := without(inner(o, schemaManaged))
	given := map[string]object{}
	for _, e := range objects(ext, bundleProperties) {
		name := text(e, "name")
		known := slices.ContainsFunc(genericSCIMProperties, func(p property) bool { return p.name == name })
		if _, twice := given[name]; twice || !known {
			r := invalid("%s has no such element, or has it already: %q; change the value of one that is there.", bundleProperties, name)
			r.scimType = "noTarget"
			return r
		}
		given[name] = e
	}
	var all []any
	for _, p := range genericSCIMProperties {
		e, there := given[p.name]
		e = without(e)
		e["name"], e["icfType"], e["required"], e["confidential"] = p.name, p.icfType, p.required, p.confidential
		switch {
		case fresh && p.value != "" && list(e, "value") == nil:
			e["value"] = []any{p.value}
		case !there && p.confidential:
			e["value"] = []any{} // it was removed: what is kept of it goes too
		}
		all = append(all, e)
	}
	ext[bundleProperties] = all
	ext["canBeAuthoritative"], ext["objectClasses"] = true, managedObjectClasses()
	for _, name := range []string{"connected", "isAuthoritative", "enableSync"} {
		if _, _, ok := field(ext, name); !ok {
			ext[name] = false
		}
	}
	o[schemaManaged], o["isManagedApp"] = ext, true
	return nil
}

// The object classes of the template: their names are documented, their ids not.
func managedObjectClasses() []any {
	return []any{
		object{"value": genericSCIM + "-users", "display": "Users", "type": "AccountObjectClass", "isAccountObjectClass": true, "resourceType": "AccountObjectClass"},
		object{"value": genericSCIM + "-groups", "display": "Groups", "type": "ManagedObjectClass", "isAccountObjectClass": false, "resourceType": "ManagedObjectClass"},
	}
}

// checkManaged refuses authoritative synchronization by an app that cannot.
func checkManaged(o object) error {
	ext := inner(o, schemaManaged)
	if truth(ext, "isAuthoritative", false) && !truth(ext, "canBeAuthoritative", false) {
		return invalid("The app cannot be authoritative: canBeAuthoritative is false, as its template says.")
	}
	return nil
}

// hideProperties takes the values of confidential properties out of an app that
// is about to be stored, and keeps them apart: no answer, no journal and no dump
// can have what the app does not hold.
func (d *domain) hideProperties(id string, o object) {
	ext := inner(o, schemaManaged)
	if ext == nil {
		return
	}
	ext = without(ext)
	for _, name := range []string{bundleProperties, "flatFileBundleConfigurationProperties"} {
		given := objects(ext, name)
		if given == nil {
			continue
		}
		all := make([]any, len(given))
		for i, e := range given {
			all[i] = e
			if !truth(e, "confidential", false) {
				continue
			}
			if value := list(e, "value"); value != nil {
				d.keepProperty(id, text(e, "name"), value)
			}
			all[i] = without(e, "value")
		}
		ext[name] = all
	}
	o[schemaManaged] = ext
}

// keepProperty keeps the value of a confidential property; an empty one is none.
func (d *domain) keepProperty(id, name string, value []any) {
	if d.appProperties[id] == nil {
		d.appProperties[id] = map[string]string{}
	}
	delete(d.appProperties[id], name)
	if len(value) > 0 {
		d.appProperties[id][name], _ = value[0].(string)
	}
}

// propertyOf is the value of a property of an app, confidential or not. The
// caller holds the lock.
func (d *domain) propertyOf(app *setting, name string) string {
	for _, e := range objects(inner(app.body, schemaManaged), bundleProperties) {
		if text(e, "name") != name {
			continue
		}
		if truth(e, "confidential", false) {
			return d.appProperties[app.id][name]
		}
		if value := list(e, "value"); len(value) > 0 {
			s, _ := value[0].(string)
			return s
		}
	}
	return ""
}
