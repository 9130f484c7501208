package scim

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"cutover/internal/directory"
)

// errorBody is SCIM's error message (RFC 7644 section 3.12) with Oracle's
// extension, which may be absent, and the form of SCIM 1.1 (Errors), which peers
// with the early schemas use. Status is a string in Oracle's answers; the HTTP
// status says the same.
type errorBody struct {
	Detail string `json:"detail"`
	Errors []struct {
		Description string `json:"description"`
	} `json:"Errors"`
	ScimType string `json:"scimType"`
	Oracle   struct {
		MessageID string `json:"messageId"`
	} `json:"urn:ietf:params:scim:api:oracle:idcs:extension:messages:Error"`
}

// refusal is nil for 2xx, else the answer as an error.
func (c *Client) refusal(resp *http.Response, op string) error {
	if resp.StatusCode >= 200 && resp.StatusCode < 300 {
		return nil
	}
	body, _ := io.ReadAll(resp.Body) // held in memory: reading it cannot fail
	return &directory.PeerError{
		Peer: c.Peer, Op: op, Problem: ProblemOf(resp.StatusCode), Status: resp.StatusCode,
		Detail: Detail(resp.StatusCode, body), ScimType: scimType(body), RequestID: requestID(resp.Header), RetryAfter: retryAfter(resp.Header, time.Now()),
	}
}

// ProblemOf sorts an HTTP status by what to do about it.
func ProblemOf(status int) directory.Problem {
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return directory.ProblemAuth
	case status == http.StatusNotFound:
		return directory.ProblemNotFound
	case status == http.StatusConflict:
		return directory.ProblemConflict
	case status == http.StatusPreconditionFailed:
		return directory.ProblemChanged
	case status == http.StatusTooManyRequests:
		return directory.ProblemThrottled
	case status == http.StatusRequestTimeout, status >= 500 && status != http.StatusNotImplemented:
		return directory.ProblemUnavailable
	case status >= 300:
		return directory.ProblemInvalid
	}
	return directory.ProblemUnreadable
}

// Detail is what the peer says of a refusal, in one line. What is not in the
// error form is not passed on: a proxy's page may hold anything.
func Detail(status int, body []byte) string {
	var e errorBody
	if err := json.Unmarshal(body, &e); err != nil {
		return plain(status)
	}
	if e.Detail == "" && len(e.Errors) > 0 {
		e.Detail = e.Errors[0].Description
	}
	if e.Detail == "" {
		return plain(status)
	}
	detail := oneLine(e.Detail)
	for _, more := range []string{e.Oracle.MessageID, e.ScimType} {
		if more != "" {
			return detail + " [" + oneLine(more) + "]"
		}
	}
	return detail
}

// scimType is the error's keyword of RFC 7644 section 3.12, if there is one.
func scimType(body []byte) string {
	var e errorBody
	_ = json.Unmarshal(body, &e) // what is no error form has none
	return oneLine(e.ScimType)
}

// plain is the detail of an answer that says nothing in the error form.
func plain(status int) string {
	switch status {
	case http.StatusUnauthorized:
		return "the credentials were not accepted"
	case http.StatusForbidden:
		return "the credentials do not allow this: see the client's admin roles"
	case http.StatusTooManyRequests:
		return "too many requests"
	}
	if status >= 300 && status < 400 {
		return "the answer is a redirection, which is not followed: see whether the URL is the domain's own"
	}
	if text := http.StatusText(status); text != "" {
		return strings.ToLower(text) + ", without a reason in SCIM's error form"
	}
	return "an answer without a reason in SCIM's error form"
}

// maxDetail bounds a detail in runes.
const maxDetail = 400

// oneLine takes control characters out and bounds the length.
func oneLine(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, s))
	if runes := []rune(s); len(runes) > maxDetail {
		return string(runes[:maxDetail]) + "…"
	}
	return s
}

// requestID is Oracle's own id of a request, for its support.
func requestID(h http.Header) string {
	for _, name := range []string{"opc-request-id", "X-ORACLE-DMS-ECID"} {
		if id := h.Get(name); id != "" {
			return oneLine(id)
		}
	}
	return ""
}

// RequestID is Oracle's own id of a request, for its support.
func RequestID(resp *http.Response) string {
	if resp == nil {
		return ""
	}
	return requestID(resp.Header)
}

// retryAfter reads Retry-After: seconds or a date (RFC 9110 section 10.2.3).
// Oracle documents neither, so 0 is the usual answer.
func retryAfter(h http.Header, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if s, err := strconv.Atoi(v); err == nil {
		return time.Duration(min(max(s, 0), 24*60*60)) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil && t.After(now) {
		return min(t.Sub(now), 24*time.Hour)
	}
	return 0
}
