package wayback

import (
	"fmt"
	"iter"
	"maps"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// who is a person of a domain, by the folded name that they bear in the fresh read.
type who struct {
	domain directory.Domain
	key    string
}

func whoIs(d directory.Domain, name string) who { return who{d, directory.Fold(name)} }

// given is a membership or a role that is taken from somebody again.
type given struct {
	who
	target string
}

// crowd is what must be remembered of people from one step to the next.
type crowd struct {
	byID      map[resource]*directory.Person // whom the cutover renamed; nil: nobody is there
	byNewName map[who]*directory.Person      // who bears a name that the cutover gave; nil: nobody
	moved     map[who]string                 // a name before a rename that is undone -> the name in the fresh read
	wanted    map[who]bool                   // a name that a rename gave up, and that its undoing takes again
	stuck     map[who]bool                   // a name before a rename that is left alone
	gone      map[who]bool                   // deleted by the cutover itself
	ended     map[who]bool                   // made by the cutover, and off again or deleted by this way back
	restored  map[who]directory.Attributes   // how they stand once the later changes are undone
	taken     map[given]bool                 // memberships and roles that are taken away
	suspected map[who][]*suspect
	cursor    map[directory.Domain]*cursor // the stream of a step
}

func newCrowd() crowd {
	return crowd{
		byID: map[resource]*directory.Person{}, byNewName: map[who]*directory.Person{}, moved: map[who]string{}, wanted: map[who]bool{}, stuck: map[who]bool{}, gone: map[who]bool{},
		ended: map[who]bool{}, restored: map[who]directory.Attributes{}, taken: map[given]bool{}, suspected: map[who][]*suspect{},
	}
}

// resource is a user of a domain by the id there.
type resource struct {
	domain directory.Domain
	id     string
}

func (c *crowd) renamed(r Recorded) {
	c.byNewName[whoIs(r.Change.Domain, r.Change.After["userName"])] = nil
	if !directory.Equal(r.Change.User, r.Change.After["userName"]) {
		c.wanted[whoIs(r.Change.Domain, r.Change.User)] = true
	}
	if r.Change.Via == "" && r.ResourceID != "" {
		c.byID[resource{r.Change.Domain, r.ResourceID}] = nil
	}
}

// made takes in whom the cutover created under a name that a rename had given up:
// they make way for it, so are found by their ids.
func (c *crowd) made(r Recorded) {
	if c.wanted[whoIs(r.Change.Domain, r.Change.User)] && r.Change.Via == "" && r.ResourceID != "" {
		c.byID[resource{r.Change.Domain, r.ResourceID}] = nil
		c.byNewName[whoIs(r.Change.Domain, aside(r.Change.User))] = nil
	}
}

// aside is the name under which somebody whom the cutover created makes way.
func aside(userName string) string {
	const mark, longest = "-rolled-back", 256
	runes := []rune(userName)
	return string(runes[:min(len(runes), longest-len(mark))]) + mark
}

// meet finds whom the cutover renamed, and everyone who bears a name that it gave:
// their places in the stream are not those of the names that its changes know them by.
func (c *crowd) meet(w reconcile.World) error {
	domains := map[directory.Domain]bool{}
	for k := range c.byNewName {
		domains[k.domain] = true
	}
	for d := range domains {
		for p, err := range w[d].ByName() {
			if err != nil {
				return err
			}
			if k := whoIs(d, p.UserName); has(c.byNewName, k) {
				c.byNewName[k] = &p
			}
			if k := (resource{d, p.ID}); has(c.byID, k) {
				c.byID[k] = &p
			}
		}
	}
	return nil
}

func has[K comparable, V any](m map[K]V, k K) bool {
	_, ok := m[k]
	return ok
}

// cursor goes through the people of a domain beside a stream of changes that is
// in the same order.
type cursor struct {
	next func() (directory.Person, error, bool)
	stop func()
	at   *directory.Person
	key  string
	over bool
}

func newCursor(people reconcile.People) *cursor {
	c := &cursor{}
	c.next, c.stop = iter.Pull2(people)
	return c
}

// find moves on to the folded name and returns who bears it, or nil.
func (c *cursor) find(key string) (*directory.Person, error) {
	for !c.over && (c.at == nil || c.key < key) {
		p, err, ok := c.next()
		if err != nil {
			return nil, err
		}
		if !ok {
			c.over = true
			return nil, nil
		}
		c.at, c.key = &p, directory.Fold(p.UserName)
	}
	if c.over || c.key != key {
		return nil, nil
	}
	return c.at, nil
}

// people plans what undoes one step of people's changes.
func (p *planner) people(s Step) error {
	p.crowd.cursor = map[directory.Domain]*cursor{}
	defer func() {
		for _, c := range p.crowd.cursor {
			c.stop()
		}
	}()
	p.next()
	for r, err := range s.Changes() {
		if err != nil {
			return err
		}
		if isSetting(r.Change.Kind) {
			continue
		}
		if err := p.person(s.Phase, r); err != nil {
			return err
		}
		if p.err != nil {
			return p.err
		}
	}
	return nil
}

// find finds who bore this name when the change was made.
func (p *planner) find(d directory.Domain, name string) (*directory.Person, error) {
	if fresh, moved := p.crowd.moved[whoIs(d, name)]; moved {
		name = fresh
	}
	if who := whoIs(d, name); has(p.crowd.byNewName, who) {
		return p.crowd.byNewName[who], nil
	}
	if p.crowd.cursor[d] == nil {
		p.crowd.cursor[d] = newCursor(p.in.World[d].ByName())
	}
	return p.crowd.cursor[d].find(directory.Fold(name))
}

// whom finds the person whom a change was about, by the name that they bore after
// it. A name may have been passed on, or have gone back already: there the id tells.
func (p *planner) whom(r Recorded, name string) (*directory.Person, error) {
	person, err := p.find(r.Change.Domain, name)
	if err != nil || person != nil && !another(r, *person) {
		return person, err
	}
	if renamed := p.crowd.byID[resource{r.Change.Domain, r.ResourceID}]; renamed != nil && r.Change.Via == "" {
		return renamed, nil
	}
	return person, nil
}

func (p *planner) person(phase string, r Recorded) error {
	c := r.Change
	if c.Kind == directory.StartSync {
		return p.synced(phase, r)
	}
	at := whoIs(c.Domain, c.User)
	if p.crowd.gone[at] {
		return nil // made and deleted by the cutover
	}
	if p.crowd.stuck[at] {
		p.finding(FindingChanged, c.Domain, c.User, "was renamed since by somebody else, so what cutover did before that ("+c.Why+") is left as it is")
		return nil
	}
	if c.Kind == directory.UpdateUser {
		return p.update(phase, r)
	}
	person, err := p.whom(r, c.User)
	if err != nil {
		return err
	}
	switch {
	case c.Kind == directory.InviteUser:
		p.mailed++
	case c.Kind == directory.DeleteUser:
		p.crowd.gone[at] = true
	case person == nil:
		// nothing is left of it
	case c.Kind == directory.CreateUser:
		p.created(phase, r, *person)
	case another(r, *person):
		// what was given went with whom it was given to
	case c.Kind == directory.AddMember && person.InAny([]string{c.Target}):
		p.take(phase, r, *person, directory.RemoveMember)
	case c.Kind == directory.AddGrant && slices.ContainsFunc(person.Roles, func(x directory.Role) bool { return x.String() == c.Target }):
		p.take(phase, r, *person, directory.RevokeGrant)
	}
	return nil
}

// wayOf is how a change is taken back: a file that a person loads takes nothing
// back, so what came by one is taken back through Fusion Applications' API. Nor
// does a native synchronization: what it did, cutover takes back in the domain.
func wayOf(c directory.Change) string {
	switch c.Via {
	case directory.ViaImportManagement:
		return directory.ViaFusionApplications
	case directory.ViaNativeSync:
		return ""
	}
	return c.Via
}

// take takes away what was given.
func (p *planner) take(phase string, r Recorded, person directory.Person, kind directory.Kind) {
	c := r.Change
	p.crowd.taken[given{whoIs(c.Domain, person.UserName), directory.Fold(c.Target)}] = true
	p.change(phase, directory.Change{Domain: c.Domain, Via: wayOf(c), Kind: kind, User: p.state(c.Domain, person)["userName"], Target: c.Target, Why: c.Why}, r.Ref)
}

// state is how a person stands once the later changes of theirs are undone.
func (p *planner) state(d directory.Domain, person directory.Person) directory.Attributes {
	a := attributes(person.User)
	for k, v := range p.crowd.restored[whoIs(d, person.UserName)] {
		a[k] = v
	}
	return a
}

// another tells whether somebody else bears the name now. Fusion Applications
// has ids of its own, which a read of the domain does not show.
func another(r Recorded, person directory.Person) bool {
	return r.Change.Via == "" && r.ResourceID != "" && person.ID != "" && r.ResourceID != person.ID
}

// created switches off whoever the cutover made. Who was expected of a native
// synchronization may be recorded again, until they were there.
func (p *planner) created(phase string, r Recorded, person directory.Person) {
	c := r.Change
	if p.crowd.ended[whoIs(c.Domain, person.UserName)] {
		return
	}
	if another(r, person) {
		p.finding(FindingAnother, c.Domain, person.UserName, "is not the user whom cutover created: somebody deleted that one and made another. Left alone.")
		return
	}
	p.more(c.Domain, person)
	state := p.state(c.Domain, person)
	before, after := directory.Attributes{}, directory.Attributes{}
	if state["active"] == "true" {
		before["active"], after["active"] = "true", "false"
	}
	wanted := c.Via == "" && p.crowd.wanted[whoIs(c.Domain, c.User)]
	if wanted && directory.Equal(state["userName"], c.User) {
		before["userName"], after["userName"] = state["userName"], aside(c.User)
	}
	if len(after) == 0 {
		return
	}
	made := directory.Attributes{}
	for _, k := range []string{"userName", "givenName", "familyName", "email"} {
		if v, set := c.After[k]; set && !(wanted && k == "userName") {
			made[k] = v
		}
	}
	if keys := differences(state, made, false); len(keys) > 0 {
		p.finding(FindingChanged, c.Domain, person.UserName, othersChanged(state, made, nil, keys)+". That is kept; the user, whom cutover created, is switched off.")
	}
	undo := directory.Change{
		Domain: c.Domain, Via: wayOf(c), Kind: directory.UpdateUser, User: state["userName"], Why: c.Why,
		Before: before, After: after,
	}
	if p.in.MayDelete != nil && p.in.MayDelete(c.Domain, person.UserName) {
		undo.Kind, undo.Before, undo.After = directory.DeleteUser, nil, nil
	}
	p.crowd.ended[whoIs(c.Domain, person.UserName)] = true
	p.change(phase, undo, r.Ref)
}

// more tells of what others gave to somebody whom the cutover made.
func (p *planner) more(d directory.Domain, person directory.Person) {
	who := whoIs(d, person.UserName)
	held := slices.Clone(person.Groups)
	for _, role := range person.Roles {
		held = append(held, role.String())
	}
	for _, target := range held {
		if !p.crowd.taken[given{who, directory.Fold(target)}] {
			p.finding(FindingHolds, d, person.UserName, "was created by cutover and holds "+target+", which cutover did not give or has taken back before. It is left to whoever gave it.")
		}
	}
}

// update restores what an update changed, a rename included.
func (p *planner) update(phase string, r Recorded) error {
	c := r.Change
	name := c.User
	if to := c.After["userName"]; to != "" {
		name = to
	}
	person, err := p.whom(r, name)
	if err != nil {
		return err
	}
	if person == nil || name != c.User && another(r, *person) {
		return p.updatedIsGone(r) // a name that was passed on may have gone back to whoever bore it first
	}
	state := p.state(c.Domain, *person)
	p.clear(c, *person, state)
	if c = p.restorable(c, *person, state); len(c.After) == 0 {
		if name != c.User {
			p.crowd.moved[whoIs(c.Domain, c.User)] = person.UserName
		}
		return nil
	}
	exact := directory.Equal(c.Before["email"], c.After["email"]) // where only its case changed, case is what counts
	switch ours := differences(state, c.After, exact); {
	case another(r, *person):
		p.finding(FindingAnother, c.Domain, person.UserName, "is not the user whom cutover changed: somebody deleted that one and made another. Left alone.")
	case len(ours) == 0:
		who := whoIs(c.Domain, person.UserName)
		if p.crowd.restored[who] == nil {
			p.crowd.restored[who] = directory.Attributes{}
		}
		for k := range c.After {
			p.crowd.restored[who][k] = c.Before[k]
		}
		if name != c.User {
			p.crowd.moved[whoIs(c.Domain, c.User)] = person.UserName
		}
		p.change(phase, directory.Change{Domain: c.Domain, Via: wayOf(c), Kind: directory.UpdateUser, User: state["userName"], Before: c.After, After: c.Before, Why: c.Why}, r.Ref)
	case len(differences(state, c.Before, exact)) == 0:
		// it is as it was already
	default:
		p.suspect(c, *person, state, ours)
		if name != c.User {
			p.crowd.stuck[whoIs(c.Domain, c.User)] = true
		}
	}
	return nil
}

// restorable leaves out of an update what no domain takes back: a name with
// characters that are not allowed, nobody's email, no family name. Users had
// these from before the domain was strict, and keep what the cutover gave them.
func (p *planner) restorable(c directory.Change, person directory.Person, state directory.Attributes) directory.Change {
	lost := func(k, before string) bool {
		switch k {
		case "userName":
			return !reconcile.Allowed(before)
		case "email", "familyName":
			return before == ""
		}
		return false
	}
	before, after := directory.Attributes{}, directory.Attributes{}
	for _, k := range slices.Sorted(maps.Keys(c.After)) {
		if k == "federated" && c.Before[k] == "true" {
			continue // a native synchronization made them so, and they signed in locally before it
		}
		if !lost(k, c.Before[k]) {
			before[k], after[k] = c.Before[k], c.After[k]
			continue
		}
		switch state[k] {
		case c.Before[k]: // somebody has found a way
		case c.After[k]:
			p.finding(FindingLost, c.Domain, person.UserName, fmt.Sprintf("had %q as %s, which a domain does not take; it stays %q", short(c.Before[k]), k, short(c.After[k])))
		default:
			p.finding(FindingChanged, c.Domain, person.UserName, othersChanged(state, c.After, c.Before, []string{k})+". It is left alone.")
		}
	}
	c.Before, c.After = before, after
	return c
}

// updatedIsGone is about an update of somebody who does not bear the name any
// more: a rename that is undone already, or a user whom somebody removed.
func (p *planner) updatedIsGone(r Recorded) error {
	c := r.Change
	if c.After["userName"] != "" {
		back, err := p.find(c.Domain, c.User)
		if err != nil {
			return err
		}
		if back != nil && !another(r, *back) {
			if keys := differences(p.state(c.Domain, *back), c.Before, false); len(keys) > 0 {
				p.finding(FindingChanged, c.Domain, back.UserName, othersChanged(p.state(c.Domain, *back), c.After, c.Before, keys)+". It is left alone.")
			}
			return nil
		}
	}
	p.finding(FindingGone, c.Domain, c.User, "was there when cutover changed them ("+c.Why+"), and is not there any more. Nothing is restored.")
	return nil
}

// suspect is somebody whom another than the cutover seems to have changed. Where
// the cutover changed them more than once, it may be that an earlier one of its
// changes is undone too: then they stand as they did before that.
type suspect struct {
	directory.Finding
	keys  []string
	clear bool
}

func (p *planner) suspect(c directory.Change, person directory.Person, state directory.Attributes, keys []string) {
	who := whoIs(c.Domain, person.UserName)
	s := &suspect{keys: keys, Finding: directory.Finding{
		Phase: Phase, Name: FindingChanged, Domain: c.Domain, User: person.UserName,
		Detail: othersChanged(state, c.After, c.Before, keys) + ". It is left alone.",
	}}
	p.suspects = append(p.suspects, s)
	p.crowd.suspected[who] = append(p.crowd.suspected[who], s)
}

// clear takes the suspicion off where an earlier change of the cutover explains
// how somebody stands.
func (p *planner) clear(c directory.Change, person directory.Person, state directory.Attributes) {
	for _, s := range p.crowd.suspected[whoIs(c.Domain, person.UserName)] {
		explained := true
		for _, k := range s.keys {
			was, named := c.Before[k]
			explained = explained && named && was == state[k]
		}
		s.clear = s.clear || explained
	}
}

// accuse writes down whom suspicion has stayed on.
func (p *planner) accuse() {
	for _, s := range p.suspects {
		if !s.clear && p.err == nil {
			p.err = p.sink.Finding(s.Finding)
		}
	}
}
