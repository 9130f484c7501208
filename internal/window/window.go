// Package window is the change window: the hours of the week in which writing
// was agreed on. It is pure: it has no clock and knows nothing of the project.
//
// The window is open when a clock on the wall of its time zone shows one of its
// hours. That is all there is to daylight saving time: hours that a night skips
// are not there, and hours that a night has twice are open twice.
package window

import (
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // the same answer on a machine without a time zone database
)

// Minute is a minute of a day, from 0 to Day; Day is the midnight that ends it.
type Minute int

// Day is how many minutes a clock shows in a day.
const Day Minute = 24 * 60

func (m Minute) String() string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }

// ParseMinute reads HH:MM, from 00:00 to 24:00.
func ParseMinute(s string) (Minute, error) {
	var h, m Minute
	ok := len(s) == 5 && s[2] == ':'
	for i, place := range []struct {
		of    *Minute
		times Minute
	}{{&h, 10}, {&h, 1}, {}, {&m, 10}, {&m, 1}} {
		if !ok || i == 2 {
			continue
		}
		if ok = s[i] >= '0' && s[i] <= '9'; ok {
			*place.of += Minute(s[i]-'0') * place.times
		}
	}
	if at := h*60 + m; ok && m < 60 && at <= Day {
		return at, nil
	}
	return 0, fmt.Errorf("%q is no time of a day", s)
}

// Span is a time of some days. One whose To is not after its From ends on the
// next day, so it may run over midnight; Days are those on which it begins.
type Span struct {
	Days     []time.Weekday
	From, To Minute
}

// Window is a set of spans in a time zone. The zero Window is always open.
type Window struct {
	place *time.Location
	open  []stretch
}

// stretch is minutes of a week, counted from the midnight before Sunday.
type stretch struct{ from, to Minute }

const week = 7 * Day

// New makes a window. Without a span it is refused: such a window would never open.
func New(timeZone string, spans []Span) (Window, error) {
	if timeZone == "" || timeZone == "Local" {
		return Window{}, errors.New("a change window needs a time zone by name, such as Europe/Berlin: this machine's own would differ on another")
	}
	place, err := time.LoadLocation(timeZone)
	if err != nil {
		return Window{}, fmt.Errorf("there is no time zone %q: write one such as Europe/Berlin", timeZone)
	}
	w := Window{place: place}
	for _, s := range spans {
		if s.From < 0 || s.From >= Day || s.To < 0 || s.To > Day || s.From == s.To {
			return Window{}, fmt.Errorf("a change window cannot be open from %s to %s: a whole day is 00:00 to 24:00", s.From, s.To)
		}
		to := s.To
		if to < s.From {
			to += Day
		}
		for _, d := range s.Days {
			w.open = append(w.open, stretch{Minute(d)*Day + s.From, Minute(d)*Day + to})
		}
	}
	if len(w.open) == 0 {
		return Window{}, errors.New("a change window without a day never opens: name days, or leave the window out")
	}
	return w, nil
}

// Always tells whether this is the zero window, which is always open.
func (w Window) Always() bool { return len(w.open) == 0 }

// Zone is the time zone's name; empty for the zero window.
func (w Window) Zone() string {
	if w.place == nil {
		return ""
	}
	return w.place.String()
}

// In shows a time as the clocks of the window's zone do.
func (w Window) In(at time.Time) time.Time {
	if w.place == nil {
		return at
	}
	return at.In(w.place)
}

// Open tells whether the window is open at that time, and until when that stays
// so: when it closes if it is open, when it opens next if it is closed. A window
// that never closes has no until.
func (w Window) Open(at time.Time) (open bool, until time.Time) {
	if w.Always() {
		return true, time.Time{}
	}
	open = w.shows(at)
	for turn := range w.turns(at) {
		if w.shows(turn) != open {
			return open, turn
		}
	}
	return open, time.Time{}
}

// shows tells whether the clock shows an hour of the window.
func (w Window) shows(at time.Time) bool {
	local := at.In(w.place)
	seconds := ((int(local.Weekday())*24+local.Hour())*60+local.Minute())*60 + local.Second()
	for _, s := range w.open {
		from, to := int(s.from)*60, int(s.to)*60
		if seconds >= from && seconds < to || seconds+int(week)*60 < to {
			return true
		}
	}
	return false
}

// Fits looks for the first opening from then on that is long enough for what
// needs that time, and returns when it could begin and when that opening ends.
// If none is, it returns the longest there is. A window that never closes has
// no end.
func (w Window) Fits(from time.Time, need time.Duration) (fits bool, starts, ends time.Time) {
	open, until := w.Open(from)
	for last := from.Add(horizon); ; {
		if open && until.IsZero() {
			return true, from, until
		}
		if open {
			if until.Sub(from) >= need {
				return true, from, until
			}
			if until.Sub(from) > ends.Sub(starts) {
				starts, ends = from, until
			}
		}
		if until.IsZero() || until.After(last) {
			return false, starts, ends
		}
		from = until
		open, until = w.Open(from)
	}
}
