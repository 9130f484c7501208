package simulator

import (
	"context"
	"slices"
	"sync"
	"time"

	"cutover/internal/directory"
)

// copyEvent is one change of Fusion Applications on its way into the Fusion
// domain: an account as it was then, its deletion, or a membership of it.
type copyEvent struct {
	account account
	deleted bool
	role    string // membership of this role
	left    bool
	due     time.Time
}

// copyQueue carries changes of Fusion Applications into the Fusion domain, in
// their order, each after the same delay: one goroutine, one timer.
type copyQueue struct {
	fusion *domain
	delay  time.Duration
	sky    *sky
	linked map[string]string // domain user by account; only run touches it once it runs

	mu      sync.Mutex
	waiting []copyEvent
	busy    bool
	wake    chan struct{} // something was pushed
	settled chan struct{} // closed and renewed when nothing waits any more
}

func newCopyQueue(fusion *domain, delay time.Duration) *copyQueue {
	return &copyQueue{fusion: fusion, delay: delay, linked: map[string]string{},
		wake: make(chan struct{}, 1), settled: make(chan struct{})}
}

func (q *copyQueue) push(e copyEvent) {
	e.due = time.Now().Add(q.takes())
	q.mu.Lock()
	q.waiting = append(q.waiting, e)
	q.mu.Unlock()
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// takes is how long a copy takes that begins now.
func (q *copyQueue) takes() time.Duration {
	if sp, ok := q.sky.holds(SlowCopy); ok {
		q.sky.struckBy(SlowCopy)
		return sp.Takes
	}
	return q.delay
}

// pop takes the next event, or tells that there is none.
func (q *copyQueue) pop() (copyEvent, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		q.busy, q.waiting = false, nil
		close(q.settled)
		q.settled = make(chan struct{})
		return copyEvent{}, false
	}
	e := q.waiting[0]
	q.waiting = q.waiting[1:]
	q.busy = true
	return e, true
}

// run carries events until the context ends. What waits then is dropped.
func (q *copyQueue) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		e, ok := q.pop()
		if !ok {
			select {
			case <-q.wake:
				continue
			case <-ctx.Done():
				return
			}
		}
		timer.Reset(time.Until(e.due))
		select {
		case <-timer.C:
			q.carry(e)
		case <-ctx.Done():
			return
		}
	}
}

// wait returns when nothing is on the way.
func (q *copyQueue) wait(ctx context.Context) error {
	for {
		q.mu.Lock()
		idle, settled := len(q.waiting) == 0 && !q.busy, q.settled
		q.mu.Unlock()
		if idle {
			return nil
		}
		select {
		case <-settled:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// carry makes one change in the domain. It is no client: no limit, no journal.
func (q *copyQueue) carry(e copyEvent) {
	d := q.fusion
	d.mu.Lock()
	defer d.mu.Unlock()
	u, ok := d.users.find(q.linked[e.account.id])
	switch {
	case e.deleted:
		delete(q.linked, e.account.id)
		if ok {
			d.removeUser(u)
		}
	case e.role != "":
		if ok {
			d.copyMembership(u, e.role, e.left)
		}
	default:
		q.linked[e.account.id] = d.copyAccount(u, e.account)
	}
}

// copyAccount makes the domain's user what the account is, userName byte for
// byte, and returns its id. u is nil where the account has no user yet; then
// one of the same name is taken over.
func (d *domain) copyAccount(u *user, a account) string {
	if u == nil {
		u, _ = d.userNamed(a.userName)
	}
	if other, ok := d.userNamed(a.userName); ok && other != u {
		return u.id // somebody in the domain has the name: the copy cannot be made
	}
	o := object{"schemas": userSchemas, "id": d.newID(), schemaUserExt: object{"isFederatedUser": false, "status": "verified"}}
	if u != nil {
		o = u.object()
	}
	o["userName"], o["active"] = a.userName, a.active
	name := without(inner(o, "name"), "givenName", "familyName")
	for attribute, v := range map[string]string{"givenName": a.given, "familyName": a.family} {
		if v != "" {
			name[attribute] = v
		}
	}
	o["name"] = name
	delete(o, "displayName")
	if a.display != "" {
		o["displayName"] = a.display
	}
	var emails []any
	for _, e := range objects(o, "emails") {
		if !truth(e, "primary", false) {
			emails = append(emails, e)
		}
	}
	if a.email != "" {
		emails = slices.Insert(emails, 0, any(object{"value": a.email, "type": "work", "primary": true}))
	}
	delete(o, "emails")
	if len(emails) > 0 {
		o["emails"] = emails
	}
	copied := userFrom(d.stamped(o, kindUsers))
	if a.password != "" {
		d.setPassword(copied, a.password)
	}
	if u != nil {
		d.replaceUser(u, copied)
		return u.id
	}
	copied.seq = d.nextSeq()
	d.users.store(copied)
	return copied.id
}

// copyMembership puts a user into the group that the role is in the domain, or
// takes them out. A role that has no group yet gets one.
func (d *domain) copyMembership(u *user, role string, left bool) {
	g, ok := d.groups.byName[directory.Fold(role)]
	if !ok {
		g = &group{id: d.newID(), seq: d.nextSeq()}
		g.body = d.stamped(object{"schemas": []any{kindGroups.schema}, "id": g.id, "displayName": role}, kindGroups)
		d.groups.store(g)
	}
	in := slices.Contains(u.groups, g)
	switch {
	case left && in:
		g.members = slices.DeleteFunc(g.members, func(m *user) bool { return m == u })
		u.groups = slices.DeleteFunc(u.groups, func(o *group) bool { return o == g })
	case !left && !in:
		g.members = append(g.members, u)
		u.groups = append(u.groups, g)
	default:
		return
	}
	d.touchGroup(g)
}
