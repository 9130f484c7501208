package scim

import (
	"context"
	"fmt"
	"net/http"

	"cutover/internal/directory"
)

// Basic authorizes requests by a user name and a password (RFC 7617).
type Basic struct {
	Peer     string
	UserName string
	// Password reads the password; it is asked for each request and never kept.
	Password func(context.Context) (string, error)
}

// Authorize implements Authorizer.
func (b Basic) Authorize(ctx context.Context, req *http.Request) error {
	password, err := b.Password(ctx)
	if err != nil {
		return &directory.PeerError{Peer: b.Peer, Op: "sign in", Problem: directory.ProblemAuth,
			Detail: fmt.Sprintf("the password of %s cannot be read (see the configuration): %v", b.UserName, err)}
	}
	req.SetBasicAuth(b.UserName, password)
	return nil
}

// Refused implements Authorizer: the same password would be refused again, and
// asking twice might lock the account.
func (Basic) Refused(string) bool { return false }
