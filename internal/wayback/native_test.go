package wayback_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
	"cutover/internal/wayback"
)

// pulling is the engine native, for a planner.
var pulling = phase.SSOSettings{SyncClientName: "cutover-sync", Native: phase.NativeSync{
	On: true, AppName: "Fusion people", Host: "fusion.example", TokenURL: "https://fusion.example/oauth2/v1/token",
}}

const statusOfSync = "sync-status/Fusion people"

// pulled carries sync-cxif out natively, round by round: the synchronization does
// what is expected of it.
func pulled(t require.TestingT, w reconcile.World, rules *reconcile.Rules) (reconcile.World, *record) {
	return pulledInPart(t, w, rules, func(directory.Change) bool { return true })
}

// pulledInPart is pulled where the synchronization does not do everything.
func pulledInPart(t require.TestingT, w reconcile.World, rules *reconcile.Rules, does func(directory.Change) bool) (reconcile.World, *record) {
	ph := phase.Procedure[slices.IndexFunc(phase.Procedure, func(p phase.Phase) bool { return p.Name == "sync-cxif" })]
	in := phase.Input{World: w, Rules: rules, SSO: pulling}
	r := &record{}
	for range 8 {
		sink := &reconciletest.Sink{}
		require.NoError(t, ph.Plan(in, sink))
		if len(sink.Changes) == 0 {
			return in.World, r
		}
		before := ids(in.World)
		done := slices.DeleteFunc(slices.Clone(sink.Changes), func(c directory.Change) bool { return c.Via == directory.ViaNativeSync && !does(c) })
		next := turned(carryOut(t, in.World, done, everyStep), done...)
		for k, id := range identified(next) {
			before[k] = id
		}
		r.applied(ph.Name, sink.Changes, before)
		for _, c := range sink.Changes {
			if c.Kind != directory.StartSync {
				continue
			}
			if in.Before == nil {
				in.Before = in.World[directory.CXIF]
			}
			in.Syncs, in.FullSync = in.Syncs+1, in.FullSync || c.After["run"] == directory.RunFull
		}
		in.World = next
		if slices.ContainsFunc(sink.Findings, func(f directory.Finding) bool { return f.Name == "native-undecided" }) {
			in.SSO.Native.AcceptBeyond = true // as a person does, or nothing goes on
		}
	}
	require.Fail(t, "it does not come to an end")
	return nil, nil
}

// withClient gives Fusion the client by which its people are read.
func withClient(w reconcile.World) reconcile.World {
	w[directory.Fusion].(*reconciletest.Side).Rest.SSO.Apps = []directory.App{{ID: "c", Name: "cutover-sync", Active: true, OAuthClient: true}}
	return w
}

// native is a small estate whose CXIF has pulled people: one is new there, another
// was changed.
func native(t *testing.T) (start, end reconcile.World, r *record) {
	person := func(name, family string) directory.Person {
		return directory.Person{User: directory.User{ID: "id-" + name, UserName: name, GivenName: "Given", FamilyName: family, DisplayName: "Given", Email: name + "@x", Active: true}, Groups: []string{"Agent"}}
	}
	there := person("changed", "Formerly")
	there.Groups = nil
	start = withClient(reconcile.World{
		directory.Fusion:    &reconciletest.Side{People: []directory.Person{person("changed", "Now"), person("new", "Now"), person("other", "Now")}},
		directory.Utilities: &reconciletest.Side{}, directory.CXIF: &reconciletest.Side{People: []directory.Person{there}},
	})
	end, r = pulled(t, start, &reconcile.Rules{ScopeCXIF: []string{"Agent"}, NewPeopleFederated: true})
	return start, end, r
}

