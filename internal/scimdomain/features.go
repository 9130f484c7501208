package scimdomain

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// Features are what a server was seen to do. None is taken from what it says of
// itself in /ServiceProviderConfig (RFC 7643 section 5): servers differ from it.
// Every probe reads, or asks to change a user whose id nobody has.
type Features struct {
	PageSize int // what it takes as count
	// Paging: startIndex and count are obeyed. Otherwise the first answer is
	// everything, and nothing more is asked for.
	Paging bool
	// PastEnd: a page behind the last is empty, as RFC 7644 section 3.4.2.4 has
	// it. Some servers answer with the first page again.
	PastEnd bool
	Sorts   bool   // sortBy id is obeyed
	Filter  Filter // how users can be looked up by name
	Patch   bool   // PATCH is known; otherwise a resource is read, changed and put back
	Bulk    int    // operations that one Bulk request may hold; 0: there is no Bulk
	ETags   bool   // a version comes with a resource, and If-Match is sent
}

// Filter is how far a server understands filters.
type Filter string

// The filters that matter here.
const (
	FilterNone Filter = "none" // not understood, or not looked at: the whole list is read
	FilterEq   Filter = "eq"   // one name a request
	FilterOr   Filter = "or"   // several names a request
)

// String says it in a line for a person.
func (f Features) String() string {
	words := []string{fmt.Sprintf("pages of %d", f.PageSize)}
	if !f.Paging {
		words[0] = "no paging: one answer holds everything"
	} else if !f.PastEnd {
		words = append(words, "a page past the end repeats the first")
	}
	switch f.Filter {
	case FilterOr:
		words = append(words, "filters with or")
	case FilterEq:
		words = append(words, "filters by one name")
	default:
		words = append(words, "no filters: every lookup reads the whole list")
	}
	words = append(words, either(f.Patch, "PATCH", "no PATCH: PUT"))
	words = append(words, either(f.Bulk > 0, "Bulk of "+strconv.Itoa(f.Bulk), "no Bulk"))
	words = append(words, either(f.ETags, "ETags", "no ETags"))
	return strings.Join(words, ", ")
}

func either(b bool, yes, no string) string {
	if b {
		return yes
	}
	return no
}

// Features probes the server, once for a client.
func (c *Client) Features(ctx context.Context) (Features, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.features != nil {
		return *c.features, nil
	}
	f, err := c.probe(ctx)
	if err != nil {
		return Features{}, err
	}
	c.features = &f
	return f, nil
}

// probe asks the server what it does.
func (c *Client) probe(ctx context.Context) (Features, error) {
	var f Features
	var first []userResource
	for _, probe := range []func() error{
		func() (err error) { first, err = c.probePages(ctx, &f); return err },
		func() error { return c.probeFilter(ctx, &f, first) },
		func() error { return c.probePatch(ctx, &f) },
		func() error { return c.probeBulk(ctx, &f) },
	} {
		if err := probe(); err != nil {
			return f, err
		}
	}
	f.ETags = len(first) > 0 && first[0].Meta.Version != ""
	return f, nil
}

// pageSizes are tried from the largest on.
var pageSizes = []int{scim.PageSize, 100}

const opProbe = "find out what the server can do"

// declined tells whether the server did not understand what it was asked. That
// is an answer; anything else that goes wrong is not.
func declined(err error) bool {
	switch problemOf(err) {
	case directory.ProblemInvalid, directory.ProblemNotFound:
		return true
	}
	return false
}

