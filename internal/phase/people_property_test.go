package phase

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
)

// walk plans the people phases in order, each on the world that the one before leaves.
func walk(t *rapid.T, w reconcile.World, r *reconcile.Rules) (reconcile.World, map[string]*reconciletest.Sink) {
	plans := map[string]*reconciletest.Sink{}
	for _, p := range peoplePhases {
		plan := &reconciletest.Sink{}
		require.NoError(t, p.Plan(Input{World: w, Rules: r}, plan), p.Name)
		plans[p.Name] = plan
		var err error
		w, err = reconciletest.Apply(w, plan.Changes)
		require.NoError(t, err, p.Name)
	}
	return w, plans
}

func TestAnEstateWithEveryConflictResolvedGoesThroughAndASecondRunIsEmpty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, true)
		end, plans := walk(t, e.World, e.Rules)
		for phase, plan := range plans {
			require.Empty(t, plan.Blocking(), phase)
		}
		_, again := walk(t, end, e.Rules)
		for phase, plan := range again {
			require.Empty(t, plan.Changes, phase)
			require.Empty(t, plan.Blocking(), phase)
		}
	})
}

func TestAfterARunWhoeverIsInScopeIsThereUnderTheSameNameAndHoldsTheRoles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, true)
		end, _ := walk(t, e.World, e.Rules)
		for _, target := range []directory.Domain{directory.Utilities, directory.CXIF} {
			side := end[target].(*reconciletest.Side)
			for _, f := range end[directory.Fusion].(*reconciletest.Side).People {
				if !e.Rules.InScope(target, f) {
					continue
				}
				p, there := side.Person(f.UserName)
				require.True(t, there, "%s in %s", f.UserName, target)
				require.Empty(t, e.Rules.AccessOf(target).Missing(side.Rest, p), "%s in %s", f.UserName, target)
			}
		}
	})
}

func TestNoPlanTakesAnythingAway(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, rapid.Bool().Draw(t, "resolved"))
		_, plans := walk(t, e.World, e.Rules)
		for phase, plan := range plans {
			for _, c := range plan.Changes {
				require.Contains(t, []directory.Kind{directory.CreateUser, directory.UpdateUser, directory.AddMember, directory.AddGrant}, c.Kind)
				for key, value := range c.After {
					require.NotEmpty(t, value, "%s clears %s", phase, key)
				}
				if c.After["active"] == "false" {
					require.Equal(t, "resolution orphans: deactivate", c.Why, phase)
				}
			}
		}
	})
}

func TestWhoeverIsInConflictOrLeftAloneIsNotTouchedInUtilities(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, false)
		for _, p := range []Phase{migrate, syncUtilities, accessUtilities} {
			plan := &reconciletest.Sink{}
			require.NoError(t, p.Plan(Input{World: e.World, Rules: e.Rules}, plan))
			for _, c := range plan.Changes {
				if verdict, known := e.Verdicts[c.User]; known {
					require.Contains(t, []string{reconcile.VerdictMatched, reconcile.VerdictCreate}, verdict, "%s changes %s", p.Name, c.User)
				}
			}
		}
	})
}

func TestStepsOnlyEverGoUpAndTheFirstCreationStandsAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, true)
		_, plans := walk(t, e.World, e.Rules)
		for phase, plan := range plans {
			last, user := 0, ""
			for _, c := range plan.Changes {
				require.GreaterOrEqual(t, c.Step, max(last, 1), phase)
				if c.Step == last {
					require.LessOrEqual(t, user, directory.Fold(c.User), phase)
				}
				last, user = c.Step, directory.Fold(c.User)
			}
		}
		canary := 0
		for _, c := range plans["migrate"].Changes {
			if c.Kind != directory.CreateUser {
				continue
			}
			if canary == 0 {
				canary = c.Step
				continue
			}
			require.Greater(t, c.Step, canary, "nobody goes with the canary")
		}
	})
}

func TestTheSameEstateGivesTheSamePlanInWhateverOrderItIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, true)
		_, plans := walk(t, e.World, e.Rules)
		shuffled := reconcile.World{}
		for d, side := range e.World {
			s := side.(*reconciletest.Side)
			shuffled[d] = &reconciletest.Side{People: rapid.Permutation(s.People).Draw(t, "order"), Rest: s.Rest}
		}
		_, again := walk(t, shuffled, e.Rules)
		for phase, plan := range plans {
			require.Equal(t, plan.Hash(phase), again[phase].Hash(phase), phase)
		}
	})
}
