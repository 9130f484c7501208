package reconcile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
)

func TestWhomAPolicyExcludesIsLeftAloneByNameAndNobodyElse(t *testing.T) {
	person := func(name, email string) directory.Person {
		return directory.Person{User: directory.User{ID: name, UserName: name, GivenName: "Given", FamilyName: "Family", Email: email, Active: true}}
	}
	w := reconcile.World{
		directory.Fusion:    &reconciletest.Side{},
		directory.Utilities: &reconciletest.Side{People: []directory.Person{person("ann", "ann@example.com"), person("bob", ""), person("cy", "")}},
	}
	r := &reconcile.Rules{
		ForVerdict: map[string]reconcile.Resolution{"missing-email": {Exclude: true}},
		Utilities:  map[string]reconcile.Resolution{"cy": {SetEmail: "cy@example.com"}},
	}
	got, err := reconcile.WithExclusions(w, r)
	require.NoError(t, err)
	require.False(t, got.ExcludedFromUtilities(person("ann", "")))
	require.True(t, got.ExcludedFromUtilities(person("Bob", "")))
	require.False(t, got.ExcludedFromUtilities(person("cy", "")), "a word on one user goes before a policy")
	require.Empty(t, r.Utilities["bob"], "the rules that came in are as they were")

	for j, err := range reconcile.Verdicts(w, got) {
		require.NoError(t, err)
		if j.Person.UserName == "bob" {
			require.Equal(t, "missing-email", j.Verdict, "the verdict is still what it was")
		}
	}
}
