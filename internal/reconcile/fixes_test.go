package reconcile_test

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
)

func locked(p *directory.Person) { p.Locked, p.LockReason = true, 1 }

func unnamed(p *directory.Person) { p.GivenName, p.FamilyName = "", "" }

func called(given, family string) func(*directory.Person) {
	return func(p *directory.Person) { p.GivenName, p.FamilyName = given, family }
}

// conflicts are the findings of a world, by user.
func conflicts(t require.TestingT, w reconcile.World, r *reconcile.Rules) map[string]directory.Finding {
	s, err := reconcile.Settle(w, r)
	require.NoError(t, err)
	out := map[string]directory.Finding{}
	for j, err := range s.Judgements() {
		require.NoError(t, err)
		if reconcile.IsConflict(j.Verdict) {
			out[j.Person.UserName] = reconcile.ConflictFinding("migrate", j)
		}
	}
	return out
}

func TestEveryConflictShowsWhoItIsAboutAndTheResolutionsThatFit(t *testing.T) {
	utilities := func(user, resolution string) string {
		return `resolutions: {utilities: {"` + user + `": {` + resolution + `}}}`
	}
	people := func(p ...directory.Person) []directory.Person { return p }
	for name, c := range map[string]struct {
		verdict           string
		utilities, fusion []directory.Person
		fixes             []string
		records           []string // label: userName
	}{
		"excluded, in scope": {
			"excluded-but-in-scope", people(person("svc-u", "u@x")), people(person("svc-u", "u@x", inGroup("role"))),
			[]string{utilities("svc-u", "out-of-scope: true")},
			[]string{"the user: svc-u", "bears the same name: svc-u"},
		},
		"inactive, in scope": {
			"inactive-but-in-scope", people(person("u", "u@x", asleep)), people(person("u", "u@x", inGroup("role"))),
			[]string{utilities("u", "keep-inactive: true"), utilities("u", "out-of-scope: true"), utilities("u", "exclude: true, out-of-scope: true")},
			[]string{"the user: u", "bears the same name: u"},
		},
		"locked": {
			"locked-by-admin", people(person("u", "u@x", locked)), nil,
			[]string{utilities("u", "migrate: true"), utilities("u", "exclude: true")}, []string{"the user: u"},
		},
		"a collision of two emails": {
			"username-collision", people(person("u", "u@x")), people(person("u", "f@x")),
			[]string{utilities("u", "rename: NEW_USERNAME"), utilities("u", `set: {email: "f@x"}`), utilities("u", "exclude: true, out-of-scope: true")},
			[]string{"the user: u", "bears the same name: u"},
		},
		"a collision with somebody who has names only": {
			"username-collision", people(person("u", "u@x")), people(person("u", "", called("Ada", `"Q"`))),
			[]string{utilities("u", "rename: NEW_USERNAME"), utilities("u", `set: {givenName: "Ada", familyName: "\"Q\""}`), utilities("u", "exclude: true, out-of-scope: true")},
			[]string{"the user: u", "bears the same name: u"},
		},
		"a collision with somebody of whom nothing is known": {
			"username-collision", people(person("u", "u@x")), people(person("u", "", unnamed)),
			[]string{utilities("u", "rename: NEW_USERNAME"), `resolutions: {fusion: {"u": {set: {email: "u@x"}}}}`, utilities("u", "exclude: true, out-of-scope: true")},
			[]string{"the user: u", "bears the same name: u"},
		},
		"a collision of two of whom nothing is known": {
			"username-collision", people(person("u", "")), people(person("u", "", unnamed)),
			[]string{utilities("u", "rename: NEW_USERNAME"), utilities("u", "exclude: true, out-of-scope: true")},
			[]string{"the user: u", "bears the same name: u"},
		},
		"inactive in the hub": {
			"hub-inactive", people(person("u", "u@x")), people(person("u", "u@x", asleep)),
			[]string{utilities("u", "reactivate: true"), utilities("u", "exclude: true, out-of-scope: true")},
			[]string{"the user: u", "bears the same name: u"},
		},
		"inactive in the hub under another name": {
			"hub-inactive", people(person("u", "u@x")), people(person("f", "u@x", asleep)),
			[]string{utilities("u", `same-person: "f", reactivate: true`), utilities("u", "exclude: true")},
			[]string{"the user: u", "has the same email: f"},
		},
		"another case": {
			"username-case", people(person("U'x", "u@x")), people(person("u'x", "u@x")),
			[]string{utilities("U'x", `rename: "u'x"`), utilities("U'x", "exclude: true, out-of-scope: true")},
			[]string{"the user: U'x", "bears the same name: u'x"},
		},
		"no email": {
			"missing-email", people(person("u", "")), nil,
			[]string{utilities("u", "set: {email: EMAIL}"), utilities("u", "exclude: true")}, []string{"the user: u"},
		},
		"no family name": {
			"missing-family-name", people(person("u", "u@x", unnamed)), nil,
			[]string{utilities("u", "set: {familyName: FAMILY_NAME}"), utilities("u", "exclude: true")}, []string{"the user: u"},
		},
		"an email that others have": {
			"duplicate-email", people(person("u", "u@x"), person("v", "U@x"), person("w", "u@x")), nil,
			[]string{utilities("u", "set: {email: EMAIL}"), utilities("u", "exclude: true")},
			[]string{"the user: u", "has the same email: v", "has the same email: w"},
		},
		"two in Fusion, one of them inactive": {
			"email-ambiguous", people(person("u", "u@x")), people(person("f", "u@x"), person("g", "u@x", asleep)),
			[]string{utilities("u", `same-person: "f"`), utilities("u", `same-person: "g", reactivate: true`), utilities("u", "set: {email: EMAIL}"), utilities("u", "exclude: true")},
			[]string{"the user: u", "has the same email: f", "has the same email: g"},
		},
		"a name that somebody else can give up": {
			"email-ambiguous", people(person("u", "u@x"), person("f", "other@x")), people(person("f", "u@x")),
			[]string{
				`resolutions: {utilities: {"u": {same-person: "f"}, "f": {rename: NEW_USERNAME}}}`,
				utilities("u", "set: {email: EMAIL}"), utilities("u", "exclude: true"),
			},
			[]string{"the user: u", "has the same email: f", "bears that name in Utilities: f"},
		},
		"a name that is somebody else's": {
			"email-ambiguous", people(person("u", "u@x"), person("f", "")), people(person("f", "u@x")),
			[]string{utilities("u", "set: {email: EMAIL}"), utilities("u", "exclude: true")},
			[]string{"the user: u", "has the same email: f", "bears that name in Utilities: f"},
		},
		"two names": {
			"username-differs", people(person("u", "u@x")), people(person("f", "u@x")),
			[]string{utilities("u", `same-person: "f"`), utilities("u", "set: {email: EMAIL}"), utilities("u", "exclude: true")},
			[]string{"the user: u", "has the same email: f"},
		},
		"a character": {
			"username-not-allowed", people(person("ü", "u@x")), nil,
			[]string{utilities("ü", "rename: NEW_USERNAME"), utilities("ü", "exclude: true")}, []string{"the user: ü"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := &reconcile.Rules{ScopeUtilities: []string{"role"}, ExcludeUtilities: reconcile.Exclusion{UserNames: []string{"svc-*"}}}
			f := conflicts(t, world(c.utilities, c.fusion), r)[c.utilities[0].UserName]
			require.Equal(t, c.verdict, f.Name)
			require.Equal(t, c.fixes, f.Fixes)
			var records []string
			for _, one := range f.Records {
				records = append(records, one.Label+": "+one.UserName)
			}
			require.Equal(t, c.records, records)
			for _, fix := range f.Fixes {
				fixed, err := reconciletest.WithFix(r, fix, "new", "new@x", "New")
				require.NoError(t, err)
				require.NotContains(t, conflicts(t, world(c.utilities, c.fusion), fixed), c.utilities[0].UserName, fix)
			}
		})
	}
}

