package window_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/window"
)

func parse(t require.TestingT, s string) time.Time {
	at, err := time.Parse(time.RFC3339, s)
	require.NoError(t, err)
	return at
}

func minute(t require.TestingT, s string) window.Minute {
	m, err := window.ParseMinute(s)
	require.NoError(t, err)
	return m
}

// berlin is open in Berlin on these days, from and to these times.
func berlin(t require.TestingT, from, to string, days ...time.Weekday) window.Window {
	w, err := window.New("Europe/Berlin", []window.Span{{Days: days, From: minute(t, from), To: minute(t, to)}})
	require.NoError(t, err)
	return w
}

// In 2026 Berlin's clocks go forward on 29 March at 01:00Z, from 02:00 to 03:00,
// and back on 25 October at 01:00Z, from 03:00 to 02:00.
func TestTheWindowIsOpenWhenTheClockOnTheWallShowsOneOfItsHours(t *testing.T) {
	const sat, sun, wed = time.Saturday, time.Sunday, time.Wednesday
	for _, c := range []struct {
		name      string
		w         window.Window
		at, until string
		open      bool
	}{
		{"before it opens", berlin(t, "20:00", "06:00", sat, sun), "2026-06-06T19:59:59+02:00", "2026-06-06T20:00:00+02:00", false},
		{"as it opens", berlin(t, "20:00", "06:00", sat, sun), "2026-06-06T20:00:00+02:00", "2026-06-07T06:00:00+02:00", true},
		{"after midnight", berlin(t, "20:00", "06:00", sat, sun), "2026-06-07T05:59:59+02:00", "2026-06-07T06:00:00+02:00", true},
		{"as it closes", berlin(t, "20:00", "06:00", sat, sun), "2026-06-07T06:00:00+02:00", "2026-06-07T20:00:00+02:00", false},
		{"over the end of a week", berlin(t, "20:00", "06:00", sat), "2026-06-07T01:00:00+02:00", "2026-06-07T06:00:00+02:00", true},
		{"closed until next week", berlin(t, "20:00", "06:00", sat), "2026-06-07T06:00:00+02:00", "2026-06-13T20:00:00+02:00", false},
		{"two days that touch are one opening", berlin(t, "00:00", "24:00", sat, sun), "2026-06-06T12:00:00+02:00", "2026-06-08T00:00:00+02:00", true},
		{"seen from another zone", berlin(t, "20:00", "06:00", wed), "2026-06-10T11:00:00-07:00", "2026-06-11T04:00:00Z", true},
		{"a night that is an hour short", berlin(t, "20:00", "06:00", sat), "2026-03-28T20:00:00+01:00", "2026-03-29T06:00:00+02:00", true},
		{"a night that is an hour long", berlin(t, "20:00", "06:00", sat), "2026-10-24T20:00:00+02:00", "2026-10-25T06:00:00+01:00", true},
		{"its first hour is skipped", berlin(t, "02:30", "06:00", sun), "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z", false},
		{"all of it is skipped", berlin(t, "02:15", "02:45", sun), "2026-03-29T00:00:00Z", "2026-04-05T02:15:00+02:00", false},
		{"an hour comes twice: the first time", berlin(t, "02:30", "06:00", sun), "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z", true},
		{"an hour comes twice: in between", berlin(t, "02:30", "06:00", sun), "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", false},
		{"an hour comes twice: the second time", berlin(t, "02:30", "06:00", sun), "2026-10-25T01:30:00Z", "2026-10-25T05:00:00Z", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			open, until := c.w.Open(parse(t, c.at))
			require.Equal(t, c.open, open)
			require.True(t, until.Equal(parse(t, c.until)), "until %s", until)
		})
	}
}

func TestWithoutAWindowItIsAlwaysOpen(t *testing.T) {
	open, until := window.Window{}.Open(time.Now())
	require.True(t, open)
	require.Zero(t, until)
	fits, starts, ends := window.Window{}.Fits(parse(t, "2026-06-06T19:00:00Z"), 1000*time.Hour)
	require.True(t, fits)
	require.Equal(t, parse(t, "2026-06-06T19:00:00Z"), starts)
	require.Zero(t, ends)
}

func TestAWindowOfEveryHourNeverCloses(t *testing.T) {
	w := berlin(t, "00:00", "24:00", 0, 1, 2, 3, 4, 5, 6)
	open, until := w.Open(parse(t, "2026-10-24T20:00:00Z"))
	require.True(t, open)
	require.Zero(t, until)
}

