package conformance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/ledger"
)

func acceptances(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	none, err := l.Acceptances(ctx, "spring")
	require.NoError(t, err)
	require.Empty(t, none)

	first := ledger.Acceptance{Cutover: "spring", Phase: "sso-on", User: "Ann", Reason: "hub-inactive", By: "bob", Why: "on leave", At: noon}
	second, elsewhere := first, first
	second.Reason, second.At = "role-lost", noon.Add(time.Second)
	elsewhere.Cutover = "spring#2"
	require.NoError(t, l.PutAcceptances(ctx, []ledger.Acceptance{first, second}))
	require.NoError(t, l.PutAcceptances(ctx, []ledger.Acceptance{elsewhere}))
	require.NoError(t, l.PutAcceptances(ctx, []ledger.Acceptance{first}), "saying it again is no harm")
	got, err := l.Acceptances(ctx, "spring")
	require.NoError(t, err)
	require.Equal(t, []ledger.Acceptance{first, second, first}, got, "nobody's word is overwritten")

	half := first
	half.Why = ""
	require.Error(t, l.PutAcceptances(ctx, []ledger.Acceptance{elsewhere, half}), "it says why")
	got, err = l.Acceptances(ctx, "spring#2")
	require.NoError(t, err)
	require.Equal(t, []ledger.Acceptance{elsewhere}, got, "all of them or none")
}
