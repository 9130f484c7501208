package conformance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

func claimBatch(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	later, elsewhere, applications := create("later"), create("elsewhere"), create("applications")
	later.Step, elsewhere.Domain, applications.Via = 2, directory.CXIF, directory.ViaFusionApplications
	plan := planOf(t, ctx, l,
		create("a"), join("a", "G"), create("b"), elsewhere, join("b", "H"), applications, create("c"), later, join("c", "G"), create("d"))

	var sized []directory.Change
	first, err := l.Claim(ctx, plan, 1, func(c directory.Change) int { sized = append(sized, c); return 3 }, noon)
	require.NoError(t, err)
	require.Equal(t, []directory.Change{create("a")}, sized, "the size is asked of the first")
	require.Equal(t, []int{1, 3, 7}, seqs(first), "creations travel together, three at most")
	require.Equal(t, ledger.Claimed{Seq: 3, Change: create("b"), Fence: first[0].Fence, Deadline: noon, Attempts: 1}, first[1])

	var fences []int64
	for _, want := range [][]int{{2, 9}, {4}, {5}, {6}, {10}, {}} {
		next := claim(t, ctx, l, plan, 3)
		require.Equal(t, want, seqs(next))
		if len(next) > 0 {
			fences = append(fences, next[0].Fence)
		}
	}
	require.IsIncreasing(t, append([]int64{first[0].Fence}, fences...))
	p, err := l.Progress(ctx, plan, 0)
	require.NoError(t, err)
	require.Equal(t, ledger.Progress{Planned: 1, Claimed: 9}, p)
	p, err = l.Progress(ctx, plan, 2)
	require.NoError(t, err)
	require.Equal(t, ledger.Progress{Planned: 1}, p)
	stale, err := l.Stale(ctx, plan, 1)
	require.NoError(t, err)
	require.Equal(t, []int{1, 2, 3, 4, 5, 6, 7, 9, 10}, seqs(stale))
	require.Equal(t, first[0], stale[0])
	stale, err = l.Stale(ctx, plan, 2)
	require.NoError(t, err)
	require.Empty(t, stale)
	require.NotEmpty(t, claim(t, ctx, l, planOf(t, ctx, l, create("x")), 0), "a size of nothing still takes one")
}

func claimSettings(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	put := func(kind directory.Kind, target string) directory.Change {
		return directory.Change{Step: 1, Domain: directory.Fusion, Kind: kind, Target: target, Why: "sso"}
	}
	plan := planOf(t, ctx, l, put(directory.PutSetting, "app/A"), put(directory.PutSetting, "app-status/A"), put(directory.DropSetting, "client/A"), put(directory.DropSetting, "client/B"))
	for want := 1; want <= 4; want++ {
		require.Equal(t, []int{want}, seqs(claim(t, ctx, l, plan, 50)))
	}
	require.Empty(t, claim(t, ctx, l, plan, 50))
}

func unsealedClaims(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	plan, err := l.BeginPlan(ctx, "NAME", "migrate", false)
	require.NoError(t, err)
	require.NoError(t, l.AddChanges(ctx, plan, []directory.Change{create("ann")}))
	_, err = l.Claim(ctx, plan, 1, atMost(1), noon)
	require.ErrorIs(t, err, ledger.ErrUnsealed)
	_, err = l.Stale(ctx, plan, 1)
	require.ErrorIs(t, err, ledger.ErrUnsealed)
	_, err = l.Claim(ctx, plan+100, 1, atMost(1), noon)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	_, err = l.SealPlan(ctx, plan, "hash")
	require.NoError(t, err)
	_, err = l.Claim(ctx, plan, 1, atMost(1), time.Time{})
	require.ErrorContains(t, err, "deadline")
	require.Len(t, claim(t, ctx, l, plan, 1), 1)
}

