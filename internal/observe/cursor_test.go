package observe

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/ledger"
)

func TestAReadGoesOnOnlyWithWhatWasReadAMomentAgoAndAddsUp(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for name, c := range map[string]struct {
		snapshot ledger.Snapshot
		want     bool
	}{
		"just begun":                    {ledger.Snapshot{TakenAt: at}, true},
		"begun long ago":                {ledger.Snapshot{TakenAt: at.Add(-stale)}, false},
		"a long read, a page ago":       {ledger.Snapshot{TakenAt: at.Add(-5 * stale), Cursor: `{"users":9,"at":"2026-01-02T03:04:00Z"}`}, true},
		"read to its end long ago":      {ledger.Snapshot{TakenAt: at.Add(-5 * stale), Complete: true, Cursor: `{"at":"2026-01-02T02:00:00Z"}`}, false},
		"it did not add up":             {ledger.Snapshot{TakenAt: at, Cursor: `{"at":"2026-01-02T03:04:00Z","void":true}`}, false},
		"a cursor that nobody can read": {ledger.Snapshot{TakenAt: at, Cursor: `{`}, false},
	} {
		require.Equal(t, c.want, Resumable(c.snapshot, at), name)
	}
}