func TestTheSynchronizationIsOffBeforeAnybodyGoesBackAndItsAppGoesLast(t *testing.T) {
	start, w, r := native(t)
	app, _ := w[directory.CXIF].Outline().SSO.AppNamed("Fusion people")
	require.True(t, app.Active)
	back := r.back(t, w)
	first, last := back.Changes[0], back.Changes[len(back.Changes)-1]
	require.Equal(t, directory.PutSetting, first.Kind)
	require.Equal(t, statusOfSync, first.Target)
	require.Equal(t, directory.Attributes{"active": "false"}, first.After)
	require.Less(t, first.Step, back.Changes[1].Step, "it would bring them again")
	require.Equal(t, "setting.drop sync/Fusion people", targets(back)[len(back.Changes)-1])
	require.Greater(t, last.Step, back.Changes[len(back.Changes)-2].Step)
	for i, c := range back.Changes[1 : len(back.Changes)-1] {
		if c.User == "" {
			require.Equal(t, directory.PutSetting, c.Kind, i)
			require.Equal(t, "sync-source/Fusion people", c.Target, i)
		}
	}

	end := turned(carryOut(t, w, back.Changes, everyStep), back.Changes...)
	isBack(t, start, end)
	require.Empty(t, end[directory.CXIF].Outline().SSO.Apps)
	again := r.back(t, end)
	require.Empty(t, again.Changes)
}

func TestWhatCameNativelyGoesBackInTheDomainItself(t *testing.T) {
	_, w, r := native(t)
	gone := map[string]directory.Kind{}
	for _, c := range r.back(t, w).Changes {
		require.Empty(t, c.Via, "a synchronization takes nothing back")
		if c.User != "" {
			require.Equal(t, directory.CXIF, c.Domain)
			gone[c.User] = c.Kind
		}
	}
	require.Equal(t, map[string]directory.Kind{"changed": directory.UpdateUser, "new": directory.UpdateUser, "other": directory.UpdateUser}, gone)
}

func TestThatASynchronizationRanIsSaidBecauseItMayHaveDoneMore(t *testing.T) {
	_, w, r := native(t)
	var said []directory.Finding
	for _, f := range r.back(t, w).Findings {
		if f.Name == wayback.FindingSynced {
			said = append(said, f)
		}
	}
	require.Len(t, said, 1)
	require.Equal(t, directory.Fusion, said[0].Domain)
	require.Contains(t, said[0].Detail, "started so often: 2.")
	require.False(t, said[0].Blocking)
}

func TestWhomTheSynchronizationMadeFederatedSignsInLocallyAfterTheWayBackToo(t *testing.T) {
	ann := directory.Person{User: directory.User{ID: "1", UserName: "ann", FamilyName: "Now", Email: "ann@x", Active: true}}
	w := reconcile.World{directory.CXIF: &reconciletest.Side{People: []directory.Person{ann}}}
	r := &record{}
	r.applied("sync-cxif", []directory.Change{
		{Step: 4, Domain: directory.CXIF, Via: directory.ViaNativeSync, Kind: directory.UpdateUser, User: "ann", Why: "test",
			Before: directory.Attributes{"familyName": "Formerly"}, After: directory.Attributes{"familyName": "Now"}},
		{Step: 7, Domain: directory.CXIF, Kind: directory.UpdateUser, User: "ann", Why: "the native synchronization made them federated",
			Before: directory.Attributes{"federated": "true"}, After: directory.Attributes{"federated": "false"}},
	}, ids(w))
	back := r.back(t, w)
	require.Empty(t, back.Findings)
	require.Len(t, back.Changes, 1)
	require.Equal(t, directory.Attributes{"familyName": "Formerly"}, back.Changes[0].After, "nobody takes their password away again")
}

