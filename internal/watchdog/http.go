package watchdog

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxBody bounds a request and an answer, in bytes.
const maxBody = 64 << 10

// Handler serves the watchdog to whoever bears the token. The token is read for
// each request, so that one that was changed counts.
func (d *Dog) Handler(token func() (string, error)) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /arm", func(w http.ResponseWriter, r *http.Request) {
		var o Order
		if !decode(w, r, &o) {
			return
		}
		s, err := d.Arm(r.Context(), o)
		answer(w, s, err)
	})
	mux.HandleFunc("POST /confirm", func(w http.ResponseWriter, r *http.Request) {
		var o struct {
			Cutover string `json:"cutover"`
		}
		if !decode(w, r, &o) {
			return
		}
		s, err := d.Confirm(o.Cutover)
		answer(w, s, err)
	})
	mux.HandleFunc("GET /status", func(w http.ResponseWriter, r *http.Request) {
		s, err := d.Status(r.URL.Query().Get("cutover"))
		answer(w, s, err)
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		want, err := token()
		scheme, got, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if err != nil || want == "" || !strings.EqualFold(scheme, "Bearer") || !same(got, want) {
			w.Header().Set("WWW-Authenticate", "Bearer")
			reply(w, http.StatusUnauthorized, failure{"the token is not that of the watchdog's --token-file"})
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// same compares in a time that tells nothing, not even the length.
func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

type failure struct {
	Error string `json:"error"`
}

func decode(w http.ResponseWriter, r *http.Request, into any) bool {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		reply(w, http.StatusBadRequest, failure{"the request makes no sense: " + err.Error()})
		return false
	}
	return true
}

func answer(w http.ResponseWriter, s Status, err error) {
	var refused *Refusal
	switch {
	case err == nil:
		reply(w, http.StatusOK, s)
	case errors.Is(err, ErrUnknown):
		reply(w, http.StatusNotFound, failure{err.Error()})
	case errors.As(err, &refused):
		reply(w, http.StatusConflict, failure{refused.Reason})
	default:
		reply(w, http.StatusInternalServerError, failure{err.Error()})
	}
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// Client speaks to a watchdog.
type Client struct {
	URL   string
	Token func(ctx context.Context) (string, error)
	HTTP  *http.Client // nil: one with a deadline
}

// patience is enough for a watchdog that reads the rule over a slow line.
const patience = time.Minute

// Arm arms the watchdog, and returns once it has acknowledged.
func (c *Client) Arm(ctx context.Context, o Order) error {
	var s Status
	if err := c.call(ctx, http.MethodPost, "/arm", o, &s); err != nil {
		return err
	}
	if s.State != Armed || !s.Deadline.Equal(o.Deadline) {
		return fmt.Errorf("the watchdog is %s, not armed as it was asked", s.State)
	}
	return nil
}

// Confirm tells the watchdog that a person has confirmed.
func (c *Client) Confirm(ctx context.Context, cutover string) (s Status, err error) {
	return s, c.call(ctx, http.MethodPost, "/confirm", map[string]string{"cutover": cutover}, &s)
}

// Status asks how the order for a cutover stands.
func (c *Client) Status(ctx context.Context, cutover string) (s Status, err error) {
	return s, c.call(ctx, http.MethodGet, "/status?"+url.Values{"cutover": {cutover}}.Encode(), nil, &s)
}

func (c *Client) call(ctx context.Context, method, path string, in, out any) error {
	token, err := c.Token(ctx)
	if err != nil {
		return &Refusal{"its token (sso.probation.watchdogToken) cannot be read"}
	}
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(c.URL, "/")+path, body)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("the watchdog does not answer: %w", err)
	}
	defer resp.Body.Close()
	answer := io.LimitReader(resp.Body, maxBody)
	if resp.StatusCode == http.StatusOK {
		return json.NewDecoder(answer).Decode(out)
	}
	var f failure
	_ = json.NewDecoder(answer).Decode(&f)
	switch resp.StatusCode {
	case http.StatusNotFound:
		return ErrUnknown
	case http.StatusConflict, http.StatusBadRequest, http.StatusUnauthorized:
		if f.Error == "" || len(f.Error) > 500 {
			f.Error = "what answers there is no watchdog"
		}
		return &Refusal{f.Error}
	}
	return fmt.Errorf("the watchdog answered %d: %s", resp.StatusCode, f.Error)
}
