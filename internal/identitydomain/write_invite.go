package identitydomain

import (
	"context"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/oracle/oci-go-sdk/v65/identitydomains"

	"cutover/internal/directory"
)

const schemaPasswordResetter = idcs + "UserPasswordResetter"

// invite resets the password of one user to one that nobody knows, of which the
// domain tells them in a mail with a link to set their own (SDK,
// PutUserPasswordResetter: "Reset a user's password to a randomly-generated
// value").
func (c *Client) invite(ctx context.Context, w directory.Write) ([]directory.Outcome, error) {
	const op = "invite a user"
	if w.ID == "" {
		return []directory.Outcome{{Err: c.missing(op, "the user is not there: there is no id of it")}}, nil
	}
	r, err := control(ctx, c, op, func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (identitydomains.PutUserPasswordResetterResponse, error) {
		return sdk.PutUserPasswordResetter(ctx, identitydomains.PutUserPasswordResetterRequest{UserPasswordResetterId: &w.ID,
			UserPasswordResetter: identitydomains.UserPasswordResetter{Schemas: []string{schemaPasswordResetter}, BypassNotification: common.Bool(false)}})
	})
	if err == nil && r.OneTimePassword != nil {
		// SDK: for a user without a primary email, and on request, which this is not;
		// a domain that answers it all the same has told nobody. The value is dropped here.
		return []directory.Outcome{{Err: c.missing(op, "no mail went out: the user has no primary email")}}, nil
	}
	return alike(1, answered(r.RawResponse, &w.ID), err)
}
