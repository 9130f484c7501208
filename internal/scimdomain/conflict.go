package scimdomain

import (
	"context"
	"net/http"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// What a refusal as a duplicate means, and what is done, is written down in
// docs/scim-servers.md; every line of that table has a test. Nothing hangs on
// scimType: many servers leave it out.

// taken tells whether a server refused something because it is there already:
// 409, or 400 with the scimType that RFC 7644 section 3.12 has for it.
func taken(e *directory.PeerError) bool {
	if e == nil {
		return false
	}
	return e.Problem == directory.ProblemConflict || e.Status == http.StatusBadRequest && e.ScimType == "uniqueness"
}

// whyTaken finds out why a user cannot be created whom a lookup did not show. It
// is a conflict in any case: whoever applies the change looks at what is there,
// for a while where an index lags, and takes it for done where it is what was wanted.
func (c *Client) whyTaken(ctx context.Context, op string, w directory.Write, e *directory.PeerError) *directory.PeerError {
	why := *e
	why.Problem = directory.ProblemConflict
	found, err := c.find(ctx, op, []string{w.Change.User})
	if err != nil {
		return &why
	}
	if len(found) > 0 {
		why.Detail = "a user of this name is there: " + e.Detail
		return &why
	}
	if owner, err := c.emailOwner(ctx, op, w.Change.After["email"]); err == nil && owner {
		why.Detail = "the email belongs to another user there, and the server allows an email once: correct one of the two"
		return &why
	}
	why.Detail = "the server says that the user is there, and shows none of this name or email: look at it there (it may be deleted for good only later): " + e.Detail
	return &why
}

// emailOwner tells whether somebody has this address, as far as filters go.
func (c *Client) emailOwner(ctx context.Context, op, address string) (bool, error) {
	f, err := c.Features(ctx)
	if err != nil || f.Filter == FilterNone || address == "" {
		return false, err
	}
	// Both forms are in RFC 7644 section 3.4.2.2, and not every server knows both.
	for _, filter := range []string{scim.Eq("emails.value", address), "emails[" + scim.Eq("value", address) + "]"} {
		page, err := c.list(ctx, op, scim.Query{Filter: filter, Count: 2})
		if err != nil && !declined(err) {
			return false, err
		}
		for _, u := range page.Items {
			if slices.ContainsFunc(u.Emails, func(e email) bool { return directory.Equal(e.Value, address) }) {
				return true, nil
			}
		}
	}
	return false, nil
}
