package simulator

import (
	"context"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"cutover/internal/directory"
)

// pull is one import under way.
type pull struct {
	d           *domain
	how         *puller
	app         string
	run         uint64
	notify      bool            // new people get a mail
	scope       map[*group]bool // nil: everybody
	creates     int             // how many are allowed; negative: any
	deactivates int
	would       int // be created, as it was counted before
	tally       struct{ created, changed, same, deactivated, refused int }
}

// person is what is pulled of a user of the Fusion domain.
type person struct {
	id, name, given, family, display string
	emails                           []email
	active                           bool
}

// begin connects, as the app does when it begins.
func (p *pull) begin(j *job) error {
	p.d.mu.Lock()
	app, err := p.d.syncable(j.parameters["appId"])
	if err != nil {
		p.d.mu.Unlock()
		return err // it was changed since it was scheduled
	}
	p.app, p.run = app.id, p.d.nextSeq()
	p.notify = truth(inner(app.body, schemaManaged), "enableAuthSyncNewUserNotification", false)
	c := p.d.connectionOf(app)
	p.d.mu.Unlock()
	if err := c.check(p.how.fusion); err != nil || p.how.Scope != scopeGroups {
		return err
	}
	p.scope = map[*group]bool{}
	fusion := p.how.fusion
	fusion.mu.RLock()
	defer fusion.mu.RUnlock()
	for _, name := range p.how.Groups[p.d.name] {
		if g := fusion.groups.byName[directory.Fold(name)]; g != nil {
			p.scope[g] = true
		}
	}
	return nil
}

// all goes through everybody. How many would be created is counted first.
func (p *pull) all(ctx context.Context) error {
	count := func(people []person) error {
		p.d.mu.RLock()
		defer p.d.mu.RUnlock()
		for _, one := range people {
			if _, there := p.d.userNamed(one.name); !there && p.known(one.id).owner(p.d) == nil {
				p.would++
			}
		}
		return nil
	}
	if err := p.each(ctx, count); err != nil {
		return err
	}
	if err := p.each(ctx, p.settle); err != nil {
		return err
	}
	p.lose()
	if !p.how.DeactivatesMissing {
		return nil
	}
	return p.deactivate()
}

// each takes the users of the Fusion domain in the order of ids, some at a time,
// and no lock in between.
func (p *pull) each(ctx context.Context, take func([]person) error) error {
	last := ""
	for ctx.Err() == nil {
		people, next := p.batch(last)
		if err := take(people); err != nil || next == "" {
			return err
		}
		last = next
	}
	return ctx.Err()
}

// batch are the next people who are pulled after an id; next is empty at the end.
func (p *pull) batch(after string) (people []person, next string) {
	f := p.how.fusion
	f.mu.RLock()
	defer f.mu.RUnlock()
	all := f.users.byIDs()
	from, found := slices.BinarySearchFunc(all, after, byID[*user])
	if found {
		from++
	}
	to := min(from+syncBatch, len(all))
	for _, u := range all[from:to] {
		if p.pulls(u) {
			people = append(people, personOf(u))
		}
	}
	if to < len(all) {
		next = all[to-1].id
	}
	return people, next
}

// pulls tells whether a user of the Fusion domain is pulled.
func (p *pull) pulls(u *user) bool {
	return p.scope == nil || u.flags.active != no && slices.ContainsFunc(u.groups, func(g *group) bool { return p.scope[g] })
}

func personOf(u *user) person {
	one := person{id: u.id, name: u.name, given: u.given, family: u.family, display: u.display, emails: u.emails, active: u.flags.active == yes}
	if n := inner(u.rest, "name"); n != nil {
		one.given, one.family = text(n, "givenName"), text(n, "familyName")
	}
	for _, e := range objects(u.rest, "emails") {
		one.emails = append(one.emails, email{text(e, "value"), text(e, "type"), triOf(e["primary"])})
	}
	return one
}

// known is the account of a user of the Fusion domain; nil: there is none yet.
func (p *pull) known(uid string) *syncedAccount { return p.d.accounts.byApp[p.app][uid] }

// owner is the user whom the account has; nil: nobody, or nobody any more.
func (x *syncedAccount) owner(d *domain) *user {
	if x == nil {
		return nil
	}
	u, _ := d.users.find(x.ownerID)
	return u
}

// settle makes some people here what they are in Fusion.
func (p *pull) settle(people []person) error {
	p.d.mu.Lock()
	defer p.d.mu.Unlock()
	for _, one := range people {
		x := p.known(one.id)
		if x == nil {
			x = &syncedAccount{id: p.d.newID(), seq: p.d.nextSeq(), app: p.app, uid: one.id, made: p.d.now().UnixMilli()}
		}
		if err := p.person(x, one); err != nil {
			return err
		}
		x.name, x.active, x.at, x.run = one.name, one.active, p.d.now().UnixMilli(), p.run
		if p.known(one.id) == nil {
			p.d.accounts.store(x)
		}
		if x.situation != sitConfirmed {
			p.tally.refused++
		}
	}
	return nil
}

