package observe

import (
	"context"

	"cutover/internal/directory"
	"cutover/internal/identitydomain"
)

// Reader is a domain that cannot be written to: there is no method for it, and no
// way to the client behind. Whatever only plans gets one of these.
type Reader struct{ domain Domain }

// NewReader gives the reading side of a client.
func NewReader(d Domain) Reader { return Reader{d} }

// Users reads a page of users.
func (r Reader) Users(ctx context.Context, start int) (identitydomain.UserPage, error) {
	return r.domain.Users(ctx, start)
}

// Lookup reads how these users stand right now.
func (r Reader) Lookup(ctx context.Context, userNames []string) (map[string]directory.Person, error) {
	return r.domain.Lookup(ctx, userNames)
}

// Count asks how many there are, in another way than lists are read.
func (r Reader) Count(ctx context.Context, of string) (int, error) { return r.domain.Count(ctx, of) }

// MemberCount asks the same of a group's members.
func (r Reader) MemberCount(ctx context.Context, groupID string) (n int, known bool, err error) {
	return r.domain.MemberCount(ctx, groupID)
}

// Groups reads every group, without its members.
func (r Reader) Groups(ctx context.Context) ([]directory.Group, error) { return r.domain.Groups(ctx) }

// Members reads a page of a group's members.
func (r Reader) Members(ctx context.Context, groupID string, start int) (identitydomain.MemberPage, error) {
	return r.domain.Members(ctx, groupID, start)
}

// Roles reads every role of every app.
func (r Reader) Roles(ctx context.Context) ([]identitydomain.AppRole, error) {
	return r.domain.Roles(ctx)
}

// Grants reads a page of grants.
func (r Reader) Grants(ctx context.Context, start int) (identitydomain.GrantPage, error) {
	return r.domain.Grants(ctx, start)
}

// SSO reads how people sign in.
func (r Reader) SSO(ctx context.Context) (directory.SSO, error) { return r.domain.SSO(ctx) }
