package document

import (
	"cmp"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/estimate"
	"cutover/internal/forecast"
	"cutover/internal/phase"
	"cutover/internal/spool"
)

// Each takes a phase with the world that it is planned on.
func (b *Builder) Each(ph phase.Phase, in phase.Input, plan *spool.Changes) error {
	if b.base == nil {
		b.base = in.World
	}
	p, counter, err := phaseOf(plan)
	if err != nil {
		return err
	}
	b.phases[ph.Name], b.counts[ph.Name] = p, counter
	p.Left, err = b.leftBy(ph.Name, in, plan)
	return err
}

// phaseOf counts the changes of a phase, by kind and by what asks for them.
func phaseOf(plan *spool.Changes) (*Phase, *estimate.Counter, error) {
	var counter estimate.Counter
	why := map[string]int{}
	for c, err := range plan.All() {
		if err != nil {
			return nil, nil, err
		}
		counter.Add(c)
		why[c.Why]++
	}
	p := &Phase{Kinds: counter.Kinds(), Changes: plan.Count, plan: plan}
	for w, n := range why {
		p.Why = append(p.Why, Why{w, n})
	}
	slices.SortFunc(p.Why, func(a, b Why) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Why, b.Why)) })
	return p, &counter, nil
}

// Finish ends the document with the forecast that Each has seen.
func (b *Builder) Finish(whole forecast.Whole) (*Document, error) {
	d := &Document{Options: b.options, Hash: whole.Hash, Blocking: whole.Blocking, BlockedAt: whole.BlockedAt, Findings: whole.Findings}
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
	return d, nil
}

func (b *Builder) judge(e estimate.Estimate) estimate.Verdict { return b.options.judge(e) }

func (o Options) judge(e estimate.Estimate) estimate.Verdict {
	return estimate.Judge(e, o.Window, o.At, o.LimitsName)
}
