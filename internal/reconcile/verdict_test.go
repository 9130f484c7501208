package reconcile_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
)

func verdicts(t require.TestingT, w reconcile.World, r *reconcile.Rules) map[string]reconcile.Judgement {
	found := map[string]reconcile.Judgement{}
	last := ""
	for j, err := range reconcile.Verdicts(w, r) {
		require.NoError(t, err)
		require.LessOrEqual(t, last, directory.Fold(j.Person.UserName), "in the order of folded names")
		last = directory.Fold(j.Person.UserName)
		found[j.Person.UserName] = j
	}
	return found
}

func world(utilities, fusion []directory.Person) reconcile.World {
	return reconcile.World{
		directory.Utilities: &reconciletest.Side{People: utilities}, directory.Fusion: &reconciletest.Side{People: fusion},
	}
}

func person(userName, email string, touch ...func(*directory.Person)) directory.Person {
	p := directory.Person{User: directory.User{UserName: userName, Email: email, GivenName: "Given", FamilyName: "Family", Active: true}}
	for _, f := range touch {
		f(&p)
	}
	return p
}

func inGroup(g string) func(*directory.Person) {
	return func(p *directory.Person) { p.Groups = append(p.Groups, g) }
}

func asleep(p *directory.Person) { p.Active = false }

func TestEveryUtilitiesUserGetsTheVerdictTheyWereBuiltFor(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, rapid.Bool().Draw(t, "resolved"))
		got := map[string]string{}
		for name, j := range verdicts(t, e.World, e.Rules) {
			got[name] = j.Verdict
		}
		require.Equal(t, e.Verdicts, got)
	})
}

func TestEveryResolutionThatFitsIsToldWithTheVerdictAndChangesItNot(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, true)
		for name, j := range verdicts(t, e.World, e.Rules) {
			_, written := e.Rules.Utilities[directory.Fold(name)]
			if reconcile.IsConflict(j.Verdict) && written && name[:min(len(name), 4)] != "heir" { // whose name is not free yet
				require.True(t, j.Resolved, "%s: %s", name, j.Verdict)
				require.NotNil(t, j.Resolution)
			}
			require.Equal(t, e.Verdicts[name], j.Verdict)
		}
	})
}

func TestTheTestUserGetsNoVerdictAndMakesNobodyAmbiguous(t *testing.T) {
	r := &reconcile.Rules{TestUser: "Cutover.Test"}
	got := verdicts(t, world(
		[]directory.Person{person("cutover.test", "shared@x"), person("jane", "shared@x")},
		[]directory.Person{person("CUTOVER.TEST", "shared@x")},
	), r)
	require.Len(t, got, 1)
	require.Equal(t, reconcile.VerdictCreate, got["jane"].Verdict)
}

func TestTheFirstVerdictThatFitsCounts(t *testing.T) {
	r := &reconcile.Rules{ScopeUtilities: []string{"role"}, ExcludeUtilities: reconcile.Exclusion{UserNames: []string{"svc-*"}}}
	locked := func(p *directory.Person) { p.Locked, p.LockReason = true, 1 }
	mistyped := func(p *directory.Person) { p.Locked, p.LockReason = true, 0 }
	got := verdicts(t, world([]directory.Person{
		person("svc-a", "", asleep), person("b", "", asleep, locked), person("c", "", locked), person("d", "d@x", mistyped),
		person("é", "shared@x"), person("f", "shared@x"), person("g", "shared@x", asleep), person("svc-h", "d@x"),
	}, nil), r)
	for name, want := range map[string]string{
		"svc-a": "excluded", "b": "inactive", "c": "locked-by-admin", "d": "create", "é": "duplicate-email", "f": "duplicate-email",
		"g": "inactive", "svc-h": "excluded",
	} {
		require.Equal(t, want, got[name].Verdict, name)
	}
	require.Equal(t, []string{"f"}, got["é"].Others, "who is inactive or excluded is no candidate, and shares with nobody")
}

func TestAnInactiveFusionUserIsInNobodysScope(t *testing.T) {
	r := &reconcile.Rules{ScopeUtilities: []string{"Role"}}
	got := verdicts(t, world([]directory.Person{person("jane", "j@x", asleep)}, []directory.Person{person("jane", "j@x", asleep, inGroup("ROLE"))}), r)
	require.Equal(t, reconcile.VerdictInactive, got["jane"].Verdict)
	got = verdicts(t, world([]directory.Person{person("jane", "j@x", asleep)}, []directory.Person{person("jane", "j@x", inGroup("ROLE"))}), r)
	require.Equal(t, reconcile.VerdictInactiveInScope, got["jane"].Verdict)
}

func TestAnEmailOfAFusionUserWhoseNameAnInactiveUserBearsIsAmbiguous(t *testing.T) {
	got := verdicts(t, world(
		[]directory.Person{person("jane", "j@x"), person("j.doe", "", asleep)},
		[]directory.Person{person("J.Doe", "J@X", asleep)},
	), &reconcile.Rules{})
	require.Equal(t, reconcile.VerdictEmailAmbiguous, got["jane"].Verdict)
	require.Equal(t, []string{"J.Doe"}, got["jane"].Others)
}

func TestAReadThatFailsOrIsJumbledGivesNoVerdicts(t *testing.T) {
	gone := errors.New("gone")
	for _, broken := range []brokenSide{{name: gone}, {email: gone}, {jumbled: true}} {
		w := world(nil, nil)
		w[directory.Fusion] = broken
		var last error
		for _, err := range reconcile.Verdicts(w, &reconcile.Rules{}) {
			last = err
		}
		require.Error(t, last)
	}
}

// brokenSide is a domain whose read fails, or comes out of order.
type brokenSide struct {
	name, email error
	jumbled     bool
}

func (s brokenSide) Outline() directory.Outline { return directory.Outline{} }

func (s brokenSide) ByName() reconcile.People {
	if s.jumbled {
		return func(yield func(directory.Person, error) bool) {
			_ = yield(person("b", "b@x"), nil) && yield(person("a", "a@x"), nil)
		}
	}
	return failing(s.name)
}

func (s brokenSide) ByEmail() reconcile.People { return failing(s.email) }

func failing(err error) reconcile.People {
	return func(yield func(directory.Person, error) bool) {
		if err != nil {
			yield(directory.Person{}, err)
		}
	}
}
