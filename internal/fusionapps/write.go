package fusionapps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// BatchSize is how many writes of a kind fit into one request.
func (c *Client) BatchSize(k directory.Kind) int { return BatchSize(c.bulkOps, k) }

// BatchSize is how many writes of a kind fit into one request where Bulk takes
// so many operations.
func BatchSize(bulkOperations int, k directory.Kind) int {
	switch k {
	case directory.CreateUser, directory.UpdateUser, directory.DeleteUser:
		return bulkOperations
	case directory.AddMember, directory.RemoveMember:
		return maxMembers
	}
	return 1
}

// Write sends writes in one request. They are of one kind, and members of one
// role. The outcomes are as many and in the same order; an error means that
// nothing is known of any. Where deleting an account is refused, the outcome
// says so.
func (c *Client) Write(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	if len(writes) == 0 {
		return nil, nil
	}
	first := writes[0].Change
	if len(writes) > c.BatchSize(first.Kind) {
		return nil, failed("write", directory.ProblemInvalid, fmt.Sprintf("a batch of %s has %d changes, and one request takes %d", first.Kind, len(writes), c.BatchSize(first.Kind)))
	}
	for _, w := range writes {
		if w.Change.Kind != first.Kind || (first.Kind == directory.AddMember || first.Kind == directory.RemoveMember) && w.Change.Target != first.Target {
			return nil, failed("write", directory.ProblemInvalid, "a batch holds changes that do not travel in one request")
		}
	}
	switch first.Kind {
	case directory.CreateUser, directory.UpdateUser, directory.DeleteUser:
		return c.writeAccounts(ctx, writes)
	case directory.AddMember, directory.RemoveMember:
		return c.changeMembers(ctx, writes)
	}
	return nil, failed("write", directory.ProblemInvalid, fmt.Sprintf("Fusion Applications cannot be asked for a %q", first.Kind))
}

// failed is a request that cannot be made. Nothing was sent.
func failed(op string, p directory.Problem, detail string) *directory.PeerError {
	return &directory.PeerError{Peer: directory.ViaFusionApplications, Op: op, Problem: p, Detail: detail}
}

var accountOps = map[directory.Kind]string{
	directory.CreateUser: "create accounts", directory.UpdateUser: "update accounts", directory.DeleteUser: "delete accounts",
}

func (c *Client) writeAccounts(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	op := accountOps[writes[0].Change.Kind]
	outcomes := make([]directory.Outcome, len(writes))
	var ops []scim.BulkOp
	var at []int
	for i, w := range writes {
		b := scim.BulkOp{Path: "/Users/" + scim.Escape(w.ID)}
		switch {
		case w.Change.Kind == directory.CreateUser:
			b = scim.BulkOp{Method: http.MethodPost, Path: "/Users", Data: creation(w)}
		case w.ID == "":
			outcomes[i].Err = failed(op, directory.ProblemNotFound, "the account is not there: there is no id of it")
			continue
		case w.Change.Kind == directory.UpdateUser:
			b.Method, b.Data = http.MethodPatch, update(w.Change.After)
		default:
			b.Method = http.MethodDelete
		}
		ops, at = append(ops, b), append(at, i)
	}
	if len(ops) == 0 {
		return outcomes, nil
	}
	sent, err := c.scim.Bulk(ctx, op, nil, ops)
	if err != nil {
		return nil, err
	}
	for k, o := range sent {
		w := writes[at[k]]
		if o.Err != nil && w.Password != "" {
			o.Err.Detail = strings.ReplaceAll(o.Err.Detail, w.Password, "[password]")
		}
		if o.ID == "" {
			o.ID = w.ID
		}
		outcomes[at[k]] = o
	}
	return outcomes, nil
}

// changeMembers gives a role to accounts, or takes it from them, all in one
// PATCH. Whom it would not change must have been left out: the request might be
// refused as a whole.
func (c *Client) changeMembers(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	op, operation := "give a role", "ADD"
	if writes[0].Change.Kind == directory.RemoveMember {
		op, operation = "take a role away", "REMOVE"
	}
	target := writes[0].Change.Target
	var body memberPatch
	for _, w := range writes {
		if w.ID == "" {
			return alike(writes, nil, failed(op, directory.ProblemNotFound, "an account of the batch is not there: there is no id of it"))
		}
		body.Members = append(body.Members, memberChange{Value: w.ID, Operation: operation})
	}
	for again := false; ; again = true {
		id, err := c.roleID(ctx, target)
		if err != nil {
			return nil, err
		}
		if id == "" {
			return alike(writes, nil, failed(op, directory.ProblemNotFound, "Fusion Applications has no role of this name: "+target))
		}
		resp, err := c.scim.JSON(ctx, op, http.MethodPatch, "/Roles/"+scim.Escape(id), nil, body, nil)
		var pe *directory.PeerError
		if errors.As(err, &pe) && pe.Problem == directory.ProblemNotFound && !again {
			c.forgetRole(target) // it may have been made anew under another id
			continue
		}
		return alike(writes, resp, err)
	}
}

// alike gives the writes of one request the same outcome, unless the request
// was refused for a reason that is not theirs, or its fate is unknown.
func alike(writes []directory.Write, resp *http.Response, err error) ([]directory.Outcome, error) {
	var o directory.Outcome
	if resp != nil {
		o.Status, o.RequestID = resp.StatusCode, scim.RequestID(resp)
	}
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
	outcomes := make([]directory.Outcome, len(writes))
	for i := range outcomes {
		outcomes[i] = o
		outcomes[i].ID = writes[i].ID
	}
	return outcomes, nil
}
