package identitydomain_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/identitydomain"
	"cutover/internal/simulator/conformance"
)

// call is a request as the domain got it, without those for tokens.
type call struct {
	method, path, query, body, ifMatch, contentType string
	r                                               *http.Request
}

type answerer func(c call) (status int, body any)

// fake is a strict domain: it takes nothing without a token, without cutover's
// name, with a body of another type or otherwise than the models of Oracle's SDK
// have it, and fails the test at what it does not expect.
type fake struct {
	*httptest.Server
	t       *testing.T
	mu      sync.Mutex
	calls   []call
	answers map[string]answerer // by "METHOD /path"
	other   answerer
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{t: t, answers: map[string]answerer{}}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/oauth2/v1/token" {
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, `{"access_token":"t0ken","token_type":"Bearer","expires_in":3600}`)
		return
	}
	b, _ := io.ReadAll(r.Body)
	c := call{r.Method, r.URL.Path, r.URL.RawQuery, string(b), r.Header.Get("If-Match"), r.Header.Get("Content-Type"), r}
	f.mu.Lock()
	f.calls = append(f.calls, c)
	answer := f.answers[r.Method+" "+r.URL.Path]
	f.mu.Unlock()
	if answer == nil {
		answer = f.other
	}
	problem := ""
	switch {
	case answer == nil:
		problem = "nothing is expected at " + r.Method + " " + r.URL.String()
	case r.Header.Get("Authorization") != "Bearer t0ken":
		problem = "the request has no token"
	case !strings.HasPrefix(r.Header.Get("User-Agent"), "cutover/"):
		problem = "the request does not name cutover"
	case len(b) > 0 && c.contentType != "application/scim+json" && c.contentType != "application/json":
		problem = "a body of type " + c.contentType
	}
	if wrong := conformance.Check(conformance.Request{Method: c.method, Path: c.path, Query: c.query, Media: c.contentType, Body: b}); problem == "" && len(wrong) > 0 {
		problem = strings.Join(wrong, "; ")
	}
	if problem != "" {
		f.t.Error(problem)
		w.WriteHeader(http.StatusTeapot)
		return
	}
	status, body := answer(c)
	w.Header().Set("opc-request-id", "REQ-1")
	w.Header().Set("Content-Type", "application/scim+json")
	w.WriteHeader(status)
	switch body := body.(type) {
	case nil:
	case string:
		_, _ = io.WriteString(w, body)
	default:
		_ = json.NewEncoder(w).Encode(body)
	}
}

func (f *fake) on(methodPath string, a answerer) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[methodPath] = a
}

// sent are the calls so far of these methods.
func (f *fake) sent(methods string) []call {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []call
	for _, c := range f.calls {
		if strings.Contains(methods, c.method) {
			out = append(out, c)
		}
	}
	return out
}

func (f *fake) client(change ...func(*identitydomain.Options)) *identitydomain.Client {
	f.t.Helper()
	o := identitydomain.Options{Domain: directory.Utilities, URL: f.URL + "/", ClientID: "id", Type: "none",
		Secret: func(context.Context) (string, error) { return "s3cret", nil }}
	for _, c := range change {
		c(&o)
	}
	client, err := identitydomain.New(o)
	require.NoError(f.t, err)
	return client
}

type object = map[string]any

// list is the answer to a list that has all its resources on one page.
func list(resources ...any) object {
	if resources == nil {
		resources = []any{}
	}
	return object{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:ListResponse"}, "totalResults": len(resources),
		"itemsPerPage": 50, "startIndex": 1, "Resources": resources}
}

func peerError(t *testing.T, err error) *directory.PeerError {
	t.Helper()
	var e *directory.PeerError
	require.True(t, errors.As(err, &e), "%v", err)
	return e
}

func decode(t *testing.T, s string) object {
	t.Helper()
	var o object
	require.NoError(t, json.Unmarshal([]byte(s), &o))
	return o
}
