package phase

import (
	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// syncWhy is the reason of whatever a sync changes.
const syncWhy = "in scope: Fusion is where people live"

// syncTo plans what makes a target's people as Fusion has them, for whoever is
// in its scope: new people, and what differs of those who are there. It never
// takes a name, a membership or a role away.
func syncTo(phase string, target directory.Domain) func(Input, reconcile.Sink) error {
	return func(in Input, sink reconcile.Sink) error {
		if err := needs(phase, in, directory.Fusion, target); err != nil {
			return err
		}
		settled, err := reconcile.Standing(in.World, in.Rules, target)
		if err != nil {
			return err
		}
		s := syncing{writer{sink: sink}, phase, target, in.Rules, settled}
		if in.nativeTo(target) {
			return (&nativeSync{syncing: s, in: in}).plan()
		}
		for c, err := range settled.Counterparts(target) {
			if err != nil {
				return err
			}
			if s.plan(c); s.err != nil {
				return s.err
			}
		}
		return nil
	}
}

type syncing struct {
	writer
	phase   string
	target  directory.Domain
	rules   *reconcile.Rules
	settled *reconcile.Settled
}

func (s *syncing) plan(c reconcile.Counterpart) {
	switch {
	case c.Conflict != "":
		s.finding(c.Finding(s.phase, s.target))
	case c.Excluded:
	case c.InScope && c.Target == nil:
		if made, ok := s.creation(*c.Fusion); ok {
			s.change(made)
		}
	case c.InScope:
		if changed, ok := s.updating(*c.Fusion, *c.Target); ok {
			s.change(changed)
		}
	case c.Target != nil && c.Target.Active:
		if off, ok := s.orphan(*c.Target, c.Fusion); ok {
			s.change(off)
		}
	}
}

// creation is what makes a Fusion user in the target, unless it cannot be made.
func (s *syncing) creation(f directory.Person) (directory.Change, bool) {
	if s.cannotBeMade(f) {
		return directory.Change{}, false
	}
	after := reconcile.NewUser(f)
	if !s.rules.PlainSCIM[s.target] {
		after = reconcile.NewSyncedUser(f, s.rules.NewPeopleFederated)
	}
	return directory.Change{Step: 1, Domain: s.target, Kind: directory.CreateUser, User: f.UserName, After: after, Why: syncWhy}, true
}

// cannotBeMade finds what a domain would refuse a new user for.
func (s *syncing) cannotBeMade(f directory.Person) bool {
	switch {
	case reconcile.LacksEmail(f):
		finding := missingEmail(s.phase, f.UserName, true)
		finding.Records = alone(f)
		finding.Fixes = append(finding.Fixes, reconcile.Fix(s.target, f.UserName, "out-of-scope: true"))
		s.finding(finding)
	case reconcile.LacksFamilyName(f):
		s.finding(directory.Finding{
			Phase: s.phase, Name: "hub-missing-family-name", Domain: directory.Fusion, User: f.UserName, Blocking: true,
			Detail: "has no family name in Fusion, is in scope, and cannot be created without one",
			Fixes: []string{
				reconcile.Fix(directory.Fusion, f.UserName, "set: {familyName: "+reconcile.PlaceholderFamilyName+"}"),
				reconcile.Fix(s.target, f.UserName, "out-of-scope: true"),
			},
			Records: alone(f),
		})
	case !reconcile.Allowed(f.UserName):
		s.finding(directory.Finding{
			Phase: s.phase, Name: "hub-username-not-allowed", Domain: s.target, User: f.UserName, Blocking: true,
			Detail: "is in scope, and the domain does not allow the userName: a character that it does not take, or more than 256 of them",
			Fixes:  []string{reconcile.Fix(s.target, f.UserName, "out-of-scope: true")}, Records: alone(f),
		})
	default:
		return false
	}
	return true
}

// missingEmail is about a Fusion user and no target, so that it is one finding
// however many targets they are in scope of.
func missingEmail(phase, userName string, blocking bool) directory.Finding {
	return directory.Finding{
		Phase: phase, Name: "hub-missing-email", Domain: directory.Fusion, User: userName, Blocking: blocking,
		Detail: "has no email in Fusion, is in scope, and cannot be created without one",
		Fixes:  []string{reconcile.Fix(directory.Fusion, userName, "set: {email: "+reconcile.PlaceholderEmail+"}")},
	}
}

// alone are the records of a finding on a Fusion user whom the target lacks.
func alone(f directory.Person) []directory.Record {
	return []directory.Record{directory.RecordOf(directory.Fusion, directory.LabelUser, f)}
}

// updating is what makes a target's user as Fusion has them, where they differ.
func (s *syncing) updating(f, t directory.Person) (directory.Change, bool) {
	before, after := reconcile.SyncDifferences(f, t, !s.settled.KeepsInactive(s.target, t))
	return directory.Change{
		Step: 1, Domain: s.target, Kind: directory.UpdateUser, User: t.UserName, Before: before, After: after, Why: syncWhy,
	}, len(after) > 0
}

// orphan tells of an active user of the target of whom no in-scope Fusion user
// bears the name, and is what switches them off where a person has said so. There
// may be a Fusion user of the name who is not in scope.
func (s *syncing) orphan(t directory.Person, f *directory.Person) (directory.Change, bool) {
	said := s.rules.Orphan(s.target, t)
	records := []directory.Record{directory.RecordOf(s.target, directory.LabelUser, t)}
	if f != nil {
		records = append(records, directory.RecordOf(directory.Fusion, directory.LabelSameName, *f))
	}
	s.finding(directory.Finding{
		Phase: s.phase, Name: "orphan", Domain: s.target, User: t.UserName, Blocking: said == "",
		Detail: "is active, and no Fusion user of this name is in the scope of " + string(s.target) + ": a full sync might take their access away",
		Fixes: []string{
			reconcile.Fix(s.target, t.UserName, "orphans: keep"), reconcile.Fix(s.target, t.UserName, "orphans: deactivate"),
			reconcile.Fix(s.target, t.UserName, "exclude: true"),
		},
		Records: records,
	})
	return directory.Change{
		Step: 1, Domain: s.target, Kind: directory.UpdateUser, User: t.UserName, Why: "resolution orphans: deactivate",
		Before: directory.Attributes{"active": "true"}, After: directory.Attributes{"active": "false"},
	}, said == "deactivate"
}
