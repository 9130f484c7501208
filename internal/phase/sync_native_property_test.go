package phase

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
)

// drawnNatively is a drawn estate whose targets pull people, and one of the phases that do.
func drawnNatively(t *rapid.T) (Phase, Input) {
	e := reconciletest.Draw(t, rapid.Bool().Draw(t, "resolved"))
	e.World[directory.Fusion].(*reconciletest.Side).Rest.SSO.Apps = newNatively().fusion.Rest.SSO.Apps
	in := Input{World: e.World, Rules: e.Rules, SSO: nativeSettings()}
	in.SSO.Native.AcceptBeyond = rapid.Bool().Draw(t, "accepted")
	return rapid.SampledFrom([]Phase{syncUtilities, syncCXIF}).Draw(t, "phase"), in
}

func planned(t require.TestingT, p Phase, in Input) *reconciletest.Sink {
	sink := &reconciletest.Sink{}
	require.NoError(t, p.Plan(in, sink))
	return sink
}

// next is what the phase is planned from after a run that did exactly what it was
// expected to.
func next(t require.TestingT, p Phase, in Input, plan *reconciletest.Sink) Input {
	if start := slices.IndexFunc(plan.Changes, func(c directory.Change) bool { return c.Kind == directory.StartSync }); start >= 0 {
		if in.Before == nil {
			in.Before = in.World[p.SyncsTo]
		}
		in.Syncs++
		in.FullSync = in.FullSync || plan.Changes[start].After["run"] == directory.RunFull
	}
	in.World = settled(t, in.World, plan.Changes)
	return in
}

// peopleOf are the people of a domain in the order of their names.
func peopleOf(w reconcile.World, d directory.Domain) []directory.Person {
	people := slices.Clone(w[d].(*reconciletest.Side).People)
	slices.SortFunc(people, func(a, b directory.Person) int { return strings.Compare(a.UserName, b.UserName) })
	return people
}

// direct is how the engine direct would leave the target, where a person who
// accepts what the other does beyond the scope has not let Fusion's people stay.
func direct(t require.TestingT, p Phase, in Input) []directory.Person {
	in.SSO.Native.On = false
	sink := &reconciletest.Sink{}
	require.NoError(t, p.Plan(in, sink))
	changes := slices.DeleteFunc(sink.Changes, func(c directory.Change) bool {
		if c.After["active"] != "false" || !in.SSO.Native.AcceptBeyond {
			return false
		}
		return slices.ContainsFunc(peopleOf(in.World, directory.Fusion), func(f directory.Person) bool { return directory.Equal(f.UserName, c.User) })
	})
	return peopleOf(settled(t, in.World, changes), p.SyncsTo)
}

func TestTheNativeEngineLeavesTheSamePeopleAsTheDirectOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, in := drawnNatively(t)
		want := direct(t, p, in)
		for runs := 0; ; runs++ {
			require.Less(t, runs, 6, "it comes to an end")
			plan := planned(t, p, in)
			if len(plan.Changes) == 0 {
				break
			}
			in = next(t, p, in, plan)
			require.Equal(t, want, direct(t, p, in), "what is left leads to the same people")
		}
		require.Equal(t, want, peopleOf(in.World, p.SyncsTo))
		app, there := in.World[p.SyncsTo].Outline().SSO.AppNamed(peopleApp)
		require.True(t, there)
		require.True(t, app.Active, "whoever comes later comes by it")
	})
}

func TestWhateverPartOfItTheSynchronizationDoesThePeopleAreTheSameInTheEnd(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, in := drawnNatively(t)
		want := direct(t, p, in)
		for runs := 0; ; runs++ {
			require.Less(t, runs, 8, "it comes to an end")
			plan := planned(t, p, in)
			if len(plan.Changes) == 0 {
				break
			}
			plan.Changes = slices.DeleteFunc(plan.Changes, func(c directory.Change) bool {
				return c.Via == directory.ViaNativeSync && c.Kind != directory.StartSync && rapid.Bool().Draw(t, "not done")
			})
			in = next(t, p, in, plan)
			if undecided(plan) {
				in.SSO.Native.AcceptBeyond = true // as a person does, or nothing goes on
				want = direct(t, p, in)
			}
		}
		require.Equal(t, want, peopleOf(in.World, p.SyncsTo))
	})
}

// undecided tells whether a plan waits for a person because nothing was seen.
func undecided(plan *reconciletest.Sink) bool {
	return slices.ContainsFunc(plan.Findings, func(f directory.Finding) bool { return f.Name == "native-undecided" })
}

