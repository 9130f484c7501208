package identitydomain

import (
	"context"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// lastLogin is when a user last signed in; it is absent of who never did.
const lastLogin = schemaUserState + ":lastSuccessfulLoginDate"

type loginResource struct {
	UserName string `json:"userName"`
	State    struct {
		LastLogin string `json:"lastSuccessfulLoginDate"`
	} `json:"urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User"`
}

// NeverSignedIn tells of which of these users the domain says that they have never
// signed in; by Fold(userName). An absent date says so only where the domain shows
// us dates at all: unless it shows that of somebody, it is not believed of anybody.
func (c *Client) NeverSignedIn(ctx context.Context, userNames []string) (map[string]bool, error) {
	const op = "look sign-ins up"
	search := func(q scim.Query) (scim.Page[loginResource], error) {
		q.Attributes = []string{"userName", lastLogin}
		return scim.Search[loginResource](ctx, c.scim, op, "/Users", q)
	}
	shown, err := search(scim.Query{Filter: lastLogin + " pr", Count: 1})
	if err != nil {
		return nil, err
	}
	never := map[string]bool{}
	if !slices.ContainsFunc(shown.Items, func(u loginResource) bool { return u.State.LastLogin != "" }) {
		return never, nil
	}
	for chunk := range slices.Chunk(distinct(userNames), lookupChunk) {
		found, err := scim.All(scim.Query{Filter: scim.Any("userName", chunk)}, search)
		if err != nil {
			return nil, err
		}
		for _, u := range found {
			never[directory.Fold(u.UserName)] = u.State.LastLogin == ""
		}
	}
	return never, nil
}
