package reconcile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

type resolutions = map[string]reconcile.Resolution

func settled(t *testing.T, w reconcile.World, r *reconcile.Rules) (*reconcile.Settled, map[string]string) {
	t.Helper()
	s, err := reconcile.Settle(w, r)
	require.NoError(t, err)
	got := map[string]string{}
	for j, err := range s.Judgements() {
		require.NoError(t, err)
		got[j.Person.UserName] = j.Verdict
	}
	return s, got
}

func TestANameIsPassedOnInTwoStepsTheHolderFirst(t *testing.T) {
	w := world(
		[]directory.Person{person("jane", "jane@x"), person("heir", "john@x")},
		[]directory.Person{person("jane", "john@x")},
	)
	s, got := settled(t, w, &reconcile.Rules{Utilities: resolutions{"jane": {Rename: "jane.2"}, "heir": {SamePerson: "JANE"}}})
	require.Equal(t, map[string]string{"jane.2": "create", "jane": "matched"}, got)
	require.Equal(t, []directory.Change{
		{
			Step: 1, Domain: directory.Utilities, Kind: directory.UpdateUser, User: "jane", Why: "resolution: rename",
			Before: directory.Attributes{"userName": "jane"}, After: directory.Attributes{"userName": "jane.2"},
		},
		{
			Step: 2, Domain: directory.Utilities, Kind: directory.UpdateUser, User: "heir", Why: "resolution: same-person",
			Before: directory.Attributes{"userName": "heir"}, After: directory.Attributes{"userName": "jane"},
		},
	}, s.Changes())
	require.Equal(t, 3, s.Steps(), "those of Fusion come after")
}

func TestTwoUsersCannotSwapNamesAndTheConflictsRemain(t *testing.T) {
	w := world(
		[]directory.Person{person("a", "b@x"), person("b", "a@x")},
		[]directory.Person{person("a", "a@x"), person("b", "b@x")},
	)
	s, got := settled(t, w, &reconcile.Rules{Utilities: resolutions{"a": {Rename: "b"}, "b": {Rename: "a"}}})
	require.Empty(t, s.Changes())
	require.Equal(t, map[string]string{"a": "username-collision", "b": "username-collision"}, got)
}

func TestNobodyIsRenamedToANameThatSomebodyBears(t *testing.T) {
	w := world([]directory.Person{person("~e", "e@x"), person("taken", "t@x", asleep)}, nil)
	s, got := settled(t, w, &reconcile.Rules{Utilities: resolutions{"~e": {Rename: "TAKEN"}}})
	require.Empty(t, s.Changes())
	require.Equal(t, "username-not-allowed", got["~e"])
	for j, err := range s.Judgements() {
		require.NoError(t, err)
		require.Equal(t, j.Person.UserName == "~e", s.Unused(j))
	}
}

func TestAResolutionThatMakesAnotherConflictIsFoundOut(t *testing.T) {
	w := world(
		[]directory.Person{person("jane", ""), person("john", "john@x"), person("~x", "x@x")},
		[]directory.Person{person("x", "other@x")},
	)
	_, got := settled(t, w, &reconcile.Rules{Utilities: resolutions{"jane": {SetEmail: "JOHN@x"}, "~x": {Rename: "x"}}})
	require.Equal(t, map[string]string{"jane": "duplicate-email", "john": "duplicate-email", "x": "username-collision"}, got)
}

func TestAResolutionCountsOnlyWhileTheVerdictIsOneThatItResolves(t *testing.T) {
	people := []directory.Person{person("jane", "jane@x")}
	s, got := settled(t, world(people, people), &reconcile.Rules{Utilities: resolutions{
		"jane": {Rename: "jane.2", SetEmail: "new@x", Reactivate: true, Migrate: true, KeepInactive: true},
	}})
	require.Equal(t, map[string]string{"jane": "matched"}, got)
	require.Empty(t, s.Changes())
}

func TestSamePersonCountsOnlyForSomebodyOfTheSameEmail(t *testing.T) {
	w := world([]directory.Person{person("jane", "jane@x")}, []directory.Person{person("j.doe", "jane@x"), person("other", "other@x")})
	s, got := settled(t, w, &reconcile.Rules{Utilities: resolutions{"jane": {SamePerson: "other"}}})
	require.Empty(t, s.Changes())
	require.Equal(t, "username-differs", got["jane"])
}

func TestAPolicyCountsForWhoeverHasTheVerdictAndNoResolutionThatFits(t *testing.T) {
	locked := func(p *directory.Person) { p.Locked, p.LockReason = true, 1 }
	w := world(
		[]directory.Person{person("a", "a@x", locked), person("b", "b@x", locked), person("c", "shared@x"), person("d", "shared@x"), person("e", "e@x")},
		[]directory.Person{person("e", "e@x", asleep)},
	)
	s, got := settled(t, w, &reconcile.Rules{
		Utilities: resolutions{"b": {Migrate: true}},
		ForVerdict: resolutions{
			"locked-by-admin": {Exclude: true}, "duplicate-email": {Exclude: true}, "hub-inactive": {Reactivate: true},
		},
	})
	require.Equal(t, map[string]string{"a": "excluded", "b": "create", "c": "excluded", "d": "excluded", "e": "matched"}, got)
	require.Equal(t, []directory.Change{{
		Step: 2, Domain: directory.Fusion, Via: directory.ViaFusionApplications, Kind: directory.UpdateUser, User: "e", Why: "resolution: reactivate",
		Before: directory.Attributes{"active": "false"}, After: directory.Attributes{"active": "true"},
	}}, s.Changes())
}

