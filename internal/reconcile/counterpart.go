package reconcile

import (
	"iter"

	"cutover/internal/directory"
)

// Counterpart is a Fusion user and the target's user of the same name, case
// aside; nil where nobody bears it.
type Counterpart struct {
	Fusion, Target *directory.Person
	InScope        bool // the Fusion user shall be in the target
	Excluded       bool // the target's user is left alone
	// Conflict is the verdict that keeps the sync off the target's user, or
	// empty: in Utilities any conflict, in CXIF a name that differs in case.
	Conflict  string
	judgement Judgement // of a Utilities user
}

// Finding is the blocking finding of a counterpart in conflict.
func (c Counterpart) Finding(phase string, target directory.Domain) directory.Finding {
	if target == directory.Utilities {
		return ConflictFinding(phase, c.judgement)
	}
	return directory.Finding{
		Phase: phase, Name: c.Conflict, Domain: target, User: c.Target.UserName, Other: c.Fusion.UserName, Blocking: true,
		Detail: "is written " + c.Fusion.UserName + " in Fusion: the name must be the same byte for byte, and the sync renames nobody; " +
			"rename this user in " + string(target),
		Fixes: []string{
			Fix(target, c.Fusion.UserName, "out-of-scope: true"), Fix(target, c.Target.UserName, "exclude: true"),
		},
		Records: []directory.Record{
			directory.RecordOf(target, directory.LabelUser, *c.Target), directory.RecordOf(directory.Fusion, directory.LabelSameName, *c.Fusion),
		},
	}
}

// Counterparts streams everyone of Fusion and of a target, in the order of
// folded names.
func (s *Settled) Counterparts(target directory.Domain) iter.Seq2[Counterpart, error] {
	if target == directory.Utilities {
		return s.inUtilities()
	}
	return func(yield func(Counterpart, error) bool) {
		w := s.World()
		for p, err := range Join(w[target].ByName(), w[directory.Fusion].ByName()) {
			if err != nil {
				yield(Counterpart{}, err)
				return
			}
			c := Counterpart{Target: p.Left, Fusion: p.Right, InScope: p.Right != nil && s.InScope(target, *p.Right)}
			c.Excluded = p.Left != nil && s.rules.Excluded(target, *p.Left)
			if c.InScope && p.Left != nil && !c.Excluded && p.Left.UserName != p.Right.UserName {
				c.Conflict = VerdictUsernameCase
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}

func (s *Settled) inUtilities() iter.Seq2[Counterpart, error] {
	return func(yield func(Counterpart, error) bool) {
		for j, err := range s.everyone() {
			if err != nil {
				yield(Counterpart{}, err)
				return
			}
			c := Counterpart{Fusion: j.Hub, InScope: j.Hub != nil && s.InScope(directory.Utilities, *j.Hub), judgement: j}
			if j.Verdict != "" {
				c.Target = &j.Person
				c.Excluded = j.Verdict == VerdictExcluded || j.Verdict == VerdictExcludedInScope
				if IsConflict(j.Verdict) {
					c.Conflict = j.Verdict
				}
			}
			if !yield(c, nil) {
				return
			}
		}
	}
}
