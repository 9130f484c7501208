// Package limits holds how much a phase may write before somebody has to look
// twice: a count and a percentage for every kind of write. It is pure: it knows
// changes, and no configuration file, no ledger and no workflow.
package limits

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"cutover/internal/directory"
)

// Kind is a kind of write to people, as the configuration names it.
type Kind string

// The kinds. Settings are none of them: the gates of their phases show each.
const (
	Creates       Kind = "creates"
	Updates       Kind = "updates"
	Deactivations Kind = "deactivations" // active becomes false
	Grants        Kind = "grants"        // of roles, and memberships
	Revocations   Kind = "revocations"
	Removals      Kind = "removals" // of whole users
)

// Kinds are all of them, from the mildest to the hardest.
var Kinds = []Kind{Creates, Updates, Deactivations, Grants, Revocations, Removals}

// KindOf tells what a change counts as; ok is false for what is not counted.
func KindOf(c directory.Change) (kind Kind, ok bool) {
	switch c.Kind {
	case directory.CreateUser:
		return Creates, true
	case directory.UpdateUser:
		if c.After["active"] == "false" {
			return Deactivations, true
		}
		return Updates, true
	case directory.DeleteUser:
		return Removals, true
	case directory.AddMember, directory.AddGrant:
		return Grants, true
	}
	return "", false
}

// Limit is how many writes of a kind a phase may hold in one domain. Nil is no limit.
type Limit struct {
	Count   *int
	Percent *float64 // of the people in that domain's scope after the phase
}

func (l Limit) String() string {
	var parts []string
	if l.Count != nil {
		parts = append(parts, fmt.Sprint(*l.Count))
	}
	if l.Percent != nil {
		parts = append(parts, fmt.Sprintf("%g %%", *l.Percent))
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

// Table is the limits of a phase. A kind that is not in it is free.
type Table map[Kind]Limit

// Floor is up to how many writes of a kind no percentage is looked at, unless
// the configuration says else: of a small set it says nothing.
const Floor = 25

// Defaults are the limits of a phase where the configuration is silent: nobody
// is removed, a phase that changes a fifth of all people stops, and what a phase
// is there for is free.
func Defaults(phase string) Table {
	none, fifth, few := 0, 20.0, 5.0
	t := Table{
		Creates: {Percent: &fifth}, Updates: {Percent: &fifth}, Deactivations: {Percent: &few},
		Grants: {Percent: &fifth}, Revocations: {Percent: &few}, Removals: {Count: &none},
	}
	switch phase {
	case "migrate": // whoever is created gets a role with it
		delete(t, Creates)
		delete(t, Grants)
	case "sync-utilities", "sync-cxif":
		delete(t, Creates)
	case "access-utilities", "access-cxif":
		delete(t, Grants)
	}
	return t
}

// Tally counts the writes of a plan.
type Tally map[directory.Domain]map[Kind]int

// Add counts a change.
func (t Tally) Add(c directory.Change) {
	kind, ok := KindOf(c)
	if !ok {
		return
	}
	if t[c.Domain] == nil {
		t[c.Domain] = map[Kind]int{}
	}
	t[c.Domain][kind]++
}

// Crossing is a limit that a plan does not keep.
type Crossing struct {
	Domain directory.Domain
	Kind   Kind
	Count  int
	Of     int    // people in that domain's scope after the phase
	Limit  string // as a person reads it
}

func (c Crossing) String() string {
	of := ""
	if c.Of > 0 {
		of = fmt.Sprintf(" (%.0f %% of %d people)", 100*float64(c.Count)/float64(c.Of), c.Of)
	}
	return fmt.Sprintf("%d %s in %s%s, where the limit is %s", c.Count, c.Kind, c.Domain, of, c.Limit)
}

// Crossed lists the limits that the tally does not keep, in the order of
// domains and kinds. Of a domain without anybody in scope every share is the whole.
func (t Table) Crossed(tally Tally, people map[directory.Domain]int, floor int) []Crossing {
	var out []Crossing
	for d, kinds := range tally {
		for kind, n := range kinds {
			l, limited := t[kind]
			if !limited || n == 0 {
				continue
			}
			over := l.Count != nil && n > *l.Count
			if l.Percent != nil && n > floor && float64(n)*100 > *l.Percent*float64(people[d]) {
				over = true
			}
			if over {
				out = append(out, Crossing{Domain: d, Kind: kind, Count: n, Of: people[d], Limit: l.String()})
			}
		}
	}
	slices.SortFunc(out, func(a, b Crossing) int {
		return cmp.Or(cmp.Compare(slices.Index(directory.Domains, a.Domain), slices.Index(directory.Domains, b.Domain)),
			cmp.Compare(slices.Index(Kinds, a.Kind), slices.Index(Kinds, b.Kind)))
	})
	return out
}

// Number is what an approval of crossings has to name: all writes beyond a limit
// together.
func Number(crossed []Crossing) int {
	n := 0
	for _, c := range crossed {
		n += c.Count
	}
	return n
}

// Breaker stops a phase in which too much is refused.
type Breaker struct {
	Percent float64 // of what was tried
	Least   int     // failures below this number never stop a phase
}

// Tripped tells whether so many failures among so much that was tried are too many.
func (b Breaker) Tripped(failed, tried int) bool {
	return b.Least > 0 && failed >= b.Least && float64(failed)*100 > b.Percent*float64(tried)
}
