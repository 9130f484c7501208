package simulator

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"
)

// under puts a domain under its weather, clock and all.
func (d *domain) under(s *sky) {
	d.sky, d.now = s, s.now
}

// weathered is change under the weather; under the lock.
func (d *domain) weathered(ctx context.Context, op operation) (answer, error) {
	m := metIn(ctx)
	if _, ok := m.has(RuleIgnored); ok && op.kind == kindRules {
		if e, there := d.collection(op.kind).get(op.id); there {
			return d.shown(op, e, http.StatusOK)
		}
	}
	if _, ok := m.has(MemberMeanwhile); ok && op.kind == kindGroups {
		d.addsOne(op, m.draw)
	}
	a, err := d.change(op)
	return a, d.sky.plain(err)
}

// plain takes out of a 409 why.
func (s *sky) plain(err error) error {
	r, ok := err.(*refusal)
	if !ok || r.status != http.StatusConflict {
		return err
	}
	if _, plain := s.holds(PlainConflict); !plain {
		return err
	}
	s.struckBy(PlainConflict)
	return refuse(http.StatusConflict, "Conflict.")
}

// addsOne is somebody else, who adds one of those to the group whom the request
// is about to add.
func (d *domain) addsOne(op operation, draw uint64) {
	g, ok := d.groups.find(op.id)
	ops, err := readPatch(op.body)
	if !ok || err != nil {
		return
	}
	for _, o := range ops {
		members := asList(o.value)
		if o.op != "add" || !strings.EqualFold(o.path, "members") || len(members) == 0 {
			continue
		}
		one := members[draw%uint64(len(members))]
		m := &membership{group: g}
		if m.add(d, []any{one}) != nil {
			return // they are in already
		}
		m.commit()
		d.touchGroup(g)
		body := object{"Operations": []any{object{"op": "add", "path": "members", "value": []any{one}}}}
		d.journal.record(entryLine{Domain: string(d.name), Client: d.clients.second.id, Method: op.method, Path: op.path,
			Status: http.StatusOK, Keys: d.keys(op.method, op.kind, op.id, body)})
		return
	}
}

// weathered is change under the weather; under the lock.
func (f *applications) weathered(ctx context.Context, op faRequest) (answer, error) {
	m := metIn(ctx)
	if _, ok := m.has(MemberMeanwhile); ok && op.kind == kindFARoles {
		f.addsOne(op, m.draw)
	}
	a, err := f.change(op)
	return a, f.sky.plain(err)
}

func (f *applications) addsOne(op faRequest, draw uint64) {
	r, ok := f.roles.find(op.id)
	changes, err := memberChanges(op.body)
	if !ok || err != nil {
		return
	}
	changes = slices.DeleteFunc(changes, func(c memberChange) bool { return c.remove })
	if len(changes) == 0 {
		return
	}
	one := changes[draw%uint64(len(changes))]
	if f.changeMembers(r, []memberChange{one}) != nil {
		return // they have it already
	}
	other := op
	other.client = "second-" + applicationsName
	other.body = object{"members": []any{object{"value": one.account, "operation": "ADD"}}}
	f.record(other, http.StatusNoContent, f.keys(other))
}

// behind takes out of an answer what an index does not know yet: what was made
// too lately is in no answer to a filter.
func (d *domain) behind(op operation, a answer) answer {
	filter := op.query.Get("filter")
	if op.search {
		filter = text(op.body, "filter")
	}
	sp, ok := d.sky.holds(IndexLate)
	page, listed := a.body.(object)
	if !ok || !listed || op.id != "" || filter == "" {
		return a
	}
	known := make([]any, 0)
	for _, r := range objects(page, "Resources") {
		if e, ok := d.collection(op.kind).get(text(r, "id")); ok && d.age(e) < sp.Takes {
			d.sky.struckBy(IndexLate)
			continue
		}
		known = append(known, r)
	}
	hidden := len(objects(page, "Resources")) - len(known)
	if hidden == 0 {
		return a
	}
	page = without(page)
	total, _ := page["totalResults"].(int)
	page["Resources"], page["itemsPerPage"], page["totalResults"] = known, len(known), total-hidden
	a.body = page
	return a
}

// age is how long ago a resource was made; one without a date is old.
func (d *domain) age(e entry) time.Duration {
	made, err := time.Parse(time.RFC3339, text(inner(d.body(e), "meta"), "created"))
	if err != nil {
		return time.Hour
	}
	return d.now().Sub(made)
}

// groupLimit is how many users a group holds.
func (d *domain) groupLimit() int {
	if sp, ok := d.sky.holds(GroupLimit); ok {
		return sp.Most
	}
	return maxMembers
}

// tokenLife is how long a token holds that is given now.
func (d *domain) tokenLife() time.Duration {
	if sp, ok := d.sky.holds(TokenShort); ok {
		d.sky.struckBy(TokenShort)
		return sp.Takes
	}
	return tokenLife
}

// invitedActAfter is how long somebody takes who is invited now; 0: for ever.
func (d *domain) invitedActAfter() time.Duration {
	if _, ok := d.sky.holds(InvitedNever); ok {
		d.sky.struckBy(InvitedNever)
		return 0
	}
	if sp, ok := d.sky.holds(InvitedLate); ok {
		d.sky.struckBy(InvitedLate)
		return sp.Takes
	}
	return d.actAfter
}

// revoke takes the token away that a request came with.
func (c *clients) revoke(r *http.Request) {
	_, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.tokens, strings.TrimSpace(value))
}