func TestWhoeverIsExcludedButInScopeNeedsToBeOutOfScopeToo(t *testing.T) {
	w := world([]directory.Person{person("jane", "")}, []directory.Person{person("jane", "j@x", inGroup("role"), func(p *directory.Person) { p.GivenName = "" })})
	rules := func(one reconcile.Resolution) *reconcile.Rules {
		return &reconcile.Rules{ScopeUtilities: []string{"role"}, Utilities: resolutions{"jane": one}}
	}
	_, got := settled(t, w, rules(reconcile.Resolution{Exclude: true}))
	require.Equal(t, "excluded-but-in-scope", got["jane"])
	_, got = settled(t, w, rules(reconcile.Resolution{Exclude: true, OutOfScope: true}))
	require.Equal(t, "excluded", got["jane"])
}

func TestWhatNeedsAChangeIsStillAConflictForThePhasesAfterMigrate(t *testing.T) {
	w := world([]directory.Person{person("~e", "e@x"), person("jane", "j@x", asleep)}, []directory.Person{person("jane", "j@x", inGroup("role"))})
	r := &reconcile.Rules{ScopeUtilities: []string{"role"}, Utilities: resolutions{"~e": {Rename: "e"}, "jane": {KeepInactive: true}}}
	s, err := reconcile.Standing(w, r, directory.Utilities)
	require.NoError(t, err)
	require.Empty(t, s.Changes())
	got := map[string]string{}
	for j, err := range s.Judgements() {
		require.NoError(t, err)
		got[j.Person.UserName] = j.Verdict
	}
	require.Equal(t, map[string]string{"~e": "username-not-allowed", "jane": "inactive"}, got)
}

func TestAFusionUserIsCorrectedOnlyWhileTheyLackSomething(t *testing.T) {
	r := &reconcile.Rules{Fusion: resolutions{"a": {SetEmail: "a@x", SetGivenName: "A"}, "b": {SetEmail: "new@x"}}}
	s, _ := settled(t, world(nil, []directory.Person{person("a", ""), person("b", "b@x")}), r)
	require.Equal(t, []directory.Change{{
		Step: 2, Domain: directory.Fusion, Via: directory.ViaFusionApplications, Kind: directory.UpdateUser, User: "a", Why: "resolution: set",
		Before: directory.Attributes{"email": "", "givenName": "Given"}, After: directory.Attributes{"email": "a@x", "givenName": "A"},
	}}, s.Changes())
}

func TestARenameWhoseLoginNobodyAttestedIsTold(t *testing.T) {
	w := world([]directory.Person{person("~a", "a@x"), person("~b", "b@x")}, nil)
	s, _ := settled(t, w, &reconcile.Rules{Utilities: resolutions{"~a": {Rename: "a"}, "~b": {Rename: "b", OUAFLoginChanged: true}}})
	require.Len(t, s.Unattested(), 1)
	require.Equal(t, "~a", s.Unattested()[0].User)
}

func TestTheReasonOfEveryChangeIsAmongThoseThatItsResolutionMayGive(t *testing.T) {
	one := reconcile.Resolution{Rename: "a", SetEmail: "a@x", Reactivate: true}
	require.Equal(t, []string{
		"resolution: reactivate", "resolution: rename", "resolution: rename, reactivate", "resolution: rename, set",
		"resolution: rename, set, reactivate", "resolution: set", "resolution: set, reactivate",
	}, reconcile.ResolutionReasons(one))
	require.Empty(t, reconcile.ResolutionReasons(reconcile.Resolution{Exclude: true, KeepInactive: true}))

	s, _ := settled(t, world([]directory.Person{person("~a", "")}, nil), &reconcile.Rules{Utilities: resolutions{"~a": one}})
	require.Len(t, s.Changes(), 1)
	require.Contains(t, reconcile.ResolutionReasons(one), s.Changes()[0].Why)
}

func TestOfTwoWhoAskForOneNameOnlyTheFirstGetsIt(t *testing.T) {
	w := world([]directory.Person{person("~a", "a@x"), person("~b", "b@x")}, nil)
	s, got := settled(t, w, &reconcile.Rules{Utilities: resolutions{"~a": {Rename: "one"}, "~b": {Rename: "ONE"}}})
	require.Len(t, s.Changes(), 1)
	require.Equal(t, map[string]string{"one": "create", "~b": "username-not-allowed"}, got)
}
