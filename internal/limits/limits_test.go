package limits_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/limits"
)

func change(kind directory.Kind, after directory.Attributes) directory.Change {
	return directory.Change{Kind: kind, Domain: directory.Utilities, After: after}
}

func TestEveryWriteToAPersonCountsAsOneKindAndSettingsAsNone(t *testing.T) {
	for kind, c := range map[limits.Kind]directory.Change{
		limits.Creates:       change(directory.CreateUser, directory.Attributes{"active": "true"}),
		limits.Updates:       change(directory.UpdateUser, directory.Attributes{"email": "a@example.com"}),
		limits.Deactivations: change(directory.UpdateUser, directory.Attributes{"active": "false"}),
		limits.Grants:        change(directory.AddGrant, nil),
		limits.Removals:      change(directory.DeleteUser, nil),
	} {
		got, ok := limits.KindOf(c)
		require.True(t, ok)
		require.Equal(t, kind, got)
	}
	back, _ := limits.KindOf(change(directory.UpdateUser, directory.Attributes{"active": "true"}))
	require.Equal(t, limits.Updates, back, "to reactivate somebody takes nothing away")
	for _, kind := range []directory.Kind{directory.PutSetting, directory.DropSetting} {
		_, ok := limits.KindOf(change(kind, nil))
		require.False(t, ok)
	}
}

func TestByDefaultNobodyIsRemovedAndAFifthOfThePeopleIsTheMost(t *testing.T) {
	tally := func(kind limits.Kind, n int) limits.Tally {
		return limits.Tally{directory.Utilities: {kind: n}}
	}
	people := map[directory.Domain]int{directory.Utilities: 200}
	for _, c := range []struct {
		phase string
		kind  limits.Kind
		n     int
		stops bool
	}{
		{"sync-utilities", limits.Updates, 40, false},
		{"sync-utilities", limits.Updates, 41, true},
		{"sync-utilities", limits.Creates, 200, false},
		{"migrate", limits.Creates, 200, false},
		{"migrate", limits.Updates, 41, true},
		{"access-cxif", limits.Grants, 200, false},
		{"sync-cxif", limits.Grants, 41, true},
		{"sync-utilities", limits.Deactivations, 25, false}, // the floor
		{"sync-utilities", limits.Deactivations, 26, true},
		{"sync-utilities", limits.Removals, 1, true}, // no floor for a count
		{"tidy", limits.Removals, 1, true},
	} {
		got := limits.Defaults(c.phase).Crossed(tally(c.kind, c.n), people, limits.Floor)
		require.Equal(t, c.stops, len(got) > 0, "%s, %d %s", c.phase, c.n, c.kind)
	}
}

func TestACrossingSaysHowManyOfHowManyAndWhatTheLimitIs(t *testing.T) {
	crossed := limits.Defaults("sync-utilities").Crossed(
		limits.Tally{directory.Utilities: {limits.Updates: 90, limits.Removals: 2}, directory.CXIF: {limits.Updates: 30}},
		map[directory.Domain]int{directory.Utilities: 300, directory.CXIF: 40}, limits.Floor)
	var words []string
	for _, c := range crossed {
		words = append(words, c.String())
	}
	require.Equal(t, []string{
		"90 updates in utilities (30 % of 300 people), where the limit is 20 %",
		"2 removals in utilities (1 % of 300 people), where the limit is 0",
		"30 updates in cxif (75 % of 40 people), where the limit is 20 %",
	}, words)
	require.Equal(t, 122, limits.Number(crossed))
}

func TestMoreWritesNeverKeepALimitThatFewerCross(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		phase := rapid.SampledFrom([]string{"migrate", "sync-utilities", "access-cxif", "sso-on"}).Draw(t, "phase")
		kind := rapid.SampledFrom(limits.Kinds).Draw(t, "kind")
		people := map[directory.Domain]int{directory.Fusion: rapid.IntRange(0, 1000).Draw(t, "people")}
		floor := rapid.IntRange(0, 50).Draw(t, "floor")
		n := rapid.IntRange(0, 1000).Draw(t, "n")
		crossed := func(n int) bool {
			return len(limits.Defaults(phase).Crossed(limits.Tally{directory.Fusion: {kind: n}}, people, floor)) > 0
		}
		if crossed(n) && !crossed(n+rapid.IntRange(0, 100).Draw(t, "more")) {
			t.Fatal("more writes keep it")
		}
	})
}

func TestTheBreakerTripsOnAShareOfFailuresAndNotOnAFew(t *testing.T) {
	b := limits.Breaker{Percent: 20, Least: 5}
	for _, c := range []struct {
		failed, tried int
		trips         bool
	}{{4, 4, false}, {5, 5, true}, {5, 25, false}, {6, 25, true}, {20, 100, false}, {21, 100, true}} {
		require.Equal(t, c.trips, b.Tripped(c.failed, c.tried), fmt.Sprint(c))
	}
	require.False(t, limits.Breaker{}.Tripped(100, 100), "no breaker")
}
