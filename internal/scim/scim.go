// Package scim is the plumbing of a SCIM 2.0 client (RFC 7643, RFC 7644): one
// place where every request gets its deadline, its credentials, its turn and
// its User-Agent, and where every refusal becomes a directory.PeerError. It
// knows lists, filters, PATCH and Bulk, and it paces what is sent. It must not
// know what a person, a grant or a setting is, nor which API it talks to: that
// is the business of identitydomain and fusionapps.
package scim

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"cutover/internal/version"
)

// The schemas of SCIM's own messages (RFC 7644 section 3).
const (
	SchemaList   = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	SchemaSearch = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
	SchemaPatch  = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	SchemaBulk   = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
)

// MediaType is the content type of SCIM (RFC 7644 section 8.1).
const MediaType = "application/scim+json"

// MaxPayload is the most bytes that a peer takes in one request: Oracle's
// published restriction of 1 MB.
const MaxPayload = 1 << 20

// maxAnswer bounds what is read of one answer: a page of 1,000 users is about
// 2 MB.
const maxAnswer = 64 << 20

// Authorizer puts credentials on requests.
type Authorizer interface {
	// Authorize sets the Authorization header. Its errors are PeerErrors.
	Authorize(context.Context, *http.Request) error
	// Refused says that the peer did not accept the header that it set, and
	// answers whether it is worth asking again with a new one.
	Refused(header string) bool
}

// Options are what a Client is made from.
type Options struct {
	Peer    string        // names the peer in errors
	URL     string        // https://<host>, no path
	Base    string        // path that resources are relative to, e.g. /admin/v1
	Timeout time.Duration // of each request, once it is its turn
	HTTP    http.RoundTripper
	Auth    Authorizer
	// Sign signs a request in place of Auth, when it is its turn: a signature does
	// not hold for long. Nil: none.
	Sign func(*http.Request) error
	// Limiter finds the limiter of a request by its path; nil is none.
	Limiter func(path string) *Limiter
	// BulkInFlight is how many Bulk requests may be on their way at once.
	// Default 1: Oracle runs only one Bulk call of a domain at a time.
	BulkInFlight int
	// Waiting measures how long our own pacing holds requests back; clients and
	// authorizers of one peer share it. Nil: one of its own.
	Waiting *Waiting
	// Tries is how often a request is sent that changes nothing, where only time can
	// help. Default 1. What writes is sent once: whether it is sent again is for the
	// caller to decide, who can look first.
	Tries int
	// MediaType is the content type of requests; default SCIM's own.
	MediaType string
}

// Client sends requests to one peer. It is safe for concurrent use.
type Client struct {
	Options
	http *http.Client
	bulk chan struct{}
}

// New makes a client. Nothing is sent.
func New(o Options) (*Client, error) {
	if err := CheckURL(o.URL); err != nil {
		return nil, err
	}
	if o.Timeout <= 0 {
		return nil, errors.New("a request needs a deadline: set the request timeout above zero")
	}
	if o.BulkInFlight < 1 {
		o.BulkInFlight = 1
	}
	o.Tries = max(1, o.Tries)
	if o.MediaType == "" {
		o.MediaType = MediaType
	}
	if o.Waiting == nil {
		o.Waiting = &Waiting{}
	}
	return &Client{Options: o, http: HTTPClient(o.HTTP), bulk: make(chan struct{}, o.BulkInFlight)}, nil
}

// CheckURL demands https://host or http://host with nothing after it.
func CheckURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return errors.New("the URL cannot be read: write https://<host>")
	case u.Scheme != "https" && u.Scheme != "http", u.Host == "", u.User != nil,
		u.Path != "" && u.Path != "/", u.RawQuery != "", u.Fragment != "":
		return errors.New("the URL is not of the form https://<host>, without a path, a user or a query")
	}
	return nil
}

// HTTPClient wraps a transport. It follows no redirect: a token must not be
// carried to another host, and a POST must not be sent twice.
func HTTPClient(t http.RoundTripper) *http.Client {
	if t == nil {
		t = http.DefaultTransport
	}
	return &http.Client{Transport: t, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// UserAgent is how cutover names itself.
func UserAgent() string { return "cutover/" + version.Version }

// Waited is how long requests were held back by our own pacing so far.
func (c *Client) Waited() time.Duration { return c.Waiting.Sum() }

// Escape writes an id as a segment of a path.
func Escape(id string) string { return url.PathEscape(id) }

// resource is the URL of a path below the base, with a query.
func (c *Client) resource(path string, query url.Values) string {
	u := trimSlash(c.URL) + c.Base + path
	if len(query) > 0 {
		u += "?" + query.Encode()
	}
	return u
}

func trimSlash(s string) string {
	for len(s) > 0 && s[len(s)-1] == '/' {
		s = s[:len(s)-1]
	}
	return s
}

// opError is a failure on our own side of the wire.
func opError(peer, op string, err error) error { return fmt.Errorf("%s: %s: %w", peer, op, err) }
