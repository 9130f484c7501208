package identitydomain

import (
	"context"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// probeRoles finds the client's own app, whose name is its client id, or the user
// who signs, and which admin roles of the domain are granted to it (oracle.md 2.6).
func (c *Client) probeRoles(ctx context.Context, p *directory.Probe) error {
	grantees, err := c.grantees(ctx, p)
	if err != nil {
		return unknown(p, err)
	}
	if len(grantees) == 0 {
		return nil // why was said
	}
	roles, err := scim.All(scim.Query{Filter: scim.Eq("app.value", directory.AdminApp), Attributes: []string{"displayName"}}, func(q scim.Query) (scim.Page[appResource], error) {
		return scim.List[appResource](ctx, c.scim, "read admin roles", "/AppRoles", q)
	})
	if err != nil {
		return unknown(p, err)
	}
	names := map[string]string{}
	for _, r := range roles {
		names[r.ID] = r.DisplayName
	}
	for _, grantee := range grantees {
		grants, err := scim.All(scim.Query{Filter: scim.Eq("grantee.value", grantee), Attributes: grantAttributes}, func(q scim.Query) (scim.Page[grantResource], error) {
			return scim.List[grantResource](ctx, c.scim, "read the client's own roles", "/Grants", q)
		})
		if err != nil {
			return unknown(p, err)
		}
		for _, g := range grants {
			if name := names[g.grant().RoleID]; name != "" && g.Grantee.Value == grantee {
				p.Roles = append(p.Roles, name)
			}
		}
	}
	if p.Signs && len(p.Roles) == 0 {
		p.RolesUnknown = "no administrator role of this domain is granted to the user who signs or to their groups; a policy of OCI may give them rights, and does not show here"
	}
	return nil
}

// grantees are the ids of whom our roles are granted to: our app, or the user who
// signs and the groups that they are in. None: the probe says why.
func (c *Client) grantees(ctx context.Context, p *directory.Probe) ([]string, error) {
	if !p.Signs {
		apps, err := scim.List[appResource](ctx, c.scim, "find the client's own app", "/Apps", scim.Query{Filter: scim.Eq("name", p.ClientID), Attributes: []string{"displayName"}})
		if err != nil {
			return nil, err
		}
		if len(apps.Items) != 1 {
			p.RolesUnknown = "its app is not shown, so its roles are unknown"
			return nil, nil
		}
		p.ClientName = apps.Items[0].DisplayName
		return []string{apps.Items[0].ID}, nil
	}
	users, err := scim.List[signerResource](ctx, c.scim, "find the user who signs", "/Users", scim.Query{Filter: scim.Eq("ocid", p.ClientID), Attributes: []string{"userName", "groups.value"}})
	if err != nil {
		return nil, err
	}
	if len(users.Items) != 1 {
		p.RolesUnknown = "the user who signs is not of this domain, so their roles here are unknown"
		return nil, nil
	}
	p.ClientName = users.Items[0].UserName
	all := []string{users.Items[0].ID}
	for _, g := range users.Items[0].Groups {
		all = append(all, g.Value)
	}
	return all, nil
}

type signerResource struct {
	ID       string `json:"id"`
	UserName string `json:"userName"`
	Groups   []ref  `json:"groups"`
}
