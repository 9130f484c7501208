package config

import (
	"slices"
	"strings"
)

// Limits is how much a phase may write before it stops and asks for an approval
// of its own that names the number.
type Limits struct {
	// Floor is up to how many writes of a kind no percentage is looked at. Default 25.
	Floor *int `json:"floor,omitzero"`
	// Breaker stops a phase in which too many changes are refused.
	Breaker Breaker `json:"breaker,omitzero"`
	// Phases holds limits by phase, then by kind of write: creates, updates,
	// deactivations, grants, revocations, removals. What is not written keeps its default.
	Phases map[string]map[string]Limit `json:"phases,omitzero"`
}

// Limit is how many writes of one kind a phase may hold in one domain.
type Limit struct {
	Count   *int     `json:"count,omitzero"`
	Percent *float64 `json:"percent,omitzero"` // of the people in the domain's scope after the phase
	Free    bool     `json:"free,omitzero"`    // no limit at all
}

// Breaker is from what share of refused changes on a phase stops.
type Breaker struct {
	Percent *float64 `json:"percent,omitzero"` // of what was tried. Default 20
	Least   *int     `json:"least,omitzero"`   // refusals below this number never stop a phase; 0: no breaker. Default 5
}

// limitKinds repeats the kinds of internal/limits, which a configuration must not know.
var limitKinds = []string{"creates", "updates", "deactivations", "grants", "revocations", "removals"}

// limits looks at the limits of every phase.
func (v *validator) limits() {
	p := path{"limits"}
	l := v.c.Limits
	v.least(p.key("floor"), l.Floor, 0)
	v.least(p.key("breaker").key("least"), l.Breaker.Least, 0)
	v.percent(p.key("breaker").key("percent"), l.Breaker.Percent)
	for phase, kinds := range l.Phases {
		at := p.key("phases").key(phase)
		if !slices.Contains(Phases, phase) {
			v.unknownKey(at, phase, "phase", Phases)
			continue
		}
		for kind, limit := range kinds {
			at := at.key(kind)
			if !slices.Contains(limitKinds, kind) {
				v.unknownKey(at, kind, "kind of write", limitKinds)
				continue
			}
			v.least(at.key("count"), limit.Count, 0)
			v.percent(at.key("percent"), limit.Percent)
			written := limit.Count != nil || limit.Percent != nil
			switch {
			case limit.Free && written:
				v.refuse(at.key("free"), "what is free has no count and no percent", "keep one of them")
			case !limit.Free && !written:
				v.refuse(at, "no limit is written here", "write count, percent or free: true")
			}
		}
	}
}

// unknownKey refuses a key that is none of those that are known.
func (v *validator) unknownKey(p path, name, what string, known []string) {
	instead := "known here: " + strings.Join(known, ", ")
	if near := nearest(name, known); near != "" {
		instead = "did you mean " + near + "?"
	}
	v.refuseKey(p, "there is no such "+what, instead)
}

func (v *validator) least(p path, n *int, least int) {
	if n != nil {
		v.within(p, *n, least, 10_000_000)
	}
}

func (v *validator) percent(p path, n *float64) {
	if n != nil && (*n < 0 || *n > 100) {
		v.refuse(p, "a percentage is from 0 to 100", "write a number from 0 to 100, without a sign")
	}
}
