// Package identitydomain is a client of an OCI IAM identity domain: it reads
// people and settings page by page, looks single ones up, and writes changes,
// each batch in one request. People go by SCIM, settings by Oracle's own SDK.
// It speaks the words of internal/directory and nothing of plans, phases, the
// ledger or the configuration.
package identitydomain

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/oracle/oci-go-sdk/v65/identitydomains"

	"cutover/internal/directory"
	"cutover/internal/ociprofile"
	"cutover/internal/scim"
)

// Options are what a Client is made from.
type Options struct {
	Domain   directory.Domain
	URL      string // https://<host>
	ClientID string
	// Secret reads the client's secret; it is asked for each token and never kept.
	Secret func(context.Context) (string, error)
	// OCIProfile is the profile of an OCI configuration file, OCIConfig, whose API
	// key signs requests, in place of a client.
	OCIProfile, OCIConfig string

	Scope string // of tokens; default DefaultScope
	Type  string // the published limit table: free, apps, apps-premium, premium, external-user, none
	Share int    // how much of the limits is ours, in percent; default 100
	// BulkOperations caps the operations of one Bulk request, 1 to 50; default 50.
	BulkOperations int
	RequestTimeout time.Duration // of every request; default 20 s
	// Source is where this domain's own synchronization takes people from: Fusion.
	// Nil: it has none. SyncSecret reads the secret of its client there; nil: Fusion
	// is asked for it.
	Source     *Client
	SyncSecret func(context.Context) (string, error)
	HTTP       http.RoundTripper // nil: the default transport
}

// DefaultScope asks for everything that the client's own admin roles allow. It
// has two underscores on each side.
const DefaultScope = "urn:opc:idm:__myscopes__"

// Client is a client of one identity domain. It is safe for concurrent use, and
// all its requests share one pace.
type Client struct {
	domain  directory.Domain
	bulkOps int
	scim    *scim.Client // people, below /admin/v1
	root    *scim.Client // what is not below /admin/v1, through the same pace
	sdk     identitydomains.IdentityDomainsClient
	names   names
	witness witness
	asked   asked
	source  source
}

const base = "/admin/v1"

// tries is how often what changes nothing is sent where only time can help: some
// seconds of it.
const tries = 5

// New makes a client. Nothing is sent.
func New(o Options) (*Client, error) {
	o, err := completed(o)
	if err != nil {
		return nil, err
	}
	limits, err := limitersOf(o.Type, o.Share)
	if err != nil {
		return nil, err
	}
	waiting := &scim.Waiting{}
	common := scim.Options{Peer: string(o.Domain), URL: o.URL, Base: base, Timeout: o.RequestTimeout, HTTP: o.HTTP, Limiter: limits.of, Waiting: waiting, Tries: tries}
	c := &Client{domain: o.Domain, bulkOps: o.BulkOperations, asked: asked{options: o}, source: source{fusion: o.Source, secret: o.SyncSecret}}
	if o.OCIProfile != "" {
		key, err := ociprofile.Read(o.OCIConfig, o.OCIProfile)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", o.Domain, err)
		}
		c.asked.signer, common.Sign = key.User, key.Sign
	} else {
		c.asked.auth = &scim.ClientCredentials{
			Peer: string(o.Domain), TokenURL: o.URL + "/oauth2/v1/token", ClientID: o.ClientID, Scope: o.Scope,
			Secret: o.Secret, Timeout: o.RequestTimeout, HTTP: o.HTTP, Limiter: limits.token, Waiting: waiting, Tries: tries,
		}
		common.Auth = c.asked.auth
	}
	if c.scim, err = scim.New(common); err != nil {
		return nil, err
	}
	common.Base = ""
	if c.root, err = scim.New(common); err != nil {
		return nil, err
	}
	c.sdk = newSDK(o.URL)
	return c, nil
}

func completed(o Options) (Options, error) {
	o.URL = strings.TrimRight(o.URL, "/")
	if o.Scope == "" {
		o.Scope = DefaultScope
	}
	if o.Share == 0 {
		o.Share = 100
	}
	if o.BulkOperations == 0 {
		o.BulkOperations = maxBulkOperations
	}
	if o.RequestTimeout == 0 {
		o.RequestTimeout = 20 * time.Second
	}
	switch {
	case o.Domain == "":
		return o, errors.New("an identity domain needs a name: fusion, utilities or cxif")
	case o.OCIProfile != "" && (o.ClientID != "" || o.Secret != nil || o.OCIConfig == ""):
		return o, fmt.Errorf("%s: a profile of OCI goes with its file, and takes the place of a client: set ociProfile and ociConfig, or clientId and clientSecret", o.Domain)
	case o.OCIProfile == "" && (o.ClientID == "" || o.Secret == nil):
		return o, fmt.Errorf("%s: there is no client id or no secret: set clientId and clientSecret, or ociProfile", o.Domain)
	case o.Share < 1 || o.Share > 100:
		return o, fmt.Errorf("%s: share is %d: it is a percentage from 1 to 100", o.Domain, o.Share)
	case o.BulkOperations < 1 || o.BulkOperations > maxBulkOperations:
		return o, fmt.Errorf("%s: bulkOperations is %d: Oracle takes 1 to %d in one request", o.Domain, o.BulkOperations, maxBulkOperations)
	}
	return o, nil
}

// Waited is how long requests were held back by our own pacing so far.
func (c *Client) Waited() time.Duration { return c.scim.Waited() }

// Check gets a token and reads a little of what a cutover reads: users, apps
// and rules. Each takes an admin role of its own.
func (c *Client) Check(ctx context.Context) error {
	for _, r := range []struct{ op, path string }{{"read users", "/Users"}, {"read apps", "/Apps"}, {"read rules", "/Rules"}} {
		if _, err := scim.List[struct{}](ctx, c.scim, r.op, r.path, scim.Query{Attributes: []string{"id"}, Count: 1}); err != nil {
			return err
		}
	}
	return nil
}

// names are the ids of groups and roles by name, as they were last read. An id
// never changes; a name that is not known is read again.
type names struct {
	mu      sync.Mutex
	groups  map[string]string // folded name -> id
	byGroup map[string]string // id -> name
	roles   map[directory.Role]AppRole
	byRole  map[string]AppRole // by id
}

// unsigned leaves requests as they are: the dispatcher adds the token or signs.
type unsigned struct{}

func (unsigned) Sign(*http.Request) error { return nil }

// newSDK makes Oracle's client without its signer, and without its retries:
// whether a request is sent again is for the caller to decide.
func newSDK(url string) identitydomains.IdentityDomainsClient {
	sdk := identitydomains.IdentityDomainsClient{BaseClient: common.DefaultBaseClientWithSigner(unsigned{})}
	sdk.Host = url
	never := common.NoRetryPolicy()
	sdk.Configuration.RetryPolicy = &never
	return sdk
}
