package reconcile

import (
	"iter"

	"cutover/internal/directory"
)

// Settled is a world in which the resolutions that count are carried out.
type Settled struct {
	rules  *Rules
	base   World // as it was read, without the test user
	waived waivers
	last   judging               // of the world as the last round left it
	named  map[string]Resolution // by folded userName, see byPresentName
	done   map[string]Resolution // what was carried out, by folded userName in base

	utilities, fusion map[string]*revision // by folded userName in base
	origin            map[string]string    // folded new name -> folded name in base
	rounds            int                  // rounds that rename or correct in Utilities
}

// revision is one user before and after the resolutions.
type revision struct {
	before, after directory.Person
	done          Resolution
	round         int // counts from 1
}

// Settle carries the resolutions out, in thought: the verdicts are taken, what
// of the resolutions fits them is applied, and the verdicts are taken again,
// until nothing more fits. So somebody who lacks an email and also bears a name
// that is not allowed can have both put right, and one user can take the name
// that another gives up.
func Settle(w World, r *Rules) (*Settled, error) { return settle(w, r, true) }

// Standing is Settle with only those resolutions that need no change in a
// domain, for planning a target: what is in conflict then, is so in the domains.
// A target other than Utilities has no verdicts, and nobody is judged for it.
func Standing(w World, r *Rules, target directory.Domain) (*Settled, error) {
	if target != directory.Utilities {
		return newSettled(w, r), nil // good for Counterparts of this target and InScope
	}
	return settle(w, r, false)
}

func newSettled(w World, r *Rules) *Settled {
	return &Settled{
		rules: r, base: r.visible(w), waived: waivers{}, named: r.byPresentName(), done: map[string]Resolution{},
		utilities: map[string]*revision{}, fusion: map[string]*revision{}, origin: map[string]string{},
	}
}

func settle(w World, r *Rules, writes bool) (*Settled, error) {
	s := newSettled(w, r)
	if writes {
		if err := s.correctFusion(); err != nil {
			return nil, err
		}
	}
	for {
		found, borne, err := s.find(writes)
		if err != nil {
			return nil, err
		}
		for any, others := true, false; !others; found = s.again(found, writes) {
			if any, others = s.apply(found, borne); !any {
				return s, nil
			}
		}
	}
}

// World is how the resolutions leave the domains, without the test user.
func (s *Settled) World() World {
	out := World{}
	for d, side := range s.base {
		out[d] = side
	}
	for d, revisions := range map[directory.Domain]map[string]*revision{directory.Utilities: s.utilities, directory.Fusion: s.fusion} {
		if len(revisions) == 0 {
			continue
		}
		people := make(map[string]directory.Person, len(revisions))
		for name, rev := range revisions {
			people[name] = rev.after
		}
		out[d] = revised{s.base[d], people}
	}
	return out
}

// Judgements are the verdicts as the resolutions leave them. Whoever is in
// conflict still, stops the gate. Resolution and Resolved tell what was carried
// out for the user.
func (s *Settled) Judgements() iter.Seq2[Judgement, error] {
	return onlyUtilities(s.everyone())
}

// everyone is Judgements and, between them, whoever is in Fusion only.
func (s *Settled) everyone() iter.Seq2[Judgement, error] {
	return func(yield func(Judgement, error) bool) {
		for j, err := range s.last.everyone() {
			if done := s.inBase(s.done, j.Person); err == nil && done != (Resolution{}) {
				j.Resolution, j.Resolved = &done, !IsConflict(j.Verdict)
			}
			if !yield(j, err) || err != nil {
				return
			}
		}
	}
}

// Unused tells whether a resolution names the user of a judgement and no part of
// it was carried out.
func (s *Settled) Unused(j Judgement) bool {
	base := s.nameInBase(j.Person)
	named := s.rules.Utilities[base]
	named.Orphan, named.OUAFLoginChanged = "", false
	return named != (Resolution{}) && s.done[base] == (Resolution{})
}

// InScope tells whether a Fusion user shall be in the target, with every
// resolution and policy that keeps people out of it.
func (s *Settled) InScope(target directory.Domain, f directory.Person) bool {
	return s.rules.InScope(target, f) && !s.KeptOut(target, f)
}

