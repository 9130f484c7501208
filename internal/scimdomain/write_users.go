package scimdomain

import (
	"context"
	"fmt"
	"net/http"
	"net/url"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

var userOps = map[directory.Kind]string{
	directory.CreateUser: "create users", directory.UpdateUser: "update users", directory.DeleteUser: "delete users",
}

func (c *Client) writeUsers(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	f, err := c.Features(ctx)
	if err != nil {
		return nil, err
	}
	op := userOps[writes[0].Change.Kind]
	requests, refusals := make([]request, len(writes)), make([]*directory.PeerError, len(writes))
	for i, w := range writes {
		switch {
		case w.Change.Kind == directory.CreateUser:
			requests[i] = request{method: http.MethodPost, path: "/Users", body: created(w)}
		case w.ID == "":
			refusals[i] = c.refused(op, directory.ProblemNotFound, "the user is not there: there is no id of it")
		case w.Change.Kind == directory.DeleteUser:
			requests[i] = request{method: http.MethodDelete, path: "/Users/" + scim.Escape(w.ID)}
		default:
			if requests[i], err = c.update(ctx, op, f, w); err != nil {
				return nil, err // nothing was sent
			}
		}
	}
	outcomes, err := c.send(ctx, op, f, requests, refusals)
	if err != nil {
		if f.Patch && unknownMethod(err) {
			return c.withoutPatch(ctx, writes)
		}
		return nil, err
	}
	for i := range outcomes {
		o := &outcomes[i]
		if o.Err == nil && o.ID == "" {
			o.ID = writes[i].ID
		}
		if o.Err != nil && writes[i].Change.Kind == directory.UpdateUser && f.Patch && unknownMethod(o.Err) {
			return c.withoutPatch(ctx, writes)
		}
		if taken(o.Err) && writes[i].Change.Kind == directory.CreateUser {
			o.Err = c.whyTaken(ctx, op, writes[i], o.Err)
		}
	}
	return outcomes, nil
}

// withoutPatch notes that the server knows no PATCH, which only the first one
// could tell, and puts instead. A PATCH of a method that is unknown changed nothing.
func (c *Client) withoutPatch(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	c.learn(func(f *Features) { f.Patch = false })
	return c.Write(ctx, writes)
}

// update is the request that changes a user: a PATCH of what the change names,
// or the whole user as read, with that changed.
func (c *Client) update(ctx context.Context, op string, f Features, w directory.Write) (request, error) {
	a, path := w.Change.After, "/Users/"+scim.Escape(w.ID)
	_, address := a["email"]
	if f.Patch && !address {
		return request{method: http.MethodPatch, path: path, body: scim.NewPatch(patched(a)...)}, nil
	}
	var whole map[string]any
	resp, err := c.scim.JSON(ctx, op, http.MethodGet, path, url.Values{}, nil, &whole)
	if err != nil {
		return request{}, err
	}
	emails, err := withPrimary(whole["emails"], a["email"])
	if err != nil {
		return request{}, c.broken(op, "the user's emails are not the list that SCIM asks for")
	}
	if f.Patch {
		return request{method: http.MethodPatch, path: path, body: scim.NewPatch(append(patched(a), scim.Replace("emails", emails))...)}, nil
	}
	if address {
		whole["emails"] = emails
	}
	put(whole, a)
	r := request{method: http.MethodPut, path: path, body: whole}
	if f.ETags {
		r.version = version(resp, "")
	}
	return r, nil
}

// attributes are those of a plan that the core schema has, and where they are.
var attributes = []struct{ name, parent, child string }{
	{"userName", "userName", ""}, {"givenName", "name", "givenName"}, {"familyName", "name", "familyName"},
	{"displayName", "displayName", ""}, {"externalId", "externalId", ""}, {"active", "active", ""},
}

// patched is the PATCH of what the change names, emails aside; an empty value removes.
func patched(a directory.Attributes) []scim.Operation {
	var ops []scim.Operation
	for _, at := range attributes {
		v, named := a[at.name]
		path := at.parent
		if at.child != "" {
			path += "." + at.child
		}
		switch {
		case !named:
		case at.name == "active":
			ops = append(ops, scim.Replace(path, v == "true"))
		case v == "":
			ops = append(ops, scim.Remove(path))
		default:
			ops = append(ops, scim.Replace(path, v))
		}
	}
	return ops
}

// put writes what the change names into a whole user. What the server keeps
// itself is left as it came: a PUT ignores it (RFC 7644 section 3.5.1).
func put(whole map[string]any, a directory.Attributes) {
	for _, at := range attributes {
		v, named := a[at.name]
		if !named {
			continue
		}
		holder, key := whole, at.parent
		if at.child != "" {
			inner, _ := whole[at.parent].(map[string]any)
			if inner == nil {
				inner = map[string]any{}
				whole[at.parent] = inner
			}
			holder, key = inner, at.child
		}
		switch {
		case at.name == "active":
			holder[key] = v == "true"
		case v == "":
			delete(holder, key)
		default:
			holder[key] = v
		}
	}
}

// withPrimary is the list of a user's emails with another primary one: the
// others stay as they are.
func withPrimary(have any, address string) ([]any, error) {
	all, isList := have.([]any)
	if have != nil && !isList {
		return nil, fmt.Errorf("emails are a %T", have)
	}
	out := []any{}
	placed := false
	for _, e := range all {
		o, ok := e.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("an email is a %T", e)
		}
		if isPrimary, _ := o["primary"].(bool); isPrimary || len(all) == 1 {
			placed = true
			if address == "" {
				continue
			}
			o = map[string]any{"value": address, "primary": true, "type": o["type"]}
			if o["type"] == nil {
				delete(o, "type")
			}
		}
		out = append(out, o)
	}
	if !placed && address != "" {
		out = append(out, map[string]any{"value": address, "type": "work", "primary": true})
	}
	return out, nil
}
