package identitydomain

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// UserPage is a page of users, in the order of their ids.
type UserPage struct {
	Users []directory.User
	Total int // of all users, as the domain says
	Next  int // start of the next page; 0: this was the last
}

// Users reads one page of users from start (1-based). The order of ids stays as
// it is while people are renamed.
func (c *Client) Users(ctx context.Context, start int) (UserPage, error) {
	const op = "read users"
	page, err := scim.List[userResource](ctx, c.scim, op, "/Users", scim.Query{Attributes: userAttributes, SortBy: "id", Start: start})
	if err != nil {
		return UserPage{}, err
	}
	out := UserPage{Users: make([]directory.User, len(page.Items)), Total: page.Total, Next: page.Next}
	for i, u := range page.Items {
		if err := c.whole(op, u); err != nil {
			return UserPage{}, err
		}
		out.Users[i] = u.user()
	}
	if n := len(out.Users); n > 0 {
		c.remember(out.Users[n-1])
	}
	return out, nil
}

type groupResource struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	Members     []ref  `json:"members"`
}

// Groups reads all groups, in the order of their ids. The domain does not say
// how many members a group has, so Members is 0.
func (c *Client) Groups(ctx context.Context) ([]directory.Group, error) {
	const op = "read groups"
	all, err := scim.All(scim.Query{Attributes: []string{"displayName"}, SortBy: "id"}, func(q scim.Query) (scim.Page[groupResource], error) {
		return scim.List[groupResource](ctx, c.scim, op, "/Groups", q)
	})
	if err != nil {
		return nil, err
	}
	groups := make([]directory.Group, len(all))
	ids, byID := make(map[string]string, len(all)), make(map[string]string, len(all))
	for i, g := range all {
		if g.ID == "" || g.DisplayName == "" || byID[g.ID] != "" {
			return nil, c.broken(op, "a group came without its id or its name, or twice")
		}
		groups[i] = directory.Group{ID: g.ID, Name: g.DisplayName}
		ids[directory.Fold(g.DisplayName)], byID[g.ID] = g.ID, g.DisplayName
	}
	c.names.mu.Lock()
	defer c.names.mu.Unlock()
	c.names.groups, c.names.byGroup = ids, byID
	return groups, nil
}

// MemberPage is a page of the members of a group.
type MemberPage struct {
	UserIDs []string
	Total   int // as far as it is known: up to this page
	Next    int // start of the next page; 0: this was the last
}

// Members reads one page of a group's members from start (1-based). The answer
// does not say how many there are, and may hold fewer than were asked for, so
// only an empty page is the last.
func (c *Client) Members(ctx context.Context, groupID string, start int) (MemberPage, error) {
	const op = "read the members of a group"
	start = max(start, 1)
	q := url.Values{"attributes": {fmt.Sprintf("members[startIndex=%d&count=%d]", start, scim.PageSize)}}
	var g groupResource
	if _, err := c.scim.JSON(ctx, op, http.MethodGet, "/Groups/"+scim.Escape(groupID), q, nil, &g); err != nil {
		return MemberPage{}, err
	}
	page := MemberPage{Total: start - 1 + len(g.Members)}
	for _, m := range g.Members {
		if m.Type == "" || m.Type == "User" {
			page.UserIDs = append(page.UserIDs, m.Value)
		}
	}
	if len(g.Members) > 0 {
		page.Next = start + len(g.Members)
	}
	return page, nil
}

// AppRole is a role of an app with its ids.
type AppRole struct {
	ID, AppID string
	directory.Role
}

type appRoleResource struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
	App         ref    `json:"app"`
}

type appResource struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
}

