package fleet

import (
	"context"
	"fmt"
	"net/url"
	"strings"

	"cutover/activities"
	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/estimate"
	"cutover/internal/identitydomain"
	"cutover/internal/phase"
	"cutover/internal/scimdomain"
)

// clientsOf makes the clients of all domains, of whichever kind each is. Nothing is
// sent. The others know Fusion's, from which their own synchronization takes people.
func clientsOf(c config.Config, secrets config.Secrets) (map[directory.Domain]activities.Domain, error) {
	clients := map[directory.Domain]activities.Domain{}
	described := domainsOf(c)
	fusion, err := identitydomain.New(IdentityDomain(directory.Fusion, described[directory.Fusion], secrets))
	if err != nil {
		return nil, fmt.Errorf("the client of %s: %w", directory.Fusion, err)
	}
	clients[directory.Fusion] = fusion
	delete(described, directory.Fusion)
	for d, dc := range described {
		if dc.Kind == config.KindSCIM {
			clients[d], err = scimdomain.New(scimOptions(d, dc, secrets))
		} else {
			o := IdentityDomain(d, dc, secrets)
			if o.Source = fusion; c.Sync.Native.ClientSecret != "" {
				o.SyncSecret = reading(secrets, c.Sync.Native.ClientSecret)
			}
			clients[d], err = identitydomain.New(o)
		}
		if err != nil {
			return nil, fmt.Errorf("the client of %s: %w", d, err)
		}
	}
	return clients, nil
}

// IdentityDomain is what the client of an identity domain is made from.
func IdentityDomain(d directory.Domain, dc config.DomainConfig, secrets config.Secrets) identitydomain.Options {
	o := identitydomain.Options{
		Domain: d, URL: dc.URL, ClientID: dc.ClientID, Scope: dc.OAuthScope, Type: dc.Type, Share: dc.Share,
		BulkOperations: dc.BulkOperations, RequestTimeout: dc.RequestTimeout,
	}
	if dc.OCIProfile != "" {
		o.OCIProfile, o.OCIConfig = dc.OCIProfile, secrets.Beside(dc.OCIConfig)
	} else {
		o.Secret = reading(secrets, dc.ClientSecret)
	}
	return o
}

func scimOptions(d directory.Domain, dc config.DomainConfig, secrets config.Secrets) scimdomain.Options {
	o := scimdomain.Options{
		Domain: d, URL: dc.URL, Base: dc.SCIM.Base, TokenURL: dc.SCIM.TokenURL, ClientID: dc.ClientID, Scope: dc.OAuthScope,
		RequestsPerSecond: dc.SCIM.RequestsPerSecond, BulkOperations: dc.BulkOperations, RequestTimeout: dc.RequestTimeout,
		Secret: reading(secrets, dc.ClientSecret),
	}
	if dc.SCIM.Token != "" {
		o.Token = reading(secrets, dc.SCIM.Token)
	}
	return o
}

func reading(secrets config.Secrets, s config.Secret) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) { return secrets.Read(ctx, s) }
}

// scimLimits is our pace at a SCIM server. Whether it has Bulk is not known
// before it is asked, so every write counts as a request of its own.
func scimLimits(dc config.DomainConfig) estimate.Limits {
	return estimate.Limits{
		Others: estimate.Pace{Rate: dc.SCIM.RequestsPerSecond, Burst: 1},
		Batch: func(k directory.Kind) int {
			if k == directory.AddMember || k == directory.RemoveMember {
				return scimdomain.BatchSize(dc.BulkOperations, k)
			}
			return 1
		},
	}
}

// nativeSync is what the engine native wants, from where Fusion is.
func nativeSync(c config.Config) phase.NativeSync {
	n := c.Sync.Native
	out := phase.NativeSync{
		On: c.Sync.Engine == config.EngineNative, AppName: n.App, TokenURL: strings.TrimRight(c.Fusion.URL, "/") + "/oauth2/v1/token",
		ByRequest: n.Start == config.StartByRequest, AcceptBeyond: n.BeyondScope == config.BeyondAccept,
	}
	u, err := url.Parse(c.Fusion.URL)
	if err != nil {
		return out // refused where the configuration was loaded
	}
	out.Host, out.Port = u.Hostname(), u.Port()
	if u.Scheme == "http" {
		out.TLS = "false"
		if out.Port == "" {
			out.Port = "80"
		}
	}
	if out.Port == "443" {
		out.Port = ""
	}
	return out
}
