package simulator

import (
	"slices"
	"strings"
)

// user is a SCIM User in a compact form, because there may be a million. What
// the fields cannot hold exactly stays as it came, in rest, so that
// userFrom(o).object() always equals o.
type user struct {
	seq     uint64
	id      string
	name    string // userName
	given   string
	family  string
	display string
	ext     string // externalId
	from    string // id of the app that made the user by authoritative synchronization
	created string
	changed string // meta.lastModified
	version string
	emails  []email
	groups  []*group
	rest    object // nil: nothing
	flags   userFlags
}

type email struct {
	value, kind string
	primary     tristate
}

// tristate is a boolean attribute that may be absent.
type tristate uint8

const (
	absent tristate = iota
	no
	yes
)

func triOf(v any) tristate {
	switch v {
	case true:
		return yes
	case false:
		return no
	}
	return absent
}

// userFlags are the attributes of few values.
type userFlags struct {
	active, federated, verified tristate // verified: yes "verified", no "pendingVerification"
	standard                    bool     // schemas is userSchemas
	empty                       bool     // emails is there, and empty
}

var (
	userSchemas             = []any{schemaUser, schemaUserExt, schemaUserState}
	userSchemasWithPassword = []any{schemaUser, schemaUserExt, schemaUserState, schemaPassword}
)

func (u *user) rid() string  { return u.id }
func (u *user) rseq() uint64 { return u.seq }

// userFrom reads a user from its JSON form.
func userFrom(o object) *user {
	u := &user{}
	for k, v := range o {
		if !u.take(k, v) {
			if u.rest == nil {
				u.rest = object{}
			}
			u.rest[k] = v
		}
	}
	return u
}

// take reads one attribute into the fields and tells whether they hold it all.
func (u *user) take(name string, v any) bool {
	if s, ok := v.(string); ok && s != "" {
		switch name {
		case "id":
			u.id = s
		case "userName":
			u.name = s
		case "displayName":
			u.display = s
		case "externalId":
			u.ext = s
		default:
			return false
		}
		return true
	}
	switch name {
	case "active":
		u.flags.active = triOf(v)
		return u.flags.active != absent
	case "schemas":
		l, _ := v.([]any)
		u.flags.standard = slices.Equal(l, userSchemas)
		return u.flags.standard
	case "name":
		return takeStrings(v, map[string]*string{"givenName": &u.given, "familyName": &u.family})
	case "meta":
		resource := ""
		fields := map[string]*string{"resourceType": &resource, "created": &u.created, "lastModified": &u.changed, "version": &u.version}
		if takeStrings(v, fields) && resource == "User" && u.version != "" {
			return true
		}
		u.created, u.changed, u.version = "", "", ""
	case "emails":
		return u.takeEmails(v)
	case schemaUserExt:
		return u.takeExtension(v)
	}
	return false
}

// takeStrings reads an object that has none but these attributes, all of them
// non-empty strings; else it reads nothing.
func takeStrings(v any, fields map[string]*string) bool {
	o, _ := v.(object)
	if len(o) == 0 {
		return false
	}
	for k, e := range o {
		if s, ok := e.(string); !ok || s == "" || fields[k] == nil {
			return false
		}
	}
	for k, e := range o {
		*fields[k] = e.(string)
	}
	return true
}

func (u *user) takeEmails(v any) bool {
	l, ok := v.([]any)
	if !ok {
		return false
	}
	emails := make([]email, 0, len(l))
	for _, e := range l {
		o, _ := e.(object)
		m := email{value: text(o, "value"), kind: emailKind(text(o, "type")), primary: triOf(o["primary"])}
		size := 0
		for _, there := range []bool{m.value != "", m.kind != "", m.primary != absent} {
			if there {
				size++
			}
		}
		if m.value == "" || size != len(o) {
			return false
		}
		emails = append(emails, m)
	}
	u.emails, u.flags.empty = emails, len(emails) == 0
	return true
}

// emailKind returns the usual types as constants, so that a million users share them.
func emailKind(s string) string {
	for _, known := range []string{"work", "home", "other", "recovery"} {
		if s == known {
			return known
		}
	}
	return s
}

