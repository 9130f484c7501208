package reconcile

import (
	"iter"
	"slices"

	"cutover/internal/directory"
)

// On yields whom SSO as the only way in would lock out, in the order of folded
// names: who works today, or did at the start, and for whom one of the reasons
// holds. Somebody who joined Utilities since is looked at like everybody else.
func (l Lockout) On() iter.Seq2[LockedOut, error] {
	return func(yield func(LockedOut, error) bool) {
		on, err := l.newTurningOn()
		if err != nil {
			yield(LockedOut{}, err)
			return
		}
		for t, err := range on.trios() {
			if err != nil {
				yield(LockedOut{}, err)
				return
			}
			for _, out := range on.judge(t) {
				if !yield(out, nil) {
					return
				}
			}
		}
	}
}

// trio is who bears a name, case aside: in Utilities at the start and now, and
// in Fusion now; nil where nobody does.
type trio struct{ start, now, hub *directory.Person }

func (t trio) appendName(b []byte) []byte {
	for _, p := range []*directory.Person{t.start, t.now, t.hub} {
		if p != nil {
			return appendName(b, *p)
		}
	}
	return b
}

// turningOn holds a Lockout and, in memory, the few whom resolutions rename.
type turningOn struct {
	Lockout
	before, after directory.Outline
	renames       map[string][]rename         // by folded new name
	old           map[string]bool             // folded old names
	gone          map[string]directory.Person // who bore an old name at the start, by id
	borne         map[string]bool             // old names that somebody bore at the start
	come          map[string]bool             // ids of who bears a new name now
}

// rename is a resolution that gives a new name.
type rename struct {
	from     string // folded
	attested bool
}

func (l Lockout) newTurningOn() (*turningOn, error) {
	if l.Start == nil {
		l.Start, l.Began = l.World[directory.Utilities], l.Offered
	}
	if l.Renames == nil {
		l.Renames = l.Rules.Utilities
	}
	on := &turningOn{
		Lockout: l, before: l.Start.Outline(), after: l.World[directory.Utilities].Outline(),
		renames: map[string][]rename{}, old: map[string]bool{}, gone: map[string]directory.Person{}, borne: map[string]bool{}, come: map[string]bool{},
	}
	for from, r := range l.Renames {
		if name := directory.Fold(r.newName()); name != "" {
			on.renames[name] = append(on.renames[name], rename{from, r.OUAFLoginChanged})
			on.old[from] = true
		}
	}
	if len(on.renames) == 0 {
		return on, nil
	}
	for p, err := range l.Start.ByName() {
		if err != nil {
			return nil, err
		}
		if name := nameKey(p); on.old[name] {
			on.gone[p.ID], on.borne[name] = p, true
		}
	}
	for p, err := range l.World[directory.Utilities].ByName() {
		if err != nil {
			return nil, err
		}
		if _, wanted := on.renames[nameKey(p)]; wanted {
			on.come[p.ID] = true
		}
	}
	return on, nil
}

func (on *turningOn) trios() iter.Seq2[trio, error] {
	starts := func(yield func(trio, error) bool) {
		for p, err := range on.Start.ByName() {
			if !yield(trio{start: &p}, err) || err != nil {
				return
			}
		}
	}
	present := func(yield func(trio, error) bool) {
		for p, err := range Join(on.World[directory.Utilities].ByName(), on.World[directory.Fusion].ByName()) {
			if !yield(trio{now: p.Left, hub: p.Right}, err) || err != nil {
				return
			}
		}
	}
	return func(yield func(trio, error) bool) {
		for p, err := range join(starts, present, func(b []byte, t trio) []byte { return t.appendName(b) }) {
			var t trio
			if p.right != nil {
				t = *p.right
			}
			if p.left != nil {
				t.start = p.left.start
			}
			if !yield(t, err) || err != nil {
				return
			}
		}
	}
}

