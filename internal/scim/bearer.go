package scim

import (
	"context"
	"fmt"
	"net/http"

	"cutover/internal/directory"
)

// Bearer authorizes requests by a token that somebody made by hand (RFC 6750).
type Bearer struct {
	Peer string
	// Token reads the token; it is asked for each request and never kept.
	Token func(context.Context) (string, error)
}

// Authorize implements Authorizer.
func (b Bearer) Authorize(ctx context.Context, req *http.Request) error {
	token, err := b.Token(ctx)
	if err != nil {
		return &directory.PeerError{Peer: b.Peer, Op: "sign in", Problem: directory.ProblemAuth,
			Detail: fmt.Sprintf("the token cannot be read (see the configuration): %v", err)}
	}
	req.Header.Set("Authorization", "Bearer "+token)
	return nil
}

// Refused implements Authorizer: the same token would be refused again.
func (Bearer) Refused(string) bool { return false }
