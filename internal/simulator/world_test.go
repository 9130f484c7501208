package simulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/estates"
	"cutover/internal/simulator"
)

// world is a running simulator with the token of each bootstrap client.
type world struct {
	*simulator.Simulator
	t      testing.TB
	tokens map[directory.Domain]string
}

func estate(t testing.TB, name string) fs.FS {
	t.Helper()
	sub, err := fs.Sub(estates.FS, name)
	require.NoError(t, err)
	return sub
}

// start serves an estate without limits, unless the options say otherwise.
func start(t *testing.T, name string, o simulator.Options) *world {
	t.Helper()
	return startFor(t, name, o)
}

func startFor(t testing.TB, name string, o simulator.Options) *world {
	t.Helper()
	o.Estate = estate(t, name)
	if o.Tier == "" {
		o.Tier = "none"
	}
	ctx, cancel := context.WithCancel(context.Background())
	s, err := simulator.Start(ctx, o)
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, s.Close())
		cancel()
	})
	return &world{Simulator: s, t: t, tokens: map[directory.Domain]string{}}
}

// reply is what came back.
type reply struct {
	Status int
	Header http.Header
	Body   map[string]any
	Raw    string
}

func (r reply) text(path string) string {
	s, _ := r.at(path).(string)
	return s
}

// at walks into the body: "Resources.0.userName".
func (r reply) at(path string) any {
	var v any = r.Body
	for _, step := range strings.Split(path, ".") {
		switch c := v.(type) {
		case map[string]any:
			v = c[step]
		case []any:
			i := int(step[0] - '0')
			if i >= len(c) {
				return nil
			}
			v = c[i]
		default:
			return nil
		}
	}
	return v
}

func (r reply) resources() []any {
	l, _ := r.Body["Resources"].([]any)
	return l
}

func (w *world) request(ctx context.Context, method, target string, body any, headers ...string) *http.Request {
	w.t.Helper()
	var rd io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		rd = strings.NewReader(b)
	default:
		j, err := json.Marshal(b)
		require.NoError(w.t, err)
		rd = bytes.NewReader(j)
	}
	req, err := http.NewRequestWithContext(ctx, method, target, rd)
	require.NoError(w.t, err)
	req.Header.Set("Content-Type", "application/scim+json")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return req
}

func (w *world) send(req *http.Request) reply {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(req.Context(), 20*time.Second)
	defer cancel()
	res, err := http.DefaultClient.Do(req.WithContext(ctx))
	require.NoError(w.t, err)
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	require.NoError(w.t, err)
	r := reply{Status: res.StatusCode, Header: res.Header, Raw: string(raw)}
	if len(raw) > 0 && strings.Contains(res.Header.Get("Content-Type"), "json") {
		require.NoError(w.t, json.Unmarshal(raw, &r.Body))
	}
	return r
}

// tokenFor asks for a token.
func (w *world) tokenFor(d directory.Domain, id, secret, scope string) reply {
	w.t.Helper()
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {scope}}
	req := w.request(context.Background(), "POST", w.URL(d)+"/oauth2/v1/token", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(id, secret)
	return w.send(req)
}

const myScopes = "urn:opc:idm:__myscopes__"

func (w *world) token(d directory.Domain) string {
	w.t.Helper()
	if w.tokens[d] == "" {
		id, secret := w.Client(d)
		r := w.tokenFor(d, id, secret, myScopes)
		require.Equal(w.t, 200, r.Status, r.Raw)
		w.tokens[d] = r.text("access_token")
	}
	return w.tokens[d]
}

// admin sends a request below /admin/v1 as the bootstrap client.
func (w *world) admin(d directory.Domain, method, path string, body any, headers ...string) reply {
	w.t.Helper()
	return w.send(w.request(context.Background(), method, w.URL(d)+"/admin/v1"+path, body,
		append([]string{"Authorization", "Bearer " + w.token(d)}, headers...)...))
}

