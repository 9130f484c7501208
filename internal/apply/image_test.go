package apply_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/apply"
	"cutover/internal/directory"
	"cutover/internal/ledger"
)

func person(name, email string) directory.Person {
	return directory.Person{User: directory.User{ID: "id-" + name, UserName: name, FamilyName: "F", Email: email, Active: true}}
}

func TestAChangeIsSentOnlyWhileItsBeforeImageHolds(t *testing.T) {
	rename := directory.Change{Kind: directory.UpdateUser, User: "ann", Before: directory.Attributes{"userName": "ann"}, After: directory.Attributes{"userName": "anna"}}
	mail := directory.Change{Kind: directory.UpdateUser, User: "ann", Before: directory.Attributes{"email": "A@x"}, After: directory.Attributes{"email": "b@x"}}
	made := directory.Change{Kind: directory.CreateUser, User: "ann", After: directory.Attributes{"userName": "ann", "familyName": "F", "email": "A@x", "active": "true"}}
	for _, c := range []struct {
		name   string
		change directory.Change
		people []directory.Person
		want   ledger.Progress
		done   bool // skipped because nothing was left to do
	}{
		{"the email differs in case only", mail, []directory.Person{person("ann", "a@X")}, ledger.Progress{Applied: 1}, true},
		{"the email is another", mail, []directory.Person{person("ann", "c@x")}, ledger.Progress{Skipped: 1}, false},
		{"the email is what it shall be", mail, []directory.Person{person("ann", "B@x")}, ledger.Progress{Skipped: 1}, true},
		{"only the case of the email changes", directory.Change{Kind: directory.UpdateUser, User: "ann",
			Before: directory.Attributes{"email": "A@x"}, After: directory.Attributes{"email": "a@x"}},
			[]directory.Person{person("ann", "A@x")}, ledger.Progress{Applied: 1}, true},
		{"the user has gone", mail, nil, ledger.Progress{Skipped: 1}, false},
		{"the new name is taken", rename, []directory.Person{person("ann", ""), person("anna", "")}, ledger.Progress{Skipped: 1}, false},
		{"somebody has renamed the user so already", rename, []directory.Person{person("anna", "")}, ledger.Progress{Skipped: 1}, true},
		{"the case of the name changes", directory.Change{Kind: directory.UpdateUser, User: "Ann",
			Before: directory.Attributes{"userName": "Ann"}, After: directory.Attributes{"userName": "ann"}},
			[]directory.Person{person("Ann", "")}, ledger.Progress{Applied: 1}, true},
		{"the new user is there and is the same", made, []directory.Person{person("ann", "a@x")}, ledger.Progress{Skipped: 1}, true},
		{"the new user is there and is another", made, []directory.Person{person("ann", "c@x")}, ledger.Progress{Skipped: 1}, false},
		{"who is to be deleted has gone", directory.Change{Kind: directory.DeleteUser, User: "ann"}, nil, ledger.Progress{Skipped: 1}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := openLedger(t)
			d := newDomain(5, c.people...)
			c.change.Step, c.change.Domain = 1, directory.Utilities
			plan := planned(t, t.Context(), l, c.change)
			through(t, t.Context(), d.run(l, plan))
			progress, err := l.Progress(t.Context(), plan, 0)
			require.NoError(t, err)
			require.Equal(t, c.want, progress)
			require.Equal(t, c.want.Applied, d.committed[c.change.Key()])
			require.Zero(t, d.refusals)
			done := 0
			for _, err := range l.DoneChanges(t.Context(), plan) {
				require.NoError(t, err)
				done++
			}
			require.Equal(t, c.done, done == 1)
		})
	}
}

func TestARenameWhoseAnswerWasLostIsNotTakenForDoneBecauseSomebodyElseBearsTheName(t *testing.T) {
	l := openLedger(t)
	d := newDomain(5, person("ann", ""))
	c := directory.Change{Step: 1, Domain: directory.Utilities, Kind: directory.UpdateUser, User: "ann",
		Before: directory.Attributes{"userName": "ann"}, After: directory.Attributes{"userName": "anna"}}
	plan := planned(t, t.Context(), l, c)
	d.todo = []fault{unsent}
	d.onWrite = func([]directory.Write) { d.people["anna"] = person("anna", "") }
	through(t, t.Context(), d.run(l, plan))
	progress, err := l.Progress(t.Context(), plan, 0)
	require.NoError(t, err)
	require.Equal(t, ledger.Progress{Skipped: 1}, progress)
	require.Equal(t, "id-ann", d.people["ann"].ID)
}