func TestWhatNeedsLongerThanTheRestOfAnOpeningFitsTheNextThatIsLongEnough(t *testing.T) {
	w := berlin(t, "20:00", "06:00", time.Saturday, time.Sunday)
	now := parse(t, "2026-06-07T05:00:00+02:00")
	fits, starts, ends := w.Fits(now, time.Hour)
	require.True(t, fits)
	require.True(t, starts.Equal(now))
	require.True(t, ends.Equal(now.Add(time.Hour)))
	fits, starts, ends = w.Fits(now, 61*time.Minute)
	require.True(t, fits)
	require.True(t, starts.Equal(parse(t, "2026-06-07T20:00:00+02:00")))
	require.True(t, ends.Equal(parse(t, "2026-06-08T06:00:00+02:00")))
	fits, starts, ends = w.Fits(now, 11*time.Hour)
	require.False(t, fits)
	require.Equal(t, 10*time.Hour, ends.Sub(starts), "the longest there is")
}

func TestAWindowThatMakesNoSenseIsRefused(t *testing.T) {
	span := []window.Span{{Days: []time.Weekday{0}, From: 60, To: 120}}
	for zone, spans := range map[string][]window.Span{
		"Local": span, "": span, "Mars/Olympus": span, "UTC": nil,
		"Europe/Berlin":    {{Days: []time.Weekday{0}, From: 60, To: 60}},
		"America/New_York": {{From: 60, To: 120}},
	} {
		_, err := window.New(zone, spans)
		require.Error(t, err, zone)
	}
	for _, s := range []string{"", "8:00", "08:60", "24:01", "25:00", "0800", "-1:00", "08:0x", "08.00"} {
		_, err := window.ParseMinute(s)
		require.Error(t, err, s)
	}
	require.Equal(t, window.Day, minute(t, "24:00"))
	require.Equal(t, "20:05", minute(t, "20:05").String())
}

func drawn(t *rapid.T) (window.Window, func(time.Time) bool) {
	zone := rapid.SampledFrom([]string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/St_Johns", "Asia/Kathmandu", "UTC", "Africa/Casablanca"}).Draw(t, "zone")
	spans := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) window.Span {
		from := rapid.IntRange(0, int(window.Day)-1).Draw(t, "from")
		to := rapid.IntRange(0, int(window.Day)).Filter(func(n int) bool { return n != from }).Draw(t, "to")
		days := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) time.Weekday { return time.Weekday(rapid.IntRange(0, 6).Draw(t, "day")) }), 1, 7, rapid.ID).Draw(t, "days")
		return window.Span{Days: days, From: window.Minute(from), To: window.Minute(to)}
	}), 1, 3).Draw(t, "spans")
	w, err := window.New(zone, spans)
	require.NoError(t, err)
	place, err := time.LoadLocation(zone)
	require.NoError(t, err)
	// What a person would say who looks at the clock, written another way than the package does.
	return w, func(at time.Time) bool {
		clock := at.In(place)
		now, today := window.Minute(clock.Hour()*60+clock.Minute()), clock.Weekday()
		for _, s := range spans {
			for _, d := range s.Days {
				switch {
				case s.From < s.To && d == today && now >= s.From && now < s.To,
					s.From > s.To && d == today && now >= s.From,
					s.From > s.To && (d+1)%7 == today && now < s.To:
					return true
				}
			}
		}
		return false
	}
}

func TestUntilIsTheFirstMomentOfTheOtherAnswer(t *testing.T) {
	start := parse(t, "2026-01-01T00:00:00Z")
	rapid.Check(t, func(t *rapid.T) {
		w, person := drawn(t)
		at := start.Add(time.Duration(rapid.IntRange(0, 365*24*60).Draw(t, "minute")) * time.Minute)
		open, until := w.Open(at)
		require.Equal(t, person(at), open)
		last := until
		if until.IsZero() {
			last = at.Add(15 * 24 * time.Hour)
		} else {
			require.Equal(t, !open, person(until), "it turns at %s", until)
		}
		for m := at; m.Before(last); m = m.Add(time.Minute) {
			require.Equal(t, open, person(m), "it does not turn before %s, but at %s", until, m)
		}
	})
}

func TestWhatFitsIsWhollyInsideOneOpening(t *testing.T) {
	start := parse(t, "2026-01-01T00:00:00Z")
	rapid.Check(t, func(t *rapid.T) {
		w, _ := drawn(t)
		at := start.Add(time.Duration(rapid.IntRange(0, 365*24*60).Draw(t, "minute")) * time.Minute)
		need := time.Duration(rapid.IntRange(1, 48*60).Draw(t, "need")) * time.Minute
		fits, starts, ends := w.Fits(at, need)
		if ends.IsZero() {
			require.True(t, fits)
			return
		}
		require.False(t, starts.Before(at))
		require.Equal(t, fits, ends.Sub(starts) >= need)
		open, until := w.Open(starts)
		require.True(t, open)
		require.True(t, until.Equal(ends))
	})
}
