package scimdomain

import (
	"context"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// lookupChunk is how many names one filter holds; it travels in the URL.
const lookupChunk = 20

// Lookup reads how these users stand right now, with their groups; by
// Fold(userName). Who is not there is not in the map.
func (c *Client) Lookup(ctx context.Context, userNames []string) (map[string]directory.Person, error) {
	people := map[string]directory.Person{}
	byID := map[string]string{} // id -> key
	found, err := c.find(ctx, "look users up", userNames)
	if err != nil {
		return nil, err
	}
	for _, u := range found {
		key := directory.Fold(u.UserName)
		if _, twice := people[key]; twice {
			return nil, c.broken("look users up", "two users bear one name, case aside")
		}
		people[key], byID[u.ID] = directory.Person{User: u.user()}, key
	}
	return people, c.addGroups(ctx, people, byID)
}

// find reads the users of these names, as far as they are there.
func (c *Client) find(ctx context.Context, op string, userNames []string) ([]userResource, error) {
	f, err := c.Features(ctx)
	if err != nil {
		return nil, err
	}
	names, asked := distinct(userNames)
	var found []userResource
	take := func(all []userResource, strictly bool) error {
		for _, u := range all {
			if !asked[directory.Fold(u.UserName)] {
				if strictly {
					return c.broken(op, "the answer holds somebody who was not asked for: the filter was not looked at")
				}
				continue
			}
			if err := c.whole(op, u); err != nil {
				return err
			}
			found = append(found, u)
		}
		return nil
	}
	if f.Filter == FilterNone {
		all, err := everything[userResource](ctx, c, op, "/Users")
		if err != nil {
			return nil, err
		}
		return found, take(all, false)
	}
	size := 1
	if f.Filter == FilterOr {
		size = lookupChunk
	}
	for chunk := range slices.Chunk(names, size) {
		q := scim.Query{Filter: scim.Any("userName", chunk), Count: f.PageSize}
		all, err := scim.All(q, func(q scim.Query) (scim.Page[userResource], error) { return c.list(ctx, op, q) })
		if err != nil {
			return nil, err
		}
		if err := take(all, true); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// distinct takes out repetitions, case aside, and keeps the order.
func distinct(userNames []string) (names []string, asked map[string]bool) {
	asked = make(map[string]bool, len(userNames))
	for _, n := range userNames {
		if key := directory.Fold(n); n != "" && !asked[key] {
			asked[key] = true
			names = append(names, n)
		}
	}
	return names, asked
}

// addGroups fills in who is in which group, from the groups: what users say of
// their own groups is left out by many servers, and old at others.
func (c *Client) addGroups(ctx context.Context, people map[string]directory.Person, byID map[string]string) error {
	if len(people) == 0 {
		return nil
	}
	groups, err := c.Groups(ctx)
	if err != nil {
		return err
	}
	for _, g := range groups {
		page, err := c.Members(ctx, g.ID, 1)
		if problemOf(err) == directory.ProblemNotFound {
			continue // gone since
		}
		if err != nil {
			return err
		}
		for _, id := range page.UserIDs {
			if key, ours := byID[id]; ours {
				p := people[key]
				p.Groups = append(p.Groups, g.Name)
				people[key] = p
			}
		}
	}
	for key, p := range people {
		slices.Sort(p.Groups)
		p.Groups = slices.Compact(p.Groups)
		people[key] = p
	}
	return nil
}
