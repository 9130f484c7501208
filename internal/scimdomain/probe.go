package scimdomain

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// Probe looks at what the server shows and does. Nothing is changed by it.
func (c *Client) Probe(ctx context.Context) (directory.Probe, error) {
	p := directory.Probe{URL: c.scim.URL}
	fail := func(err error) (directory.Probe, error) {
		p.Failed = strings.TrimPrefix(err.Error(), string(c.domain)+": ")
		return p, err
	}
	f, err := c.Features(ctx)
	if err != nil {
		return fail(err)
	}
	p.Server = f.String()
	for path, n := range map[string]*int{"/Users": &p.Users, "/Groups": &p.Groups} {
		var answer struct {
			TotalResults int `json:"totalResults"`
		}
		sent := time.Now()
		resp, err := c.scim.JSON(ctx, "count what is at "+path, http.MethodGet, path, url.Values{"count": {"1"}}, nil, &answer)
		if err != nil {
			return fail(err)
		}
		*n = answer.TotalResults
		p.Skew, p.Unsure = scim.Skew(resp, sent, time.Now())
	}
	return p, nil
}
