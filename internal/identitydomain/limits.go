package identitydomain

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"cutover/internal/scim"
)

// The published restrictions of one request to any domain (Oracle, "IAM with
// Identity Domains: API rate limits").
const (
	maxBulkOperations = 50
	// maxMembers is how many members one PATCH adds. Oracle publishes no number;
	// a hundred ids are some 6 kB.
	maxMembers = 100
)

// groupLimits are the limits of the API groups, for a domain as a whole.
type groupLimits struct{ authN, token, others, bulk scim.Limit }

var bulkLimit = scim.Limit{PerSecond: 5, PerMinute: 200}

// limitTables are Oracle's published limits by type of domain (docs.oracle.com,
// Content/Identity/sku/overview.htm and api-rate-limiting.htm).
var limitTables = map[string]groupLimits{
	"free": {
		authN: scim.Limit{PerSecond: 10, PerMinute: 150}, token: scim.Limit{PerSecond: 10, PerMinute: 150},
		others: scim.Limit{PerSecond: 20, PerMinute: 150}, bulk: bulkLimit,
	},
	"apps": {
		authN: scim.Limit{PerSecond: 50, PerMinute: 1000}, token: scim.Limit{PerSecond: 40, PerMinute: 1000},
		others: scim.Limit{PerSecond: 50, PerMinute: 1500}, bulk: bulkLimit,
	},
	"apps-premium": {
		authN: scim.Limit{PerSecond: 80, PerMinute: 2100}, token: scim.Limit{PerSecond: 50, PerMinute: 1700},
		others: scim.Limit{PerSecond: 55, PerMinute: 1750}, bulk: bulkLimit,
	},
	"premium": {
		authN: scim.Limit{PerSecond: 95, PerMinute: 4500}, token: scim.Limit{PerSecond: 65, PerMinute: 3400},
		others: scim.Limit{PerSecond: 90, PerMinute: 5000}, bulk: bulkLimit,
	},
	"external-user": {
		authN: scim.Limit{PerSecond: 90, PerMinute: 3100}, token: scim.Limit{PerSecond: 60, PerMinute: 2300},
		others: scim.Limit{PerSecond: 80, PerMinute: 4000}, bulk: bulkLimit,
	},
	"none": {},
}

// Published are the limits of a domain that decide how long its writes take.
type Published struct{ Others, Bulk scim.Limit }

// PublishedLimits are Oracle's limits for a type of domain; without one, for
// Oracle Apps.
func PublishedLimits(kind string) (Published, error) {
	table, err := tableOf(kind)
	return Published{Others: table.others, Bulk: table.bulk}, err
}

func tableOf(kind string) (groupLimits, error) {
	if kind == "" {
		kind = "apps"
	}
	table, ok := limitTables[kind]
	if !ok {
		known := slices.Sorted(maps.Keys(limitTables))
		return table, fmt.Errorf("type is %q: it is one of %s", kind, strings.Join(known, ", "))
	}
	return table, nil
}

// limiters hold requests back, one for each API group.
type limiters struct{ authN, token, others, bulk *scim.Limiter }

func limitersOf(kind string, share int) (limiters, error) {
	table, err := tableOf(kind)
	if err != nil {
		return limiters{}, err
	}
	limiter := func(l scim.Limit) *scim.Limiter { return scim.NewLimiter(l.Share(share).Pace()) }
	return limiters{authN: limiter(table.authN), token: limiter(table.token), others: limiter(table.others), bulk: limiter(table.bulk)}, nil
}

// of finds the limiter of a request. The groups are Oracle's: Bulk alone,
// AuthN with the SAML metadata and the status changers that lock people out,
// and everything else.
func (l limiters) of(path string) *scim.Limiter {
	switch {
	case path == base+"/Bulk":
		return l.bulk
	case strings.HasPrefix(path, "/fed/"), strings.HasPrefix(path, base+"/SigningCert/"):
		return l.authN
	}
	return l.others
}
