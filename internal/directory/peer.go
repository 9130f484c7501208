package directory

import (
	"fmt"
	"time"
)

// Write is one change on its way out: the change and what a plan never holds.
type Write struct {
	Change     Change
	ID         string // id of the user it is about; empty for a new one
	ExternalID string // of a new user in a target: the id of the Fusion user
	Password   string // of cutover's own test user only
}

// Outcome is what a domain answered to one Write.
type Outcome struct {
	Status    int        // HTTP status of the operation
	ID        string     // id of the resource, where the domain tells it
	RequestID string     // the domain's own id of the request
	Note      string     // what was done instead, where something was
	Err       *PeerError // nil: done
}

// Problem sorts what can go wrong with a request by what to do about it.
type Problem string

// The problems.
const (
	ProblemAuth        Problem = "auth"        // 401, 403, a refused token: a person must act; never retried
	ProblemInvalid     Problem = "invalid"     // 400, 413, 415 ...: the request is wrong; never retried
	ProblemNotFound    Problem = "not-found"   // 404
	ProblemConflict    Problem = "conflict"    // 409: read again and compare
	ProblemChanged     Problem = "changed"     // 412: somebody changed it in between; read again
	ProblemThrottled   Problem = "throttled"   // 429: not carried out; wait and send again
	ProblemBusy        Problem = "busy"        // Bulk refused as a whole, because a job excludes it: not carried out; wait until that has ended
	ProblemUnavailable Problem = "unavailable" // 5xx, a broken connection, a deadline: may or may not have been carried out
	ProblemUnreadable  Problem = "unreadable"  // an answer that makes no sense: may or may not have been carried out
)

// PeerError is a refusal or a failure of a domain. Detail never holds a secret,
// a token or what a request contained.
type PeerError struct {
	Peer       string // the domain's name, or "fusion-applications"
	Op         string // what was asked, e.g. "read users", "create users"
	Problem    Problem
	Status     int // 0 where there was no answer
	Detail     string
	ScimType   string // the keyword of RFC 7644 section 3.12, where the peer gave one
	RequestID  string
	RetryAfter time.Duration // 0 where the peer gave none
	// Harmless says that the request changed nothing, whatever became of it: it was
	// a read, or was never sent.
	Harmless bool
}

func (e *PeerError) Error() string {
	s := fmt.Sprintf("%s: %s: %s", e.Peer, e.Op, e.Detail)
	if e.Status != 0 {
		s += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if e.RequestID != "" {
		s += ", request " + e.RequestID
	}
	return s
}

// Unsure tells whether the request may have been carried out all the same.
func (e *PeerError) Unsure() bool {
	return !e.Harmless && (e.Problem == ProblemUnavailable || e.Problem == ProblemUnreadable)
}
