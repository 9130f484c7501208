package planning

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/forecast"
	"cutover/internal/ledger"
	"cutover/internal/phase"
	"cutover/internal/spool"
)

// Check reads the domains, forecasts every phase, and tells what was looked at, how
// it stands and what to do. It writes nothing, but to temporary files.
func Check(ctx context.Context, in Input) (looks []phase.Look, err error) {
	l, err := ledger.OpenTemp(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	scratch, err := spool.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, scratch.Close()) }()
	snapshots, err := Read(ctx, in.Readers, l, in.Reading)
	if err != nil {
		return nil, err
	}
	whole, err := forecast.Planner{
		Ledger: l, Scratch: scratch, Cutover: "plan", Rules: in.Rules, SSO: in.SSO, Off: in.Off, Facts: in.Facts,
		Each: func(p phase.Phase, input phase.Input, _ *spool.Changes) (err error) {
			if p.Name == "check" {
				looks, err = phase.Looks(input)
			}
			return err
		},
	}.Whole(ctx, snapshots, func(string) bool { return false })
	if err != nil {
		return nil, err
	}
	if looks == nil { // the phase is switched off
		looks = phase.LooksAtFacts(*in.Facts, in.SSO)
	}
	return append(looks, looksAtPlan(whole)...), nil
}

// looksAtPlan tells what the forecast found in the phases after check.
func looksAtPlan(whole forecast.Whole) []phase.Look {
	var groups, plan []phase.Look
	changes, notes := 0, 0
	for _, p := range whole.Phases {
		changes += p.Changes
		stops := map[string]int{}
		for _, f := range whole.Findings {
			switch {
			case f.Phase != p.Name || p.Name == "check":
			case f.Name == phase.GroupOverLimit:
				groups = append(groups, phase.LookAt(phase.AreaGroups, "members", f))
			case f.Blocking:
				stops[f.Name]++
			default:
				notes++
			}
		}
		if len(stops) > 0 {
			plan = append(plan, phase.Look{Area: phase.AreaPlan, What: p.Name, Standing: phase.Wrong, How: "would stop by " + tally(stops)})
		}
	}
	if len(groups) == 0 {
		groups = append(groups, phase.Look{Area: phase.AreaGroups, What: "members", Standing: phase.Fine, How: "no group grows past what its domain takes"})
	}
	if n := len(plan); n > 0 {
		plan[n-1].Do = []string{"`cutover plan` shows each with what resolves it; `cutover resolve` asks, one by one"}
	} else {
		how := fmt.Sprintf("%d changes in all, and nothing that would stop them", changes)
		if notes > 0 {
			how += fmt.Sprintf("; %d to know, shown by `cutover plan`", notes)
		}
		plan = append(plan, phase.Look{Area: phase.AreaPlan, What: "every phase", Standing: phase.Fine, How: how})
	}
	return append(groups, plan...)
}

// tally lists names with how many there are of each.
func tally(names map[string]int) string {
	var out []string
	for _, name := range slices.Sorted(maps.Keys(names)) {
		out = append(out, fmt.Sprintf("%d %s", names[name], name))
	}
	return strings.Join(out, ", ")
}

// Readable tells whether everything that was asked has answered, and lets itself be read.
func Readable(facts phase.Facts) bool {
	for _, d := range directory.Domains {
		if p := facts.Domains[d]; p.Failed != "" || len(p.Refused) > 0 {
			return false
		}
	}
	return facts.Applications.Failed == ""
}
