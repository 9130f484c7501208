package scim

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"cutover/internal/directory"
)

// The pauses before a request that changes nothing is sent again: the first, and
// the longest, also of those that a peer asks for itself.
const (
	firstPause   = 200 * time.Millisecond
	longestPause = 5 * time.Second
)

// changesNothing tells whether a request can be sent as often as one likes.
func changesNothing(req *http.Request) bool {
	return req.Method == http.MethodGet || req.Method == http.MethodHead || strings.HasSuffix(req.URL.Path, "/.search")
}

// patiently sends a request, and one that changes nothing once more where there
// was no usable answer or too many requests were made: one page of a thousand
// must not cost the others. A failure of such a request is marked as harmless.
func (c *Client) patiently(req *http.Request, op string) (*http.Response, error) {
	if !changesNothing(req) {
		return c.once(req, op)
	}
	for try := 1; ; try++ {
		resp, err := c.once(req, op)
		wait, worth := worthAgain(resp, err)
		if !worth || try >= c.Tries || !rest(req.Context(), max(wait, firstPause<<(try-1))) {
			return resp, harmless(err)
		}
		if req.GetBody != nil {
			if req.Body, err = req.GetBody(); err != nil {
				return nil, opError(c.Peer, op, err)
			}
		}
	}
}

// worthAgain tells whether time may help, and how long the peer wants it to be.
func worthAgain(resp *http.Response, err error) (wait time.Duration, worth bool) {
	if err != nil {
		var pe *directory.PeerError
		return 0, errors.As(err, &pe) && pe.Op != opToken && // that was tried again where it was asked for
			(pe.Problem == directory.ProblemUnavailable || pe.Problem == directory.ProblemUnreadable)
	}
	switch ProblemOf(resp.StatusCode) {
	case directory.ProblemThrottled, directory.ProblemUnavailable:
		wait = retryAfter(resp.Header, time.Now())
		return wait, wait <= longestPause
	}
	return 0, false
}

// rest waits, and tells whether the caller still wants the answer then.
func rest(ctx context.Context, d time.Duration) bool {
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) < d {
		return false
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// harmless marks a failure of a request that changed nothing.
func harmless(err error) error {
	var pe *directory.PeerError
	if errors.As(err, &pe) {
		pe.Harmless = true
	}
	return err
}

// isHalf tells whether an answer is a JSON object without its end: one that was
// cut off seldom ends as an object does.
func isHalf(body []byte) bool {
	body = bytes.TrimSpace(body)
	return bytes.HasPrefix(body, []byte("{")) && !bytes.HasSuffix(body, []byte("}"))
}
