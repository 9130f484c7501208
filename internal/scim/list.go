package scim

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"cutover/internal/directory"
)

// PageSize is the most resources that a domain gives in one answer.
const PageSize = 1000

// Query is what to list. It is sent as parameters, or as the body of .search
// (RFC 7644 section 3.4.3) where a filter may be long.
type Query struct {
	Filter     string
	Attributes []string
	SortBy     string // ascending; empty: as the peer likes
	Start      int    // 1-based
	Count      int    // 0: PageSize
}

// Page is one page of a list (RFC 7644 section 3.4.2).
type Page[T any] struct {
	Total int // of the whole list, as the peer says
	Items []T
	Next  int // Start of the next page; 0: this was the last

	peer, op string
}

type listResponse[T any] struct {
	TotalResults *int `json:"totalResults"`
	Resources    []T  `json:"Resources"`
}

type searchRequest struct {
	Schemas    []string `json:"schemas"`
	Attributes []string `json:"attributes,omitempty"`
	Filter     string   `json:"filter,omitempty"`
	SortBy     string   `json:"sortBy,omitempty"`
	SortOrder  string   `json:"sortOrder,omitempty"`
	StartIndex int      `json:"startIndex"`
	Count      int      `json:"count"`
}

// List reads one page by GET. A peer that gives fewer than were asked for is
// asked again from where it stopped.
func List[T any](ctx context.Context, c *Client, op, path string, q Query) (Page[T], error) {
	start, count := q.bounds()
	v := url.Values{"startIndex": {strconv.Itoa(start)}, "count": {strconv.Itoa(count)}}
	if q.Filter != "" {
		v.Set("filter", q.Filter)
	}
	if len(q.Attributes) > 0 {
		v.Set("attributes", strings.Join(q.Attributes, ","))
	}
	if q.SortBy != "" {
		v.Set("sortBy", q.SortBy)
		v.Set("sortOrder", "ascending")
	}
	var answer listResponse[T]
	if _, err := c.JSON(ctx, op, http.MethodGet, path, v, nil, &answer); err != nil {
		return Page[T]{}, err
	}
	return pageOf(c, op, start, answer)
}

// Search reads one page by POST to .search.
func Search[T any](ctx context.Context, c *Client, op, path string, q Query) (Page[T], error) {
	start, count := q.bounds()
	body := searchRequest{Schemas: []string{SchemaSearch}, Attributes: q.Attributes, Filter: q.Filter, SortBy: q.SortBy, StartIndex: start, Count: count}
	if q.SortBy != "" {
		body.SortOrder = "ascending"
	}
	var answer listResponse[T]
	if _, err := c.JSON(ctx, op, http.MethodPost, path+"/.search", nil, body, &answer); err != nil {
		return Page[T]{}, err
	}
	return pageOf(c, op, start, answer)
}

// All reads every page through List or Search. What does not come to as many as
// the peer says there are is no list.
func All[T any](q Query, page func(Query) (Page[T], error)) ([]T, error) {
	var all []T
	for q.Start = 1; q.Start != 0; {
		p, err := page(q)
		if err != nil {
			return nil, err
		}
		all, q.Start = append(all, p.Items...), p.Next
		if q.Start == 0 && len(all) != p.Total {
			return nil, &directory.BrokenRead{Peer: p.peer, Read: p.op, Detail: fmt.Sprintf("the list says that there are %d, and %d came", p.Total, len(all))}
		}
	}
	return all, nil
}

func (q Query) bounds() (start, count int) {
	if count = q.Count; count == 0 {
		count = PageSize
	}
	return max(q.Start, 1), count
}

func pageOf[T any](c *Client, op string, start int, answer listResponse[T]) (Page[T], error) {
	if answer.TotalResults == nil {
		return Page[T]{}, c.Unreadable(op, "the list does not say how many there are (totalResults)")
	}
	p := Page[T]{Total: *answer.TotalResults, Items: answer.Resources, peer: c.Peer, op: op}
	if n := len(p.Items); n > 0 && start+n <= p.Total {
		p.Next = start + n
	}
	return p, nil
}

// Unreadable is an answer that makes no sense.
func (c *Client) Unreadable(op, detail string) *directory.PeerError {
	return &directory.PeerError{Peer: c.Peer, Op: op, Problem: directory.ProblemUnreadable, Detail: detail}
}

// JSON sends a request with a JSON body (nil: none) and decodes the answer into
// out (nil: it is not looked at). Path is below the base. The response is
// returned for its status and headers.
func (c *Client) JSON(ctx context.Context, op, method, path string, query url.Values, body, out any) (*http.Response, error) {
	return c.json(ctx, op, method, path, query, "", body, out)
}

// Versioned is JSON for a write that shall happen only while the resource is of
// this version (If-Match, RFC 7644 section 3.14); empty: whatever it is.
func (c *Client) Versioned(ctx context.Context, op, method, path, version string, body, out any) (*http.Response, error) {
	return c.json(ctx, op, method, path, nil, version, body, out)
}

func (c *Client) json(ctx context.Context, op, method, path string, query url.Values, version string, body, out any) (*http.Response, error) {
	var content io.Reader
	if body != nil {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		if err := e.Encode(body); err != nil {
			return nil, opError(c.Peer, op, fmt.Errorf("write the request: %w", err))
		}
		if b.Len() > MaxPayload {
			return nil, &directory.PeerError{Peer: c.Peer, Op: op, Problem: directory.ProblemInvalid,
				Detail: fmt.Sprintf("the request has %d bytes, and the peer takes %d: make the batches smaller (bulkOperations)", b.Len(), MaxPayload)}
		}
		content = bytes.NewReader(b.Bytes())
	}
	req, err := http.NewRequestWithContext(ctx, method, c.resource(path, query), content)
	if err != nil {
		return nil, opError(c.Peer, op, err)
	}
	req.Header.Set("Accept", MediaType+", application/json")
	req.Header.Set("Cache-Control", "no-cache") // what is read must be how things stand now
	if version != "" {
		req.Header.Set("If-Match", version)
	}
	if body != nil {
		req.Header.Set("Content-Type", c.MediaType)
	}
	resp, err := c.For(op).Do(req)
	if err != nil || out == nil {
		return resp, err
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		unreadable := c.Unreadable(op, "the answer is not the JSON that SCIM asks for")
		unreadable.Status, unreadable.RequestID = resp.StatusCode, RequestID(resp)
		return resp, unreadable
	}
	return resp, nil
}
