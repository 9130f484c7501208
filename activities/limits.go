package activities

import (
	"context"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/limits"
	"cutover/internal/reconcile"
)

// Crossing is a limit that a plan does not keep.
type Crossing = limits.Crossing

// tableOf is the limits of a phase: the defaults, and what the configuration
// says instead.
func tableOf(c config.Limits, phase string) (limits.Table, int) {
	table := limits.Defaults(phase)
	for kind, l := range c.Phases[phase] {
		table[limits.Kind(kind)] = limits.Limit{Count: l.Count, Percent: l.Percent} // free: neither
	}
	floor := limits.Floor
	if c.Floor != nil {
		floor = *c.Floor
	}
	return table, floor
}

// breakerOf is the breaker of the configuration, or the usual one.
func breakerOf(c config.Breaker) limits.Breaker {
	b := limits.Breaker{Percent: 20, Least: 5}
	if c.Percent != nil {
		b.Percent = *c.Percent
	}
	if c.Least != nil {
		b.Least = *c.Least
	}
	return b
}

// crossed lists the limits that a sealed plan does not keep.
func (a *Activities) crossed(ctx context.Context, e *Estate, phase string, w reconcile.World, rules *reconcile.Rules, info ledger.PlanInfo) ([]Crossing, error) {
	if info.Changes == 0 {
		return nil, nil
	}
	tally := limits.Tally{}
	joins := map[directory.Domain]int{} // people whom the plan brings into a scope, by target
	last := map[directory.Domain]string{}
	for c, err := range a.Ledger.Changes(ctx, info.ID) {
		if err != nil {
			return nil, err
		}
		if directory.Equal(c.User, e.SSO.TestUser.UserName) {
			continue // our own, and nobody's access
		}
		tally.Add(c)
		if c.Domain != directory.Fusion || c.Kind != directory.AddMember {
			continue
		}
		for _, target := range targets {
			if last[target] != c.User && in(rules.ScopeOf(target), c.Target) {
				joins[target]++
				last[target] = c.User
			}
		}
	}
	table, floor := tableOf(e.Config.Limits, phase)
	people := map[directory.Domain]int{}
	// How many people there are matters only where a share might be crossed.
	if hub, ok := w[directory.Fusion]; ok && len(table.Crossed(tally, nil, floor)) > 0 {
		for p, err := range hub.ByName() {
			if err != nil {
				return nil, err
			}
			anywhere := false
			for _, target := range targets {
				if rules.InScope(target, p) {
					people[target]++
					anywhere = true
				}
			}
			if anywhere {
				people[directory.Fusion]++
			}
		}
		for target, n := range joins {
			people[target] += n
		}
		people[directory.Fusion] += max(joins[directory.Utilities], joins[directory.CXIF])
	}
	return table.Crossed(tally, people, floor), nil
}

// targets are the domains that Fusion's people are synchronized to.
var targets = []directory.Domain{directory.Utilities, directory.CXIF}

func in(groups []string, name string) bool {
	return directory.Person{Groups: []string{name}}.InAny(groups)
}
