package conformance

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

func listSnapshots(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	first := snapshotOf(t, ctx, l, directory.User{ID: "1", UserName: "ann"})
	second := begin(t, ctx, l)
	_, err := l.BeginSnapshot(ctx, "another", "check", directory.Fusion)
	require.NoError(t, err)
	var want []ledger.Snapshot
	for _, id := range []int64{first, second} {
		s, err := l.Snapshot(ctx, id)
		require.NoError(t, err)
		want = append(want, s)
	}
	got, err := l.Snapshots(ctx, "NAME")
	require.NoError(t, err)
	require.Equal(t, want, got)
}

func appliedInCutover(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	for _, user := range []string{"b", "a"} {
		plan := planOf(t, ctx, l, create(user), create("refused"))
		fence := claim(t, ctx, l, plan, 2)[0].Fence
		_, err := l.Record(ctx, plan, fence, []ledger.Record{{Seq: 1, State: ledger.StateApplied}, {Seq: 2, State: ledger.StateFailed}})
		require.NoError(t, err)
	}
	var got []directory.Change
	for c, err := range l.AppliedInCutover(ctx, "NAME") {
		require.NoError(t, err)
		got = append(got, c)
	}
	require.Equal(t, []directory.Change{create("b"), create("a")}, got)
}
