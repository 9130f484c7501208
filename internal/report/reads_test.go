package report_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/report"
)

func TestAReportTellsOfEveryReadAlsoOfThoseThatWereDropped(t *testing.T) {
	ctx := t.Context()
	l, err := ledger.OpenTemp(ctx)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	read := func(key, phase string, d directory.Domain, complete bool) int64 {
		s, err := l.BeginSnapshot(ctx, key, phase, d)
		require.NoError(t, err)
		require.NoError(t, l.PutUsers(ctx, s.ID, []directory.User{{ID: "1", UserName: "a"}}))
		if complete {
			require.NoError(t, l.CompleteSnapshot(ctx, s.ID))
		}
		return s.ID
	}
	var ids []int64
	for _, phase := range []string{"check", "migrate", "verify"} {
		ids = append(ids, read("one", phase, directory.Fusion, true), read("one", phase, directory.Utilities, true))
	}
	half := read("one", "verify", directory.CXIF, false)
	others := read("two", "check", directory.Fusion, true)

	before, err := report.Build(ctx, l, "one")
	require.NoError(t, err)
	require.Len(t, before.Reads, 6)
	for range 2 { // once more does nothing more
		require.NoError(t, report.DropOldReads(ctx, l, "one"))
		after, err := report.Build(ctx, l, "one")
		require.NoError(t, err)
		require.Equal(t, before.Reads, after.Reads)
		for i, id := range append(ids, half, others) {
			_, err := l.Snapshot(ctx, id)
			if i == 0 || id == half {
				require.ErrorIs(t, err, ledger.ErrNotFound)
				continue
			}
			require.NoError(t, err, "the last reads of each domain, how Utilities was at the start, and those of others, are kept")
		}
	}
	read("one", "again", directory.Fusion, true)
	again, err := report.Build(ctx, l, "one")
	require.NoError(t, err)
	require.Len(t, again.Reads, 7)
	require.Equal(t, 1, again.Reads[6].Users)
}

func TestTheStartIsTheLastReadBeforeAnyOtherPhaseReads(t *testing.T) {
	ctx := t.Context()
	l, err := ledger.OpenTemp(ctx)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	read := func(phase string, d directory.Domain) int64 {
		s, err := l.BeginSnapshot(ctx, "one", phase, d)
		require.NoError(t, err)
		require.NoError(t, l.CompleteSnapshot(ctx, s.ID))
		return s.ID
	}
	_, there, err := report.Start(ctx, l, "one")
	require.NoError(t, err)
	require.False(t, there)
	read("check", directory.Utilities)
	want := read("check", directory.Utilities) // resumed at its gate
	read("check", directory.CXIF)
	read("sso-setup", directory.Utilities)
	read("check", directory.Utilities) // reloaded: this one sees what was written since
	for range 2 {
		got, there, err := report.Start(ctx, l, "one")
		require.NoError(t, err)
		require.True(t, there)
		require.Equal(t, want, got)
		require.NoError(t, report.DropOldReads(ctx, l, "one"))
	}
}
