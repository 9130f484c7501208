package simulator

import (
	"reflect"
	"slices"
	"strings"
)

// grant gives a user, group or app a role of an app, or the app itself
// (oracle.md 2.6), in a compact form: there may be as many as people.
type grant struct {
	seq       uint64
	id        string
	mechanism string
	kind      string // of the grantee: User, Group, App
	grantee   string
	app       string
	role      string // empty: the app itself
	created   string // meta.created; empty: what the estate says is in rest
	version   string
	rest      object // what the estate says of it besides
}

func (g *grant) rid() string  { return g.id }
func (g *grant) rseq() uint64 { return g.seq }

// composite is the key that prevents a second grant of the same.
func (g *grant) composite() string {
	return strings.Join([]string{g.kind, g.grantee, g.app, g.role}, "/")
}

type grants struct {
	*shelf[*grant]
	byKey     map[string]*grant
	byGrantee map[string][]*grant
}

func newGrants() *grants {
	return &grants{shelf: newShelf[*grant](), byKey: map[string]*grant{}, byGrantee: map[string][]*grant{}}
}

func (gs *grants) store(g *grant) {
	gs.put(g)
	gs.byKey[g.composite()] = g
	gs.byGrantee[g.grantee] = append(gs.byGrantee[g.grantee], g)
}

func (gs *grants) remove(g *grant) {
	gs.drop(g)
	delete(gs.byKey, g.composite())
	if left := slices.DeleteFunc(gs.byGrantee[g.grantee], func(o *grant) bool { return o == g }); len(left) > 0 {
		gs.byGrantee[g.grantee] = left
	} else {
		delete(gs.byGrantee, g.grantee)
	}
}

// dropGrantee removes what was granted to somebody who is gone.
func (gs *grants) dropGrantee(id string) {
	for _, g := range slices.Clone(gs.byGrantee[id]) {
		gs.remove(g)
	}
}

// grantFrom reads a grant from its JSON form.
func grantFrom(o object) *grant {
	grantee, app, ent := inner(o, "grantee"), inner(o, "app"), inner(o, "entitlement")
	g := &grant{id: text(o, "id"), mechanism: text(o, "grantMechanism"), kind: text(grantee, "type"),
		grantee: text(grantee, "value"), app: text(app, "value"), role: text(ent, "attributeValue")}
	rest := object{}
	usual := g.object()
	for k, v := range o {
		switch k {
		case "id", "grantMechanism", "schemas":
		case "grantee", "app", "entitlement":
			if !reflect.DeepEqual(v, usual[k]) {
				rest[k] = v // it says more, such as a display name
			}
		default:
			rest[k] = v
		}
	}
	if len(rest) > 0 {
		g.rest = rest
	}
	return g
}

func (g *grant) object() object {
	o := object{
		"schemas":        []any{kindGrants.schema},
		"id":             g.id,
		"grantMechanism": g.mechanism,
		"grantee":        object{"type": g.kind, "value": g.grantee},
	}
	if g.app != "" {
		o["app"] = object{"value": g.app}
	}
	if g.role != "" {
		o["entitlement"] = object{"attributeName": "appRoles", "attributeValue": g.role}
	}
	if g.version != "" {
		o["meta"] = object{"resourceType": "Grant", "created": g.created, "lastModified": g.created, "version": g.version}
	}
	for k, v := range g.rest {
		o[k] = v
	}
	return o
}

// mechanisms are the ones for customers, with the grantee's type (oracle.md 2.6).
var mechanisms = map[string]string{
	"ADMINISTRATOR_TO_USER":  "User",
	"ADMINISTRATOR_TO_GROUP": "Group",
	"ADMINISTRATOR_TO_APP":   "App",
}

func (d *domain) createGrant(o object) (entry, error) {
	g := grantFrom(o)
	if want, ok := mechanisms[g.mechanism]; !ok || want != g.kind {
		return nil, invalid("grantMechanism %s does not fit a grantee of type %s; use ADMINISTRATOR_TO_USER, _GROUP or _APP.", g.mechanism, g.kind)
	}
	if err := d.checkGrant(g); err != nil {
		return nil, err
	}
	if d.grants.byKey[g.composite()] != nil {
		return nil, conflict("The grantee has this grant already; compositeKey is unique.")
	}
	g.id, g.seq = d.newID(), d.nextSeq()
	g.created, g.version = d.timestamp(), d.newVersion()
	d.grants.store(g)
	return g, nil
}

// checkGrant refuses references to what does not exist.
func (d *domain) checkGrant(g *grant) error {
	exists := false
	switch g.kind {
	case "User":
		_, exists = d.users.find(g.grantee)
	case "Group":
		_, exists = d.groups.find(g.grantee)
	case "App":
		_, exists = d.settings[kindApps].find(g.grantee)
	}
	if !exists {
		return dangling("The grantee does not exist as a %s: %s.", g.kind, g.grantee)
	}
	if g.app == "" {
		return missing("app.value")
	}
	if _, ok := d.settings[kindApps].find(g.app); !ok {
		return dangling("The app of the grant does not exist: %s.", g.app)
	}
	if g.role != "" {
		role, ok := d.settings[kindAppRoles].find(g.role)
		if !ok || text(inner(role.body, "app"), "value") != g.app {
			return dangling("The app has no role %s.", g.role)
		}
	}
	return nil
}

// values answers filters without making the JSON form.
func (g *grant) values(p attrPath) []any {
	if p.urn == "" && p.where == nil {
		switch strings.ToLower(p.name + "." + p.sub) {
		case "id.":
			return []any{g.id}
		case "grantee.value":
			return []any{g.grantee}
		case "grantee.type":
			return []any{g.kind}
		case "app.value":
			return []any{g.app}
		case "entitlement.attributevalue":
			return []any{g.role}
		case "compositekey.":
			return []any{g.composite()}
		}
	}
	return p.values(g.object())
}
