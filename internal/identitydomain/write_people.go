package identitydomain

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// bulkSchemas are the schemas of a Bulk request.
var bulkSchemas = []string{scim.SchemaBulk}

// bulk sends the operations that could be made, and puts their outcomes beside
// those of the writes that could not. made[i] is nil where refused[i] is not.
func (c *Client) bulk(ctx context.Context, op string, made []*scim.BulkOp, refused []*directory.PeerError) ([]directory.Outcome, error) {
	outcomes := make([]directory.Outcome, len(made))
	var ops []scim.BulkOp
	var at []int
	for i, m := range made {
		if m == nil {
			outcomes[i] = directory.Outcome{Err: refused[i]}
			continue
		}
		ops, at = append(ops, *m), append(at, i)
	}
	if len(ops) == 0 {
		return outcomes, nil
	}
	sent, err := c.scim.Bulk(ctx, op, bulkSchemas, ops)
	if err != nil {
		return nil, err
	}
	for k, o := range sent {
		outcomes[at[k]] = o
	}
	return outcomes, nil
}

var userOps = map[directory.Kind]string{
	directory.CreateUser: "create users", directory.UpdateUser: "update users", directory.DeleteUser: "delete users",
}

func (c *Client) writeUsers(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	op := userOps[writes[0].Change.Kind]
	made := make([]*scim.BulkOp, len(writes))
	refused := make([]*directory.PeerError, len(writes))
	for i, w := range writes {
		if w.ID == "" && w.Change.Kind != directory.CreateUser {
			refused[i] = c.missing(op, "the user is not there: there is no id of it")
			continue
		}
		switch w.Change.Kind {
		case directory.CreateUser:
			made[i] = &scim.BulkOp{Method: http.MethodPost, Path: "/Users", Data: created(w)}
		case directory.UpdateUser:
			made[i] = &scim.BulkOp{Method: http.MethodPatch, Path: "/Users/" + scim.Escape(w.ID), Data: scim.NewPatch(patched(w.Change)...)}
		case directory.DeleteUser:
			made[i] = &scim.BulkOp{Method: http.MethodDelete, Path: "/Users/" + scim.Escape(w.ID)}
		}
	}
	outcomes, err := c.bulk(ctx, op, made, refused)
	for i, o := range outcomes {
		hide(o.Err, writes[i].Password)
		if o.Err == nil && o.ID == "" {
			outcomes[i].ID = writes[i].ID
		}
	}
	return outcomes, err
}

// hide takes a password out of what the domain said about it.
func hide(e *directory.PeerError, password string) {
	if e != nil && password != "" {
		e.Detail = strings.ReplaceAll(e.Detail, password, "[password]")
	}
}

// created is the new user that a change asks for.
func created(w directory.Write) newUser {
	a := w.Change.After
	u := newUser{
		Schemas: []string{schemaUser, schemaUserExt}, UserName: a["userName"], DisplayName: a["displayName"],
		Name: name{GivenName: a["givenName"], FamilyName: a["familyName"]}, Active: a["active"] != "false",
		ExternalID: a["externalId"], Password: w.Password,
		Ext: newUserExt{Federated: a["federated"] == "true", BypassNotification: true},
	}
	if u.UserName == "" {
		u.UserName = w.Change.User
	}
	if w.ExternalID != "" {
		u.ExternalID = w.ExternalID
	}
	if e := a["email"]; e != "" {
		u.Emails = []email{{Value: e, Type: "work", Primary: true}}
	}
	return u
}

// paths are the attributes of a plan and where they are in a User, in the order
// in which a PATCH changes them.
var paths = []struct {
	attribute, path string
	isBool          bool
}{
	{"userName", "userName", false},
	{"givenName", "name.givenName", false},
	{"familyName", "name.familyName", false},
	{"displayName", "displayName", false},
	{"active", "active", true},
	{"externalId", "externalId", false},
	{"federated", schemaUserExt + ":isFederatedUser", true},
}

// primaryEmail is the path of the one address that counts, of whatever type.
const primaryEmail = "emails[primary eq true]"

