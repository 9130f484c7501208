// Package conformance is what every ledger must do, whatever it is kept in. A
// backend's own tests call Run; what is particular to the backend, such as what
// a crash leaves in a file, stays in those.
package conformance

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

// Run runs the suite. Open returns an empty ledger, which it closes itself when
// the test ends.
func Run(t *testing.T, open func(t *testing.T) *ledger.Ledger) {
	for name, test := range map[string]func(*testing.T, *ledger.Ledger){
		"a configuration is kept under its hash and never changes":      configurations,
		"a read leaves what it saw when its people are dropped":         readBacks,
		"a plan says from what it was made":                             planOrigin,
		"what became of changes is streamed, also by user":              outcomes,
		"renames are found wherever they were planned":                  renames,
		"verdicts are streamed by name once they are sealed":            verdictsByName,
		"whatever else is kept of a cutover is listed":                  everythingElse,
		"a person is found with groups and roles":                       personIn,
		"a cutover is overwritten under its name":                       cutovers,
		"a decision counts once":                                        decisions,
		"phases are listed in the order in which they first ended":      phases,
		"every proof of a sign-in is kept":                              signIns,
		"the first sealed set of verdicts counts":                       verdicts,
		"the first binding of a resolution stays":                       bindings,
		"every acceptance is kept":                                      acceptances,
		"a value is overwritten under its key":                          values,
		"a tripwire holds for its domain until somebody lifts it":       tripwires,
		"a snapshot is filled, completed, and then never changes":       snapshotLife,
		"what is written twice is there once":                           idempotence,
		"a user renamed between two pages is there once":                renamedUser,
		"people are streamed in the order of their folded names":        byName,
		"people are streamed in the order of their folded emails":       byEmail,
		"a stream goes over page after page without losing anybody":     pages,
		"what people belong to comes apart, in the order of their ids":  apart,
		"any names at all come out as they went in, in order":           anyNames,
		"a projection overwrites people as a whole":                     projection,
		"users are found by name, case aside":                           findUsers,
		"one may write while one streams":                               writeWhileStreaming,
		"a stream ends with an error when its snapshot is dropped":      dropWhileStreaming,
		"old snapshots are dropped and the kept ones stay":              dropSnapshots,
		"a plan is written, sealed, and then never changes":             planLife,
		"the latest plan is the last sealed one":                        latestPlan,
		"changes are streamed in order, and by user":                    changes,
		"a claim takes what can travel in one request":                  claimBatch,
		"a claim of settings takes one at a time":                       claimSettings,
		"a plan that is not sealed has no claims":                       unsealedClaims,
		"late records of a dead fence change nothing":                   deadFence,
		"released claims can be claimed again and count as an attempt":  release,
		"a record is final":                                             final,
		"a failed change is listed with its reason":                     failures,
		"the snapshots of a cutover are listed as they were begun":      listSnapshots,
		"what was applied in a cutover is streamed plan by plan":        appliedInCutover,
		"what was applied is streamed to be undone, the last first":     appliedToUndo,
		"what was undone is not undone again":                           undoneOnce,
		"nothing is handed out twice, however many claim at once":       concurrentClaims,
		"claims, records, releases and takeovers follow one simple law": claimsModel,
		"a cancelled context stops everything":                          cancelled,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// deadline bounds every test; without the race detector nothing here takes a
// hundredth of it.
const deadline = 5 * time.Minute

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	t.Cleanup(cancel)
	return ctx
}

// noon is some moment, to the nanosecond.
var noon = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

// begin begins a snapshot of Utilities.
func begin(t require.TestingT, ctx context.Context, l *ledger.Ledger) int64 {
	s, err := l.BeginSnapshot(ctx, "NAME", "check", directory.Utilities)
	require.NoError(t, err)
	return s.ID
}

// snapshotOf is a complete snapshot of the users.
func snapshotOf(t require.TestingT, ctx context.Context, l *ledger.Ledger, users ...directory.User) int64 {
	id := begin(t, ctx, l)
	require.NoError(t, l.PutUsers(ctx, id, users))
	require.NoError(t, l.CompleteSnapshot(ctx, id))
	return id
}

// names reads a stream to its end and returns the user names.
func names(t require.TestingT, people func(func(directory.Person, error) bool)) []string {
	out := []string{}
	for p, err := range people {
		require.NoError(t, err)
		out = append(out, p.UserName)
	}
	return out
}

// planOf is a sealed plan of the changes.
func planOf(t require.TestingT, ctx context.Context, l *ledger.Ledger, changes ...directory.Change) int64 {
	id, err := l.BeginPlan(ctx, "NAME", "migrate", false)
	require.NoError(t, err)
	require.NoError(t, l.AddChanges(ctx, id, changes))
	_, err = l.SealPlan(ctx, id, "hash")
	require.NoError(t, err)
	return id
}

// atMost makes the size of a claim the same for every change.
func atMost(n int) func(directory.Change) int { return func(directory.Change) int { return n } }

// claim claims up to n changes of step 1.
func claim(t require.TestingT, ctx context.Context, l *ledger.Ledger, plan int64, n int) []ledger.Claimed {
	claimed, err := l.Claim(ctx, plan, 1, atMost(n), noon)
	require.NoError(t, err)
	return claimed
}

func seqs(claimed []ledger.Claimed) []int {
	out := []int{}
	for _, c := range claimed {
		out = append(out, c.Seq)
	}
	return out
}

// create is a change that makes a user in Utilities.
func create(user string) directory.Change {
	return directory.Change{
		Step: 1, Domain: directory.Utilities, Kind: directory.CreateUser, User: user,
		After: directory.Attributes{"userName": user, "active": "true"}, Why: "sync",
	}
}

// join is a change that adds a user to a group in Utilities.
func join(user, group string) directory.Change {
	return directory.Change{Step: 1, Domain: directory.Utilities, Kind: directory.AddMember, User: user, Target: group, Why: "access"}
}