func TestAnAppThatWasOnBeforeIsOffOnlyWhilePeopleGoBack(t *testing.T) {
	for _, people := range []int{0, 2} {
		theirs := directory.App{ID: "a", Name: "Fusion people", Active: true, Sync: &directory.Sync{
			Provisioning: true, Authoritative: true, Synchronization: true, MailsNewPeople: true, Host: "old.example", Client: "theirs",
		}}
		hub := &reconciletest.Side{}
		for i := range people {
			name := string(rune('a' + i))
			hub.People = append(hub.People, directory.Person{User: directory.User{ID: "id-" + name, UserName: name, FamilyName: "Now", Email: name + "@x", Active: true}, Groups: []string{"Agent"}})
		}
		start := withClient(reconcile.World{
			directory.Fusion: hub, directory.Utilities: &reconciletest.Side{},
			directory.CXIF: &reconciletest.Side{Rest: directory.Outline{SSO: directory.SSO{Apps: []directory.App{theirs}}}},
		})
		w, r := pulled(t, start, &reconcile.Rules{ScopeCXIF: []string{"Agent"}})
		require.NotEqual(t, []directory.App{theirs}, w[directory.CXIF].Outline().SSO.Apps)
		back := r.back(t, w)
		switched := slices.DeleteFunc(targets(back), func(s string) bool { return s != "setting.put "+statusOfSync })
		if people == 0 {
			require.Empty(t, switched)
		} else {
			require.Len(t, switched, 2, "off first, and on again")
			require.Equal(t, switched[0], targets(back)[0])
		}
		end := turned(carryOut(t, w, back.Changes, everyStep), back.Changes...)
		isBack(t, start, end)
		require.Equal(t, []directory.App{theirs}, end[directory.CXIF].Outline().SSO.Apps, "it is not deleted")
		require.Empty(t, r.back(t, end).Changes, "what is undone is not undone again")
	}
}

func TestAnAppThatSomebodyElseSwitchedOffIsNotSwitchedAgain(t *testing.T) {
	_, w, r := native(t)
	w = turned(w, put(1, directory.CXIF, statusOfSync, nil, directory.Attributes{"active": "false"}))
	require.NotEqual(t, "setting.put "+statusOfSync, targets(r.back(t, w))[0])
}

func TestTheWayBackOfTheNativeEngineLeadsToTheStart(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, true)
		start := withClient(e.World)
		w, r := pulled(t, start, e.Rules)
		back := r.back(t, w)
		end := turned(carryOut(t, w, back.Changes, everyStep), back.Changes...)
		isBack(t, start, end)
		require.Empty(t, end[directory.CXIF].Outline().SSO.Apps)
		require.Empty(t, r.back(t, end).Changes, "what is undone is not undone again")
	})
}

func TestTheWayBackLeadsToTheStartWhateverTheSynchronizationLeftToCutover(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := reconciletest.Draw(t, true)
		e.Rules.OrphansCXIF = "keep"
		start := withClient(e.World)
		w, r := pulledInPart(t, start, e.Rules, func(directory.Change) bool { return rapid.Bool().Draw(t, "does") })
		back := r.back(t, w)
		once := map[string]bool{}
		for _, c := range back.Changes {
			if c.User != "" {
				require.False(t, once[c.Key()], "%s was expected of the synchronization before cutover did it, and goes back once", c.User)
				once[c.Key()] = true
			}
		}
		end := turned(carryOut(t, w, back.Changes, everyStep), back.Changes...)
		isBack(t, start, end)
		require.Empty(t, r.back(t, end).Changes, "what is undone is not undone again")
	})
}

func TestWhoeverWasExpectedAndMadeLaterIsDeletedOnceWhereThatIsAskedFor(t *testing.T) {
	_, w, r := native(t)
	r.steps = append(r.steps, r.steps...)
	p := &plan{}
	require.NoError(t, wayback.Plan(wayback.Input{World: w, Steps: r.steps, MayDelete: func(directory.Domain, string) bool { return true }}, p))
	deleted := []string{}
	for _, c := range p.Changes {
		if c.Kind == directory.DeleteUser {
			deleted = append(deleted, c.User)
		}
	}
	require.ElementsMatch(t, []string{"new", "other"}, deleted)
}

// beyond is a small estate into which the synchronization has brought two people
// outside the scope besides.
func beyond(t *testing.T) (w reconcile.World, in wayback.Input) {
	_, w, r := native(t)
	cxif := w[directory.CXIF].(*reconciletest.Side)
	for _, name := range []string{"out1", "out2"} {
		cxif.People = append(cxif.People, directory.Person{User: directory.User{ID: "id-" + name, UserName: name, Active: true}})
	}
	return w, wayback.Input{World: w, Steps: r.steps, Synced: map[wayback.SyncApp]map[string]bool{
		{Domain: directory.CXIF, Name: "Fusion people"}: {"new": true, "other": true, "out1": true, "out2": true},
	}}
}

