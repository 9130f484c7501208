package observe_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/observe"
)

// wrote makes a change in the domain and writes it to the ledger, as a phase does.
func (w world) wrote(t *testing.T, changes ...directory.Change) {
	t.Helper()
	writes := make([]directory.Write, len(changes))
	for i := range changes {
		changes[i].Step, changes[i].Domain = 1, w.name
		writes[i].Change = changes[i]
		now, err := w.Lookup(t.Context(), []string{changes[i].User})
		require.NoError(t, err)
		writes[i].ID = now[directory.Fold(changes[i].User)].ID
	}
	outcomes, err := w.Write(t.Context(), writes)
	require.NoError(t, err)
	plan, err := w.ledger.BeginPlan(t.Context(), "test", "sync", false)
	require.NoError(t, err)
	require.NoError(t, w.ledger.AddChanges(t.Context(), plan, changes))
	_, err = w.ledger.SealPlan(t.Context(), plan, "hash")
	require.NoError(t, err)
	claimed, err := w.ledger.Claim(t.Context(), plan, 1, func(directory.Change) int { return len(changes) }, time.Now().Add(time.Minute))
	require.NoError(t, err)
	require.Len(t, claimed, len(changes))
	var records []ledger.Record
	for i, c := range claimed {
		require.Nil(t, outcomes[i].Err)
		records = append(records, ledger.Record{Seq: c.Seq, State: ledger.StateApplied, ResourceID: outcomes[i].ID})
	}
	_, err = w.ledger.Record(t.Context(), plan, claimed[0].Fence, records)
	require.NoError(t, err)
}

func newUser(name string) directory.Change {
	return directory.Change{Kind: directory.CreateUser, User: name, After: directory.Attributes{
		"userName": name, "givenName": "Nora", "familyName": "Quist", "displayName": "Nora Quist", "email": name + "@example.com", "active": "true"}}
}

func TestAThingThatWasWrittenMustShowInTheNextRead(t *testing.T) {
	for what, c := range map[string]directory.Change{
		"read users":                  newUser("nora.quist"),
		"read the members of a group": {Kind: directory.AddMember, Target: "Some"},
		"read grants":                 {Kind: directory.AddGrant},
	} {
		t.Run(what, func(t *testing.T) {
			w := newWorld(t, directory.Utilities, "read-cached:utilities")
			people, err := w.read(t)
			require.NoError(t, err)
			if c.User == "" {
				for _, p := range people {
					if !p.InAny([]string{"Some"}) {
						c.User = p.UserName
					}
				}
			}
			if c.Kind == directory.AddGrant {
				roles, err := w.Roles(t.Context())
				require.NoError(t, err)
				c.Target = roles[len(roles)-1].String()
			}
			w.wrote(t, c)
			for range 2 { // however often it is read
				_, err = w.read(t)
				require.ErrorIs(t, err, observe.ErrUnsettled)
				require.ErrorContains(t, err, "utilities: "+what+": an old answer: what this cutover has written (1 so far)")
			}
		})
	}
}

func TestWhatOthersChangedSinceIsBelievedAtTheSecondReadAndNoted(t *testing.T) {
	w := newWorld(t, directory.Utilities, "")
	_, err := w.read(t)
	require.NoError(t, err)
	w.wrote(t, newUser("nora.quist"))
	now, err := w.Lookup(t.Context(), []string{"nora.quist"})
	require.NoError(t, err)
	outcomes, err := w.Write(t.Context(), []directory.Write{{ID: now["nora.quist"].ID, Change: directory.Change{Domain: w.name, Kind: directory.DeleteUser, User: "nora.quist"}}})
	require.NoError(t, err)
	require.Nil(t, outcomes[0].Err)

	_, err = w.read(t)
	require.ErrorContains(t, err, "utilities: read users: what this cutover has written does not show (1 so far)")
	require.Eventually(t, func() bool { _, err = w.read(t); return err == nil }, 20*time.Second, 300*time.Millisecond)
	note, found, err := w.ledger.Value(t.Context(), "test", observe.ValueChangedByOthers(w.name))
	require.NoError(t, err)
	require.True(t, found)
	require.Contains(t, string(note), "nora.quist")
}

func TestALaterChangeTakesThePlaceOfAnEarlierOne(t *testing.T) {
	w := newWorld(t, directory.CXIF, "")
	w.wrote(t, newUser("nora.quist"))
	w.wrote(t, directory.Change{Kind: directory.UpdateUser, User: "nora.quist", Before: directory.Attributes{"userName": "nora.quist"}, After: directory.Attributes{"userName": "nora.berg"}})
	w.wrote(t, directory.Change{Kind: directory.AddMember, User: "nora.berg", Target: "Some"})
	_, err := w.read(t)
	require.NoError(t, err)
	w.wrote(t, directory.Change{Kind: directory.DeleteUser, User: "nora.berg"})
	_, err = w.read(t)
	require.NoError(t, err)
}

func TestWhoWasThereAtTheReadBeforeIsAskedForByNameBeforeTheyAreBelievedGone(t *testing.T) {
	for _, kind := range []string{"read-empty", "read-truncated", "read-paging-ignored"} {
		for _, d := range directory.Domains {
			w := newWorld(t, d, kind+":"+string(d)+"/users:2")
			_, err := w.read(t)
			require.NoError(t, err)
			_, err = w.read(t)
			require.ErrorIs(t, err, observe.ErrUnsettled, "%s %s", kind, d)
			require.ErrorContains(t, err, string(d)+": read users: ")
		}
	}
}