// KeptOut tells whether a resolution or a policy keeps a Fusion user out of the target.
func (s *Settled) KeptOut(target directory.Domain, f directory.Person) bool {
	return target == directory.Utilities && s.waived.of(f).OutOfScope || directory.Under(s.rules.of(target), f.UserName).OutOfScope
}

// KeepsInactive tells whether the sync leaves this user of a target inactive.
func (s *Settled) KeepsInactive(target directory.Domain, p directory.Person) bool {
	return target == directory.Utilities && s.waived.of(p).KeepInactive || s.rules.KeepsInactive(target, p)
}

func (s *Settled) nameInBase(p directory.Person) string {
	name := nameKey(p)
	if base, renamed := s.origin[name]; renamed {
		return base
	}
	return name
}

// inBase is what m holds under the name that somebody has in base.
func (s *Settled) inBase(m map[string]Resolution, p directory.Person) Resolution {
	if len(s.origin) > 0 {
		return m[s.nameInBase(p)]
	}
	return directory.Under(m, p.UserName)
}

// match is a user with the parts of a resolution that fit now.
type match struct {
	judgement Judgement
	parts     Resolution
}

// find judges everyone and collects what fits and was not carried out before,
// and which of the names that resolutions ask for are borne.
func (s *Settled) find(writes bool) (found []match, borne map[string]bool, err error) {
	wanted := map[string]bool{}
	for _, r := range s.rules.Utilities {
		if name := r.newName(); name != "" {
			wanted[directory.Fold(name)] = true
		}
	}
	if s.last, err = newJudging(s.World(), s.rules, s.waived); err != nil {
		return nil, nil, err
	}
	borne = map[string]bool{}
	for j, err := range onlyUtilities(s.last.everyone()) {
		if err != nil {
			return nil, nil, err
		}
		if directory.Under(wanted, j.Person.UserName) {
			borne[nameKey(j.Person)] = true
		}
		if parts := s.fitting(j, writes); parts != (Resolution{}) {
			found = append(found, match{j, parts})
		}
	}
	return found, borne, nil
}

// fitting is what fits somebody now and was not carried out before.
func (s *Settled) fitting(j Judgement, writes bool) Resolution {
	parts := s.rules.counts(j, s.inBase(s.named, j.Person)).less(s.inBase(s.done, j.Person))
	if !writes {
		return parts.waiver()
	}
	return parts
}

// again is find after a round that changed the verdicts of those only whom it
// had found.
func (s *Settled) again(found []match, writes bool) []match {
	var out []match
	for _, m := range found {
		j := s.last.judge(&m.judgement.Person, m.judgement.Hub)
		if parts := s.fitting(j, writes); parts != (Resolution{}) {
			out = append(out, match{j, parts})
		}
	}
	return out
}

// apply carries out what was found and tells whether there was anything, and
// whether it can change the verdicts on others too. A name that somebody bears
// must be given up first: that takes a round of its own, and so a step of its own.
func (s *Settled) apply(found []match, borne map[string]bool) (any, others bool) {
	writes := false
	for _, m := range found {
		from, to := nameKey(m.judgement.Person), directory.Fold(m.parts.newName())
		if to != "" && to != from {
			if borne[to] {
				m.parts = m.parts.withoutName()
			}
			borne[to] = true
		}
		if m.parts == (Resolution{}) {
			continue
		}
		any, others = true, others || m.parts.concernsOthers()
		if m.parts.newName() != "" || m.parts.hasSet() {
			if !writes {
				s.rounds++
				writes = true
			}
			s.revise(m)
		}
		s.note(m)
	}
	return any, others
}

// note keeps what was carried out for a user, under the name they have now.
func (s *Settled) note(m match) {
	base := s.nameInBase(m.judgement.Person)
	name := nameKey(m.judgement.Person)
	if m.parts.Reactivate {
		s.reactivate(m.judgement)
	}
	if waived := s.waived[name].plus(m.parts.waiver()); waived != (Resolution{}) {
		s.waived[name] = waived
	}
	s.done[base] = s.done[base].plus(m.parts)
	to := directory.Fold(m.parts.newName())
	if to == "" || to == name {
		return
	}
	delete(s.origin, name)
	s.origin[to] = base
	if waived, ok := s.waived[name]; ok {
		delete(s.waived, name)
		s.waived[to] = waived
	}
}
