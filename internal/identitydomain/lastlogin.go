package identitydomain

import (
	"context"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// LastSignIn is when a user last signed in successfully, as the domain itself
// has it (lastSuccessfulLoginDate, in its own form); "" where it shows none.
func (c *Client) LastSignIn(ctx context.Context, userName string) (string, error) {
	page, err := scim.Search[loginResource](ctx, c.scim, "look a sign-in up", "/Users",
		scim.Query{Filter: scim.Any("userName", []string{userName, nobody()}), Attributes: []string{"userName", lastLogin}, Count: 2})
	if err != nil {
		return "", err
	}
	for _, u := range page.Items {
		if directory.Equal(u.UserName, userName) {
			return u.State.LastLogin, nil
		}
	}
	return "", nil
}