// probePages reads the first page, the second user alone, and behind the end.
func (c *Client) probePages(ctx context.Context, f *Features) ([]userResource, error) {
	var page scim.Page[userResource]
	var err error
	for _, f.PageSize = range pageSizes {
		if page, err = c.list(ctx, "read users", scim.Query{Count: f.PageSize}); !declined(err) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	sorted, err := c.list(ctx, opProbe, scim.Query{SortBy: "id", Count: f.PageSize})
	if err != nil && !declined(err) {
		return nil, err
	}
	f.Sorts = err == nil && len(sorted.Items) == len(page.Items) && slices.IsSortedFunc(sorted.Items, byID)
	f.Paging, f.PastEnd = true, true
	if page.Total < 2 {
		return page.Items, nil // nothing to tell by: a single page holds everybody
	}
	second, err := c.list(ctx, opProbe, scim.Query{Start: 2, Count: 1})
	if err != nil && !declined(err) {
		return nil, err
	}
	f.Paging = err == nil && len(second.Items) == 1 && second.Items[0].ID != page.Items[0].ID
	behind, err := c.list(ctx, opProbe, scim.Query{Start: page.Total + 1000, Count: 1})
	if err != nil && !declined(err) {
		return nil, err
	}
	f.PastEnd = err != nil || len(behind.Items) == 0
	return page.Items, nil
}

func byID(a, b userResource) int { return strings.Compare(a.ID, b.ID) }

// probeFilter asks for a name that nobody bears and for one that somebody does:
// only a server that tells them apart looks at filters.
func (c *Client) probeFilter(ctx context.Context, f *Features, first []userResource) error {
	f.Filter = FilterNone
	ask := func(names ...string) (scim.Page[userResource], error) {
		return c.list(ctx, opProbe, scim.Query{Filter: scim.Any("userName", names), Count: f.PageSize})
	}
	none, err := ask(nobody())
	if err != nil || len(none.Items) > 0 || none.Total > 0 {
		return unlessDeclined(err)
	}
	if len(first) == 0 {
		f.Filter = FilterEq // it looks at filters; how far, nobody is there to tell by
		return nil
	}
	one, err := ask(first[0].UserName)
	if err != nil || len(one.Items) != 1 || one.Items[0].ID != first[0].ID {
		return unlessDeclined(err)
	}
	f.Filter = FilterEq
	names := []string{nobody(), first[0].UserName}
	if len(first) > 1 {
		names = append(names, first[len(first)-1].UserName)
	}
	several, err := ask(names...)
	if err != nil {
		return unlessDeclined(err)
	}
	if len(several.Items) == len(names)-1 {
		f.Filter = FilterOr
	}
	return nil
}

func unlessDeclined(err error) error {
	if declined(err) {
		return nil
	}
	return err
}

// nobody is a name, and an id, that nobody bears.
func nobody() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // it never fails
	return "nobody-" + hex.EncodeToString(b[:])
}

// probePatch patches a user that is not there. A server that knows PATCH looks
// for the user and says 404; one that does not says 405 or 501. Whoever says
// something else is found out at the first PATCH.
func (c *Client) probePatch(ctx context.Context, f *Features) error {
	_, err := c.scim.JSON(ctx, opProbe, http.MethodPatch, "/Users/"+nobody(), nil, scim.NewPatch(scim.Replace("active", true)), nil)
	f.Patch = !unknownMethod(err)
	var pe *directory.PeerError
	if err == nil || errors.As(err, &pe) && pe.Status >= 400 && pe.Status < 600 && pe.Problem != directory.ProblemAuth && pe.Problem != directory.ProblemThrottled {
		return nil
	}
	return err
}

// unknownMethod tells whether a server does not know the method at all.
func unknownMethod(err error) bool {
	var pe *directory.PeerError
	return errors.As(err, &pe) && (pe.Status == http.StatusMethodNotAllowed || pe.Status == http.StatusNotImplemented)
}

// serviceProviderConfig is what is read of RFC 7643 section 5: how much one Bulk
// request may hold. That Bulk is there at all is tried.
type serviceProviderConfig struct {
	Bulk struct {
		MaxOperations int `json:"maxOperations"`
	} `json:"bulk"`
}

// probeBulk sends a Bulk request with one operation, on a user that is not there.
func (c *Client) probeBulk(ctx context.Context, f *Features) error {
	outcomes, err := c.scim.Bulk(ctx, opProbe, bulkSchemas, []scim.BulkOp{{
		Method: http.MethodPatch, Path: "/Users/" + nobody(), Data: scim.NewPatch(scim.Replace("active", true)),
	}})
	switch {
	case err != nil && (declined(err) || unknownMethod(err) || problemOf(err) == directory.ProblemUnreadable):
		return nil
	case err != nil:
		return err
	case outcomes[0].Status == 0:
		return nil // it answers, and does not say what became of an operation
	}
	f.Bulk = c.bulkOps
	var says serviceProviderConfig
	if _, err := c.scim.JSON(ctx, opProbe, http.MethodGet, "/ServiceProviderConfig", url.Values{}, nil, &says); err != nil && !declined(err) {
		return err
	}
	if n := says.Bulk.MaxOperations; n > 0 {
		f.Bulk = min(f.Bulk, n)
	}
	return nil
}
