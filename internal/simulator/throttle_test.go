package simulator_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

func TestPastALimitADomainAnswers429WithoutRetryAfter(t *testing.T) {
	c := newClock()
	w := start(t, "messy", simulator.Options{Tier: "apps", Clock: c.now})
	w.token(directory.CXIF)
	w.token(directory.Fusion)
	for range 50 {
		require.Equal(t, 200, w.list(directory.CXIF, "Groups", "count", "1").Status)
	}
	r := w.list(directory.CXIF, "Groups", "count", "1")
	require.Equal(t, 429, r.Status)
	require.Empty(t, r.Header.Values("Retry-After"))
	require.Equal(t, "429", r.Body["status"])
	require.Equal(t, 200, w.list(directory.Fusion, "Groups", "count", "1").Status, "another domain has its own")
	for i := range 5 {
		require.Equal(t, 200, w.admin(directory.CXIF, "POST", "/Bulk", bulk(op("DELETE", "/Users/none", "", nil))).Status, "Bulk has its own: %d", i)
	}
	require.Equal(t, 429, w.admin(directory.CXIF, "POST", "/Bulk", bulk(op("DELETE", "/Users/none", "", nil))).Status)
	c.advance(time.Second)
	require.Equal(t, 200, w.list(directory.CXIF, "Groups", "count", "1").Status)
}

func TestAMinuteHasALimitToo(t *testing.T) {
	c := newClock()
	w := start(t, "messy", simulator.Options{Tier: "free", Clock: c.now})
	w.token(directory.CXIF)
	for i := range 150 {
		require.Equal(t, 200, w.list(directory.CXIF, "Groups", "count", "1").Status, i)
		c.advance(100 * time.Millisecond)
	}
	require.Equal(t, 429, w.list(directory.CXIF, "Groups", "count", "1").Status)
	c.advance(45 * time.Second)
	require.Equal(t, 200, w.list(directory.CXIF, "Groups", "count", "1").Status)
}

func TestTokensAndSignInsHaveLimitsOfTheirOwn(t *testing.T) {
	c := newClock()
	w := start(t, "messy", simulator.Options{Tier: "free", Clock: c.now})
	id, secret := w.Client(directory.CXIF)
	for range 10 {
		require.Equal(t, 200, w.tokenFor(directory.CXIF, id, secret, myScopes).Status)
	}
	require.Equal(t, 429, w.tokenFor(directory.CXIF, id, secret, myScopes).Status)
	metadata := func() int {
		return w.send(w.request(t.Context(), "GET", w.URL(directory.CXIF)+"/fed/v1/metadata", nil)).Status
	}
	for range 10 {
		require.Equal(t, 200, metadata())
	}
	require.Equal(t, 429, metadata())
}
