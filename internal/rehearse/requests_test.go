package rehearse_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/rehearse"
	"cutover/internal/simulator"
	"cutover/internal/simulator/conformance"
)

// requests are all that the domains of one or many rehearsals got, held
// against the documents.
type requests struct {
	mu    sync.Mutex
	seen  map[string]int // METHOD /Resource, an operation of a Bulk with Bulk before it
	wrong map[string]int
	// standIns are the types of jobs that no document knows, and a setting names
	// (sync.native.request).
	standIns []string
}

// witnessing collects requests, and fails the test at its end if one is not as
// the documents say.
func witnessing(t *testing.T) *requests {
	r := &requests{seen: map[string]int{}, wrong: map[string]int{}}
	t.Cleanup(func() { r.conform(t) })
	return r
}

func (r *requests) witness(s simulator.Seen) {
	if s.Method == "PRI" {
		return // a gRPC client of a Temporal that had this port before looks for it (RFC 9113 section 3.4)
	}
	found := conformance.Exceptions{JobTypes: r.standIns}.Check(conformance.Request{Method: s.Method, Path: s.Path, Query: s.Query, Media: s.Media, Body: s.Body})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count(s)
	for _, f := range found {
		r.wrong[f]++
	}
}

func (r *requests) count(s simulator.Seen) {
	r.seen[call(s.Method, s.Path)]++
	if !strings.HasSuffix(s.Path, "/Bulk") {
		return
	}
	var b struct {
		Operations []struct{ Method, Path string }
	}
	if json.Unmarshal(s.Body, &b) == nil {
		for _, o := range b.Operations {
			r.seen["Bulk "+call(o.Method, "/admin/v1"+o.Path)]++
		}
	}
}

// call is a request without the ids in it.
func call(method, path string) string {
	parts := strings.Split(strings.TrimPrefix(strings.TrimPrefix(path, "/admin/v1"), "/"), "/")
	if len(parts) == 2 && parts[1] != ".search" && strings.HasPrefix(path, "/admin/v1") {
		parts[1] = "{id}"
	}
	return method + " /" + strings.Join(parts, "/")
}

// conform fails for every request that no document knows. The first dozen say
// enough.
func (r *requests) conform(t *testing.T) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.wrong) == 0 {
		return
	}
	all := slices.Sorted(maps.Keys(r.wrong))
	t.Errorf("%d kinds of requests are not as the documents say:\n%s", len(all), strings.Join(all[:min(len(all), 12)], "\n"))
}

// saw fails unless all of these were among the requests.
func (r *requests) saw(t *testing.T, calls ...string) {
	t.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range calls {
		require.Positive(t, r.seen[c], "%s is not among %v", c, slices.Sorted(maps.Keys(r.seen)))
	}
}

func TestEveryRequestOfAWholeRehearsalIsOneThatTheDocumentsKnow(t *testing.T) {
	if testing.Short() {
		t.Skip("starts a whole Temporal server")
	}
	r := witnessing(t)
	o := options(t.TempDir(), "")
	o.Simulator = simulator.Options{Estate: estate(t, "clean"), Tier: "none", CopyDelay: 20e6, Seed: 1, Witness: r.witness}
	rep, err := rehearse.Run(t.Context(), o)
	require.NoError(t, err)
	require.Equal(t, "completed", rep.Outcome, rep.Reason)
	r.saw(t, "POST /oauth2/v1/token", "GET /fed/v1/metadata", "GET /Users", "POST /Users/.search", "GET /Groups/{id}", "POST /Bulk",
		"Bulk POST /Users", "Bulk PATCH /Users/{id}", "Bulk POST /Grants", "PATCH /Groups/{id}", "POST /Apps", "PUT /AppStatusChanger/{id}",
		"POST /IdentityProviders", "POST /Conditions", "POST /Rules", "PATCH /Rules/{id}", "PATCH /Policies/{id}", "DELETE /Rules/{id}")
}
