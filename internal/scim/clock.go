package scim

import (
	"net/http"
	"time"
)

// Skew is how far the clock of a peer is ahead of ours, by the Date of an answer
// (RFC 9110 section 6.6.1) to a request that was sent and answered at these times,
// and by how much that may be wrong: the date is in whole seconds, and the answer
// was written at some time in between. Zero unsure: the answer has no date.
func Skew(resp *http.Response, sent, answered time.Time) (skew, unsure time.Duration) {
	if resp == nil {
		return 0, 0
	}
	date, err := http.ParseTime(resp.Header.Get("Date"))
	if err != nil {
		return 0, 0
	}
	half := answered.Sub(sent) / 2
	return date.Add(time.Second / 2).Sub(sent.Add(half)).Round(time.Millisecond), half + time.Second/2
}