// ends are the changes by which people are switched off or deleted.
func ends(changes []directory.Change) (out []string) {
	for _, c := range changes {
		if c.Kind == directory.DeleteUser || c.After["active"] == "false" && c.User != "" {
			out = append(out, string(c.Kind)+" "+c.User)
		}
	}
	slices.Sort(out)
	return out
}

func TestWhomTheSynchronizationMadeGoesPlannedOrNotAndOnce(t *testing.T) {
	w, in := beyond(t)
	p := &plan{}
	require.NoError(t, wayback.Plan(in, p))
	require.Equal(t, []string{"user.update new", "user.update other", "user.update out1", "user.update out2"}, ends(p.Changes))
	for _, x := range carryOut(t, w, p.Changes, everyStep)[directory.CXIF].(*reconciletest.Side).People {
		require.Equal(t, x.UserName == "changed", x.Active, x.UserName)
	}
	in.Synced = nil // the domain does not tell
	p = &plan{}
	require.NoError(t, wayback.Plan(in, p))
	require.Equal(t, []string{"user.update new", "user.update other"}, ends(p.Changes))
}

func TestWhomTheSynchronizationMadeAsPlannedIsDeletedWhereThatIsAskedFor(t *testing.T) {
	_, in := beyond(t)
	in.MayDelete = func(_ directory.Domain, name string) bool { return name == "new" || name == "other" } // who was planned
	p := &plan{}
	require.NoError(t, wayback.Plan(in, p))
	require.Equal(t, []string{"user.delete new", "user.delete other", "user.update out1", "user.update out2"}, ends(p.Changes))
}

func TestAStartIsUndoneOnlyWithTheLastOfWhomItMade(t *testing.T) {
	_, in := beyond(t)
	starts := map[wayback.Ref]bool{}
	for _, s := range in.Steps {
		for x, err := range s.Changes() {
			require.NoError(t, err)
			if x.Change.Kind == directory.StartSync {
				starts[x.Ref] = true
			}
		}
	}
	p := &plan{}
	require.NoError(t, wayback.Plan(in, p))
	var by []string
	for i, c := range p.Changes {
		for _, ref := range p.undoes[i] {
			if starts[ref] {
				by = append(by, c.User)
			}
		}
	}
	require.Equal(t, []string{"out2"}, by, "a way back that stops before it leaves the rest to the next one")
}

func TestWhomTheSynchronizationMadeAndWhoHoldsMoreSinceIsTold(t *testing.T) {
	w, in := beyond(t)
	cxif := w[directory.CXIF].(*reconciletest.Side)
	for i := range cxif.People {
		if cxif.People[i].UserName == "out1" || cxif.People[i].UserName == "new" {
			cxif.People[i].Groups = []string{"Theirs"}
		}
	}
	p := &plan{}
	require.NoError(t, wayback.Plan(in, p))
	held := []string{}
	for _, f := range p.Findings {
		if f.Name == wayback.FindingHolds {
			held = append(held, f.User)
		}
	}
	slices.Sort(held)
	require.Equal(t, []string{"new", "out1"}, held)
}

func TestAWayBackOfTheNativeEngineThatStopsAfterAnyStepGoesOn(t *testing.T) {
	start, w, r := native(t)
	all := r.back(t, w).Changes
	for _, c := range all {
		done := slices.DeleteFunc(slices.Clone(all), func(x directory.Change) bool { return x.Step > c.Step })
		half := turned(carryOut(t, w, done, everyStep), done...)
		rest := r.back(t, half).Changes
		end := turned(carryOut(t, half, rest, everyStep), rest...)
		isBack(t, start, end)
		require.Empty(t, end[directory.CXIF].Outline().SSO.Apps, "after step %d", c.Step)
	}
}
