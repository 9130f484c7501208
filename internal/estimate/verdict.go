package estimate

import (
	"fmt"
	"strconv"
	"time"

	"cutover/internal/window"
)

// Verdict is whether a plan fits the change window.
type Verdict struct {
	Estimate
	// Fits tells whether one opening of the window, or no window at all, holds it.
	Fits   bool      `json:"fits"`
	Window bool      `json:"window"` // whether there is one
	Starts time.Time `json:"starts,omitzero"`
	Ends   time.Time `json:"ends,omitzero"`
	Words  string    `json:"words"`
}

// Judge looks whether what begins at that time fits the window. Limits is whose
// limits were reckoned with, in words: "Oracle Apps".
func Judge(e Estimate, w window.Window, at time.Time, limits string) Verdict {
	v := Verdict{Estimate: e, Fits: true}
	v.Words = fmt.Sprintf("%s, %s at %s limits", writes(e.Writes), Brief(e.AtLeast), limits)
	if w.Always() {
		v.Words += ", no change window"
		return v
	}
	v.Window = true
	v.Fits, v.Starts, v.Ends = w.Fits(at, e.AtLeast)
	if v.Ends.IsZero() {
		v.Words += ", the window never closes: fits"
		return v
	}
	v.Words += ", window " + Brief(v.Ends.Sub(v.Starts))
	if v.Fits {
		v.Words += ": fits"
	} else {
		v.Words += ": does not fit into one opening, and goes on in the next"
	}
	return v
}

// Brief is a time as a person says it, rounded up: 9 min, 1 h 5 min, 12 s.
func Brief(d time.Duration) string {
	if d < time.Minute {
		return strconv.Itoa(int((d+time.Second-1)/time.Second)) + " s"
	}
	m := int((d + time.Minute - 1) / time.Minute)
	switch {
	case m < 60:
		return strconv.Itoa(m) + " min"
	case m%60 == 0:
		return strconv.Itoa(m/60) + " h"
	}
	return fmt.Sprintf("%d h %d min", m/60, m%60)
}

// Number writes 6912 as 6,912.
func Number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func writes(n int) string {
	if n == 1 {
		return "1 write"
	}
	return Number(n) + " writes"
}
