package phase

import (
	"fmt"
	"maps"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// GroupOverLimit is the finding of a group that has no room for everybody.
const GroupOverLimit = "group-over-limit"

// rooms are the groups that people get, by name, with their members. A domain takes
// only so many in one; nil: any number.
type rooms map[string]*room

type room struct {
	members, most int
	outside       int // whom it had no room for
}

// roomsIn counts the members of the groups that the access gives.
func roomsIn(target reconcile.Side, o directory.Outline, access reconcile.Access) (rooms, error) {
	if access.Members == 0 || len(access.Groups) == 0 {
		return nil, nil
	}
	all := rooms{}
	for _, pair := range access.Groups {
		all[groupNamed(o, pair.Group)] = &room{most: access.Members}
	}
	for p, err := range target.ByName() {
		if err != nil {
			return nil, err
		}
		for _, g := range p.Groups {
			if r := all[g]; r != nil {
				r.members++
			}
		}
	}
	return all, nil
}

// take tells whether the group has room for one more, and takes it.
func (r rooms) take(group string) bool {
	g := r[group]
	if g == nil {
		return true
	}
	if g.members >= g.most {
		g.outside++
		return false
	}
	g.members++
	return true
}

// findings tell of the groups that had no room for somebody. Where the rest get the
// roles directly, nothing stops; but the group may decide more than the roles do.
func (r rooms) findings(phase string, target directory.Domain, access reconcile.Access) []directory.Finding {
	var found []directory.Finding
	for _, name := range slices.Sorted(maps.Keys(r)) {
		g := r[name]
		if g.outside == 0 {
			continue
		}
		key := "access." + string(target)
		f := directory.Finding{Phase: phase, Name: GroupOverLimit, Domain: target, Blocking: !access.OverGrants}
		if access.OverGrants {
			f.Detail = fmt.Sprintf("the group %s would grow past the %d members that the domain takes: %d people get the roles directly instead. "+
				"Where Utilities makes their record from a template user by the group, it needs another way to tell theirs", name, g.most, g.outside)
		} else {
			f.Detail = fmt.Sprintf("the group %s would have %d members, and the domain takes %d", name, g.members+g.outside, g.most)
			f.Fixes = []string{
				fmt.Sprintf("access: {%s: {overLimit: grant}}, which gives the roles directly to whom the group has no room for", target),
				fmt.Sprintf("share the people among several Fusion roles, each with a group of its own under %s.groups", key),
			}
		}
		found = append(found, f)
	}
	return found
}
