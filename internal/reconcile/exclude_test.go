package reconcile_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

func named(userName string, groups ...string) directory.Person {
	return directory.Person{User: directory.User{UserName: userName, Active: true}, Groups: groups}
}

func TestAnExclusionNamesPeopleByNameGlobOrGroup(t *testing.T) {
	e := reconcile.Exclusion{UserNames: []string{"Process.Automation", "svc-*", "robot-?", "a*b*c"}, Groups: []string{"Break Glass"}}
	for _, covered := range []string{"process.automation", "SVC-mdm", "svc-", "robot-7", "Robot-é", "abc", "aXbXbc", "aÄbc"} {
		require.True(t, e.Covers(named(covered)), covered)
	}
	for _, other := range []string{"process_automation", "process.automation2", "svc_mdm", "xsvc-mdm", "robot-", "robot-77", "ab", "acb"} {
		require.False(t, e.Covers(named(other)), other)
	}
	require.True(t, e.Covers(named("jane", "CCS Billing", "BREAK GLASS")))
	require.False(t, e.Covers(named("jane", "Break Glasses")))
}

func TestBracketsAndBackslashesOfAGlobAreOrdinaryCharacters(t *testing.T) {
	e := reconcile.Exclusion{UserNames: []string{`[ab]\*`, "."}}
	require.True(t, e.Covers(named(`[AB]\anything`)))
	require.False(t, e.Covers(named(`a\anything`)))
	require.False(t, e.Covers(named("x")), "a dot is a dot")
}

func TestAResolutionThatExcludesCountsWhateverTheVerdictAndNeverInTheOtherTarget(t *testing.T) {
	r := &reconcile.Rules{
		Utilities: map[string]reconcile.Resolution{"jane": {Exclude: true}},
		CXIF:      map[string]reconcile.Resolution{"john": {Exclude: true}},
	}
	require.True(t, r.ExcludedFromUtilities(named("JANE")))
	require.False(t, r.ExcludedFromUtilities(named("john")))
	require.True(t, r.ExcludedFromCXIF(named("John")))
	require.False(t, r.ExcludedFromCXIF(named("jane")))
}

func TestAGlobMatchesWhatTheSameRegularExpressionMatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		glob := rapid.StringMatching(`[ab*?é]{0,8}`).Draw(t, "glob")
		name := rapid.StringMatching(`[abé]{1,10}`).Draw(t, "name")
		pattern := strings.NewReplacer("*", "(?s).*", "?", "(?s).").Replace(glob)
		want := regexp.MustCompile("^" + pattern + "$").MatchString(name)
		require.Equal(t, want, reconcile.Exclusion{UserNames: []string{glob}}.Covers(named(name)), "%q against %q", glob, name)
	})
}