func deadFence(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	plan := planOf(t, ctx, l, create("a"), create("b"), create("c"))
	dead := claim(t, ctx, l, plan, 3)
	old := dead[0].Fence
	fence, n, err := l.Reclaim(ctx, plan, []int{1, 2}, old, noon.Add(time.Minute))
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.Greater(t, fence, old)

	n, err = l.Record(ctx, plan, old, []ledger.Record{{Seq: 1, State: ledger.StateFailed}, {Seq: 3, State: ledger.StateApplied}})
	require.NoError(t, err)
	require.Equal(t, 1, n, "only the third is still its own")
	require.NoError(t, l.Release(ctx, plan, old, []int{1, 2, 3}))
	stale, err := l.Stale(ctx, plan, 1)
	require.NoError(t, err)
	require.Equal(t, []int{1, 2}, seqs(stale))
	for _, c := range stale {
		require.Equal(t, fence, c.Fence)
		require.Equal(t, noon.Add(time.Minute), c.Deadline)
		require.Equal(t, 1, c.Attempts, "taking over sends nothing")
	}
	taken, n, err := l.Reclaim(ctx, plan, []int{1, 2, 3}, old, noon)
	require.NoError(t, err)
	require.Zero(t, n)
	require.Zero(t, taken, "nothing was taken over")
	n, err = l.Record(ctx, plan, fence, []ledger.Record{{Seq: 1, State: ledger.StateApplied}, {Seq: 2, State: ledger.StateSkipped}})
	require.NoError(t, err)
	require.Equal(t, 2, n)
}

func release(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	plan := planOf(t, ctx, l, create("a"), create("b"))
	first := claim(t, ctx, l, plan, 2)
	require.NoError(t, l.Release(ctx, plan, first[0].Fence, []int{2}))
	second := claim(t, ctx, l, plan, 2)
	require.Equal(t, []int{2}, seqs(second))
	require.Equal(t, 2, second[0].Attempts)
	n, err := l.Record(ctx, plan, first[0].Fence, []ledger.Record{{Seq: 2, State: ledger.StateApplied}})
	require.NoError(t, err)
	require.Zero(t, n, "it was given back")
}

func final(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	other := planOf(t, ctx, l, create("a"))
	plan := planOf(t, ctx, l, create("a"), create("b"), create("c"))
	fence := claim(t, ctx, l, plan, 3)[0].Fence
	states := []string{ledger.StateApplied, ledger.StateSkipped, ledger.StateFailed}
	for i, state := range states {
		n, err := l.Record(ctx, plan, fence, []ledger.Record{{Seq: i + 1, State: state, ResourceID: "id", RequestID: "req", Detail: "why"}})
		require.NoError(t, err)
		require.Equal(t, 1, n)
	}
	for _, state := range states {
		for seq := 1; seq <= 3; seq++ {
			n, err := l.Record(ctx, plan, fence, []ledger.Record{{Seq: seq, State: state}})
			require.NoError(t, err)
			require.Zero(t, n)
		}
	}
	_, err := l.Record(ctx, plan, fence, []ledger.Record{{Seq: 1, State: "planned"}})
	require.ErrorContains(t, err, "planned")
	require.NoError(t, l.Release(ctx, plan, fence, []int{1, 2, 3}))
	_, n, err := l.Reclaim(ctx, plan, []int{1, 2, 3}, fence, noon)
	require.NoError(t, err)
	require.Zero(t, n)
	require.Empty(t, claim(t, ctx, l, plan, 3))
	p, err := l.Progress(ctx, plan, 0)
	require.NoError(t, err)
	require.Equal(t, ledger.Progress{Applied: 1, Skipped: 1, Failed: 1}, p)
	p, err = l.Progress(ctx, other, 0)
	require.NoError(t, err)
	require.Equal(t, ledger.Progress{Planned: 1}, p, "another plan is another matter")
}

func failures(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	plan := planOf(t, ctx, l, create("a"), create("b"), create("c"))
	fence := claim(t, ctx, l, plan, 3)[0].Fence
	_, err := l.Record(ctx, plan, fence, []ledger.Record{
		{Seq: 3, State: ledger.StateFailed, Detail: "too long"}, {Seq: 1, State: ledger.StateFailed, Detail: "refused"}, {Seq: 2, State: ledger.StateApplied},
	})
	require.NoError(t, err)
	all := []ledger.FailedChange{{Change: create("a"), Detail: "refused"}, {Change: create("c"), Detail: "too long"}}
	for limit, want := range map[int][]ledger.FailedChange{0: all, 1: all[:1], 5: all} {
		got, err := l.Failures(ctx, plan, limit)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	var applied []directory.Change
	for c, err := range l.AppliedChanges(ctx, plan) {
		require.NoError(t, err)
		applied = append(applied, c)
	}
	require.Equal(t, []directory.Change{create("b")}, applied)
}