// behind is a domain whose lookups show nothing new until it has refused once.
type behind struct{ *domain }

func (b behind) Lookup(ctx context.Context, names []string) (map[string]directory.Person, error) {
	if b.refusals == 0 {
		return nil, nil
	}
	return b.domain.Lookup(ctx, names)
}

func TestARefusalBecauseItIsThereAlreadyIsLookedAtOnceMore(t *testing.T) {
	l := openLedger(t)
	d := newDomain(5, person("ann", "a@x"), person("bob", "other@x"))
	made := func(name string) directory.Change {
		return directory.Change{Step: 1, Domain: directory.Fusion, Via: directory.ViaFusionApplications, Kind: directory.CreateUser, User: name,
			After: directory.Attributes{"userName": name, "familyName": "F", "email": "a@x", "active": "true"}}
	}
	plan := planned(t, t.Context(), l, made("ann"), made("bob"))
	r := d.run(l, plan)
	r.PeerFor = func(directory.Change) (apply.Peer, error) { return behind{d}, nil }
	through(t, t.Context(), r)
	var done []string
	for c, err := range l.DoneChanges(t.Context(), plan) {
		require.NoError(t, err)
		done = append(done, c.User)
	}
	require.Equal(t, []string{"ann"}, done, "ann is who was wanted, bob is somebody else")
}

func TestWhatWasDoneInFusionApplicationsIsAwaitedInTheFusionDomain(t *testing.T) {
	l := openLedger(t)
	apps, hub := newDomain(5, person("old", "a@x")), newDomain(5)
	var changes []directory.Change
	for _, name := range []string{"New", "old"} { // old is there already, and Fusion has not copied it yet
		changes = append(changes, directory.Change{Step: 1, Domain: directory.Fusion, Via: directory.ViaFusionApplications, Kind: directory.CreateUser, User: name,
			After: directory.Attributes{"userName": name, "familyName": "F", "email": "a@x", "active": "true", "displayName": ""}})
	}
	plan := planned(t, t.Context(), l, changes...)
	through(t, t.Context(), apps.run(l, plan))
	arrived := func() (int, error) { return apply.Arrived(t.Context(), l, plan, 0, hub, func(int) {}) }
	copied := func(name string, active bool) {
		p := person(name, "a@x")
		p.Active, p.DisplayName = active, "as Fusion likes it"
		hub.people[directory.Fold(name)] = p
	}
	for _, step := range []func(){func() {}, func() { copied("New", true) }, func() { copied("OLD", true) }, func() { copied("old", false) }} {
		step()
		_, err := arrived()
		require.ErrorIs(t, err, apply.ErrNotYet)
	}
	copied("old", true)
	n, err := arrived()
	require.NoError(t, err)
	require.Equal(t, 2, n)
}

func TestAClaimIsInForceLongerThanItsRequestMayTake(t *testing.T) {
	l := openLedger(t)
	changes, people := work(1)
	d := newDomain(5, people...)
	plan := planned(t, t.Context(), l, changes...)
	r := d.run(l, plan)
	var cut time.Time
	r.Fill = func(ctx context.Context, _ []directory.Write) error {
		cut, _ = ctx.Deadline()
		return nil
	}
	d.onWrite = func([]directory.Write) {
		held, err := l.Stale(t.Context(), plan, 1)
		require.NoError(t, err)
		require.WithinDuration(t, cut.Add(grace), held[0].Deadline, time.Millisecond/10, "the request is cut before the claim ends")
	}
	through(t, t.Context(), r)
	require.False(t, cut.IsZero())
}

func TestASettingIsDroppedOnlyWhileItIsStillOurs(t *testing.T) {
	ours := directory.Attributes{"enabled": "true"}
	drop := directory.Change{Step: 1, Domain: directory.Utilities, Kind: directory.DropSetting, Target: "idp/Fusion", Before: ours}
	for value, want := range map[string]ledger.Progress{"true": {Applied: 1}, "false": {Skipped: 1}} {
		l := openLedger(t)
		d := newDomain(1)
		d.settings["idp/Fusion"] = directory.Attributes{"enabled": value, "certificate": "MII"}
		plan := planned(t, t.Context(), l, drop)
		through(t, t.Context(), d.run(l, plan))
		progress, err := l.Progress(t.Context(), plan, 0)
		require.NoError(t, err)
		require.Equal(t, want, progress, value)
	}
}
