package reconcile_test

import (
	"iter"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
)

// A round looks again only at those whose verdict can have changed.
func TestRoundsThatLookAtFewEndAsThoseThatJudgeEverybodyAnew(t *testing.T) {
	verdicts := []string{
		reconcile.VerdictExcludedInScope, reconcile.VerdictInactiveInScope, reconcile.VerdictLockedByAdmin, reconcile.VerdictUsernameCollision,
		reconcile.VerdictHubInactive, reconcile.VerdictDuplicateEmail, reconcile.VerdictEmailAmbiguous, reconcile.VerdictUsernameDiffers,
	}
	waiver := rapid.Custom(func(t *rapid.T) reconcile.Resolution {
		flag := func(name string) bool { return rapid.Bool().Draw(t, name) }
		return reconcile.Resolution{
			Exclude: rapid.IntRange(0, 4).Draw(t, "exclude") == 0, Migrate: flag("migrate"), KeepInactive: flag("keepInactive"),
			OutOfScope: flag("outOfScope"), Reactivate: flag("reactivate"),
		}
	})
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, rapid.Bool().Draw(t, "resolved"))
		e.Rules.ForVerdict = rapid.MapOf(rapid.SampledFrom(verdicts), waiver).Draw(t, "policies")
		for u, err := range e.World[directory.Utilities].ByName() {
			require.NoError(t, err)
			if name := directory.Fold(u.UserName); rapid.IntRange(0, 3).Draw(t, "waived") == 0 {
				r, w := e.Rules.Utilities[name], waiver.Draw(t, "waiver")
				r.Exclude, r.Migrate, r.KeepInactive, r.OutOfScope = w.Exclude, w.Migrate, w.KeepInactive, w.OutOfScope
				e.Rules.Utilities[name] = r
			}
		}
		for _, writes := range []bool{true, false} {
			want, err := reconcile.SettleAnew(e.World, e.Rules, writes)
			require.NoError(t, err)
			have, err := reconcile.Settle(e.World, e.Rules)
			if !writes {
				have, err = reconcile.Standing(e.World, e.Rules, directory.Utilities)
			}
			require.NoError(t, err)
			require.Equal(t, want.Steps(), have.Steps())
			require.Equal(t, want.Changes(), have.Changes())
			require.Equal(t, collected(t, want.Judgements()), collected(t, have.Judgements()))
			require.Equal(t, collected(t, want.Counterparts(directory.Utilities)), collected(t, have.Counterparts(directory.Utilities)))
		}
	})
}

func collected[T any](t require.TestingT, in iter.Seq2[T, error]) (out []T) {
	for v, err := range in {
		require.NoError(t, err)
		out = append(out, v)
	}
	return out
}
