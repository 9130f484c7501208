// Package scimdomain is a client of any SCIM 2.0 server (RFC 7643, RFC 7644)
// that is to receive people: it reads users, groups and members, looks single
// ones up, and writes changes. Such a server has no app roles, no grants and no
// settings of single sign-on; access there is membership in a group.
//
// What a server can do is probed, and what it says of itself is not believed:
// see Features. The package speaks the words of internal/directory, answers as
// package identitydomain does, and knows nothing of plans, phases, the ledger
// or the configuration.
package scimdomain

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// Options are what a Client is made from. Credentials are a bearer token, or a
// client's id and secret with the URL that gives tokens for them.
type Options struct {
	Domain directory.Domain
	URL    string // https://<host>
	Base   string // the path that /Users is below; default DefaultBase
	// Token reads a bearer token (RFC 6750); it is asked for each request and never kept.
	Token func(context.Context) (string, error)
	// Or OAuth client credentials (RFC 6749 section 4.4):
	TokenURL string
	ClientID string
	Secret   func(context.Context) (string, error)
	Scope    string // of tokens; may be empty

	RequestsPerSecond float64           // our pace; default 10
	BulkOperations    int               // most operations of one Bulk request, 1 to 50; default 50
	RequestTimeout    time.Duration     // of every request; default 20 s
	HTTP              http.RoundTripper // nil: the default transport
}

// DefaultBase is where most servers have their SCIM 2.0 endpoints.
const DefaultBase = "/scim/v2"

// Client is a client of one server. It is safe for concurrent use, and all its
// requests share one pace.
type Client struct {
	domain  directory.Domain
	bulkOps int
	scim    *scim.Client

	mu       sync.Mutex // held while the server is probed, so that it is probed once
	features *Features
	groups   map[string]string // folded name -> id, as last read
}

// New makes a client. Nothing is sent.
func New(o Options) (*Client, error) {
	o, err := completed(o)
	if err != nil {
		return nil, err
	}
	limiter := scim.NewLimiter(scim.Pace{Rate: o.RequestsPerSecond, Burst: 1})
	waiting := &scim.Waiting{}
	c := &Client{domain: o.Domain, bulkOps: o.BulkOperations, groups: map[string]string{}}
	c.scim, err = scim.New(scim.Options{
		Peer: string(o.Domain), URL: o.URL, Base: o.Base, Timeout: o.RequestTimeout, HTTP: o.HTTP, Waiting: waiting,
		Auth: o.authorizer(waiting), Limiter: func(string) *scim.Limiter { return limiter },
	})
	return c, err
}

func (o Options) authorizer(waiting *scim.Waiting) scim.Authorizer {
	if o.Token != nil {
		return scim.Bearer{Peer: string(o.Domain), Token: o.Token}
	}
	return &scim.ClientCredentials{
		Peer: string(o.Domain), TokenURL: o.TokenURL, ClientID: o.ClientID, Scope: o.Scope, Secret: o.Secret,
		Timeout: o.RequestTimeout, HTTP: o.HTTP, Waiting: waiting,
	}
}

func completed(o Options) (Options, error) {
	o.URL = strings.TrimRight(o.URL, "/")
	if o.Base = strings.TrimRight(o.Base, "/"); o.Base == "" {
		o.Base = DefaultBase
	}
	if o.RequestsPerSecond == 0 {
		o.RequestsPerSecond = 10
	}
	if o.BulkOperations == 0 {
		o.BulkOperations = maxBulkOperations
	}
	if o.RequestTimeout == 0 {
		o.RequestTimeout = 20 * time.Second
	}
	switch {
	case o.Domain == "":
		return o, errors.New("a SCIM server needs a name: utilities or cxif")
	case o.Token == nil && (o.TokenURL == "" || o.ClientID == "" || o.Secret == nil):
		return o, fmt.Errorf("%s: there are no credentials: set scim.token, or scim.tokenUrl with clientId and clientSecret", o.Domain)
	case o.RequestsPerSecond < 0:
		return o, fmt.Errorf("%s: scim.requestsPerSecond is %g: it is a number above 0", o.Domain, o.RequestsPerSecond)
	case o.BulkOperations < 1 || o.BulkOperations > maxBulkOperations:
		return o, fmt.Errorf("%s: bulkOperations is %d: it is a number from 1 to %d", o.Domain, o.BulkOperations, maxBulkOperations)
	}
	return o, nil
}

// maxBulkOperations bounds a Bulk request, whatever the server would take.
const maxBulkOperations = 50

// Waited is how long requests were held back by our own pacing so far.
func (c *Client) Waited() time.Duration { return c.scim.Waited() }

// Check reads a user and a group, and finds out what the server can do. Nothing
// is changed by it.
func (c *Client) Check(ctx context.Context) error {
	if _, err := c.Features(ctx); err != nil {
		return err
	}
	_, err := scim.List[groupResource](ctx, c.scim, "read groups", "/Groups", scim.Query{Count: 1})
	return err
}

// broken is a read that cannot be believed; detail must name nobody.
func (c *Client) broken(op, detail string) error {
	return &directory.BrokenRead{Peer: string(c.domain), Read: op, Detail: detail}
}

// refused is a request that is not sent, or not taken.
func (c *Client) refused(op string, p directory.Problem, detail string) *directory.PeerError {
	return &directory.PeerError{Peer: string(c.domain), Op: op, Problem: p, Detail: detail}
}

// problemOf is the problem of an error, or empty where a peer has none of it.
func problemOf(err error) directory.Problem {
	var pe *directory.PeerError
	if errors.As(err, &pe) {
		return pe.Problem
	}
	return ""
}
