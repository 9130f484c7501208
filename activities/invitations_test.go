package activities_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/activities"
	"cutover/internal/ledger"
)

func TestAWaveWaitsForTheTimeAgreedAndForTheWaveBefore(t *testing.T) {
	now := time.Date(2026, 3, 7, 8, 0, 0, 0, time.UTC)
	first := ledger.Invitation{User: "a", At: now.Add(-10 * time.Minute), Plan: 1, Step: 11}
	for name, c := range map[string]struct {
		agreed time.Time
		sent   []ledger.Invitation
		step   int
		until  time.Time
	}{
		"the first, early":               {now.Add(time.Hour), nil, 11, now.Add(time.Hour)},
		"the first, in time":             {now.Add(-time.Minute), nil, 11, time.Time{}},
		"the second, early":              {now.Add(-time.Hour), []ledger.Invitation{first}, 12, now.Add(20 * time.Minute)},
		"the second, in time":            {now.Add(-time.Hour), []ledger.Invitation{{At: now.Add(-30 * time.Minute), Plan: 1, Step: 11}}, 12, time.Time{}},
		"one that has begun goes on":     {now.Add(-time.Hour), []ledger.Invitation{first}, 11, time.Time{}},
		"the first of a later plan":      {now.Add(-time.Hour), []ledger.Invitation{{At: first.At, Plan: 0, Step: 11}}, 11, now.Add(20 * time.Minute)},
		"not before the time agreed now": {now.Add(time.Hour), []ledger.Invitation{first}, 12, now.Add(time.Hour)},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, c.until, activities.NextWave(c.agreed, 30*time.Minute, c.sent, 1, c.step, now))
		})
	}
}
