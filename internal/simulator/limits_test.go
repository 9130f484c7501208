package simulator

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestNoSecondAndNoMinuteLetsInMoreThanTheLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := rate{second: rapid.IntRange(1, 5).Draw(t, "second")}
		r.minute = r.second + rapid.IntRange(0, 20).Draw(t, "minute more")
		w := &window{rate: r, last: make([]time.Time, r.minute)}
		now := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
		var admitted []time.Time
		within := func(span time.Duration) int {
			n := 0
			for _, at := range admitted {
				if now.Sub(at) < span {
					n++
				}
			}
			return n
		}
		for range rapid.IntRange(1, 120).Draw(t, "requests") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "gap")) * time.Millisecond)
			free := within(time.Second) < r.second && within(time.Minute) < r.minute
			require.Equal(t, free, w.admit(now))
			if free {
				admitted = append(admitted, now)
			}
		}
	})
}

func TestTheTableOfLimitsIsThePublishedOne(t *testing.T) {
	require.Equal(t, &[apiGroups]rate{groupAuthN: {50, 1000}, groupToken: {40, 1000}, groupOthers: {50, 1500}, groupBulk: {5, 200}}, tiers["apps"])
	require.Equal(t, []string{"apps", "apps-premium", "external-user", "free", "none", "premium"}, Tiers())
	for name, rates := range tiers {
		if rates != nil {
			require.Equal(t, rate{5, 200}, rates[groupBulk], name)
		}
	}
}
