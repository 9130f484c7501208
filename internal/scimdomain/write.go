package scimdomain

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

var bulkSchemas = []string{scim.SchemaBulk}

// maxSingle is how many writes are looked at and claimed together where each is
// a request of its own.
const maxSingle = 20

// maxMembers is how many members one request adds.
const maxMembers = 100

// BatchSize is how many writes of a kind belong together.
func (c *Client) BatchSize(k directory.Kind) int { return BatchSize(c.bulkOps, k) }

// BatchSize is how many writes of a kind belong together on a server that may or
// may not know Bulk: with it they are one request, without it one each.
func BatchSize(bulkOperations int, k directory.Kind) int {
	switch k {
	case directory.CreateUser, directory.UpdateUser, directory.DeleteUser:
		return min(bulkOperations, maxSingle)
	case directory.AddMember, directory.RemoveMember:
		return maxMembers
	}
	return 1
}

// Write sends writes of one kind, and members of one group. The outcomes are as
// many and in the same order; an error means that nothing is known of any.
func (c *Client) Write(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	if len(writes) == 0 {
		return nil, nil
	}
	first := writes[0].Change
	for _, w := range writes {
		if w.Change.Kind != first.Kind || w.Change.Target != first.Target {
			return nil, c.refused("write", directory.ProblemInvalid, "a batch holds changes that do not travel together")
		}
	}
	switch first.Kind {
	case directory.CreateUser, directory.UpdateUser, directory.DeleteUser:
		return c.writeUsers(ctx, writes)
	case directory.AddMember, directory.RemoveMember:
		return c.changeMembers(ctx, writes)
	}
	return nil, c.refused("write", directory.ProblemInvalid, fmt.Sprintf("a SCIM server has no way to carry out a %q", first.Kind))
}

// request is one write as it is sent.
type request struct {
	method, path, version string
	body                  any
}

// send carries requests out, in Bulk where the server has it. refusals[i], where
// there is one, takes the place of requests[i].
func (c *Client) send(ctx context.Context, op string, f Features, requests []request, refusals []*directory.PeerError) ([]directory.Outcome, error) {
	outcomes := make([]directory.Outcome, len(requests))
	var at []int
	for i, e := range refusals {
		if e != nil {
			outcomes[i] = directory.Outcome{Err: e}
			continue
		}
		at = append(at, i)
	}
	size := 1
	if f.Bulk > 1 && len(at) > 1 {
		size = f.Bulk
	}
	for sent := 0; sent < len(at); {
		some := at[sent:min(sent+size, len(at))]
		got, err := c.sendSome(ctx, op, size > 1, requests, some)
		if err != nil && size > 1 && (declined(err) || unknownMethod(err)) {
			// Refused as a whole, so nothing of it was carried out: it was too much, or
			// Bulk is no longer taken.
			if size /= 2; size < 2 {
				size = 1
			}
			c.learn(func(f *Features) { f.Bulk = size })
			continue
		}
		if err != nil {
			if sent == 0 {
				return nil, err
			}
			notSent(outcomes, at[sent:], err, op, string(c.domain))
			return outcomes, nil
		}
		for k, i := range some {
			outcomes[i] = got[k]
		}
		sent += len(some)
	}
	return outcomes, nil
}

// learn changes what is known of the server by what it has just shown.
func (c *Client) learn(change func(*Features)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := *c.features
	change(&f)
	c.features = &f
}

// notSent gives what was left behind by an error a fate of its own: the first of
// it may have been carried out, if the error does not say; the rest was not sent.
func notSent(outcomes []directory.Outcome, left []int, err error, op, peer string) {
	var pe *directory.PeerError
	if !errors.As(err, &pe) {
		pe = &directory.PeerError{Peer: peer, Op: op, Problem: directory.ProblemUnavailable, Detail: "the request was given up"}
	}
	for k, i := range left {
		e := *pe
		if k > 0 || !pe.Unsure() {
			e.Problem = directory.ProblemThrottled // given back, to be sent once more
		}
		outcomes[i] = directory.Outcome{Err: &e}
	}
}

func (c *Client) sendSome(ctx context.Context, op string, bulk bool, requests []request, some []int) ([]directory.Outcome, error) {
	if bulk {
		ops := make([]scim.BulkOp, len(some))
		for k, i := range some {
			ops[k] = scim.BulkOp{Method: requests[i].method, Path: requests[i].path, Data: requests[i].body}
		}
		return c.scim.Bulk(ctx, op, bulkSchemas, ops)
	}
	o, err := c.single(ctx, op, requests[some[0]])
	return []directory.Outcome{o}, err
}

// single sends one request. What is the fault of the request is its outcome;
// what is not, an error.
func (c *Client) single(ctx context.Context, op string, r request) (directory.Outcome, error) {
	var made struct {
		ID string `json:"id"`
	}
	var out any
	if r.method == http.MethodPost {
		out = &made
	}
	resp, err := c.scim.Versioned(ctx, op, r.method, r.path, r.version, r.body, out)
	if err != nil {
		var pe *directory.PeerError
		if !errors.As(err, &pe) {
			return directory.Outcome{}, err
		}
		switch pe.Problem {
		case directory.ProblemAuth, directory.ProblemThrottled, directory.ProblemUnavailable, directory.ProblemUnreadable:
			return directory.Outcome{}, err
		}
		return directory.Outcome{Status: pe.Status, RequestID: pe.RequestID, Err: pe}, nil
	}
	return directory.Outcome{Status: resp.StatusCode, ID: made.ID, RequestID: scim.RequestID(resp)}, nil
}
