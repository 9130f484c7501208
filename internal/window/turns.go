package window

import (
	"iter"
	"slices"
	"time"
)

// horizon is how far to look ahead: a week, and more for one in which the clock
// skips the only hour of a window.
const horizon = 3 * 7 * 24 * time.Hour

// turns yields in order the times after at when the window may open or close:
// when the clock reaches an end of a span, and when the clock itself is changed.
func (w Window) turns(at time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		for last := at.Add(horizon); at.Before(last); {
			_, change := at.In(w.place).ZoneBounds()
			end := last
			if !change.IsZero() && change.Before(last) {
				end = change
			}
			for _, turn := range w.regular(at, end) {
				if !yield(turn) {
					return
				}
			}
			if !yield(end) {
				return
			}
			at = end
		}
	}
}

// regular are the ends of spans between two times, while the clock is not changed.
func (w Window) regular(after, before time.Time) []time.Time {
	_, offset := after.In(w.place).Zone()
	clock := time.FixedZone("", offset) // time.Date in it has no hour twice or never
	local := after.In(clock)
	sunday := time.Date(local.Year(), local.Month(), local.Day()-int(local.Weekday()), 0, 0, 0, 0, clock)
	var turns []time.Time
	for ; sunday.Before(before); sunday = sunday.AddDate(0, 0, 7) {
		for _, s := range w.open {
			for _, m := range []Minute{s.from, s.to, s.to - week} {
				turn := sunday.Add(time.Duration(m) * time.Minute)
				if turn.After(after) && turn.Before(before) {
					turns = append(turns, turn)
				}
			}
		}
	}
	slices.SortFunc(turns, time.Time.Compare)
	return turns
}