// patched is the PATCH that a change asks for. Only what the change names is
// touched; an empty value removes.
func patched(c directory.Change) []scim.Operation {
	var ops []scim.Operation
	for _, p := range paths {
		v, named := c.After[p.attribute]
		switch {
		case !named:
		case p.isBool:
			ops = append(ops, scim.Replace(p.path, v == "true"))
		case v == "":
			ops = append(ops, scim.Remove(p.path))
		default:
			ops = append(ops, scim.Replace(p.path, v))
		}
	}
	if v, named := c.After["email"]; named {
		switch {
		case v == "":
			ops = append(ops, scim.Remove(primaryEmail))
		case c.Before["email"] == "": // there is none to replace
			ops = append(ops, scim.Add("emails", []email{{Value: v, Type: "work", Primary: true}}))
		default:
			ops = append(ops, scim.Replace(primaryEmail+".value", v))
		}
	}
	return ops
}

// groupOnly keeps the members out of the answer: there may be ten thousand.
var groupOnly = url.Values{"attributes": {"displayName"}}

// changeMembers adds users to a group, or takes them out, all in one PATCH.
func (c *Client) changeMembers(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	op, group := "add members", writes[0].Change.Target
	if writes[0].Change.Kind == directory.RemoveMember {
		op = "remove members"
	}
	for _, w := range writes {
		if w.ID == "" {
			return alike(len(writes), directory.Outcome{}, c.missing(op, "a user of the batch is not there: there is no id of it"))
		}
	}
	patch := memberPatch(writes)
	// A group that is known but gone is looked for once more: an id never comes
	// back, a name does.
	for again := false; ; again = true {
		id, err := c.groupID(ctx, group)
		if err != nil {
			return nil, err
		}
		if id == "" {
			return alike(len(writes), directory.Outcome{}, c.missing(op, "there is no group of this name: "+group))
		}
		resp, err := c.scim.JSON(ctx, op, http.MethodPatch, "/Groups/"+scim.Escape(id), groupOnly, patch, nil)
		if isMissing(err) && !again {
			c.forgetGroup(group)
			continue
		}
		outcomes, err := alike(len(writes), outcomeOf(resp, ""), err)
		for i := range outcomes {
			outcomes[i].ID = writes[i].ID
		}
		return outcomes, err
	}
}

// memberPatch is the PATCH of a group for these writes. Who is taken out is named
// in the path, one operation each, as a domain wants it.
func memberPatch(writes []directory.Write) scim.Patch {
	var members []ref
	var ops []scim.Operation
	for _, w := range writes {
		if w.Change.Kind == directory.RemoveMember {
			ops = append(ops, scim.Remove("members["+scim.Eq("value", w.ID)+"]"))
			continue
		}
		members = append(members, ref{Value: w.ID, Type: "User"})
	}
	if len(members) > 0 {
		ops = append(ops, scim.Add("members", members))
	}
	return scim.NewPatch(ops...)
}

// grantBody is a Grant as it is created. It is immutable from then on.
type grantBody struct {
	Schemas     []string         `json:"schemas"`
	Mechanism   string           `json:"grantMechanism"`
	Grantee     ref              `json:"grantee"`
	App         ref              `json:"app"`
	Entitlement grantEntitlement `json:"entitlement"`
}

type grantEntitlement struct {
	Name  string `json:"attributeName"`
	Value string `json:"attributeValue"`
}

// addGrants grants roles of apps to users directly.
func (c *Client) addGrants(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	const op = "grant roles"
	made := make([]*scim.BulkOp, len(writes))
	refused := make([]*directory.PeerError, len(writes))
	for i, w := range writes {
		role, known, err := c.roleNamed(ctx, w.Change.Target)
		switch {
		case err != nil:
			return nil, err
		case !known:
			refused[i] = c.missing(op, "there is no app role of this name: "+w.Change.Target)
		case w.ID == "":
			refused[i] = c.missing(op, "the user is not there: there is no id of it")
		default:
			made[i] = &scim.BulkOp{Method: http.MethodPost, Path: "/Grants", Data: grantBody{
				Schemas: []string{schemaGrant}, Mechanism: "ADMINISTRATOR_TO_USER", Grantee: ref{Value: w.ID, Type: "User"},
				App: ref{Value: role.AppID}, Entitlement: grantEntitlement{Name: "appRoles", Value: role.ID},
			}}
		}
	}
	outcomes, err := c.bulk(ctx, op, made, refused)
	for i := range outcomes {
		outcomes[i].ID = writes[i].ID // whom it is about: a grant is found again by that and by what it gives
	}
	return outcomes, err
}
