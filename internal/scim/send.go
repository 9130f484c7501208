package scim

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"cutover/internal/directory"
)

// Dispatcher sends requests of one operation. It is what Oracle's SDK takes as
// its HTTP client.
type Dispatcher struct {
	c   *Client
	op  string
	ctx context.Context // nil: the request's own
}

// For gives a dispatcher for an operation; op names it in errors, e.g. "read users".
func (c *Client) For(op string) *Dispatcher { return &Dispatcher{c: c, op: op} }

// In binds the dispatcher to a context that takes the place of the requests'
// own. Oracle's SDK must not see a context end while it works: it then returns
// without its own goroutine.
func (d *Dispatcher) In(ctx context.Context) *Dispatcher {
	return &Dispatcher{c: d.c, op: d.op, ctx: ctx}
}

// Do sends a request: in its turn, with a deadline, with credentials, once
// more if they were refused. An answer other than 2xx is a *directory.PeerError.
// The body of the answer has been read whole, so no deadline hangs over it.
func (d *Dispatcher) Do(req *http.Request) (*http.Response, error) {
	c := d.c
	if d.ctx != nil {
		req = req.WithContext(d.ctx)
	}
	req.Header.Set("User-Agent", UserAgent())
	if err := rewindable(req); err != nil {
		return nil, opError(c.Peer, d.op, err)
	}
	for again := false; ; again = true {
		resp, err := c.patiently(req, d.op)
		if err != nil || resp.StatusCode != http.StatusUnauthorized || again || c.Auth == nil {
			if err != nil {
				return nil, err
			}
			return resp, c.refusal(resp, d.op)
		}
		if !c.Auth.Refused(req.Header.Get("Authorization")) {
			return resp, c.refusal(resp, d.op)
		}
		if req.GetBody != nil {
			if req.Body, err = req.GetBody(); err != nil {
				return nil, opError(c.Peer, d.op, err)
			}
		}
	}
}

// once waits for the request's turn and sends it.
func (c *Client) once(req *http.Request, op string) (*http.Response, error) {
	parent := req.Context()
	if strings.HasSuffix(req.URL.Path, "/Bulk") {
		if err := c.enterBulk(parent, op); err != nil {
			return nil, err
		}
		defer func() { <-c.bulk }()
	}
	if c.Auth != nil {
		if err := c.Auth.Authorize(parent, req); err != nil {
			return nil, harmless(err) // the request itself was never sent
		}
	}
	if c.Limiter != nil {
		if l := c.Limiter(req.URL.Path); l != nil {
			if err := l.Wait(parent, c.Waiting); err != nil {
				return nil, held(parent, c.Peer, op, err)
			}
		}
	}
	if c.Sign != nil {
		if err := c.Sign(req); err != nil {
			return nil, &directory.PeerError{Peer: c.Peer, Op: op, Problem: directory.ProblemAuth, Detail: "the request cannot be signed: " + err.Error()}
		}
	}
	ctx, cancel := context.WithTimeout(parent, c.Timeout)
	defer cancel()
	resp, err := c.http.Do(req.WithContext(ctx))
	if err != nil {
		return nil, broken(parent, c.Peer, op, err)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, limitOf(resp.StatusCode)+1))
	resp.Body.Close()
	if err != nil {
		return nil, broken(parent, c.Peer, op, err)
	}
	if resp.StatusCode < 300 && int64(len(body)) > maxAnswer {
		return nil, &directory.PeerError{Peer: c.Peer, Op: op, Problem: directory.ProblemUnreadable, Status: resp.StatusCode,
			Detail: "the answer is larger than cutover reads: ask for smaller pages", RequestID: requestID(resp.Header)}
	}
	if resp.StatusCode < 300 && changesNothing(req) && isHalf(body) {
		half := c.Unreadable(op, "the answer ends in the middle")
		half.Status, half.RequestID = resp.StatusCode, requestID(resp.Header)
		return nil, half
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// limitOf is how much of an answer is read: of a refusal, 1 MB.
func limitOf(status int) int64 {
	if status >= 300 {
		return 1 << 20
	}
	return maxAnswer
}

// enterBulk waits until another Bulk request may be on its way.
func (c *Client) enterBulk(ctx context.Context, op string) error {
	select {
	case c.bulk <- struct{}{}:
		return nil
	default:
	}
	defer c.Waiting.Begin()()
	select {
	case c.bulk <- struct{}{}:
		return nil
	case <-ctx.Done():
		return held(ctx, c.Peer, op, ctx.Err())
	}
}

// rewindable makes sure that the body can be sent a second time.
func rewindable(req *http.Request) error {
	if req.Body == nil || req.Body == http.NoBody || req.GetBody != nil {
		return nil
	}
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return err
	}
	req.Body.Close()
	req.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	req.Body, err = req.GetBody()
	req.ContentLength = int64(len(body))
	return err
}

// held is a request that was never sent, because its turn would have come after
// its caller's deadline.
func held(ctx context.Context, peer, op string, err error) error {
	if errors.Is(ctx.Err(), context.Canceled) {
		return opError(peer, op, ctx.Err())
	}
	_ = err // rate's own words say no more than this
	return &directory.PeerError{Peer: peer, Op: op, Problem: directory.ProblemThrottled,
		Detail: "held back by our own pacing until its deadline, and not sent; it is sent again later"}
}

// broken is a request without an answer: it may or may not have been carried out.
func broken(parent context.Context, peer, op string, err error) error {
	if errors.Is(parent.Err(), context.Canceled) {
		return opError(peer, op, parent.Err())
	}
	detail := "the connection failed before an answer came; see whether the host is reachable"
	if errors.Is(err, context.DeadlineExceeded) {
		detail = "no answer before the request's deadline"
	}
	return &directory.PeerError{Peer: peer, Op: op, Problem: directory.ProblemUnavailable, Detail: detail}
}
