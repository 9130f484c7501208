package simulator

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"
)

// maxPayload is the largest request body (oracle.md 2.2).
const maxPayload = 1 << 20

// answer is what a request gets.
type answer struct {
	status   int
	body     any // nil: none
	location string
	version  string // ETag
	next     string // opc-next-page
	allow    string // of a 405
	mime     string // default application/scim+json
	half     bool   // a fault: the body stops in the middle
}

func failed(err error) answer {
	r := asRefusal(err)
	return answer{status: r.status, body: r.body(), allow: r.allowed}
}

// write sends the answer. A client that is gone is no error of ours.
func (a answer) write(w http.ResponseWriter) {
	h := w.Header()
	if a.location != "" {
		h.Set("Location", a.location)
	}
	if a.version != "" {
		h.Set("ETag", a.version)
	}
	if a.next != "" {
		h.Set("opc-next-page", a.next)
	}
	if a.allow != "" {
		h.Set("Allow", a.allow)
	}
	if a.status == http.StatusUnauthorized && h.Get("WWW-Authenticate") == "" {
		h.Set("WWW-Authenticate", `Bearer realm="identity domain"`) // RFC 7644 section 2, RFC 6750 section 3
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	if a.mime == "" {
		a.mime = "application/scim+json" // it has no parameters (RFC 7644 section 8.1)
	}
	h.Set("Content-Type", a.mime)
	w.WriteHeader(a.status)
	if a.half {
		body, _ := json.Marshal(a.body)
		_, _ = w.Write(body[:len(body)/2])
		return
	}
	_ = json.NewEncoder(w).Encode(a.body)
}

// readBody reads a request to its end: only then the server notices that a
// client goes away.
func readBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxPayload))
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return nil, refuse(http.StatusRequestEntityTooLarge, "The request is larger than %d bytes.", maxPayload)
	case err != nil:
		return nil, invalid("The request body could not be read to its end.")
	}
	return body, nil
}

// pause waits half of the latency, and tells whether the client is still there.
func pause(ctx context.Context, latency time.Duration) bool {
	if latency > 0 {
		t := time.NewTimer(latency / 2)
		defer t.Stop()
		select {
		case <-t.C:
		case <-ctx.Done():
		}
	}
	return ctx.Err() == nil
}

// isJSON tells whether a content type is one that SCIM is sent in.
func isJSON(contentType string) bool {
	for _, known := range []string{"application/scim+json", "application/json"} {
		if len(contentType) >= len(known) && contentType[:len(known)] == known {
			return true
		}
	}
	return false
}
