package fusionapps

import (
	"context"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// roleAttributes keeps the members out: a role may have ten thousand.
var roleAttributes = []string{"id", "name", "displayName"}

// UserPage is a page of accounts.
type UserPage struct {
	Users []directory.User
	Total int // of all accounts, as the API says
	Next  int // start of the next page; 0: this was the last
}

// Users reads one page of accounts from start (1-based).
func (c *Client) Users(ctx context.Context, start int) (UserPage, error) {
	page, err := scim.List[account](ctx, c.scim, "read accounts", "/Users", scim.Query{Start: start})
	if err != nil {
		return UserPage{}, err
	}
	out := UserPage{Users: make([]directory.User, len(page.Items)), Total: page.Total, Next: page.Next}
	for i, a := range page.Items {
		out.Users[i] = a.user()
	}
	return out, nil
}

// A lookup is a GET, so its filter must fit into a URL.
const (
	lookupChunk  = 25
	lookupLength = 3000 // bytes of the names of one chunk
)

// Lookup reads how these accounts stand right now; by Fold(userName). Groups
// are the names of the roles that each holds. Who is not there is not in the map.
func (c *Client) Lookup(ctx context.Context, userNames []string) (map[string]directory.Person, error) {
	people := make(map[string]directory.Person, len(userNames))
	for _, chunk := range chunks(userNames) {
		found, err := scim.All(scim.Query{Filter: scim.Any("userName", chunk)}, func(q scim.Query) (scim.Page[account], error) {
			return scim.List[account](ctx, c.scim, "look accounts up", "/Users", q)
		})
		if err != nil {
			return nil, err
		}
		for _, a := range found {
			asked := slices.ContainsFunc(chunk, func(n string) bool { return directory.Equal(n, a.UserName) })
			if a.ID == "" || !asked {
				return nil, &directory.BrokenRead{Peer: c.scim.Peer, Read: "look accounts up",
					Detail: "the answer holds an account that was not asked for, or one without its id: the filter was not looked at, or attributes are missing"}
			}
			p := directory.Person{User: a.user()}
			for _, r := range a.Roles {
				name, err := c.roleName(ctx, r)
				if err != nil {
					return nil, err
				}
				if name != "" {
					p.Groups = append(p.Groups, name)
				}
			}
			slices.Sort(p.Groups)
			p.Groups = slices.Compact(p.Groups)
			people[directory.Fold(a.UserName)] = p
		}
	}
	return people, nil
}

// chunks cuts names, each once, into requests of a size that fits.
func chunks(names []string) [][]string {
	var out [][]string
	seen := map[string]bool{}
	length := 0
	for _, n := range names {
		key := directory.Fold(n)
		if n == "" || seen[key] {
			continue
		}
		seen[key] = true
		last := len(out) - 1
		if last < 0 || len(out[last]) == lookupChunk || length+len(n) > lookupLength {
			out, length = append(out, nil), 0
			last++
		}
		out[last] = append(out[last], n)
		length += len(n)
	}
	return out
}

// roleName is the name of a role that an account holds; "" where it is gone.
func (c *Client) roleName(ctx context.Context, r ref) (string, error) {
	if r.Display != "" {
		return r.Display, nil
	}
	c.mu.Lock()
	name := c.names[r.Value]
	c.mu.Unlock()
	if name != "" {
		return name, nil
	}
	all, err := scim.All(scim.Query{Attributes: roleAttributes}, func(q scim.Query) (scim.Page[role], error) {
		return scim.List[role](ctx, c.scim, "read roles", "/Roles", q)
	})
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, x := range all {
		c.names[x.ID] = x.Name
	}
	return c.names[r.Value], nil
}

// roleID finds a role by its name, case aside; "" is none.
func (c *Client) roleID(ctx context.Context, name string) (string, error) {
	key := directory.Fold(name)
	c.mu.Lock()
	id := c.roles[key]
	c.mu.Unlock()
	if id != "" {
		return id, nil
	}
	page, err := scim.List[role](ctx, c.scim, "find a role", "/Roles", scim.Query{Filter: scim.Eq("name", name), Attributes: roleAttributes})
	if err != nil {
		return "", err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range page.Items {
		if r.called(name) {
			c.roles[key] = r.ID
			return r.ID, nil
		}
	}
	return "", nil
}

func (c *Client) forgetRole(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.roles, directory.Fold(name))
}
