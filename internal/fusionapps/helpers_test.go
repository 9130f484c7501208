package fusionapps_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/fusionapps"
)

type object = map[string]any

type call struct {
	method, path, body string
	r                  *http.Request
}

// fake is a strict Fusion Applications: it takes nothing without the right
// Basic header and fails the test at what it does not expect.
type fake struct {
	*httptest.Server
	t       *testing.T
	mu      sync.Mutex
	calls   []call
	answers map[string]func(call) (int, any) // by "METHOD /path" below the base
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{t: t, answers: map[string]func(call) (int, any){}}
	f.Server = httptest.NewServer(f)
	t.Cleanup(f.Close)
	return f
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b, _ := io.ReadAll(r.Body)
	path, below := strings.CutPrefix(r.URL.Path, "/hcmRestApi/scim")
	c := call{r.Method, path, string(b), r}
	f.mu.Lock()
	f.calls = append(f.calls, c)
	answer := f.answers[r.Method+" "+path]
	f.mu.Unlock()
	user, password, _ := r.BasicAuth()
	if answer == nil || !below || user != "admin" || password != "s3cret" || !strings.HasPrefix(r.Header.Get("User-Agent"), "cutover/") ||
		len(b) > 0 && r.Header.Get("Content-Type") != "application/json" {
		f.t.Errorf("an unexpected request: %s %s %v", r.Method, r.URL, r.Header["Content-Type"])
		w.WriteHeader(http.StatusTeapot)
		return
	}
	status, body := answer(c)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-ORACLE-DMS-ECID", "ECID-1")
	w.WriteHeader(status)
	if body != nil {
		_ = json.NewEncoder(w).Encode(body)
	}
}

func (f *fake) on(methodPath string, answer func(call) (int, any)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.answers[methodPath] = answer
}

func (f *fake) sent(method string) []call {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []call
	for _, c := range f.calls {
		if c.method == method {
			out = append(out, c)
		}
	}
	return out
}

func (f *fake) client() *fusionapps.Client {
	f.t.Helper()
	c, err := fusionapps.New(fusionapps.Options{URL: f.URL, UserName: "admin", RequestsPerSecond: 10_000,
		Password: func(context.Context) (string, error) { return "s3cret", nil }})
	require.NoError(f.t, err)
	return c
}

func list(resources ...any) object {
	if resources == nil {
		resources = []any{}
	}
	return object{"schemas": []string{"urn:scim:schemas:core:2.0:ListResponse"}, "totalResults": len(resources), "itemsPerPage": len(resources), "startIndex": 1, "Resources": resources}
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