// Roles reads the roles of all apps, in the order of their ids.
func (c *Client) Roles(ctx context.Context) ([]AppRole, error) {
	const op = "read app roles"
	all, err := scim.All(scim.Query{Attributes: []string{"displayName", "app"}, SortBy: "id"}, func(q scim.Query) (scim.Page[appRoleResource], error) {
		return scim.List[appRoleResource](ctx, c.scim, op, "/AppRoles", q)
	})
	if err != nil {
		return nil, err
	}
	apps, err := c.appNames(ctx, all)
	if err != nil {
		return nil, err
	}
	roles := make([]AppRole, len(all))
	byName, byID := make(map[directory.Role]AppRole, len(all)), make(map[string]AppRole, len(all))
	for i, r := range all {
		if _, again := byID[r.ID]; again || r.ID == "" || r.DisplayName == "" || r.App.Value == "" {
			return nil, c.broken(op, "a role came without its id, its name or its app, or twice")
		}
		app := r.App.Display
		if name, ok := apps[r.App.Value]; ok {
			app = name
		}
		roles[i] = AppRole{ID: r.ID, AppID: r.App.Value, Role: directory.Role{App: app, Name: r.DisplayName}}
		byName[roles[i].Role], byID[r.ID] = roles[i], roles[i]
	}
	c.names.mu.Lock()
	defer c.names.mu.Unlock()
	c.names.roles, c.names.byRole = byName, byID
	return roles, nil
}

// appNames reads the names of apps, if a role came without its app's name.
func (c *Client) appNames(ctx context.Context, roles []appRoleResource) (map[string]string, error) {
	complete := true
	for _, r := range roles {
		complete = complete && r.App.Display != ""
	}
	if complete {
		return nil, nil
	}
	apps, err := scim.All(scim.Query{Attributes: []string{"displayName"}, SortBy: "id"}, func(q scim.Query) (scim.Page[appResource], error) {
		return scim.List[appResource](ctx, c.scim, "read apps", "/Apps", q)
	})
	if err != nil {
		return nil, err
	}
	names := make(map[string]string, len(apps))
	for _, a := range apps {
		names[a.ID] = a.DisplayName
	}
	return names, nil
}

// Grant is a role of an app, or an app as a whole, granted to somebody.
type Grant struct {
	ID, Mechanism, GranteeType, GranteeID, AppID string
	RoleID                                       string // empty: the app as a whole
}

// GrantPage is a page of grants, in the order of their ids.
type GrantPage struct {
	IDs    []string // of all grants of the page
	Grants []Grant
	Total  int // of all grants, as the domain says
	Next   int // start of the next page; 0: this was the last
}

// byMembership is the mechanism of a grant that follows from a membership: the
// group holds the role, and nobody granted it to the user.
const byMembership = "GROUP_MEMBERSHIP"

type grantResource struct {
	ID          string `json:"id"`
	Mechanism   string `json:"grantMechanism"`
	Grantee     ref    `json:"grantee"`
	App         ref    `json:"app"`
	Entitlement struct {
		Name  string `json:"attributeName"`
		Value string `json:"attributeValue"`
	} `json:"entitlement"`
}

func (g grantResource) grant() Grant {
	out := Grant{ID: g.ID, Mechanism: g.Mechanism, GranteeType: g.Grantee.Type, GranteeID: g.Grantee.Value, AppID: g.App.Value}
	if strings.EqualFold(g.Entitlement.Name, "appRoles") {
		out.RoleID = g.Entitlement.Value
	}
	return out
}

var grantAttributes = []string{"grantMechanism", "grantee", "app", "entitlement"}

// Grants reads one page of grants from start (1-based). Those that only follow
// from a membership are left out of it.
func (c *Client) Grants(ctx context.Context, start int) (GrantPage, error) {
	const op = "read grants"
	page, err := scim.List[grantResource](ctx, c.scim, op, "/Grants", scim.Query{Attributes: grantAttributes, SortBy: "id", Start: start})
	if err != nil {
		return GrantPage{}, err
	}
	out := GrantPage{Total: page.Total, Next: page.Next}
	for _, g := range page.Items {
		if g.ID == "" || g.Mechanism == "" || g.Grantee.Value == "" || g.Grantee.Type == "" {
			return GrantPage{}, c.broken(op, "a grant came without its id, its mechanism or its grantee: attributes that were asked for are missing")
		}
		out.IDs = append(out.IDs, g.ID)
		if g.Mechanism != byMembership {
			out.Grants = append(out.Grants, g.grant())
		}
	}
	return out, nil
}
