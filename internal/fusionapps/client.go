// Package fusionapps is a client of Fusion Applications' own SCIM API: the
// origin of the people whom Fusion copies into its identity domain. Accounts
// are made, changed and given roles here, never in the copy. It speaks the
// words of internal/directory and nothing of plans, phases, the ledger or the
// configuration; dialect.go says what of the API is documented.
package fusionapps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// Options are what a Client is made from.
type Options struct {
	URL      string // https://<host>
	UserName string
	// Password reads the password; it is asked for each request and never kept.
	Password func(context.Context) (string, error)
	// RequestsPerSecond is our pace; Oracle publishes no limit. Default 10.
	RequestsPerSecond float64
	// BulkOperations caps the operations of one Bulk request, 1 to 50; default
	// 50, which Oracle advises.
	BulkOperations int
	RequestTimeout time.Duration     // of every request; default 20 s
	HTTP           http.RoundTripper // nil: the default transport
}

const maxBulkOperations = 50

// tries is how often what changes nothing is sent where only time can help: some
// seconds of it.
const tries = 5

// maxMembers is how many members one PATCH of a role adds. Oracle says nothing.
const maxMembers = 100

// Client is a client of Fusion Applications. It is safe for concurrent use, and
// all its requests share one pace.
type Client struct {
	bulkOps int
	scim    *scim.Client

	mu    sync.Mutex
	roles map[string]string // folded name -> id
	names map[string]string // id -> name
}

// New makes a client. Nothing is sent.
func New(o Options) (*Client, error) {
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
	case o.UserName == "" || o.Password == nil:
		return nil, errors.New("there is no user name or no password: set userName and password of fusion.applications")
	case o.RequestsPerSecond < 0:
		return nil, fmt.Errorf("requestsPerSecond is %g: it is above zero", o.RequestsPerSecond)
	case o.BulkOperations < 1 || o.BulkOperations > maxBulkOperations:
		return nil, fmt.Errorf("bulkOperations is %d: Oracle advises 1 to %d in one request", o.BulkOperations, maxBulkOperations)
	}
	pace := scim.NewLimiter(scim.Pace{Rate: o.RequestsPerSecond, Burst: 1})
	client, err := scim.New(scim.Options{
		Peer: directory.ViaFusionApplications, URL: o.URL, Base: base, Timeout: o.RequestTimeout, HTTP: o.HTTP,
		Auth:    scim.Basic{Peer: directory.ViaFusionApplications, UserName: o.UserName, Password: o.Password},
		Limiter: func(string) *scim.Limiter { return pace },
		// Its answers are plain JSON, and so are the documented requests.
		MediaType: "application/json", Tries: tries,
	})
	if err != nil {
		return nil, err
	}
	return &Client{bulkOps: o.BulkOperations, scim: client, roles: map[string]string{}, names: map[string]string{}}, nil
}

// Waited is how long requests were held back by our own pacing so far.
func (c *Client) Waited() time.Duration { return c.scim.Waited() }

// Check reads an account and a role: both take the privilege
// ASE_REST_SERVICE_ACCESS_IDENTITY_INTEGRATION_PRIV.
func (c *Client) Check(ctx context.Context) error {
	if _, err := scim.List[account](ctx, c.scim, "read accounts", "/Users", scim.Query{Count: 1}); err != nil {
		return err
	}
	_, err := scim.List[role](ctx, c.scim, "read roles", "/Roles", scim.Query{Count: 1, Attributes: roleAttributes})
	return err
}
