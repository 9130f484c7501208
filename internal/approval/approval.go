// Package approval decides whether an approval counts: who may give it, how many
// it takes, for how long it holds, and whose signature it bears. It is pure; it
// knows no ledger, no workflow and no clock.
package approval

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"cutover/internal/directory"
)

// Rule is the rule for the approvals of a phase. Its zero value lets anybody
// approve, alone and for good.
type Rule struct {
	By         []string      // who may approve; empty: anybody
	Count      int           // how many different people it takes; 0 is 1
	NotStarter bool          // whoever started the cutover does not count
	ValidFor   time.Duration // how long an approval holds before its first effect; 0: for good
	Signed     bool
}

// Given is an approval as it was given.
type Given struct {
	By string
	At time.Time
}

// Refusal says why an approval does not count.
type Refusal struct{ Words string }

func (r *Refusal) Error() string { return r.Words }

func refuse(format string, args ...any) error { return &Refusal{fmt.Sprintf(format, args...)} }

// Admit tells whether by may approve, after those who have: a *Refusal where not.
// That a signature is by's own is for the caller to see.
func (r Rule) Admit(by, startedBy string, signed bool, before []Given, now time.Time) error {
	mayNot := func(name string) bool { return !directory.Equal(name, by) }
	switch {
	case len(r.By) > 0 && strings.TrimSpace(by) == "":
		return refuse("this phase names who may approve it, and the approval does not say who gives it")
	case len(r.By) > 0 && !slices.ContainsFunc(r.By, func(name string) bool { return !mayNot(name) }):
		return refuse("this phase may be approved by %s, and not by %s", strings.Join(r.By, ", "), by)
	case r.NotStarter && directory.Equal(by, startedBy):
		return refuse("whoever started the cutover may not approve this phase: it needs somebody else")
	case r.Signed && !signed:
		return refuse("this phase needs a signed approval: cutover approve ... --sign KEY")
	}
	for _, g := range r.Valid(before, now) {
		if directory.Equal(g.By, by) {
			return refuse("%s has approved this already; it needs %d different people", by, r.Needs())
		}
	}
	return nil
}

// Needs is how many different people it takes.
func (r Rule) Needs() int { return max(r.Count, 1) }

// Valid are the approvals that still hold, each person's latest.
func (r Rule) Valid(given []Given, now time.Time) []Given {
	var out []Given
	for _, g := range slices.Backward(given) {
		had := slices.ContainsFunc(out, func(o Given) bool { return directory.Equal(o.By, g.By) })
		if !had && (r.ValidFor == 0 || now.Sub(g.At) < r.ValidFor) {
			out = append(out, g)
		}
	}
	slices.Reverse(out)
	return out
}

// Until is when the first of these approvals ceases to hold; zero: never.
func (r Rule) Until(valid []Given) time.Time {
	if r.ValidFor == 0 || len(valid) == 0 {
		return time.Time{}
	}
	first := valid[0].At
	for _, g := range valid {
		if g.At.Before(first) {
			first = g.At
		}
	}
	return first.Add(r.ValidFor)
}