// verdictOf finds somebody by what no resolution changes.
func verdictOf(t require.TestingT, w reconcile.World, r *reconcile.Rules, id string) string {
	s, err := reconcile.Settle(w, r)
	require.NoError(t, err)
	for j, err := range s.Judgements() {
		require.NoError(t, err)
		if j.Person.ID == id {
			return j.Verdict
		}
	}
	return ""
}

func TestEveryFixTakesItsConflictAwayOrBringsUpTheNext(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, rapid.Bool().Draw(t, "resolved"))
		if rapid.Bool().Draw(t, "half resolved") {
			for _, user := range slices.Sorted(maps.Keys(e.Rules.Utilities)) { // resolutions that are there already do not disturb
				if rapid.Bool().Draw(t, "forgotten") {
					delete(e.Rules.Utilities, user)
				}
			}
		}
		for user, f := range conflicts(t, e.World, e.Rules) {
			require.NotEmpty(t, f.Fixes, f.Name)
			side := e.World[directory.Utilities].(*reconciletest.Side)
			p, there := side.Person(user)
			if !there {
				continue // renamed already, and in another conflict now
			}
			for _, fix := range f.Fixes {
				fixed, err := reconciletest.WithFix(e.Rules, fix, "fresh", "fresh@example.com", "Fresh")
				require.NoError(t, err)
				require.NotEqual(t, f.Name, verdictOf(t, e.World, fixed, p.ID), "%s: %s", user, fix)
			}
		}
	})
}

func TestWhoeverFollowsTheFixesIsDoneInTheEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, false)
		rules := e.Rules
		for round := 0; ; round++ {
			open := conflicts(t, e.World, rules)
			if len(open) == 0 {
				return
			}
			require.Less(t, round, 300, "%v", open)
			user := rapid.SampledFrom(slices.Sorted(maps.Keys(open))).Draw(t, "user")
			fix := rapid.SampledFrom(open[user].Fixes).Draw(t, "fix")
			var err error
			rules, err = reconciletest.WithFix(rules, fix, fmt.Sprintf("fresh.%d", round), fmt.Sprintf("fresh%d@example.com", round), "Fresh")
			require.NoError(t, err)
		}
	})
}

func TestAFindingStaysSmallHoweverManyShareAnEmail(t *testing.T) {
	var many []directory.Person
	for i := range 3000 {
		many = append(many, person(fmt.Sprintf("u%04d", i), "info@x"))
	}
	f := conflicts(t, world(many, nil), &reconcile.Rules{})["u0000"]
	require.Len(t, f.Records, directory.MostRecords)
	require.Contains(t, f.Detail, "u0010 and 2989 more in Utilities")
	require.Less(t, len(f.Detail)+len(f.Other), 300)
}
