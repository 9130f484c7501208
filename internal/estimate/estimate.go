// Package estimate says how long a plan takes at the limits of the domains: the
// least that it can take, since answers, waiting for Fusion's own copy and
// people's approvals come on top. It is pure: it knows neither a client nor a
// configuration, and gets the paces from whoever has both.
package estimate

import (
	"cmp"
	"slices"
	"time"

	"cutover/internal/directory"
)

// Pace is how many requests an API takes: Rate a second on the long run, Burst
// at once. A Rate of 0 is no limit.
type Pace struct {
	Rate  float64
	Burst int
}

// needs is how long n requests wait for their turns.
func (p Pace) needs(n int) time.Duration {
	if p.Rate <= 0 || n <= p.Burst {
		return 0
	}
	return time.Duration(float64(n-p.Burst) / p.Rate * float64(time.Second))
}

// Route is where a change is sent: a domain, or Fusion Applications.
type Route struct {
	Domain directory.Domain `json:"domain"`
	Via    string           `json:"via,omitempty"`
}

// Limits are what a route allows. Where Bulk is nil, Bulk requests count with
// the others.
type Limits struct {
	Others Pace
	Bulk   *Pace
	// Batch is how many changes of a kind travel in one request.
	Batch func(directory.Kind) int
}

// lookupChunk is how many users one request looks up.
const lookupChunk = 50

// bulked tells whether changes of a kind travel by Bulk.
func bulked(k directory.Kind) bool {
	switch k {
	case directory.CreateUser, directory.UpdateUser, directory.DeleteUser, directory.AddGrant:
		return true
	}
	return false
}

// Counter counts the changes of a plan by what may travel together. However
// long the plan, it stays as small as its steps, kinds and groups.
type Counter struct{ units map[unit]int }

// unit is changes that may travel in one request.
type unit struct {
	step   int
	route  Route
	kind   directory.Kind
	target string // of members and settings
}

// Add counts a change.
func (c *Counter) Add(ch directory.Change) {
	u := unit{step: ch.Step, route: Route{ch.Domain, ch.Via}, kind: ch.Kind}
	if !bulked(ch.Kind) {
		u.target = ch.Target
	}
	if c.units == nil {
		c.units = map[unit]int{}
	}
	c.units[u]++
}

// Estimate is what a plan takes at least.
type Estimate struct {
	Writes   int           `json:"writes"`
	Requests int           `json:"requests"` // that write, and that look before it
	AtLeast  time.Duration `json:"-"`
	Seconds  float64       `json:"seconds"` // AtLeast, for programs
}

// Plus is two estimates, one after the other.
func (e Estimate) Plus(other Estimate) Estimate {
	e.Writes, e.Requests, e.AtLeast = e.Writes+other.Writes, e.Requests+other.Requests, e.AtLeast+other.AtLeast
	e.Seconds = e.AtLeast.Seconds()
	return e
}

// load is the requests of one step on one route.
type load struct{ writes, bulk, others int }

// Estimate says what was counted takes at these limits. A route without limits
// takes no time. The steps come one after the other, and so do the routes in a
// step; Bulk and the other requests of a route are limited side by side.
func (c *Counter) Estimate(limits map[Route]Limits) Estimate {
	loads := map[unit]load{} // by step and route
	for u, n := range c.units {
		at := unit{step: u.step, route: u.route}
		l, batch := loads[at], 1
		if limits[u.route].Batch != nil {
			batch = max(1, limits[u.route].Batch(u.kind))
		}
		requests := ceil(n, batch)
		l.writes += n
		if bulked(u.kind) {
			l.bulk += requests
		} else {
			l.others += requests
		}
		l.others += looks(u, n, min(n, batch))
		loads[at] = l
	}
	var sum Estimate
	for at, l := range loads {
		lim := limits[at.route]
		one := Estimate{Writes: l.writes, Requests: l.bulk + l.others}
		if lim.Bulk == nil {
			one.AtLeast = lim.Others.needs(l.bulk + l.others)
		} else {
			one.AtLeast = max(lim.Bulk.needs(l.bulk), lim.Others.needs(l.others))
		}
		sum = sum.Plus(one)
	}
	return sum
}

// looks is how many requests look before the writes: at the users, by fifties,
// and in a domain at their grants, unless they are still to be made.
func looks(u unit, n, batch int) int {
	each := n/batch*ceil(batch, lookupChunk) + ceil(n%batch, lookupChunk)
	switch {
	case u.kind == directory.PutSetting, u.kind == directory.DropSetting:
		return n
	case u.kind == directory.CreateUser, u.route.Via != "":
		return each
	}
	return 2 * each
}

func ceil(n, by int) int { return (n + by - 1) / by }

// Kinds are the changes that were counted, by route and kind, in a fixed order.
func (c *Counter) Kinds() []Kind {
	sums := map[unit]int{}
	for u, n := range c.units {
		sums[unit{route: u.route, kind: u.kind}] += n
	}
	var out []Kind
	for u, n := range sums {
		out = append(out, Kind{u.route, u.kind, n})
	}
	slices.SortFunc(out, func(a, b Kind) int {
		return cmp.Or(cmp.Compare(a.Domain, b.Domain), cmp.Compare(a.Via, b.Via), cmp.Compare(a.Kind, b.Kind))
	})
	return out
}

// Kind is how many changes of a kind a route gets.
type Kind struct {
	Route
	Kind  directory.Kind `json:"kind"`
	Count int            `json:"count"`
}