func TestAForecastOfTheNativeEngineLeavesTheSamePeopleAsTheDirectOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, in := drawnNatively(t)
		want := direct(t, p, in)
		in.Forecast = true
		require.Equal(t, want, peopleOf(settled(t, in.World, planned(t, p, in).Changes), p.SyncsTo))
	})
}

func TestTheStepsOfEveryRoundComeInTheirOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, in := drawnNatively(t)
		for range rapid.IntRange(0, 3).Draw(t, "rounds before") {
			in = next(t, p, in, planned(t, p, in))
		}
		last, native := 1, 0
		changes := planned(t, p, in).Changes
		for _, c := range changes {
			require.GreaterOrEqual(t, c.Step, last)
			last = c.Step
			switch {
			case c.Kind == directory.PutSetting:
				require.Contains(t, []int{stepSyncApp, stepSyncSource, stepSyncActive, stepSyncInactive}, c.Step)
			case c.Kind == directory.StartSync:
				require.Equal(t, stepSyncStart, c.Step)
				require.Equal(t, "0", c.After["deletes"], "it deletes nobody")
			case c.Via == directory.ViaNativeSync:
				native++
				require.Equal(t, stepSyncPeople, c.Step, "it is expected before it is started")
			default:
				require.Contains(t, []int{stepSyncPeople, stepSyncRest}, c.Step)
			}
		}
		if native > 0 {
			require.True(t, slices.ContainsFunc(changes, func(c directory.Change) bool { return c.Kind == directory.StartSync }), "what is expected is started")
		}
	})
}

func TestARunForEverybodyIsOnlyEverPlannedAfterOneThatShowsWhatItDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, in := drawnNatively(t)
		for runs := 0; runs < 6; runs++ {
			plan := planned(t, p, in)
			made := 0
			for _, c := range plan.Changes {
				if c.Kind == directory.CreateUser && c.Via == directory.ViaNativeSync {
					made++
				}
				if c.Kind == directory.StartSync && in.Syncs == 0 {
					require.Equal(t, directory.RunProbe, c.After["run"])
				}
			}
			if in.Syncs == 0 {
				require.LessOrEqual(t, made, 1, "and it makes one")
			}
			if len(plan.Changes) == 0 {
				return
			}
			in = next(t, p, in, plan)
		}
	})
}

func TestTheLimitOfARunForEverybodyIsHowManyArePlanned(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, in := drawnNatively(t)
		in.SSO.Native.AcceptBeyond, in.Forecast = false, true
		creates, changed := 0, 0
		changes := planned(t, p, in).Changes
		for _, c := range changes {
			switch {
			case c.Kind == directory.CreateUser:
				creates++
			case c.User != "" && c.Via != "":
				changed++
			}
		}
		start, is := started(t, changes)
		require.Equal(t, creates+changed > 0, is, "a run has something to do, and what there is to do is run")
		if is {
			require.Equal(t, strconv.Itoa(creates), start.After["creates"])
		}
	})
}

func TestWhoWasThereBeforeIsKnownByNameCaseAside(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.StringMatching(`[abAB]{1,3}`)
		before := &reconciletest.Side{}
		there := map[string]bool{}
		for _, n := range rapid.SliceOfDistinct(name, directory.Fold).Draw(t, "before") {
			before.People, there[directory.Fold(n)] = append(before.People, directory.Person{User: directory.User{UserName: n}}), true
		}
		asked := rapid.SliceOfDistinct(name, directory.Fold).Draw(t, "asked")
		slices.SortFunc(asked, func(a, b string) int { return strings.Compare(directory.Fold(a), directory.Fold(b)) })
		had := newPast(before)
		defer had.stop()
		for _, n := range asked {
			was, err := had.has(n)
			require.NoError(t, err)
			require.Equal(t, there[directory.Fold(n)], was, n)
		}
	})
}

func TestTheSameEstateGivesTheSameNativePlanInWhateverOrderItIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p, in := drawnNatively(t)
		for range rapid.IntRange(0, 2).Draw(t, "rounds before") {
			in = next(t, p, in, planned(t, p, in))
		}
		first := planned(t, p, in)
		shuffled := in
		shuffled.World = reconcile.World{}
		for d, side := range in.World {
			s := side.(*reconciletest.Side)
			shuffled.World[d] = &reconciletest.Side{People: rapid.Permutation(s.People).Draw(t, "order"), Rest: s.Rest}
		}
		require.Equal(t, first.Hash(p.Name), planned(t, p, shuffled).Hash(p.Name))
	})
}
