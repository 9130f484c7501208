package simulator

import (
	"strconv"
	"strings"

	"cutover/internal/simulator/characteristics"
)

// The dialect of Fusion Applications' own SCIM API, after Oracle's "REST API
// for Common Features in Oracle Fusion Cloud Applications" (farca) and
// oracle.md 2.10, 2.10a.
//
// Documented: the paths /hcmRestApi/scim/{Users,Roles,Bulk}; Basic
// authentication; the early schema urn:scim:schemas:core:2.0:User; email type
// "W"; timestamps like "2016-10-20 12:36:21.000"; attributes, count, filter,
// sortBy, sortOrder, startIndex of lists; a list's itemsPerPage, startIndex and
// Resources; a user's roles, read only; password in clear text at create and
// to reset it, never returned; DELETE of a user is 204; PATCH of a user takes
// attributes as they shall be; PATCH of a role takes members with value and
// operation ADD or REMOVE and is 204; an operation of a Bulk response carries
// method, bulkId, location and status, and status is an object.
//
// Assumed, because not documented: the code within that status ({"code":
// "201"}, as in SCIM 1.1), and its description; the form of a refusal (Errors
// with code and description, as in SCIM 1.1); that a role has name and
// displayName alike; that adding a member who is in is 409 and changes nothing;
// that an unknown member is 400; the defaults and limits of paging, which are
// those of the domains; that a userName is unique without case; that there is
// no ETag and no rate limit.
const (
	faUserSchema    = "urn:scim:schemas:core:2.0:User"
	faRoleSchema    = "urn:scim:schemas:core:2.0:Role"
	faUserExtension = "urn:scim:schemas:extension:fa:2.0:faUser"
	faListSchema    = "urn:scim:schemas:core:2.0:ListResponse"
	faTime          = "2006-01-02 15:04:05.000"
	faBase          = "/hcmRestApi/scim"
)

var (
	kindAccounts = faKind("Users", "User", faUserSchema, "user", "id!* meta! roles! schemas* userName* name.givenName name.familyName "+
		"displayName active:boolean emails+.value emails+.type emails+.primary:boolean password preferredLanguage externalId")
	kindFARoles = faKind("Roles", "Role", faRoleSchema, "role", "id!* meta! schemas* name* displayName* members+.value members+.display")
)

// faKind is a kind of this API. No model says what its attributes are, so they
// are written down here: NAME is a string, NAME:boolean a boolean, NAME! is
// readOnly and of whatever type, NAME* always returned, NAME+ a list, and
// NAME.PART a part of a complex one.
func faKind(name, resource, schema, label, attributes string) *kind {
	r := &characteristics.Resource{Name: resource}
	for _, word := range strings.Fields(attributes) {
		word, kind, typed := strings.Cut(word, ":")
		if !typed {
			kind = characteristics.String
		}
		word, always := strings.CutSuffix(word, "*")
		word, readOnly := strings.CutSuffix(word, "!")
		name, part, nested := strings.Cut(word, ".")
		name, many := strings.CutSuffix(name, "+")
		a := r.Attributes.Find(name)
		if a == nil {
			a = faAttribute(name, kind)
			a.Multi = many || name == "schemas"
			r.Attributes = append(r.Attributes, a)
		}
		if always {
			a.Returned = characteristics.Always
		}
		switch {
		case readOnly:
			a.Type, a.Mutability = characteristics.Any, characteristics.ReadOnly
		case nested:
			a.Type, a.Sub = characteristics.Complex, append(a.Sub, faAttribute(part, kind))
		}
	}
	k := &kind{name: name, resource: resource, schema: schema, label: label, root: root(r), extensions: []string{faUserExtension}}
	k.root.put(&node{Attribute: faAttribute(faUserExtension, characteristics.Any), quiet: true, open: true})
	return k
}

func faAttribute(name, kind string) *characteristics.Attribute {
	return &characteristics.Attribute{Name: name, Type: kind, Mutability: characteristics.ReadWrite, Returned: characteristics.Default}
}

// faRefusal is a refusal in the form of this API.
func faRefusal(err error) answer {
	r := asRefusal(err)
	return answer{status: r.status, mime: "application/json", allow: r.allowed, body: object{"Errors": []any{
		object{"code": strconv.Itoa(r.status), "description": r.detail},
	}}}
}

