package reconcile

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"cutover/internal/directory"
)

// revise renames and corrects a Utilities user.
func (s *Settled) revise(m match) {
	base := s.nameInBase(m.judgement.Person)
	rev := s.utilities[base]
	if rev == nil {
		rev = &revision{before: m.judgement.Person, after: m.judgement.Person, round: 1}
		s.utilities[base] = rev
	}
	rev.after = m.parts.corrected(rev.after)
	if name := m.parts.newName(); name != "" {
		rev.after.UserName, rev.round = name, s.rounds
	}
	rev.done = rev.done.plus(m.parts)
}

// reactivate makes the Fusion user of a hub-inactive verdict active.
func (s *Settled) reactivate(j Judgement) {
	hub := j.Hub
	if hub == nil {
		hub = &j.hubs[0]
	}
	rev := s.reviseFusion(*hub)
	rev.after.Active = true
	rev.done.Reactivate = true
}

func (s *Settled) reviseFusion(p directory.Person) *revision {
	name := nameKey(p)
	if s.fusion[name] == nil {
		s.fusion[name] = &revision{before: p, after: p, round: 1}
	}
	return s.fusion[name]
}

// correctFusion sets what a Fusion user lacks to be created in a target. Who
// lacks nothing is left as they are, also on a second run.
func (s *Settled) correctFusion() error {
	if !slices.ContainsFunc(slices.Collect(maps.Values(s.rules.Fusion)), Resolution.hasSet) {
		return nil
	}
	for p, err := range s.base[directory.Fusion].ByName() {
		if err != nil {
			return err
		}
		r := s.rules.Fusion[nameKey(p)]
		if !p.Active || !(LacksEmail(p) && r.SetEmail != "" || LacksFamilyName(p) && r.SetFamilyName != "") {
			continue
		}
		rev := s.reviseFusion(p)
		rev.after = r.corrected(p)
		rev.done = rev.done.plus(Resolution{SetEmail: r.SetEmail, SetGivenName: r.SetGivenName, SetFamilyName: r.SetFamilyName})
	}
	return nil
}

// Steps is how many steps the resolutions take: first those of Utilities, in as
// many rounds as names are passed on, then those of Fusion. It is the same
// where a round or all of them are empty, so that steps mean the same in any plan.
func (s *Settled) Steps() int { return max(s.rounds, 1) + 1 }

// Changes are the resolutions as changes, in the order of their steps and, in a
// step, of folded names.
func (s *Settled) Changes() []directory.Change {
	var out []directory.Change
	for _, rev := range s.utilities {
		out = append(out, rev.change(directory.Utilities, "", rev.round))
	}
	for _, rev := range s.fusion {
		out = append(out, rev.change(directory.Fusion, directory.ViaFusionApplications, s.Steps()))
	}
	out = slices.DeleteFunc(out, func(c directory.Change) bool { return len(c.After) == 0 })
	slices.SortFunc(out, func(a, b directory.Change) int {
		return cmp.Or(cmp.Compare(a.Step, b.Step), cmp.Compare(directory.Fold(a.User), directory.Fold(b.User)))
	})
	return out
}

func (rev *revision) change(d directory.Domain, via string, step int) directory.Change {
	before, after := correction(rev.before, rev.after)
	return directory.Change{
		Step: step, Domain: d, Via: via, Kind: directory.UpdateUser, User: rev.before.UserName,
		Before: before, After: after, Why: reason(rev.done),
	}
}

// reason is the Why of a change that carries out these parts of a resolution.
func reason(r Resolution) string {
	var parts []string
	for _, part := range []struct {
		name  string
		there bool
	}{{"rename", r.Rename != ""}, {"same-person", r.SamePerson != ""}, {"set", r.hasSet()}, {"reactivate", r.Reactivate}} {
		if part.there {
			parts = append(parts, part.name)
		}
	}
	return "resolution: " + strings.Join(parts, ", ")
}

// ResolutionReasons are the reasons that a change which carries out this
// resolution, or a part of it, may have. By them a resolution is bound to the
// user that it was applied to.
func ResolutionReasons(r Resolution) []string {
	found := map[string]bool{}
	for _, name := range []Resolution{{}, {Rename: r.Rename}, {SamePerson: r.SamePerson}} {
		for _, set := range []Resolution{{}, {SetEmail: r.SetEmail, SetGivenName: r.SetGivenName, SetFamilyName: r.SetFamilyName}} {
			for _, again := range []bool{false, r.Reactivate} {
				part := name.plus(set).plus(Resolution{Reactivate: again})
				if part != (Resolution{}) {
					found[reason(part)] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// Unattested are the Utilities users, by their present names, whom a resolution
// renames and whose changed OUAF login nobody has attested.
func (s *Settled) Unattested() []directory.Change {
	return slices.DeleteFunc(s.Changes(), func(c directory.Change) bool {
		rev := s.utilities[directory.Fold(c.User)]
		return c.Domain != directory.Utilities || c.After[attrUserName] == "" || rev == nil || rev.done.OUAFLoginChanged
	})
}
