package estimate_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/estimate"
	"cutover/internal/window"
)

func batch(k directory.Kind) int {
	switch k {
	case directory.AddMember:
		return 100
	case directory.PutSetting, directory.DropSetting:
		return 1
	}
	return 50
}

var (
	utilities = estimate.Route{Domain: directory.Utilities}
	apps      = estimate.Route{Domain: directory.Fusion, Via: directory.ViaFusionApplications}
	// Round numbers: 25 requests and 2 Bulk calls a second; Fusion Applications 10.
	limits = map[estimate.Route]estimate.Limits{
		utilities: {Others: estimate.Pace{Rate: 25, Burst: 1}, Bulk: &estimate.Pace{Rate: 2, Burst: 1}, Batch: batch},
		apps:      {Others: estimate.Pace{Rate: 10, Burst: 1}, Batch: batch},
	}
)

func counted(n int, c directory.Change) *estimate.Counter {
	var counter estimate.Counter
	for range n {
		counter.Add(c)
	}
	return &counter
}

func TestAPlanTakesAsLongAsItsRequestsWaitForTheirTurns(t *testing.T) {
	for _, c := range []struct {
		name              string
		n                 int
		change            directory.Change
		requests, seconds int
	}{
		{"nothing", 0, directory.Change{}, 0, 0},
		{"one is free", 1, directory.Change{Domain: directory.Utilities, Kind: directory.CreateUser}, 2, 0},
		// 101 Bulk calls, of which the first is free, and as many looks.
		{"creations go in Bulk", 5050, directory.Change{Domain: directory.Utilities, Kind: directory.CreateUser}, 202, 50},
		// A Bulk call and two looks each.
		{"grants", 5050, directory.Change{Domain: directory.Utilities, Kind: directory.AddGrant, Target: "A/B"}, 303, 50},
		// 251 requests of a hundred, and before each 2 looks at users and 2 at grants.
		{"members go by hundreds", 25100, directory.Change{Domain: directory.Utilities, Kind: directory.AddMember, Target: "G"}, 1255, 50},
		// Bulk counts with the others there: 101 and 101, at 10 a second.
		{"Fusion Applications", 5050, directory.Change{Domain: directory.Fusion, Via: apps.Via, Kind: directory.CreateUser}, 202, 20},
		{"an unknown route takes no time", 9, directory.Change{Domain: directory.CXIF, Kind: directory.CreateUser}, 18, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := counted(c.n, c.change).Estimate(limits)
			require.Equal(t, c.n, e.Writes)
			require.Equal(t, c.requests, e.Requests)
			require.Equal(t, c.seconds, int(e.AtLeast.Seconds()))
		})
	}
}

func TestASettingIsLookedAtAndWrittenByItself(t *testing.T) {
	var counter estimate.Counter
	for i := range 13 {
		counter.Add(directory.Change{Domain: directory.Utilities, Kind: directory.PutSetting, Target: fmt.Sprint("rule/", i)})
	}
	e := counter.Estimate(limits)
	require.Equal(t, 26, e.Requests)
	require.Equal(t, time.Second, e.AtLeast)
}

func drawn(t *rapid.T) []directory.Change {
	return rapid.SliceOf(rapid.Custom(func(t *rapid.T) directory.Change {
		return directory.Change{
			Step: rapid.IntRange(1, 4).Draw(t, "step"), Domain: rapid.SampledFrom(directory.Domains).Draw(t, "domain"),
			Via:    rapid.SampledFrom([]string{"", directory.ViaFusionApplications}).Draw(t, "via"),
			Kind:   rapid.SampledFrom([]directory.Kind{directory.CreateUser, directory.AddMember, directory.AddGrant, directory.PutSetting}).Draw(t, "kind"),
			Target: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "target"),
		}
	})).Draw(t, "changes")
}

func TestMoreChangesNeverTakeLessAndTheOrderDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		changes := drawn(t)
		var some, all, backwards estimate.Counter
		for i, c := range changes {
			if i < len(changes)/2 {
				some.Add(c)
			}
			all.Add(c)
			backwards.Add(changes[len(changes)-1-i])
		}
		least, most := some.Estimate(limits), all.Estimate(limits)
		require.LessOrEqual(t, least.AtLeast, most.AtLeast)
		require.LessOrEqual(t, least.Requests, most.Requests)
		require.Equal(t, len(changes), most.Writes)
		require.Equal(t, most, backwards.Estimate(limits))
		sum := 0
		for _, k := range all.Kinds() {
			sum += k.Count
		}
		require.Equal(t, len(changes), sum)
		require.Equal(t, all.Kinds(), backwards.Kinds())
	})
}

func TestTheVerdictSaysWhetherThePlanFitsTheWindow(t *testing.T) {
	e := estimate.Estimate{Writes: 6912, AtLeast: 8*time.Minute + 30*time.Second}
	sunday := time.Date(2026, 6, 7, 12, 0, 0, 0, time.UTC)
	open := func(to window.Minute) window.Window {
		w, err := window.New("UTC", []window.Span{{Days: []time.Weekday{time.Monday}, From: 0, To: to}})
		require.NoError(t, err)
		return w
	}
	v := estimate.Judge(e, open(30), sunday, "Oracle Apps")
	require.Equal(t, "6,912 writes, 9 min at Oracle Apps limits, window 30 min: fits", v.Words)
	require.True(t, v.Fits)
	require.Equal(t, sunday.Add(12*time.Hour), v.Starts.UTC())
	v = estimate.Judge(e, open(8), sunday, "Oracle Apps")
	require.Equal(t, "6,912 writes, 9 min at Oracle Apps limits, window 8 min: does not fit into one opening, and goes on in the next", v.Words)
	require.False(t, v.Fits)
	v = estimate.Judge(e, window.Window{}, sunday, "Oracle Apps")
	require.Equal(t, "6,912 writes, 9 min at Oracle Apps limits, no change window", v.Words)
	require.True(t, v.Fits)
	always, err := window.New("UTC", []window.Span{{Days: []time.Weekday{0, 1, 2, 3, 4, 5, 6}, To: window.Day}})
	require.NoError(t, err)
	require.Contains(t, estimate.Judge(e, always, sunday, "Oracle Apps").Words, "never closes: fits")
}

func TestTimesAndNumbersReadAsAPersonSaysThem(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 100 * time.Millisecond: "1 s", 59 * time.Second: "59 s", 61 * time.Second: "2 min", 60 * time.Minute: "1 h", 65 * time.Minute: "1 h 5 min",
	} {
		require.Equal(t, want, estimate.Brief(d))
	}
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1234: "-1,234", -123: "-123"} {
		require.Equal(t, want, estimate.Number(n))
	}
}
