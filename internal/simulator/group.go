package simulator

import (
	"slices"
	"strings"

	"cutover/internal/directory"
)

// Object limits of a domain of type Oracle Apps (oracle.md 2.2).
const (
	maxMembers       = 10000 // users in a group; also what one request may return
	maxGroupsPerUser = 500
)

// group is a SCIM Group. Its members are kept apart from its body, in the
// order in which they came.
type group struct {
	seq     uint64
	id      string
	body    object // without members; replaced, never changed
	members []*user
}

func (g *group) rid() string  { return g.id }
func (g *group) rseq() uint64 { return g.seq }
func (g *group) name() string { return text(g.body, "displayName") }

type groups struct {
	*shelf[*group]
	byName map[string]*group // folded displayName, which is unique without case
}

func newGroups() *groups {
	return &groups{shelf: newShelf[*group](), byName: map[string]*group{}}
}

func (gs *groups) store(g *group) {
	gs.put(g)
	gs.byName[directory.Fold(g.name())] = g
}

// memberObject is a member as the API returns it.
func memberObject(u *user) object {
	o := object{"value": u.id, "type": "User", "name": u.name}
	if u.display != "" {
		o["display"] = u.display
	}
	return o
}

// groupObject is a group of a user as the API returns it.
func groupObject(g *group) object {
	return object{"value": g.id, "display": g.name(), "type": "direct"}
}

func (d *domain) createGroup(o object) (entry, error) {
	members := list(o, "members")
	o = without(o, "members")
	if err := d.checkGroup(o, nil); err != nil {
		return nil, err
	}
	g := &group{id: d.newID()}
	m := &membership{group: g}
	if err := m.add(d, members); err != nil {
		return nil, err
	}
	o["id"], o["schemas"] = g.id, kindGroups.named(o, []any{kindGroups.schema})
	g.body, g.seq = d.stamped(o, kindGroups), d.nextSeq()
	d.groups.store(g)
	m.commit()
	return g, nil
}

func (d *domain) checkGroup(o object, old *group) error {
	name := text(o, "displayName")
	if name == "" {
		return missing("displayName")
	}
	if other := d.groups.byName[directory.Fold(name)]; other != nil && other != old {
		return conflict("A group with this displayName exists already; displayName is unique, case aside.")
	}
	return nil
}

// updateGroup stores what a PUT or PATCH makes of a group; m holds its changes of members.
func (d *domain) updateGroup(g *group, o object, m *membership) (entry, error) {
	if err := d.checkGroup(o, g); err != nil {
		return nil, err
	}
	delete(d.groups.byName, directory.Fold(g.name()))
	o = without(o, "members")
	o["schemas"] = kindGroups.named(o, []any{kindGroups.schema})
	g.body = d.stamped(o, kindGroups)
	d.groups.byName[directory.Fold(g.name())] = g
	m.commit()
	return g, nil
}

// touchGroup gives a group a new version because its members changed.
func (d *domain) touchGroup(g *group) { g.body = d.stamped(without(g.body), kindGroups) }

func (d *domain) removeGroup(g *group) {
	for _, u := range g.members {
		u.groups = slices.DeleteFunc(u.groups, func(o *group) bool { return o == g })
	}
	d.grants.dropGrantee(g.id)
	delete(d.groups.byName, directory.Fold(g.name()))
	d.groups.drop(g)
}

// membership collects the changes of one request to a group's members, so that
// all of them happen or none.
type membership struct {
	group   *group
	changed map[*user]bool // true: is to be in; false: is to be out
	added   []*user        // in the order named; those of changed that are true
	out     int
}

func (m *membership) has(u *user) bool {
	if in, ok := m.changed[u]; ok {
		return in
	}
	return slices.Contains(u.groups, m.group)
}

