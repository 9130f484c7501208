package fusionapps

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// sampled is how many accounts are looked at to see which domain they are copied to.
const sampled = 25

// Probe looks at what Fusion Applications shows. It only reads; what does not work
// is told in the probe too.
func (c *Client) Probe(ctx context.Context) (directory.ApplicationsProbe, error) {
	p := directory.ApplicationsProbe{URL: c.scim.URL}
	var accounts struct {
		TotalResults int       `json:"totalResults"`
		Resources    []account `json:"Resources"`
	}
	sent := time.Now()
	resp, err := c.scim.JSON(ctx, "read accounts", http.MethodGet, "/Users", url.Values{"startIndex": {"1"}, "count": {strconv.Itoa(sampled)}}, nil, &accounts)
	if err == nil {
		p.Skew, p.Unsure = scim.Skew(resp, sent, time.Now())
		_, err = scim.List[role](ctx, c.scim, "read roles", "/Roles", scim.Query{Count: 1, Attributes: roleAttributes})
	}
	if err != nil {
		p.Failed = strings.TrimPrefix(err.Error(), directory.ViaFusionApplications+": ")
		return p, err
	}
	p.Accounts = accounts.TotalResults
	for _, a := range accounts.Resources {
		if a.UserName != "" {
			p.Sample = append(p.Sample, a.UserName)
		}
	}
	return p, nil
}
