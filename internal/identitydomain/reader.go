package identitydomain

import (
	"context"

	"cutover/internal/directory"
)

// Reader is a client that cannot write: there is no method for it, and no way to
// the client behind. Whatever only plans gets one of these.
type Reader struct{ client *Client }

// NewReader makes a reader. Nothing is sent.
func NewReader(o Options) (Reader, error) {
	c, err := New(o)
	return Reader{c}, err
}

// Users reads a page of users.
func (r Reader) Users(ctx context.Context, start int) (UserPage, error) {
	return r.client.Users(ctx, start)
}

// Lookup reads how these users stand right now.
func (r Reader) Lookup(ctx context.Context, userNames []string) (map[string]directory.Person, error) {
	return r.client.Lookup(ctx, userNames)
}

// Count asks how many there are, in another way than lists are read.
func (r Reader) Count(ctx context.Context, of string) (int, error) { return r.client.Count(ctx, of) }

// MemberCount asks the same of a group's members.
func (r Reader) MemberCount(ctx context.Context, groupID string) (n int, known bool, err error) {
	return r.client.MemberCount(ctx, groupID)
}

// Groups reads every group, without its members.
func (r Reader) Groups(ctx context.Context) ([]directory.Group, error) { return r.client.Groups(ctx) }

// Members reads a page of a group's members.
func (r Reader) Members(ctx context.Context, groupID string, start int) (MemberPage, error) {
	return r.client.Members(ctx, groupID, start)
}

// Roles reads every role of every app.
func (r Reader) Roles(ctx context.Context) ([]AppRole, error) { return r.client.Roles(ctx) }

// Grants reads a page of grants.
func (r Reader) Grants(ctx context.Context, start int) (GrantPage, error) {
	return r.client.Grants(ctx, start)
}

// SSO reads how people sign in.
func (r Reader) SSO(ctx context.Context) (directory.SSO, error) { return r.client.SSO(ctx) }

// Probe looks at what the domain shows of itself and of our client there.
func (r Reader) Probe(ctx context.Context) (directory.Probe, error) { return r.client.Probe(ctx) }
