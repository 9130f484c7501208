package identitydomain

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// BatchSize is how many writes of a kind fit into one request.
func (c *Client) BatchSize(k directory.Kind) int { return BatchSize(c.bulkOps, k) }

// BatchSize is how many writes of a kind fit into one request to a domain where
// Bulk takes so many operations.
func BatchSize(bulkOperations int, k directory.Kind) int {
	switch k {
	case directory.CreateUser, directory.UpdateUser, directory.DeleteUser, directory.AddGrant, directory.RevokeGrant:
		return bulkOperations
	case directory.AddMember, directory.RemoveMember:
		return maxMembers
	}
	return 1
}

// Write sends writes in one request. They are of one kind, and members and
// settings of one target. The outcomes are as many and in the same order; an
// error means that nothing is known of any.
func (c *Client) Write(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	if len(writes) == 0 {
		return nil, nil
	}
	first := writes[0].Change
	if len(writes) > c.BatchSize(first.Kind) {
		return nil, c.wrong("write", fmt.Sprintf("a batch of %s has %d changes, and one request takes %d", first.Kind, len(writes), c.BatchSize(first.Kind)))
	}
	for _, w := range writes {
		if w.Change.Kind != first.Kind || ofOneGroup(first.Kind) && w.Change.Target != first.Target {
			return nil, c.wrong("write", "a batch holds changes that do not travel in one request")
		}
	}
	switch first.Kind {
	case directory.CreateUser, directory.UpdateUser, directory.DeleteUser:
		return c.writeUsers(ctx, writes)
	case directory.InviteUser:
		return c.invite(ctx, writes[0])
	case directory.AddMember, directory.RemoveMember:
		return c.changeMembers(ctx, writes)
	case directory.AddGrant:
		return c.addGrants(ctx, writes)
	case directory.RevokeGrant:
		return c.revokeGrants(ctx, writes)
	case directory.PutSetting, directory.DropSetting:
		return c.writeSetting(ctx, writes[0].Change)
	}
	return nil, c.wrong("write", fmt.Sprintf("there is no way to write a %q", first.Kind))
}

// ofOneGroup tells whether writes of the kind travel together for one group only.
func ofOneGroup(k directory.Kind) bool {
	return k == directory.AddMember || k == directory.RemoveMember
}

// wrong is a request that cannot be made. Nothing was sent.
func (c *Client) wrong(op, detail string) *directory.PeerError {
	return &directory.PeerError{Peer: string(c.domain), Op: op, Problem: directory.ProblemInvalid, Detail: detail}
}

// missing is a request about something that is not there. Nothing was sent.
func (c *Client) missing(op, detail string) *directory.PeerError {
	return &directory.PeerError{Peer: string(c.domain), Op: op, Problem: directory.ProblemNotFound, Detail: detail}
}

// alike gives n writes of one request the same outcome. Where the request as a
// whole was refused for a reason that is not theirs, or its fate is unknown, it
// is an error.
func alike(n int, o directory.Outcome, err error) ([]directory.Outcome, error) {
	if err != nil {
		var pe *directory.PeerError
		if !errors.As(err, &pe) {
			return nil, err
		}
		switch pe.Problem {
		case directory.ProblemAuth, directory.ProblemThrottled, directory.ProblemUnavailable:
			return nil, err
		}
		o.Err, o.Status, o.RequestID = pe, pe.Status, pe.RequestID
	}
	outcomes := make([]directory.Outcome, n)
	for i := range outcomes {
		outcomes[i] = o
	}
	return outcomes, nil
}

// outcomeOf is the outcome of a request that was carried out.
func outcomeOf(resp *http.Response, id string) directory.Outcome {
	if resp == nil {
		return directory.Outcome{ID: id}
	}
	return directory.Outcome{Status: resp.StatusCode, ID: id, RequestID: scim.RequestID(resp)}
}

func isMissing(err error) bool {
	var pe *directory.PeerError
	return errors.As(err, &pe) && pe.Problem == directory.ProblemNotFound
}
