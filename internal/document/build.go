package document

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/estimate"
	"cutover/internal/forecast"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
	"cutover/internal/spool"
)

// Each takes a phase with the world that it is planned on.
func (b *Builder) Each(ph phase.Phase, in phase.Input, plan *spool.Changes) error {
	if b.base == nil {
		b.base = in.World
	}
	var counter estimate.Counter
	why := map[string]int{}
	for c, err := range plan.All() {
		if err != nil {
			return err
		}
		counter.Add(c)
		why[c.Why]++
	}
	p := &Phase{Kinds: counter.Kinds(), plan: plan}
	for w, n := range why {
		p.Why = append(p.Why, Why{w, n})
	}
	slices.SortFunc(p.Why, func(a, b Why) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Why, b.Why)) })
	b.phases[ph.Name], b.counts[ph.Name] = p, &counter
	var err error
	p.Left, err = b.leftBy(ph.Name, in, plan)
	return err
}

// Finish ends the document with the forecast that Each has seen.
func (b *Builder) Finish(whole forecast.Whole) (*Document, error) {
	d := &Document{Options: b.options, Hash: whole.Hash, Blocking: whole.Blocking, BlockedAt: whole.BlockedAt}
	guides := map[string]string{}
	for _, ph := range phase.Procedure {
		guides[ph.Name] = ph.Guide
	}
	var sum estimate.Estimate
	for _, f := range whole.Phases {
		p := Phase{}
		if had := b.phases[f.Name]; had != nil {
			p = *had
			e := b.counts[f.Name].Estimate(b.options.Limits)
			sum = sum.Plus(e)
			p.Takes = b.judge(e)
		}
		p.Name, p.Title, p.Guide, p.Off, p.Hash, p.Changes = f.Name, f.Title, guides[f.Name], f.Off, f.Hash, f.Changes
		d.Phases = append(d.Phases, p)
	}
	d.Takes = b.judge(sum)
	for _, name := range directory.Domains {
		if s, ok := b.base[name].(*spool.Side); ok {
			d.Domains = append(d.Domains, Domain{name, s.Users})
		}
	}
	var err error
	d.Findings, err = b.sides(whole.Findings)
	return d, err
}

func (b *Builder) judge(e estimate.Estimate) estimate.Verdict {
	return estimate.Judge(e, b.options.Window, b.options.At, b.options.LimitsName)
}

// who is a user of a domain, by folded name.
type who struct {
	domain directory.Domain
	name   string
}

// sides finds whom the findings are about, each domain in one pass.
func (b *Builder) sides(findings []directory.Finding) ([]Finding, error) {
	found := map[who]*Side{}
	for _, f := range findings {
		for _, w := range about(f) {
			found[w] = nil
		}
	}
	wanted := map[directory.Domain]bool{}
	for w := range maps.Keys(found) {
		wanted[w.domain] = true
	}
	for d := range wanted {
		side := b.base[d]
		if side == nil {
			continue
		}
		for p, err := range side.ByName() {
			if err != nil {
				return nil, err
			}
			if w := (who{d, directory.Fold(p.UserName)}); isWanted(found, w) {
				found[w] = sideOf(d, p)
			}
		}
	}
	out := make([]Finding, 0, len(findings))
	for _, f := range findings {
		one := Finding{Finding: f}
		for _, w := range about(f) {
			if s := found[w]; s != nil {
				one.Sides = append(one.Sides, *s)
			}
		}
		out = append(out, one)
	}
	return out, nil
}

func isWanted(found map[who]*Side, w who) bool {
	_, there := found[w]
	return there
}

// about lists whom a finding is about: the user, and those on the other side of
// the conflict, who are in Fusion unless they share an email in Utilities.
func about(f directory.Finding) []who {
	if f.User == "" {
		return nil
	}
	out := []who{{f.Domain, directory.Fold(f.User)}}
	if f.Other == "" || f.Name == "ouaf-login" { // there the other is a name that nobody bears yet
		return out
	}
	other := directory.Fusion
	if f.Name == reconcile.VerdictDuplicateEmail {
		other = directory.Utilities
	}
	for name := range strings.SplitSeq(f.Other, ", ") {
		out = append(out, who{other, directory.Fold(name)})
	}
	return out
}

func sideOf(d directory.Domain, p directory.Person) *Side {
	return &Side{
		Domain: d, UserName: p.UserName, GivenName: p.GivenName, FamilyName: p.FamilyName, DisplayName: p.DisplayName,
		Email: p.Email, Active: p.Active, Locked: p.Locked, Federated: p.Federated, Groups: p.Groups,
	}
}