// list asks for a list with parameters in pairs.
func (w *world) list(d directory.Domain, kind string, parameters ...string) reply {
	w.t.Helper()
	v := url.Values{}
	for i := 0; i+1 < len(parameters); i += 2 {
		v.Set(parameters[i], parameters[i+1])
	}
	return w.admin(d, "GET", "/"+kind+"?"+v.Encode(), nil)
}

// apps sends a request to Fusion Applications.
func (w *world) apps(method, path string, body any) reply {
	w.t.Helper()
	req := w.request(context.Background(), method, w.FusionApplicationsURL()+"/hcmRestApi/scim"+path, body)
	req.SetBasicAuth(w.FusionApplicationsLogin())
	return w.send(req)
}

func (w *world) settled() {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	require.NoError(w.t, w.Settled(ctx))
}

// idOf finds the id of the one resource that a filter selects.
func (w *world) idOf(d directory.Domain, kind, filter string) string {
	w.t.Helper()
	r := w.list(d, kind, "filter", filter)
	require.Equal(w.t, 200, r.Status, r.Raw)
	require.Equal(w.t, 1.0, r.Body["totalResults"], "%s %s", kind, filter)
	return r.text("Resources.0.id")
}

type m = map[string]any

// newUser is the least that a domain accepts as a user.
func newUser(name string) m {
	return m{
		"schemas":  []any{"urn:ietf:params:scim:schemas:core:2.0:User"},
		"userName": name, "displayName": "Ada Byron",
		"name":   m{"givenName": "Ada", "familyName": "Byron"},
		"emails": []any{m{"value": strings.ReplaceAll(name, " ", "") + "@riverbend.example", "type": "work", "primary": true}},
	}
}

func patchOf(operations ...m) m {
	ops := make([]any, len(operations))
	for i, o := range operations {
		ops[i] = o
	}
	return m{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": ops}
}

// schemaOf are the core schemas by kind.
var schemaOf = map[string]string{
	"Users": "urn:ietf:params:scim:schemas:core:2.0:User", "Groups": "urn:ietf:params:scim:schemas:core:2.0:Group",
	"Apps": idcs + "App", "AppRoles": idcs + "AppRole", "Grants": idcs + "Grant", "IdentityProviders": idcs + "IdentityProvider",
	"Policies": idcs + "Policy", "Rules": idcs + "Rule", "Conditions": idcs + "Condition", "AppStatusChanger": idcs + "AppStatusChanger",
	"UserStatusChanger": idcs + "UserStatusChanger",
}

const idcs = "urn:ietf:params:scim:schemas:oracle:idcs:"

// of is a body that says what it is.
func of(kind string, body m) m {
	c := m{"schemas": []any{schemaOf[kind]}}
	for k, v := range body {
		c[k] = v
	}
	return c
}

// create makes a resource, which needs not say what it is, and returns its id.
func (w *world) create(d directory.Domain, kind string, body m) string {
	w.t.Helper()
	r := w.admin(d, "POST", "/"+kind, of(kind, body))
	require.Equal(w.t, 201, r.Status, r.Raw)
	return r.text("id")
}

// lines reads a journal.
func lines(t *testing.T, file string) []m {
	t.Helper()
	b, err := os.ReadFile(file)
	require.NoError(t, err)
	var all []m
	for _, l := range strings.Split(strings.TrimSpace(string(b)), "\n") {
		if l == "" {
			continue
		}
		var e m
		require.NoError(t, json.Unmarshal([]byte(l), &e))
		all = append(all, e)
	}
	return all
}

// clock is a time that only moves when told to.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func newClock() *clock { return &clock{at: time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func readEstate(t *testing.T, name, file string) ([]byte, error) {
	t.Helper()
	return fs.ReadFile(estate(t, name), file)
}

// client sends requests without a deadline of its own: the context has one.
func (w *world) client() *http.Client { return http.DefaultClient }

func escape(s string) string { return url.QueryEscape(s) }
