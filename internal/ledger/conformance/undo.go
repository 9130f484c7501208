package conformance

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

// toUndo reads what is to be undone of a step of a plan.
func toUndo(t require.TestingT, l *ledger.Ledger, ctx context.Context, plan int64, step int, undoneBy int64) []string {
	var out []string
	for a, err := range l.AppliedInStep(ctx, plan, step, undoneBy) {
		require.NoError(t, err)
		require.Equal(t, plan, a.Plan)
		out = append(out, fmt.Sprintf("%s %s%s %d %s", a.Change.Domain, a.Change.User, a.Change.Target, a.Seq, a.ResourceID))
	}
	return out
}

// carriedOut claims and records the changes of a plan's steps 1 and 2.
func carriedOut(t require.TestingT, l *ledger.Ledger, ctx context.Context, plan int64, state func(seq int) ledger.Record) {
	for step := 1; step <= 2; step++ {
		for {
			claimed, err := l.Claim(ctx, plan, step, atMost(1000), noon)
			require.NoError(t, err)
			if len(claimed) == 0 {
				break
			}
			var records []ledger.Record
			for _, c := range claimed {
				records = append(records, state(c.Seq))
			}
			_, err = l.Record(ctx, plan, claimed[0].Fence, records)
			require.NoError(t, err)
		}
	}
}

func applied(seq int) ledger.Record {
	return ledger.Record{Seq: seq, State: ledger.StateApplied, ResourceID: fmt.Sprint("r", seq)}
}

func appliedToUndo(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	put := func(step int, target string) directory.Change {
		return directory.Change{Step: step, Domain: directory.Fusion, Kind: directory.PutSetting, Target: target, Why: "setup"}
	}
	bob := join("Bob", "Desk")
	first := planOf(t, ctx, l, put(1, "app/A"), put(1, "client/B"), create("cy"), create("Bob"), bob, put(2, "app-status/A"))
	carriedOut(t, l, ctx, first, func(seq int) ledger.Record {
		if seq == 3 {
			return ledger.Record{Seq: seq, State: ledger.StateSkipped, Detail: ledger.AlreadyDone}
		}
		return applied(seq)
	})
	planOf(t, ctx, l, create("nobody")) // never applied
	forecast, err := l.BeginPlan(ctx, "NAME", "migrate", true)
	require.NoError(t, err)
	require.NotZero(t, forecast)
	const many = 2300 // more than two pages
	var more []directory.Change
	for i := range many {
		more = append(more, create(fmt.Sprintf("user-%05d", many-i)))
	}
	second := planOf(t, ctx, l, more...)
	carriedOut(t, l, ctx, second, applied)

	steps, err := l.AppliedSteps(ctx, []string{"NAME", "NAME#2"}, "rollback")
	require.NoError(t, err)
	require.Equal(t, []ledger.AppliedStep{{Plan: second, Phase: "migrate", Step: 1}, {Plan: first, Phase: "migrate", Step: 2}, {Plan: first, Phase: "migrate", Step: 1}}, steps)
	for _, none := range [][2]string{{"another", "rollback"}, {"NAME", "migrate"}} {
		steps, err = l.AppliedSteps(ctx, none[:1], none[1])
		require.NoError(t, err)
		require.Empty(t, steps)
	}
	require.Equal(t, []string{"fusion client/B 2 r2", "fusion app/A 1 r1", "utilities BobDesk 5 r5", "utilities Bob 4 r4"}, toUndo(t, l, ctx, first, 1, 0))
	require.Equal(t, []string{"fusion app-status/A 6 r6"}, toUndo(t, l, ctx, first, 2, 0))
	all := toUndo(t, l, ctx, second, 1, 0)
	require.Len(t, all, many)
	require.IsIncreasing(t, all)
	for _, err := range l.AppliedInStep(ctx, second+100, 1, 0) {
		require.ErrorIs(t, err, ledger.ErrNotFound, "no plan is not the same as nothing to undo")
	}
}

func undoneOnce(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	none, err := l.LastPlan(ctx)
	require.NoError(t, err)
	require.Zero(t, none)
	plan := planOf(t, ctx, l, create("ann"), create("bob"), create("cy"), create("dee"))
	carriedOut(t, l, ctx, plan, applied)
	before, err := l.LastPlan(ctx)
	require.NoError(t, err)
	require.Equal(t, plan, before)

	back, err := l.BeginPlan(ctx, "NAME", "rollback", false)
	require.NoError(t, err)
	off := func(user string, seqs ...int) ledger.Undoing {
		u := ledger.Undoing{Change: directory.Change{Step: 1, Domain: directory.Utilities, Kind: directory.UpdateUser, User: user, Why: "rollback"}}
		for _, seq := range seqs {
			u.Undoes = append(u.Undoes, ledger.ChangeRef{Plan: plan, Seq: seq})
		}
		return u
	}
	require.NoError(t, l.AddUndoing(ctx, back, []ledger.Undoing{off("ann", 1), off("bob", 2)}))
	require.NoError(t, l.AddUndoing(ctx, back, []ledger.Undoing{off("cy", 3), off("dee", 4)}))
	_, err = l.SealPlan(ctx, back, "back")
	require.NoError(t, err)
	require.ErrorIs(t, l.AddUndoing(ctx, back, []ledger.Undoing{off("ann", 1)}), ledger.ErrSealed)
	everything := []string{"utilities ann 1 r1", "utilities bob 2 r2", "utilities cy 3 r3", "utilities dee 4 r4"}
	require.Equal(t, everything, toUndo(t, l, ctx, plan, 1, back), "a plan alone undoes nothing")

	carriedOut(t, l, ctx, back, func(seq int) ledger.Record {
		return []ledger.Record{
			{Seq: 1, State: ledger.StateApplied}, {Seq: 2, State: ledger.StateSkipped, Detail: ledger.AlreadyDone},
			{Seq: 3, State: ledger.StateSkipped, Detail: "changed since"}, {Seq: 4, State: ledger.StateFailed},
		}[seq-1]
	})
	require.Equal(t, everything[2:], toUndo(t, l, ctx, plan, 1, back))
	require.Equal(t, everything, toUndo(t, l, ctx, plan, 1, before), "a way back that is under way looks at the domains, not at its own records")
	counts, err := l.Undone(ctx, "NAME", "rollback")
	require.NoError(t, err)
	require.Equal(t, []ledger.UndonePhase{{Phase: "migrate", Applied: 4, Undone: 2}}, counts)
	counts, err = l.Undone(ctx, "another", "rollback")
	require.NoError(t, err)
	require.Empty(t, counts)
}
