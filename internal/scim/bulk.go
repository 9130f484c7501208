package scim

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"cutover/internal/directory"
)

// BulkOp is one operation of a Bulk request (RFC 7644 section 3.7).
type BulkOp struct {
	Method string `json:"method"`
	Path   string `json:"path"` // relative to the base: /Users or /Users/<id>
	BulkID string `json:"bulkId"`
	Data   any    `json:"data,omitempty"`
}

type bulkRequest struct {
	Schemas    []string `json:"schemas,omitempty"`
	Operations []BulkOp `json:"Operations"`
}

// bulkResult is what a peer says of one operation. Status is a string in
// Oracle's domains, an object with a code in Fusion Applications' early form,
// and a number with some others.
type bulkResult struct {
	BulkID   string          `json:"bulkId"`
	Location string          `json:"location"`
	Status   bulkStatus      `json:"status"`
	Response json.RawMessage `json:"response"`
}

type bulkStatus struct {
	code        int
	description string
}

// UnmarshalJSON reads any of the forms; what is none of them is 0.
func (s *bulkStatus) UnmarshalJSON(b []byte) error {
	var form struct {
		Code        json.RawMessage `json:"code"`
		Description string          `json:"description"`
	}
	if json.Unmarshal(b, &form) == nil && len(form.Code) > 0 {
		b, s.description = form.Code, form.Description
	}
	s.code, _ = strconv.Atoi(strings.Trim(string(b), `" `))
	return nil
}

// Bulk sends operations in one request, numbers them by bulkId, and tells what
// became of each: as many outcomes as operations, in their order. The overall
// status says nothing of the single ones. An error means that nothing is known
// of any.
func (c *Client) Bulk(ctx context.Context, op string, schemas []string, ops []BulkOp) ([]directory.Outcome, error) {
	for i := range ops {
		ops[i].BulkID = strconv.Itoa(i + 1)
	}
	var answer struct {
		Operations []bulkResult `json:"Operations"`
	}
	resp, err := c.JSON(ctx, op, http.MethodPost, "/Bulk", nil, bulkRequest{Schemas: schemas, Operations: ops}, &answer)
	if err != nil {
		return nil, busy(err)
	}
	results := match(len(ops), answer.Operations)
	id := RequestID(resp)
	outcomes := make([]directory.Outcome, len(ops))
	for i, r := range results {
		outcomes[i] = c.outcome(op, id, r)
	}
	return outcomes, nil
}

// busy recognizes the refusal of a whole Bulk request that has nothing to do with
// what is in it: in a domain, Bulk and an import, an export or a full
// synchronization exclude each other. What the answer is then is not documented;
// a conflict of the whole, or a lock, can be nothing else.
func busy(err error) error {
	var pe *directory.PeerError
	if errors.As(err, &pe) && (pe.Status == http.StatusConflict || pe.Status == http.StatusLocked) {
		pe.Problem = directory.ProblemBusy
	}
	return err
}

// match puts results in the order of the operations: by bulkId, or, where the
// peer returns none at all, by position if their number is right.
func match(n int, results []bulkResult) []*bulkResult {
	ordered := make([]*bulkResult, n)
	named := false
	for i := range results {
		if results[i].BulkID == "" {
			continue
		}
		named = true
		if k, err := strconv.Atoi(results[i].BulkID); err == nil && k >= 1 && k <= n {
			ordered[k-1] = &results[i]
		}
	}
	if !named && len(results) == n {
		for i := range results {
			ordered[i] = &results[i]
		}
	}
	return ordered
}

func (c *Client) outcome(op, requestID string, r *bulkResult) directory.Outcome {
	if r == nil || r.Status.code == 0 {
		e := c.Unreadable(op, "the answer to the Bulk request does not say what became of this operation")
		e.RequestID = requestID
		return directory.Outcome{RequestID: requestID, Err: e}
	}
	o := directory.Outcome{Status: r.Status.code, ID: r.id(), RequestID: requestID}
	if o.Status >= 200 && o.Status < 300 {
		return o
	}
	detail := Detail(o.Status, r.Response)
	if r.Status.description != "" && len(r.Response) == 0 {
		detail = oneLine(r.Status.description)
	}
	o.Err = &directory.PeerError{Peer: c.Peer, Op: op, Problem: ProblemOf(o.Status), Status: o.Status, Detail: detail, ScimType: scimType(r.Response), RequestID: requestID}
	return o
}

// id is the resource's id: of the resource itself, or the last segment of its location.
func (r *bulkResult) id() string {
	var resource struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(r.Response, &resource) == nil && resource.ID != "" {
		return resource.ID
	}
	return r.Location[strings.LastIndexByte(r.Location, '/')+1:]
}
