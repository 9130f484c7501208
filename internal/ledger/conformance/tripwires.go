package conformance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/ledger"
)

func tripwires(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	const here, there = "https://Utilities.example.com/", "https://other.example.com"
	_, set, err := l.Tripped(ctx, here)
	require.NoError(t, err)
	require.False(t, set)

	first := ledger.Tripwire{ID: "1", Domain: here, Cause: ledger.CauseRevert, At: noon}
	second := ledger.Tripwire{ID: "2", Domain: here, Cause: ledger.CauseBreakGlass, By: "ann", Note: "nobody gets in", At: noon.Add(time.Hour)}
	for _, w := range []ledger.Tripwire{first, second, first} {
		require.NoError(t, l.SetTripwire(ctx, w))
	}
	got, set, err := l.Tripped(ctx, "HTTPS://utilities.example.com")
	require.NoError(t, err)
	require.True(t, set)
	second.Domain = "https://utilities.example.com"
	require.Equal(t, second, got)
	_, set, err = l.Tripped(ctx, there)
	require.NoError(t, err)
	require.False(t, set, "it holds for one domain")

	_, err = l.LiftTripwires(ctx, here, "bob", "", noon)
	require.Error(t, err, "nobody lifts it without a word")
	n, err := l.LiftTripwires(ctx, here, "bob", "the certificate is right now", noon.Add(2*time.Hour))
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.NoError(t, l.SetTripwire(ctx, first), "a late retry of what was lifted")
	_, set, err = l.Tripped(ctx, here)
	require.NoError(t, err)
	require.False(t, set)
	all, err := l.Tripwires(ctx, here)
	require.NoError(t, err)
	require.Len(t, all, 2, "what was lifted can still be told")
	require.Equal(t, "bob", all[1].LiftedBy)
	require.Error(t, l.SetTripwire(ctx, ledger.Tripwire{ID: "3", Cause: "revert"}))
}
