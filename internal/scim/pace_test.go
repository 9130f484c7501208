package scim_test

import (
	"context"
	"sort"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/time/rate"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

// mostIn is the most events in any sliding window.
func mostIn(at []time.Duration, window time.Duration) int {
	most, from := 0, 0
	for i := range at {
		for at[i]-at[from] >= window {
			from++
		}
		most = max(most, i-from+1)
	}
	return most
}

func TestNoSlidingWindowExceedsTheLimitHoweverRequestsCome(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := scim.Limit{PerSecond: rapid.IntRange(1, 100).Draw(t, "perSecond"), PerMinute: rapid.IntRange(1, 3000).Draw(t, "perMinute")}
		limit = limit.Share(rapid.IntRange(1, 100).Draw(t, "share"))
		pace := limit.Pace()
		bucket := rate.NewLimiter(rate.Limit(pace.Rate), pace.Burst)
		begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
		asked := time.Duration(0)
		var arrivals []time.Duration
		for range rapid.IntRange(1, 400).Draw(t, "requests") {
			// Pauses and bursts in turn; each way to the peer takes its own time.
			if rapid.IntRange(0, 9).Draw(t, "pause") == 0 {
				asked += time.Duration(rapid.IntRange(0, 90_000).Draw(t, "ms")) * time.Millisecond
			}
			r := bucket.ReserveN(begin.Add(asked), 1)
			require.True(t, r.OK())
			asked += r.DelayFrom(begin.Add(asked))
			arrivals = append(arrivals, asked+time.Duration(rapid.IntRange(0, 499).Draw(t, "way"))*time.Millisecond)
		}
		sort.Slice(arrivals, func(i, j int) bool { return arrivals[i] < arrivals[j] })
		require.LessOrEqual(t, mostIn(arrivals, time.Second), limit.PerSecond)
		require.LessOrEqual(t, mostIn(arrivals, time.Minute), limit.PerMinute)
	})
}

func TestThePaceUsesNearlyAllOfThePublishedLimits(t *testing.T) {
	for name, limit := range map[string]scim.Limit{"others": {PerSecond: 50, PerMinute: 1500}, "bulk": {PerSecond: 5, PerMinute: 200}} {
		pace := limit.Pace()
		require.Greater(t, pace.Rate*60, 0.97*float64(limit.PerMinute), name)
		require.LessOrEqual(t, pace.Burst, limit.PerSecond, name)
	}
}

func TestAShareNeverFallsToNothing(t *testing.T) {
	require.Equal(t, scim.Limit{PerSecond: 1, PerMinute: 2}, scim.Limit{PerSecond: 5, PerMinute: 200}.Share(1))
	require.Equal(t, scim.Limit{}, scim.Limit{}.Share(50))
}

func TestALimiterWithoutLimitsNeverWaits(t *testing.T) {
	var w scim.Waiting
	l := scim.NewLimiter(scim.Limit{}.Pace())
	for range 1000 {
		require.NoError(t, l.Wait(t.Context(), &w))
	}
	require.Zero(t, w.Sum())
}

func TestARequestWhoseTurnComesTooLateIsSaidNotToHaveBeenSent(t *testing.T) {
	sent := 0
	peer := newPeer(t, func(w *reply, _ *call) { sent++; w.json(200, `{}`) })
	slow := scim.NewLimiter(scim.Pace{Rate: 0.001, Burst: 1})
	c := peer.client(t, func(o *scim.Options) { o.Limiter = func(string) *scim.Limiter { return slow } })
	_, err := c.JSON(t.Context(), "read", "GET", "/Users", nil, nil, nil)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err = c.JSON(ctx, "read", "GET", "/Users", nil, nil, nil)
	e := peerError(t, err)
	require.Equal(t, directory.ProblemThrottled, e.Problem)
	require.False(t, e.Unsure())
	require.Equal(t, 1, sent)
}
