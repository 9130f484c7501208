package scim_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

func patient(o *scim.Options) { o.Tries = 3 }

func TestWhatChangesNothingIsAskedAgainAndWhatWritesIsNot(t *testing.T) {
	for name, c := range map[string]struct {
		method, path string
		spoil        func(*reply)
		calls        int
		problem      directory.Problem
	}{
		"a read, and the service is down":    {"GET", "/Users", func(w *reply) { w.json(503, `<html>`) }, 2, ""},
		"a read, and too many are made":      {"GET", "/Users", func(w *reply) { w.Header().Set("Retry-After", "1"); w.json(429, ``) }, 2, ""},
		"a search, and half an answer comes": {"POST", "/Users/.search", func(w *reply) { w.json(200, `{"totalResults": 3, "Resou`) }, 2, ""},
		"a read that has to wait too long":   {"GET", "/Users", func(w *reply) { w.Header().Set("Retry-After", "60"); w.json(429, ``) }, 1, directory.ProblemThrottled},
		"a read that is refused":             {"GET", "/Users", func(w *reply) { w.json(403, ``) }, 1, directory.ProblemAuth},
		"a write, and the service is down":   {"POST", "/Users", func(w *reply) { w.json(503, ``) }, 1, directory.ProblemUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			first := true
			p := newPeer(t, func(w *reply, _ *call) {
				if first {
					first = false
					c.spoil(w)
					return
				}
				w.json(200, `{"totalResults": 0}`)
			})
			_, err := p.client(t, patient).JSON(t.Context(), "ask", c.method, c.path, nil, nil, nil)
			require.Len(t, p.calls, c.calls)
			if c.problem == "" {
				require.NoError(t, err)
				return
			}
			require.Equal(t, c.problem, peerError(t, err).Problem)
		})
	}
}

func TestAReadThatFailsForGoodChangedNothingAndAWriteMayHave(t *testing.T) {
	p := newPeer(t, func(*reply, *call) { panic(http.ErrAbortHandler) })
	c := p.client(t, patient)
	_, err := c.JSON(t.Context(), "read", "GET", "/Users", nil, nil, nil)
	require.False(t, peerError(t, err).Unsure())
	_, err = c.JSON(t.Context(), "write", "POST", "/Users", nil, nil, nil)
	require.True(t, peerError(t, err).Unsure())
}

func TestATokenIsAskedForAgainAndAWriteWithoutOneWasNeverSent(t *testing.T) {
	down := 1
	p, auth, given := tokens(t, func(int) (int, string) {
		if down--; down >= 0 {
			return 503, ``
		}
		return 0, ``
	})
	auth.Tries = 3
	c := p.client(t, func(o *scim.Options) { o.Auth = auth })
	_, err := c.JSON(t.Context(), "write", "POST", "/Users", nil, nil, nil)
	require.NoError(t, err)
	require.Equal(t, 2, *given)
	p2, auth2, _ := tokens(t, func(int) (int, string) { return 503, `` })
	c = p2.client(t, func(o *scim.Options) { o.Auth = auth2 })
	_, err = c.JSON(t.Context(), "write", "POST", "/Users", nil, nil, nil)
	require.Equal(t, directory.ProblemUnavailable, peerError(t, err).Problem)
	require.False(t, peerError(t, err).Unsure(), "it was never sent")
}

func TestATokenThatCannotBeHadIsAskedForNoMoreOftenBecauseARequestIsARead(t *testing.T) {
	p, auth, given := tokens(t, func(int) (int, string) { return 503, `` })
	auth.Tries = 2
	_, err := p.client(t, patient, func(o *scim.Options) { o.Auth = auth }).JSON(t.Context(), "read", "GET", "/Users", nil, nil, nil)
	require.Equal(t, "get a token", peerError(t, err).Op)
	require.Equal(t, 2, *given)
}

func TestABulkRequestThatIsRefusedAsAWholeAsAConflictMeetsAJob(t *testing.T) {
	for status, want := range map[int]directory.Problem{
		409: directory.ProblemBusy, 423: directory.ProblemBusy, 429: directory.ProblemThrottled, 503: directory.ProblemUnavailable, 400: directory.ProblemInvalid,
	} {
		p := newPeer(t, func(w *reply, _ *call) { w.json(status, ``) })
		_, err := p.client(t).Bulk(t.Context(), "create users", nil, []scim.BulkOp{{Method: "POST", Path: "/Users"}})
		require.Equal(t, want, peerError(t, err).Problem, status)
	}
}
