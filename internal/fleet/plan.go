package fleet

import (
	"context"
	"fmt"
	"math"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/estimate"
	"cutover/internal/fusionapps"
	"cutover/internal/identitydomain"
	"cutover/internal/importfiles"
	"cutover/internal/nativesync"
	"cutover/internal/observe"
	"cutover/internal/phase"
	"cutover/internal/scim"
)

// domainsOf are the domains that a configuration describes: CXIF may be left out.
func domainsOf(c config.Config) map[directory.Domain]config.DomainConfig {
	out := map[directory.Domain]config.DomainConfig{directory.Fusion: c.Fusion.DomainConfig, directory.Utilities: c.Utilities}
	if c.CXIF.URL != "" {
		out[directory.CXIF] = c.CXIF
	}
	return out
}

// ReadersOf makes clients that can read and nothing else. Nothing is sent.
func ReadersOf(stored []byte) (map[directory.Domain]observe.Domain, error) {
	c, dir, err := config.Decode(stored)
	if err != nil {
		return nil, err
	}
	secrets := config.Secrets{Dir: dir}
	clients, err := clientsOf(c, secrets)
	if err != nil {
		return nil, err
	}
	readers := map[directory.Domain]observe.Domain{}
	for d, client := range clients {
		readers[d] = observe.NewReader(client)
	}
	return readers, nil
}

// FactsOf looks at every domain, and at Fusion Applications. What could not be asked
// is in the facts as well as in the error.
func FactsOf(ctx context.Context, stored []byte) (phase.Facts, error) {
	e, err := NewEstate(stored, "")
	if err != nil {
		return phase.Facts{}, err
	}
	return e.Facts(ctx)
}

// LimitsOf are the paces that a configuration gives each route, and whose limits
// those are, in words.
func LimitsOf(c config.Config) (map[estimate.Route]estimate.Limits, string, error) {
	out := map[estimate.Route]estimate.Limits{}
	name := ""
	for d, dc := range domainsOf(c) {
		if dc.Kind == config.KindSCIM {
			out[estimate.Route{Domain: d}] = scimLimits(dc)
			continue
		}
		published, err := identitydomain.PublishedLimits(dc.Type)
		if err != nil {
			return nil, "", fmt.Errorf("%s: %w", d, err)
		}
		out[estimate.Route{Domain: d, Via: directory.ViaNativeSync}] = estimate.Limits{Batch: nativesync.BatchSize} // how long it takes is its own affair
		bulk := paceOf(published.Bulk, dc.Share)
		out[estimate.Route{Domain: d}] = estimate.Limits{
			Others: paceOf(published.Others, dc.Share), Bulk: &bulk,
			Batch: func(k directory.Kind) int { return identitydomain.BatchSize(dc.BulkOperations, k) },
		}
		if words := limitWords(dc); name == "" || name == words {
			name = words
		} else {
			name = "the domains'"
		}
	}
	out[estimate.Route{Domain: directory.Fusion, Via: directory.ViaImportManagement}] = estimate.Limits{ // a file
		Batch: func(directory.Kind) int { return importfiles.Batch },
	}
	fa := c.Fusion.Applications
	out[estimate.Route{Domain: directory.Fusion, Via: directory.ViaFusionApplications}] = estimate.Limits{
		Others: estimate.Pace{Rate: fa.RequestsPerSecond, Burst: 1},
		Batch:  func(k directory.Kind) int { return fusionapps.BatchSize(fa.BulkOperations, k) },
	}
	return out, name, nil
}

// paceOf is the pace that the client of a domain keeps.
func paceOf(l scim.Limit, share int) estimate.Pace {
	p := l.Share(share).Pace()
	if math.IsInf(p.Rate, 1) || p.Rate == math.MaxFloat64 {
		return estimate.Pace{} // no limit
	}
	return estimate.Pace{Rate: p.Rate, Burst: p.Burst}
}

// kinds are the types of domains as Oracle writes them.
var kinds = map[string]string{
	"free": "Free", "apps": "Oracle Apps", "apps-premium": "Oracle Apps Premium", "premium": "Premium", "external-user": "External User", "none": "no",
}

func limitWords(dc config.DomainConfig) string {
	if dc.Share < 100 {
		return fmt.Sprintf("%d %% of %s", dc.Share, kinds[dc.Type])
	}
	return kinds[dc.Type]
}
