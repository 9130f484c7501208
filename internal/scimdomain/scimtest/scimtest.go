// Package scimtest starts SCIM 2.0 servers that others wrote, for tests, and
// bends what they answer as servers in the wild do. It is only for tests.
package scimtest

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// Token opens every server here.
const Token = "a-token-for-tests"

// Base is the path of their endpoints.
const Base = "/scim/v2"

// Server is a running server.
type Server struct {
	URL string // of the host

	mu       sync.Mutex
	requests []string // method and path of each
}

// Requests lists what was asked so far, as "POST /Users".
func (s *Server) Requests() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.requests...)
}

// Count tells how often a method was used at paths that begin so.
func (s *Server) Count(method, prefix string) int {
	n := 0
	for _, r := range s.Requests() {
		if strings.HasPrefix(r, method+" "+prefix) {
			n++
		}
	}
	return n
}

// Twist bends a server.
type Twist func(http.Handler) http.Handler

// serve puts a handler on a port of its own, bent by twists, behind the token.
func serve(t testing.TB, h http.Handler, twists []Twist) *Server {
	t.Helper()
	for _, twist := range twists {
		h = twist(h)
	}
	s := &Server{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+Token {
			http.Error(w, "", http.StatusUnauthorized)
			return
		}
		s.mu.Lock()
		s.requests = append(s.requests, r.Method+" "+strings.TrimPrefix(r.URL.Path, Base))
		s.mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// IgnoresPaging answers every list with everything.
func IgnoresPaging(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Has("count") {
			q.Del("startIndex")
			q.Set("count", "1000000")
			r.URL.RawQuery = q.Encode()
		}
		next.ServeHTTP(w, r)
	})
}

// RepeatsTheFirstPage answers a start past the end with the first page.
func RepeatsTheFirstPage(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if r.Method != http.MethodGet || !q.Has("startIndex") {
			next.ServeHTTP(w, r)
			return
		}
		answer := record(next, r)
		var list struct {
			Resources []json.RawMessage
		}
		if json.Unmarshal(answer.Body.Bytes(), &list) == nil && len(list.Resources) == 0 {
			q.Set("startIndex", "1")
			r.URL.RawQuery = q.Encode()
			answer = record(next, r)
		}
		replay(w, answer, answer.Body.Bytes())
	})
}

// PagesOf caps a page.
func PagesOf(n int) Twist {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			q := r.URL.Query()
			if count, err := strconv.Atoi(q.Get("count")); err == nil && count > n {
				q.Set("count", strconv.Itoa(n))
				r.URL.RawQuery = q.Encode()
			}
			next.ServeHTTP(w, r)
		})
	}
}

// IgnoresFilters answers whatever is asked with the whole list.
func IgnoresFilters(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		q.Del("filter")
		r.URL.RawQuery = q.Encode()
		next.ServeHTTP(w, r)
	})
}

// OneNameAFilter refuses filters with or.
func OneNameAFilter(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Query().Get("filter"), " or ") {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// KnowsNo refuses a method, or a path, as servers do that do not know it.
func KnowsNo(method, path string) Twist {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == method && strings.HasPrefix(strings.TrimPrefix(r.URL.Path, Base), path) {
				w.WriteHeader(http.StatusMethodNotAllowed)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// BulkStatusIsAnObject writes {"code": "201"} for "201", as some servers do.
func BulkStatusIsAnObject(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/Bulk") {
			next.ServeHTTP(w, r)
			return
		}
		answer := record(next, r)
		var body map[string]any
		if json.Unmarshal(answer.Body.Bytes(), &body) != nil {
			replay(w, answer, answer.Body.Bytes())
			return
		}
		ops, _ := body["Operations"].([]any)
		for _, op := range ops {
			if o, ok := op.(map[string]any); ok {
				o["status"] = map[string]any{"code": o["status"]}
			}
		}
		b, _ := json.Marshal(body) // of what was JSON a moment ago
		replay(w, answer, b)
	})
}

// DropsScimType takes the scimType out of refusals.
func DropsScimType(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := record(next, r)
		b := answer.Body.Bytes()
		var body map[string]any
		if answer.Code >= 400 && json.Unmarshal(b, &body) == nil {
			delete(body, "scimType")
			b, _ = json.Marshal(body)
		}
		replay(w, answer, b)
	})
}

func record(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	answer := httptest.NewRecorder()
	h.ServeHTTP(answer, r)
	return answer
}

func replay(w http.ResponseWriter, answer *httptest.ResponseRecorder, body []byte) {
	for k, v := range answer.Header() {
		if k != "Content-Length" {
			w.Header()[k] = v
		}
	}
	w.WriteHeader(answer.Code)
	_, _ = w.Write(body)
}

// Make makes resources before a test begins, by plain POST, and returns their ids.
func (s *Server) Make(t testing.TB, path string, resources ...any) []string {
	t.Helper()
	var ids []string
	for _, o := range resources {
		body, err := json.Marshal(o)
		require.NoError(t, err)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+Base+path, bytes.NewReader(body))
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+Token)
		req.Header.Set("Content-Type", "application/scim+json")
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		var made struct {
			ID     string `json:"id"`
			Detail string `json:"detail"`
		}
		require.NoError(t, json.NewDecoder(resp.Body).Decode(&made))
		resp.Body.Close()
		require.Equal(t, http.StatusCreated, resp.StatusCode, made.Detail)
		ids = append(ids, made.ID)
	}
	return ids
}
