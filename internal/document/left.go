package document

import (
	"slices"

	"cutover/internal/directory"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
	"cutover/internal/spool"
)

// Why somebody is left alone by a phase.
const (
	leftExcluded = "excluded by the configuration"
	leftInactive = "inactive, and stays so"
	leftThere    = "in Fusion already, with a role"
	leftRight    = "as Fusion has them already"
	leftHolds    = "holds the access already"
	leftOutside  = "not in scope, kept as they are"
	leftConflict = "in conflict: see the findings"
)

// targets are the domains of the phases that bring people somewhere.
var targets = map[string]directory.Domain{
	"sync-utilities": directory.Utilities, "access-utilities": directory.Utilities,
	"sync-cxif": directory.CXIF, "access-cxif": directory.CXIF,
}

// leftBy finds whom a phase leaves alone. A phase that moves nobody leaves
// nobody alone either.
func (b *Builder) leftBy(name string, in phase.Input, plan *spool.Changes) ([]Left, error) {
	l := leaving{dir: b.dir}
	var err error
	if name == "migrate" {
		l.domain = directory.Utilities
		err = l.migrate(in, plan)
	} else if l.domain = targets[name]; l.domain != "" {
		err = l.target(name, in, plan)
	}
	if err != nil {
		return nil, err
	}
	return l.seal()
}

type leaving struct {
	dir    *spool.Dir
	domain directory.Domain
	left   []Left
}

func (l *leaving) leave(reason, name string) error {
	i := slices.IndexFunc(l.left, func(had Left) bool { return had.Reason == reason })
	if i < 0 {
		names, err := l.dir.Names()
		if err != nil {
			return err
		}
		i = len(l.left)
		l.left = append(l.left, Left{Domain: l.domain, Reason: reason, names: names})
	}
	l.left[i].Count++
	return l.left[i].names.Add(name)
}

func (l *leaving) seal() ([]Left, error) {
	for _, one := range l.left {
		if err := one.names.Seal(); err != nil {
			return nil, err
		}
	}
	slices.SortFunc(l.left, func(a, b Left) int { return b.Count - a.Count })
	return l.left, nil
}

// migrate leaves alone who is excluded, inactive or in Fusion already.
func (l *leaving) migrate(in phase.Input, plan *spool.Changes) error {
	concerned, stop := follow(plan.ByUser(directory.Fusion))
	defer stop()
	for j, err := range reconcile.Verdicts(in.World, in.Rules) {
		if err != nil {
			return err
		}
		touched, err := concerned(j.Person.UserName)
		if err != nil {
			return err
		}
		reason := ""
		switch {
		case touched || j.Resolved && reconcile.IsConflict(j.Verdict):
		case j.Verdict == reconcile.VerdictExcluded:
			reason = leftExcluded
		case j.Verdict == reconcile.VerdictInactive:
			reason = leftInactive
		case j.Verdict == reconcile.VerdictMatched:
			reason = leftThere
		case reconcile.IsConflict(j.Verdict):
			reason = leftConflict
		}
		if reason == "" {
			continue
		}
		if err := l.leave(reason, j.Person.UserName); err != nil {
			return err
		}
	}
	return nil
}

// target leaves alone who is excluded, out of scope, or right already.
func (l *leaving) target(name string, in phase.Input, plan *spool.Changes) error {
	settled, err := reconcile.Standing(in.World, in.Rules, l.domain)
	if err != nil {
		return err
	}
	concerned, stop := follow(plan.ByUser(l.domain))
	defer stop()
	right := leftRight
	if name == "access-utilities" || name == "access-cxif" {
		right = leftHolds
	}
	for c, err := range settled.Counterparts(l.domain) {
		if err != nil {
			return err
		}
		if c.Target == nil {
			continue // whoever is nowhere in the target is not left alone there
		}
		touched, err := concerned(c.Target.UserName)
		if err != nil {
			return err
		}
		reason := ""
		switch {
		case touched:
		case c.Conflict != "":
			reason = leftConflict
		case c.Excluded:
			reason = leftExcluded
		case c.InScope:
			reason = right
		case !c.Target.Active:
			reason = leftInactive
		default:
			reason = leftOutside
		}
		if reason == "" {
			continue
		}
		if err := l.leave(reason, c.Target.UserName); err != nil {
			return err
		}
	}
	return nil
}
