package conformance

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

func planLife(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	id, err := l.BeginPlan(ctx, "spring", "migrate", true)
	require.NoError(t, err)
	late := create("bob")
	late.Step = 3
	require.NoError(t, l.AddChanges(ctx, id, []directory.Change{create("ann"), create("cy")}))
	require.NoError(t, l.AddChanges(ctx, id, []directory.Change{late}))
	findings := []directory.Finding{
		{Phase: "migrate", Name: "conflict", Domain: directory.Utilities, User: "ann", Other: "anne", Detail: "two of one email", Fixes: []string{"exclude: true"}, Blocking: true},
		{Phase: "sso-on", Name: "note", Domain: directory.Fusion, Detail: "no more than a note"},
	}
	require.NoError(t, l.AddFindings(ctx, id, findings[:1]))
	require.NoError(t, l.AddFindings(ctx, id, findings[1:]))

	open, err := l.Plan(ctx, id)
	require.NoError(t, err)
	require.Empty(t, open.Hash)
	_, err = l.SealPlan(ctx, id, "")
	require.Error(t, err, "a plan is approved by its hash")

	info, err := l.SealPlan(ctx, id, "hash")
	require.NoError(t, err)
	require.False(t, info.CreatedAt.IsZero())
	require.Equal(t, ledger.PlanInfo{
		ID: id, Cutover: "spring", Phase: "migrate", Hash: "hash", Forecast: true, Changes: 3, Findings: 2, Blocking: 1,
		Steps: []ledger.StepCount{{Step: 1, Changes: 2}, {Step: 3, Changes: 1}}, CreatedAt: info.CreatedAt,
	}, info)
	again, err := l.SealPlan(ctx, id, "hash")
	require.NoError(t, err)
	require.Equal(t, info, again)
	_, err = l.SealPlan(ctx, id, "other")
	require.ErrorIs(t, err, ledger.ErrSealed)
	require.ErrorIs(t, l.AddChanges(ctx, id, []directory.Change{create("dee")}), ledger.ErrSealed)
	require.ErrorIs(t, l.AddFindings(ctx, id, findings), ledger.ErrSealed)
	kept, err := l.Plan(ctx, id)
	require.NoError(t, err)
	require.Equal(t, info, kept)
	got, err := l.Findings(ctx, id)
	require.NoError(t, err)
	require.Equal(t, findings, got)

	_, err = l.Plan(ctx, id+100)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	_, err = l.Findings(ctx, id+100)
	require.ErrorIs(t, err, ledger.ErrNotFound, "no plan is not the same as no findings")
}

func latestPlan(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	_, err := l.LatestPlan(ctx, "NAME", "migrate", false)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	planOf(t, ctx, l, create("ann"))
	last := planOf(t, ctx, l)
	_, err = l.BeginPlan(ctx, "NAME", "migrate", false) // interrupted before it was sealed
	require.NoError(t, err)
	forecast, err := l.BeginPlan(ctx, "NAME", "migrate", true)
	require.NoError(t, err)
	_, err = l.SealPlan(ctx, forecast, "forecast")
	require.NoError(t, err)
	info, err := l.LatestPlan(ctx, "NAME", "migrate", false)
	require.NoError(t, err)
	require.Equal(t, last, info.ID)
	require.Zero(t, info.Changes)
	require.Empty(t, info.Steps)
	info, err = l.LatestPlan(ctx, "NAME", "migrate", true)
	require.NoError(t, err)
	require.Equal(t, forecast, info.ID)
}

func changes(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	const n = 2100 // more than two pages
	var all []directory.Change
	for i := range n {
		c := create(fmt.Sprintf("User-%d", n-i))
		c.Before = directory.Attributes{"active": "false"}
		if i%3 == 0 {
			c.Domain, c.User = directory.CXIF, "Same"
		}
		all = append(all, c)
	}
	plan := planOf(t, ctx, l, all...)
	var got []directory.Change
	for c, err := range l.Changes(ctx, plan) {
		require.NoError(t, err)
		got = append(got, c)
	}
	require.Equal(t, all, got)

	position := map[string]int{}
	for i, c := range all {
		position[c.Key()+c.After["userName"]] = i
	}
	for domain, want := range map[directory.Domain]int{directory.CXIF: n / 3, directory.Utilities: n - n/3, directory.Fusion: 0} {
		var before directory.Change
		count := 0
		for c, err := range l.ChangesByUser(ctx, plan, domain) {
			require.NoError(t, err)
			require.Equal(t, domain, c.Domain)
			was, is := directory.Fold(before.User), directory.Fold(c.User)
			require.LessOrEqual(t, was, is)
			if count > 0 && was == is {
				require.Less(t, position[before.Key()+before.After["userName"]], position[c.Key()+c.After["userName"]])
			}
			before, count = c, count+1
		}
		require.Equal(t, want, count)
	}
	for _, err := range l.Changes(ctx, plan+100) {
		require.ErrorIs(t, err, ledger.ErrNotFound, "no plan is not the same as no changes")
		return
	}
	require.Fail(t, "the stream of a plan that is not there ended without an error")
}
