package scimdomain

import (
	"context"
	"net/http"
	"net/url"

	"cutover/internal/directory"
	"cutover/internal/identitydomain"
	"cutover/internal/scim"
)

// list reads one page of users.
func (c *Client) list(ctx context.Context, op string, q scim.Query) (scim.Page[userResource], error) {
	return scim.List[userResource](ctx, c.scim, op, "/Users", q)
}

// Users reads one page of users from start (1-based): of everybody, where the
// server knows no paging.
func (c *Client) Users(ctx context.Context, start int) (identitydomain.UserPage, error) {
	const op = "read users"
	f, err := c.Features(ctx)
	if err != nil {
		return identitydomain.UserPage{}, err
	}
	page, err := c.list(ctx, op, f.query(start))
	if err != nil {
		return identitydomain.UserPage{}, err
	}
	out := identitydomain.UserPage{Total: page.Total, Next: page.Next}
	for _, u := range page.Items {
		if err := c.whole(op, u); err != nil {
			return identitydomain.UserPage{}, err
		}
		out.Users = append(out.Users, u.user())
	}
	if !f.Paging {
		if start > 1 { // the last is asked for again, to see that the list stands still
			out.Users = out.Users[min(start-1, len(out.Users)):]
		}
		out.Next = 0
	}
	return out, nil
}

// query asks for a page in an order that stays, where the server has one.
func (f Features) query(start int) scim.Query {
	q := scim.Query{Start: start, Count: f.PageSize}
	if !f.Paging {
		q.Start = 1
	}
	if f.Sorts {
		q.SortBy = "id"
	}
	return q
}

// everything reads a whole list, of users or of groups.
func everything[T any](ctx context.Context, c *Client, op, path string) ([]T, error) {
	f, err := c.Features(ctx)
	if err != nil {
		return nil, err
	}
	if !f.Paging {
		page, err := scim.List[T](ctx, c.scim, op, path, f.query(1))
		if err == nil && len(page.Items) != page.Total {
			return nil, c.broken(op, "the list says how many there are, and others came; and the server knows no paging")
		}
		return page.Items, err
	}
	return scim.All(f.query(1), func(q scim.Query) (scim.Page[T], error) { return scim.List[T](ctx, c.scim, op, path, q) })
}

// Count asks how many users or groups there are, in another way than the list is
// read: for one of them only.
func (c *Client) Count(ctx context.Context, of string) (int, error) {
	if of != identitydomain.AllUsers && of != identitydomain.AllGroups {
		return 0, nil // there are no grants
	}
	page, err := scim.List[struct{}](ctx, c.scim, "count what is at "+of, of, scim.Query{Count: 1})
	return page.Total, err
}

// MemberCount is not known: a group comes whole, and nothing else tells.
func (c *Client) MemberCount(context.Context, string) (int, bool, error) { return 0, false, nil }

// Groups reads all groups.
func (c *Client) Groups(ctx context.Context) ([]directory.Group, error) {
	const op = "read groups"
	all, err := everything[groupResource](ctx, c, op, "/Groups")
	if err != nil {
		return nil, err
	}
	groups, ids, seen := make([]directory.Group, len(all)), make(map[string]string, len(all)), map[string]bool{}
	for i, g := range all {
		if g.ID == "" || g.DisplayName == "" || seen[g.ID] {
			return nil, c.broken(op, "a group came without its id or its name, or twice")
		}
		groups[i] = directory.Group{ID: g.ID, Name: g.DisplayName}
		ids[directory.Fold(g.DisplayName)], seen[g.ID] = g.ID, true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.groups = ids
	return groups, nil
}

// Members reads the members of a group, all at once: SCIM has no pages of them.
func (c *Client) Members(ctx context.Context, groupID string, start int) (identitydomain.MemberPage, error) {
	if start > 1 {
		return identitydomain.MemberPage{}, nil
	}
	g, _, err := c.group(ctx, "read the members of a group", groupID)
	if err != nil {
		return identitydomain.MemberPage{}, err
	}
	page := identitydomain.MemberPage{UserIDs: g.users(), Total: len(g.Members)}
	return page, nil
}

// group reads one group with its members, and its version.
func (c *Client) group(ctx context.Context, op, id string) (groupResource, string, error) {
	var g groupResource
	resp, err := c.scim.JSON(ctx, op, http.MethodGet, "/Groups/"+scim.Escape(id), url.Values{}, nil, &g)
	if err != nil {
		return g, "", err
	}
	if g.ID != id {
		return g, "", c.broken(op, "a group was asked for by its id, and another one came")
	}
	return g, version(resp, g.Meta.Version), nil
}

// version is what a later write can be held against: the ETag, or meta.version.
func version(resp *http.Response, meta string) string {
	if tag := resp.Header.Get("ETag"); tag != "" {
		return tag
	}
	return meta
}

// Roles are none: a SCIM server has no app roles.
func (c *Client) Roles(context.Context) ([]identitydomain.AppRole, error) { return nil, nil }

// Grants are none.
func (c *Client) Grants(context.Context, int) (identitydomain.GrantPage, error) {
	return identitydomain.GrantPage{}, nil
}

// SSO is nothing: how people sign in to this server is not part of SCIM.
func (c *Client) SSO(context.Context) (directory.SSO, error) { return directory.SSO{}, nil }

// Setting is never there.
func (c *Client) Setting(context.Context, string) (directory.Attributes, bool, error) {
	return nil, false, nil
}

// LastSignIn is not known: SCIM does not say.
func (c *Client) LastSignIn(context.Context, string) (string, error) { return "", nil }

// NeverSignedIn tells of nobody: SCIM does not say who has signed in.
func (c *Client) NeverSignedIn(context.Context, []string) (map[string]bool, error) {
	return map[string]bool{}, nil
}