// judge looks at who bears a name now, and at who bore it at the start and is
// gone. Who is renamed comes up under the new name.
func (on *turningOn) judge(t trio) []LockedOut {
	var out []LockedOut
	stayed := t.start != nil && t.now != nil && t.start.ID == t.now.ID
	if t.start != nil && !stayed && !on.come[t.start.ID] && on.wasAble(t.start) && !on.Rules.ExcludedFromUtilities(*t.start) {
		out = append(out, LockedOut{Person: *t.start, Reasons: []Reason{ReasonNoUtilitiesUser}})
	}
	if t.now == nil || !on.watched(*t.now) {
		return out
	}
	start := t.start
	if !stayed {
		start = nil
		if was, moved := on.gone[t.now.ID]; moved {
			start = &was
		}
	}
	if !on.wasAble(start) && !on.isAble(*t.now, t.hub) {
		return out
	}
	if reasons := on.reasons(start, *t.now, t.hub); len(reasons) > 0 {
		one := LockedOut{Person: *t.now, Reasons: reasons}
		if start != nil && start.UserName != t.now.UserName {
			one.Was = start.UserName
		}
		out = append(out, one)
	}
	return out
}

// wasAble tells whether somebody could work at the start. Who then signed in by
// SSO alone is taken to have had somebody in Fusion.
func (on *turningOn) wasAble(start *directory.Person) bool {
	return start != nil && on.watched(*start) && on.employed(on.before, *start) && (on.Began.IdP || on.Began.Local && !start.Federated)
}

func (on *turningOn) isAble(u directory.Person, hub *directory.Person) bool {
	return on.employed(on.after, u) && (on.locally(u) || on.bySSO(u, hub))
}

func (on *turningOn) reasons(start *directory.Person, u directory.Person, hub *directory.Person) []Reason {
	if on.Rules.ExcludedFromUtilities(u) { // left alone, so only the way in counts
		if u.Active && (u.Federated || !on.kept(u)) {
			return []Reason{ReasonNoLocalSignIn}
		}
		return nil
	}
	if !u.Active && on.Rules.Orphan(directory.Utilities, u) == orphanDeactivate {
		return nil // a person said so
	}
	reasons := on.inHub(u, hub)
	if !u.Active {
		reasons = append(reasons, ReasonUtilitiesInactive)
	}
	if on.unattested(start, u) {
		reasons = append(reasons, ReasonOUAFLogin)
	}
	if hub != nil && hub.Active && !on.ActLater && !on.intoHub(*hub) {
		reasons = append(reasons, ReasonNoWayIntoHub)
	}
	if start != nil && on.lost(*start, u) {
		reasons = append(reasons, ReasonRoleLost)
	}
	return reasons
}

// inHub are the reasons of matching.md's first demand that lie in Fusion.
func (on *turningOn) inHub(u directory.Person, hub *directory.Person) []Reason {
	if hub == nil {
		return []Reason{ReasonNoHubUser}
	}
	var reasons []Reason
	if hub.UserName != u.UserName {
		reasons = append(reasons, ReasonHubNameDiffers)
	}
	if !hub.Active {
		reasons = append(reasons, ReasonHubInactive)
	}
	if !SamePerson(u.User, hub.User) {
		reasons = append(reasons, ReasonHubSomeoneElse)
	}
	return reasons
}

// unattested tells whether somebody bears another name than OUAF knows, as far
// as anybody attests. A rename counts that was carried out since the start, and
// one from before it of which the configuration still tells.
func (on *turningOn) unattested(start *directory.Person, u directory.Person) bool {
	name := nameKey(u)
	since, before := start != nil && start.UserName != u.UserName, false
	for _, r := range on.renames[name] {
		switch {
		case r.from == name: // in case only
			since = since && !r.attested
		case start != nil && nameKey(*start) == r.from:
			since = !r.attested
		case !on.borne[r.from] && !r.attested:
			before = true
		}
	}
	return since || before
}

// lost tells whether somebody holds less than at the start.
func (on *turningOn) lost(start, u directory.Person) bool {
	held := on.after.RolesOf(u)
	return slices.ContainsFunc(on.before.RolesOf(start), func(r directory.Role) bool { return !slices.Contains(held, r) })
}

// orphanDeactivate is what Rules.Orphan says of an orphan to be switched off.
const orphanDeactivate = "deactivate"
