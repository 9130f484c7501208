package identitydomain

import (
	"context"
	"slices"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// lookupChunk is how many users one request asks for by name or by id.
const lookupChunk = 50

// Lookup reads how these users stand right now, with their groups and what is
// granted to them directly; by Fold(userName). Who is not there is not in the map.
func (c *Client) Lookup(ctx context.Context, userNames []string) (map[string]directory.Person, error) {
	people := make(map[string]directory.Person, len(userNames))
	byID := make(map[string]string, len(userNames)) // id -> key
	for chunk := range slices.Chunk(distinct(userNames), lookupChunk) {
		found, err := c.lookUp(ctx, chunk)
		if err != nil {
			return nil, err
		}
		for _, u := range found {
			groups, err := c.groupsOf(ctx, u)
			if err != nil {
				return nil, err
			}
			key := directory.Fold(u.UserName)
			people[key], byID[u.ID] = directory.Person{User: u.user(), Groups: groups}, key
		}
	}
	if err := c.addRoles(ctx, people, byID); err != nil {
		return nil, err
	}
	return people, nil
}

// distinct takes out repetitions, case aside, and keeps the order.
func distinct(names []string) []string {
	seen := make(map[string]bool, len(names))
	var out []string
	for _, n := range names {
		if key := directory.Fold(n); !seen[key] && n != "" {
			seen[key] = true
			out = append(out, n)
		}
	}
	return out
}

// groupsOf lists the names of a user's groups, sorted.
func (c *Client) groupsOf(ctx context.Context, u userResource) ([]string, error) {
	var groups []string
	for _, g := range u.Groups {
		name := g.Display
		if name == "" {
			var err error
			if name, err = c.groupName(ctx, g.Value); err != nil {
				return nil, err
			}
		}
		if name != "" {
			groups = append(groups, name)
		}
	}
	slices.Sort(groups)
	return slices.Compact(groups), nil
}

// addRoles fills in what is granted to each directly.
func (c *Client) addRoles(ctx context.Context, people map[string]directory.Person, byID map[string]string) error {
	ids := make([]string, 0, len(byID))
	for id := range byID {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for chunk := range slices.Chunk(ids, lookupChunk) {
		const op = "look grants up"
		grants, err := scim.All(scim.Query{Filter: scim.Any("grantee.value", append(chunk[:len(chunk):len(chunk)], nobody())), Attributes: grantAttributes}, func(q scim.Query) (scim.Page[grantResource], error) {
			return scim.Search[grantResource](ctx, c.scim, op, "/Grants", q)
		})
		if err != nil {
			return err
		}
		for _, r := range grants {
			g := r.grant()
			key, ours := byID[g.GranteeID]
			if !ours {
				return c.broken(op, "the answer holds what was not asked for: the filter was not looked at")
			}
			if g.GranteeType != "User" || g.Mechanism == byMembership || g.RoleID == "" {
				continue
			}
			role, known, err := c.roleByID(ctx, g.RoleID)
			if err != nil {
				return err
			}
			if known {
				p := people[key]
				p.Roles = append(p.Roles, role.Role)
				people[key] = p
			}
		}
	}
	for key, p := range people {
		slices.SortFunc(p.Roles, func(a, b directory.Role) int { return strings.Compare(a.String(), b.String()) })
		p.Roles = slices.Compact(p.Roles)
		people[key] = p
	}
	return nil
}