// add takes members in. One who is in already fails the whole request: 409.
func (m *membership) add(d *domain, members []any) error {
	for _, e := range members {
		o, ok := e.(object)
		if !ok {
			return invalid("A member is an object with value and type.")
		}
		if kind := text(o, "type"); kind != "" && kind != "User" {
			return invalid("A member of type %s is not supported; only users are members.", kind)
		}
		u, ok := d.users.find(text(o, "value"))
		if !ok {
			return dangling("A member to add does not exist as a user: %s.", text(o, "value"))
		}
		if m.has(u) {
			return conflict("The user %s is a member of the group already; nothing was changed.", u.id)
		}
		if len(u.groups) >= maxGroupsPerUser {
			return invalid("The user %s is in %d groups, which is the most a user can be in.", u.id, maxGroupsPerUser)
		}
		m.set(u, true)
		m.added = append(m.added, u)
	}
	if n := len(m.group.members) + len(m.added) - m.out; n > d.groupLimit() {
		return invalid("The group would have %d members; a group holds %d.", n, d.groupLimit())
	}
	return nil
}

// remove takes out those for whom the condition holds; nil is everybody.
func (m *membership) remove(where *condition) {
	matches := func(u *user) bool { return where == nil || where.holds(memberObject(u)) }
	for _, u := range m.group.members {
		if matches(u) {
			if in, ok := m.changed[u]; !ok || in {
				m.out++
			}
			m.set(u, false)
		}
	}
	m.added = slices.DeleteFunc(m.added, func(u *user) bool {
		if matches(u) {
			m.set(u, false)
			return true
		}
		return false
	})
}

func (m *membership) set(u *user, in bool) {
	if m.changed == nil {
		m.changed = map[*user]bool{}
	}
	m.changed[u] = in
}

// commit carries the changes out: who was taken out leaves, who was added comes last.
func (m *membership) commit() {
	g := m.group
	if m.out > 0 {
		leaves := func(u *user) bool { _, touched := m.changed[u]; return touched }
		for _, u := range g.members {
			if leaves(u) {
				u.groups = slices.DeleteFunc(u.groups, func(o *group) bool { return o == g })
			}
		}
		g.members = slices.DeleteFunc(g.members, leaves)
	}
	for _, u := range m.added {
		g.members = append(g.members, u)
		u.groups = append(u.groups, g)
	}
}

// patchGroup carries a PATCH of a group out: operations on members change the
// membership, the others its body.
func (d *domain) patchGroup(g *group, ops []patchOp) (entry, error) {
	m := &membership{group: g}
	var others []patchOp
	for _, op := range ops {
		members, where, err := membersOf(op)
		switch {
		case err != nil:
			return nil, err
		case !members:
			others = append(others, op)
			continue
		}
		if op.op == "replace" && where != nil {
			return nil, invalid("Members are added and removed; an element of members cannot be replaced.")
		}
		if op.op == "remove" && where == nil && op.value != nil {
			return nil, invalid("To remove members, name them in the path: members[value eq \"ID\"].")
		}
		if op.op != "add" {
			m.remove(where)
		}
		if op.op != "remove" && op.value != nil {
			given, err := kindGroups.root.find("members").value(asList(op.value), patching, standing{}, "members", false)
			if err != nil {
				return nil, err
			}
			add, _ := given.([]any)
			if err := m.add(d, add); err != nil {
				return nil, err
			}
		}
	}
	o := without(g.body)
	if len(others) > 0 {
		var err error
		if o, err = patch(o, others, kindGroups); err != nil {
			return nil, err
		}
	}
	return d.updateGroup(g, o, m)
}

// membersOf tells whether an operation is on members, and which.
func membersOf(op patchOp) (bool, *condition, error) {
	if op.path == "" {
		if o, ok := op.value.(object); ok {
			if _, _, there := field(o, "members"); there {
				return false, nil, invalid("Members are changed by an operation with the path members.")
			}
		}
		return false, nil, nil
	}
	p, err := parsePath(op.path, kindGroups)
	if err != nil {
		return false, nil, err
	}
	if p.urn != "" || !strings.EqualFold(p.name, "members") {
		return false, nil, nil
	}
	return true, p.where, nil
}