// person settles one; it is an error only where the import shall not go on.
func (p *pull) person(x *syncedAccount, one person) error {
	u, found := p.d.userNamed(one.name)
	owner := x.owner(p.d)
	x.matching = nil
	switch {
	case owner != nil && found && u != owner:
		x.situation, x.response = sitDisputed, "Disputed: another user than the owner has this userName"
		x.matching = []string{owner.id, u.id}
	case owner != nil:
		p.update(x, owner, one, "Confirmed")
	case found:
		p.update(x, u, one, "Matched by userName")
	case p.creates >= 0 && p.tally.created >= p.creates:
		// The real limit is approximate (oracle.md 2.7); this one is exact.
		return refuse(http.StatusConflict, "Aborted: %d people would be created, and %d are allowed (maxCreates).", p.would, p.creates)
	default:
		p.create(x, one)
	}
	return nil
}

// create makes a user by the rules of any other, with what tells whence they came.
func (p *pull) create(x *syncedAccount, one person) {
	name := object{}
	o := object{"schemas": []any{schemaUser, schemaUserExt}, "userName": one.name, "externalId": one.id, "active": one.active, "name": name,
		schemaUserExt: object{"isFederatedUser": !p.how.NewLocal, "creationMechanism": byAuthSync}}
	for at, v := range map[string]string{"givenName": one.given, "familyName": one.family} {
		if v != "" {
			name[at] = v
		}
	}
	if one.display != "" {
		o["displayName"] = one.display
	}
	emails := make([]any, len(one.emails))
	for i, e := range one.emails {
		emails[i] = e.object()
	}
	o["emails"] = emails
	taken, err := kindUsers.taken(o)
	var made entry
	if err == nil {
		// readOnly for clients: it is the service that says so.
		inner(taken, schemaUserExt)["syncedFromApp"] = syncedFrom(p.app)
		made, err = p.d.createUser(taken)
	}
	if err != nil {
		x.ownerID, x.situation, x.response = "", sitUnmatched, asRefusal(err).detail
		return
	}
	u := made.(*user)
	p.tally.created++
	x.ownerID, x.situation, x.response = u.id, sitConfirmed, "Created"
	if p.notify && len(u.emails) > 0 {
		p.d.invite(u)
	}
}

// update makes a user what Fusion has, but for the userName. What Fusion has
// nothing of stays.
func (p *pull) update(x *syncedAccount, u *user, one person, response string) {
	x.ownerID, x.situation, x.response = u.id, sitConfirmed, response
	o := u.object()
	name := without(inner(o, "name"))
	for at, v := range map[string]string{"givenName": one.given, "familyName": one.family} {
		if v != "" {
			name[at] = v
		}
	}
	if len(name) > 0 {
		o["name"] = name
	}
	if one.display != "" {
		o["displayName"] = one.display
	}
	o["active"] = one.active
	o["emails"] = withPrimary(list(o, "emails"), one.emails)
	federates := p.how.FederatesExisting && u.flags.federated != yes && !truth(inner(o, schemaUserExt), "isFederatedUser", false)
	if federates {
		ext := without(inner(o, schemaUserExt))
		ext["isFederatedUser"] = true
		o[schemaUserExt] = ext
		delete(o, schemaPassword)
	}
	if reflect.DeepEqual(o, u.object()) {
		p.tally.same++
		return
	}
	if _, err := p.d.updateUser(u, o); err != nil {
		x.situation, x.response = sitMatched, asRefusal(err).detail
		return
	}
	if federates {
		delete(p.d.passwords, u.id)
		delete(p.d.seeded, u.id)
	}
	p.tally.changed++
}

// withPrimary are somebody's emails with the primary one that Fusion has. An
// address is not case exact: one that differs in case alone is the same value.
func withPrimary(emails []any, from []email) []any {
	at := slices.IndexFunc(from, func(e email) bool { return e.primary == yes })
	if at < 0 {
		return emails
	}
	chosen := from[at]
	var others []any
	for _, e := range emails {
		o, _ := e.(object)
		primary, is := truth(o, "primary", false), strings.EqualFold(text(o, "value"), chosen.value)
		switch {
		case primary && is:
			return emails
		case primary, is && text(o, "type") == chosen.kind:
			continue
		}
		others = append(others, e)
	}
	return slices.Insert(others, 0, any(chosen.object()))
}
