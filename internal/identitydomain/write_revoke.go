package identitydomain

import (
	"context"
	"net/http"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// revokeGrants takes roles of apps from users: direct grants only, since what
// follows from a membership ends with the membership. A grant that is gone by
// now counts as changed by somebody else, so that it is looked at once more.
func (c *Client) revokeGrants(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	const op = "revoke roles"
	var ids []string
	for _, w := range writes {
		if w.ID != "" {
			ids = append(ids, w.ID)
		}
	}
	held, err := c.directGrants(ctx, ids)
	if err != nil {
		return nil, err
	}
	made := make([]*scim.BulkOp, len(writes))
	refused := make([]*directory.PeerError, len(writes))
	for i, w := range writes {
		role, known, err := c.roleNamed(ctx, w.Change.Target)
		if err != nil {
			return nil, err
		}
		id := held[holding{w.ID, role.ID}]
		if !known || id == "" {
			refused[i] = &directory.PeerError{Peer: string(c.domain), Op: op, Problem: directory.ProblemChanged, Detail: "the user does not hold the role directly any more"}
			continue
		}
		made[i] = &scim.BulkOp{Method: http.MethodDelete, Path: "/Grants/" + scim.Escape(id)}
	}
	outcomes, err := c.bulk(ctx, op, made, refused)
	for i := range outcomes {
		outcomes[i].ID = writes[i].ID
	}
	return outcomes, err
}

// holding is a user and a role, by their ids.
type holding struct{ user, role string }

// directGrants finds the grants of these users that somebody gave them, by what
// they give.
func (c *Client) directGrants(ctx context.Context, users []string) (map[holding]string, error) {
	held := map[holding]string{}
	for chunk := range slices.Chunk(distinct(users), lookupChunk) {
		grants, err := scim.All(scim.Query{Filter: scim.Any("grantee.value", chunk), Attributes: grantAttributes}, func(q scim.Query) (scim.Page[grantResource], error) {
			return scim.Search[grantResource](ctx, c.scim, "look grants up", "/Grants", q)
		})
		if err != nil {
			return nil, err
		}
		for _, r := range grants {
			if g := r.grant(); g.GranteeType == "User" && g.Mechanism != byMembership && g.RoleID != "" {
				held[holding{g.GranteeID, g.RoleID}] = g.ID
			}
		}
	}
	return held, nil
}
