package identitydomain

import (
	"context"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// groupID finds a group by its name, case aside; "" is none.
func (c *Client) groupID(ctx context.Context, group string) (string, error) {
	key := directory.Fold(group)
	c.names.mu.Lock()
	id := c.names.groups[key]
	c.names.mu.Unlock()
	if id != "" {
		return id, nil
	}
	page, err := scim.List[groupResource](ctx, c.scim, "find a group", "/Groups", scim.Query{Filter: scim.Eq("displayName", group), Attributes: []string{"displayName"}})
	if err != nil {
		return "", err
	}
	for _, g := range page.Items {
		if directory.Equal(g.DisplayName, group) {
			c.rememberGroup(g)
			return g.ID, nil
		}
	}
	return "", nil
}

func (c *Client) rememberGroup(g groupResource) {
	c.names.mu.Lock()
	defer c.names.mu.Unlock()
	if c.names.groups == nil {
		c.names.groups, c.names.byGroup = map[string]string{}, map[string]string{}
	}
	c.names.groups[directory.Fold(g.DisplayName)], c.names.byGroup[g.ID] = g.ID, g.DisplayName
}

// forgetGroup drops what is known of a group that is not there any more.
func (c *Client) forgetGroup(group string) {
	c.names.mu.Lock()
	defer c.names.mu.Unlock()
	delete(c.names.groups, directory.Fold(group))
}

// groupName finds the name of a group; "" where it is gone.
func (c *Client) groupName(ctx context.Context, id string) (string, error) {
	known := func() string {
		c.names.mu.Lock()
		defer c.names.mu.Unlock()
		return c.names.byGroup[id]
	}
	if name := known(); name != "" {
		return name, nil
	}
	if _, err := c.Groups(ctx); err != nil {
		return "", err
	}
	return known(), nil
}

// roleByID finds a role; false where it is gone.
func (c *Client) roleByID(ctx context.Context, id string) (AppRole, bool, error) {
	return c.role(ctx, func() (AppRole, bool) { r, ok := c.names.byRole[id]; return r, ok })
}

// roleNamed finds a role by App/Role; false where there is none.
func (c *Client) roleNamed(ctx context.Context, target string) (AppRole, bool, error) {
	want := splitRole(target)
	return c.role(ctx, func() (AppRole, bool) { r, ok := c.names.roles[want]; return r, ok })
}

// role looks among the roles as they were last read, and reads them anew if it
// is not there.
func (c *Client) role(ctx context.Context, find func() (AppRole, bool)) (AppRole, bool, error) {
	locked := func() (AppRole, bool) {
		c.names.mu.Lock()
		defer c.names.mu.Unlock()
		return find()
	}
	if r, ok := locked(); ok {
		return r, true, nil
	}
	if _, err := c.Roles(ctx); err != nil {
		return AppRole{}, false, err
	}
	r, ok := locked()
	return r, ok, nil
}

// splitRole reads App/Role. The name of an app may hold a slash, that of a role
// is what comes after the last.
func splitRole(target string) directory.Role {
	i := strings.LastIndexByte(target, '/')
	if i < 0 {
		return directory.Role{Name: target}
	}
	return directory.Role{App: target[:i], Name: target[i+1:]}
}