func (u *user) takeExtension(v any) bool {
	o, _ := v.(object)
	if len(o) == 0 {
		return false
	}
	var federated, verified tristate
	synced, from := false, ""
	for k, e := range o {
		switch {
		case k == "isFederatedUser" && triOf(e) != absent:
			federated = triOf(e)
		case k == "status" && e == "verified":
			verified = yes
		case k == "status" && e == "pendingVerification":
			verified = no
		case k == "creationMechanism" && e == byAuthSync:
			synced = true
		case k == "syncedFromApp" && len(inner(o, k)) == 2 && text(inner(o, k), "type") == "App":
			from = text(inner(o, k), "value")
		default:
			return false
		}
	}
	if synced != (from != "") || len(inner(o, "syncedFromApp")) > 0 && from == "" {
		return false // one without the other is nothing that the simulator makes
	}
	u.flags.federated, u.flags.verified, u.from = federated, verified, from
	return true
}

// object is the user's JSON form, without password and groups. It is new: the
// caller may change its top level.
func (u *user) object() object {
	o := make(object, 10+len(u.rest))
	put := func(o object, name, v string) {
		if v != "" {
			o[name] = v
		}
	}
	put(o, "id", u.id)
	put(o, "userName", u.name)
	put(o, "displayName", u.display)
	put(o, "externalId", u.ext)
	if u.flags.standard {
		o["schemas"] = userSchemas
	}
	if u.flags.active != absent {
		o["active"] = u.flags.active == yes
	}
	if u.given != "" || u.family != "" {
		n := object{}
		put(n, "givenName", u.given)
		put(n, "familyName", u.family)
		o["name"] = n
	}
	if u.version != "" {
		m := object{"resourceType": "User", "version": u.version}
		put(m, "created", u.created)
		put(m, "lastModified", u.changed)
		o["meta"] = m
	}
	if len(u.emails) > 0 || u.flags.empty {
		l := make([]any, len(u.emails))
		for i, m := range u.emails {
			l[i] = m.object()
		}
		o["emails"] = l
	}
	if u.flags.federated != absent || u.flags.verified != absent || u.from != "" {
		e := object{}
		if u.flags.federated != absent {
			e["isFederatedUser"] = u.flags.federated == yes
		}
		switch u.flags.verified {
		case yes:
			e["status"] = "verified"
		case no:
			e["status"] = "pendingVerification"
		}
		if u.from != "" {
			e["creationMechanism"], e["syncedFromApp"] = byAuthSync, syncedFrom(u.from)
		}
		o[schemaUserExt] = e
	}
	for k, v := range u.rest {
		o[k] = v
	}
	return o
}

// byAuthSync is the creationMechanism of whom an app has made.
const byAuthSync = "authsync"

func syncedFrom(app string) object { return object{"value": app, "type": "App"} }

func (m email) object() object {
	o := object{"value": m.value}
	if m.kind != "" {
		o["type"] = m.kind
	}
	if m.primary != absent {
		o["primary"] = m.primary == yes
	}
	return o
}

// addresses are all emails, also where the compact form does not hold them.
func (u *user) addresses() []string {
	var all []string
	for _, m := range u.emails {
		all = append(all, m.value)
	}
	for _, o := range objects(u.rest, "emails") {
		all = append(all, text(o, "value"))
	}
	return all
}

// values answers filters on the common attributes without making the JSON form.
func (u *user) values(p attrPath) []any {
	some := func(s string) []any {
		if s == "" {
			return nil
		}
		return []any{s}
	}
	if p.urn == "" && p.where == nil && u.rest[p.name] == nil {
		switch strings.ToLower(p.name + "." + p.sub) {
		case "id.":
			return some(u.id)
		case "username.":
			return some(u.name)
		case "displayname.":
			return some(u.display)
		case "externalid.":
			return some(u.ext)
		case "active.":
			if u.flags.active == absent {
				return nil
			}
			return []any{u.flags.active == yes}
		case "emails.", "emails.value":
			var all []any
			for _, a := range u.addresses() {
				all = append(all, a)
			}
			return all
		case "groups.", "groups.value":
			all := make([]any, len(u.groups))
			for i, g := range u.groups {
				all[i] = g.id
			}
			return all
		}
	}
	return p.values(u.object())
}
