package phase

import (
	"slices"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// accessTo plans the app roles of a target for everyone in its scope. Who holds
// them effectively is left as they are, and nobody loses anything.
func accessTo(phase string, target directory.Domain) func(Input, reconcile.Sink) error {
	return func(in Input, sink reconcile.Sink) error {
		if err := needs(phase, in, directory.Fusion, target); err != nil {
			return err
		}
		settled, err := reconcile.Standing(in.World, in.Rules, target)
		if err != nil {
			return err
		}
		a := accessing{writer{sink: sink}, target, in.World[target].Outline(), in.Rules.AccessOf(target), in.Rules.PlainSCIM[target], nil}
		for _, f := range powerless(phase, target, a.outline, a.access) {
			a.finding(f)
		}
		if a.rooms, err = roomsIn(in.World[target], a.outline, a.access); err != nil {
			return err
		}
		for c, err := range settled.Counterparts(target) {
			if err != nil {
				return err
			}
			if c.InScope && c.Target != nil && !c.Excluded && c.Conflict == "" {
				a.plan(*c.Fusion, *c.Target)
			}
			if a.err != nil {
				return a.err
			}
		}
		for _, f := range a.rooms.findings(phase, target, a.access) {
			a.finding(f)
		}
		return a.err
	}
}

type accessing struct {
	writer
	target  directory.Domain
	outline directory.Outline
	access  reconcile.Access
	// byGroups: the target has no app roles, and being in the group is the access.
	byGroups bool
	rooms    rooms
}

// plan gives whoever lacks a role the groups of their Fusion roles: the group
// decides more than the role, namely OUAF's template user. Who has no such role
// gets what is missing directly, and so does, where the configuration says so, whom
// a full group has no room for.
func (a *accessing) plan(f, t directory.Person) {
	missing := a.access.Missing(a.outline, t)
	if len(missing) == 0 && !a.byGroups {
		return
	}
	why, groups := "in scope: no group stands for their role in Fusion", a.access.GroupsFor(f)
	given := len(groups) > 0
	for _, name := range groups {
		group := groupNamed(a.outline, name)
		if t.InAny([]string{group}) {
			continue
		}
		if !a.rooms.take(group) {
			given, why = false, "in scope: the group "+group+" is full"
			continue
		}
		a.change(directory.Change{
			Step: 1, Domain: a.target, Kind: directory.AddMember, User: t.UserName, Target: group,
			Why: "in scope: the group of their role in Fusion",
		})
		t.Groups = append(slices.Clone(t.Groups), group)
	}
	if given || len(groups) > 0 && !a.access.OverGrants {
		return
	}
	for _, role := range a.access.Missing(a.outline, t) {
		a.change(directory.Change{
			Step: 1, Domain: a.target, Kind: directory.AddGrant, User: t.UserName, Target: role.String(), Why: why,
		})
	}
}

// powerless finds the mapped groups that do not grant every role of the access:
// whoever gets such a group would still not be let in.
func powerless(phase string, target directory.Domain, o directory.Outline, access reconcile.Access) []directory.Finding {
	var found []directory.Finding
	for _, pair := range access.Groups {
		if !o.HasGroup(pair.Group) {
			continue // another finding
		}
		group := groupNamed(o, pair.Group)
		missing := access.Missing(o, directory.Person{Groups: []string{group}})
		if len(missing) == 0 {
			continue
		}
		var names []string
		for _, role := range missing {
			names = append(names, role.String())
		}
		found = append(found, directory.Finding{
			Phase: phase, Name: "group-grants-nothing", Domain: target, Blocking: true,
			Detail: "access." + string(target) + ".groups gives the group " + group + " for " + pair.Role + ", and the group does not grant " +
				strings.Join(names, ", ") + ": grant that to the group in " + string(target) + ", or name another group",
		})
	}
	return found
}