// object is an account as the API returns it, without its password.
func (a *account) object(f *applications) object {
	o := object{
		"schemas":  []any{faUserSchema},
		"id":       a.id,
		"userName": a.userName,
		"active":   a.active,
		"meta": object{"resourceType": "User", "created": a.created, "lastModified": a.changed,
			"location": f.url + faBase + "/Users/" + a.id},
	}
	name := object{}
	if a.given != "" {
		name["givenName"] = a.given
	}
	if a.family != "" {
		name["familyName"] = a.family
	}
	if len(name) > 0 {
		o["name"] = name
	}
	if a.display != "" {
		o["displayName"] = a.display
	}
	if a.email != "" {
		o["emails"] = []any{object{"value": a.email, "type": "W", "primary": true}}
	}
	roles := make([]any, len(a.roles))
	for i, r := range a.roles {
		roles[i] = object{"value": r.id, "display": r.name}
	}
	o["roles"] = roles
	return o
}

// take puts what a client sent on an account; attributes that are not sent stay.
func (a *account) take(o object) error {
	for name, v := range o {
		var err error
		switch strings.ToLower(name) {
		case "username":
			err = takeText(v, "userName", &a.userName)
		case "displayname":
			err = takeText(v, "displayName", &a.display)
		case "password":
			err = takeText(v, "password", &a.password)
		case "active":
			active, ok := v.(bool)
			if !ok {
				return invalid("active is true or false.")
			}
			a.active = active
		case "name":
			n, ok := v.(object)
			if !ok {
				return invalid("name is an object with givenName and familyName.")
			}
			if _, v, ok := field(n, "givenName"); ok {
				err = takeText(v, "name.givenName", &a.given)
			}
			if _, v, ok := field(n, "familyName"); ok && err == nil {
				err = takeText(v, "name.familyName", &a.family)
			}
		case "emails":
			err = a.takeEmails(v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func takeText(v any, name string, to *string) error {
	s, ok := v.(string)
	if !ok && v != nil {
		return invalid("%s is a string.", name)
	}
	*to = s
	return nil
}

// takeEmails keeps the one address that an account has: the primary of those
// given, else the first.
func (a *account) takeEmails(v any) error {
	a.email = ""
	if v == nil {
		return nil
	}
	primary := false
	for _, e := range asList(v) {
		o, ok := e.(object)
		if !ok || text(o, "value") == "" {
			return invalid("emails holds objects with value, type W and primary.")
		}
		if t := text(o, "type"); t != "" && t != "W" {
			return invalid("An email of an account has the type W, not %q.", t)
		}
		if a.email == "" || truth(o, "primary", false) && !primary {
			a.email, primary = text(o, "value"), truth(o, "primary", false)
		}
	}
	return nil
}

// object is a role as the API returns it.
func (r *faRole) object(f *applications) object {
	members := make([]any, len(r.members))
	for i, a := range r.members {
		members[i] = object{"value": a.id, "display": a.userName}
	}
	return object{
		"schemas": []any{faRoleSchema}, "id": r.id, "name": r.name, "displayName": r.name, "members": members,
		"meta": object{"resourceType": "Role", "location": f.url + faBase + "/Roles/" + r.id},
	}
}

// memberChange is one member of the PATCH of a role.
type memberChange struct {
	account string
	remove  bool
}

// memberChanges reads {"members":[{"value":ID,"operation":"ADD"}]}.
func memberChanges(o object) ([]memberChange, error) {
	given := list(o, "members")
	if len(given) == 0 {
		return nil, invalid("The request has no members; send value and operation of each.")
	}
	changes := make([]memberChange, len(given))
	for i, g := range given {
		m, _ := g.(object)
		changes[i].account = text(m, "value")
		switch strings.ToUpper(text(m, "operation")) {
		case "ADD":
		case "REMOVE":
			changes[i].remove = true
		default:
			return nil, invalid("The operation of a member is ADD or REMOVE.")
		}
	}
	return changes, nil
}

// bulkStatus is the status of one operation of a Bulk response.
func bulkStatus(a answer) object {
	o := object{"code": strconv.Itoa(a.status)}
	if b, ok := a.body.(object); ok && a.status >= 400 {
		for _, e := range objects(b, "Errors") {
			o["description"] = text(e, "description")
		}
	}
	return o
}
