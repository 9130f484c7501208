package fleet

import (
	"context"

	"cutover/activities"
	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/estimate"
	"cutover/internal/identitydomain"
	"cutover/internal/observe"
	"cutover/internal/scimdomain"
)

// clientOf makes the client of a domain, of whichever kind it is.
func clientOf(d directory.Domain, dc config.DomainConfig, secrets config.Secrets) (activities.Domain, error) {
	if dc.Kind == config.KindSCIM {
		return scimdomain.New(scimOptions(d, dc, secrets))
	}
	return identitydomain.New(IdentityDomain(d, dc, secrets))
}

// readerOf makes a client that cannot write.
func readerOf(d directory.Domain, dc config.DomainConfig, secrets config.Secrets) (observe.Domain, error) {
	client, err := clientOf(d, dc, secrets)
	return observe.NewReader(client), err
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
