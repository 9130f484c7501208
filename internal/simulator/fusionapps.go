package simulator

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	filter "github.com/scim2/filter-parser/v2"

	"cutover/internal/directory"
	"cutover/internal/simulator/characteristics"
)

// applications is Fusion Applications: its own accounts and roles, which it
// copies into the Fusion domain. It is the origin; the domain's copy never
// flows back (oracle.md 1.3).
type applications struct {
	url      string
	login    string
	password string
	now      func() time.Time
	latency  time.Duration
	sky      *sky // the weather over it
	journal  *journal
	copies   *copyQueue

	mu       sync.RWMutex
	seq      uint64
	ids      *rand.Rand
	accounts *shelf[*account]
	byName   map[string]*account
	roles    *shelf[*faRole]
}

// account is a user account of Fusion Applications.
type account struct {
	seq                           uint64
	id                            string
	userName                      string
	given, family, display, email string
	password                      string // the one last sent, on its way to the copy; then empty
	active                        bool
	created, changed              string
	roles                         []*faRole
}

func (a *account) rid() string  { return a.id }
func (a *account) rseq() uint64 { return a.seq }

// faRole is a role of Fusion Applications; in the domain it is a group.
type faRole struct {
	seq     uint64
	id      string
	name    string
	members []*account
}

func (r *faRole) rid() string  { return r.id }
func (r *faRole) rseq() uint64 { return r.seq }

// newApplications makes accounts of all people of the Fusion domain, and roles
// of its groups ORA_…
func newApplications(fusion *domain, now func() time.Time, copies *copyQueue) *applications {
	f := &applications{login: "fusion.administrator", password: newSecret(), now: now, copies: copies,
		ids: rand.New(rand.NewChaCha8(fusion.hash("fusion", "applications"))), accounts: newShelf[*account](), byName: map[string]*account{}, roles: newShelf[*faRole]()}
	fusion.mu.RLock()
	defer fusion.mu.RUnlock()
	byID := map[string]*account{}
	for _, u := range fusion.users.all {
		a := &account{id: f.newID(), seq: f.nextSeq(), userName: u.name, given: u.given, family: u.family, display: u.display,
			active: u.flags.active != no, created: faTimestamp(u.created), changed: faTimestamp(u.changed)}
		for _, m := range u.emails {
			if m.primary == yes {
				a.email = m.value
			}
		}
		f.accounts.put(a)
		f.byName[directory.Fold(a.userName)] = a
		byID[u.id] = a
		copies.linked[a.id] = u.id
	}
	for _, g := range fusion.groups.all {
		if !strings.HasPrefix(g.name(), "ORA_") {
			continue
		}
		r := &faRole{id: f.newID(), seq: f.nextSeq(), name: g.name()}
		for _, u := range g.members {
			r.members = append(r.members, byID[u.id])
			byID[u.id].roles = append(byID[u.id].roles, r)
		}
		f.roles.put(r)
	}
	return f
}

// newID makes an id in the form of Fusion Applications' GUIDs.
func (f *applications) newID() string {
	return strings.ToUpper(fmt.Sprintf("%016x%016x", f.ids.Uint64(), f.ids.Uint64()))
}

func (f *applications) nextSeq() uint64 {
	f.seq++
	return f.seq
}

func (f *applications) timestamp() string { return f.now().UTC().Format(faTime) }

// faTimestamp is a timestamp of a domain in the form of this API.
func faTimestamp(s string) string {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return s
	}
	return t.UTC().Format(faTime)
}

// createAccount makes an account and sends its copy on the way.
func (f *applications) createAccount(o object) (*account, error) {
	a := &account{id: f.newID(), active: true, created: f.timestamp()}
	a.changed = a.created
	if err := a.take(without(o, "id", "meta", "roles")); err != nil {
		return nil, err
	}
	if err := f.checkAccount(a, nil); err != nil {
		return nil, err
	}
	a.seq = f.nextSeq()
	f.accounts.put(a)
	f.byName[directory.Fold(a.userName)] = a
	f.sendAccount(a)
	return a, nil
}

func (f *applications) checkAccount(a, old *account) error {
	if a.userName == "" || a.family == "" {
		return invalid("An account needs userName and name.familyName.")
	}
	if other := f.byName[directory.Fold(a.userName)]; other != nil && other != old {
		return conflict("An account with this userName exists already; userName is unique, case aside.")
	}
	return nil
}

// updateAccount changes an account. SCIM 2.0 operations are understood beside
// the documented form.
func (f *applications) updateAccount(old *account, o object) error {
	for name := range o {
		if n := kindAccounts.root.find(name); n != nil && n.Mutability == characteristics.ReadOnly {
			return invalid("Attribute %s of an account cannot be changed here.", name)
		}
	}
	if _, _, ok := field(o, "Operations"); ok {
		ops, err := readPatch(o)
		if err != nil {
			return err
		}
		if o, err = patch(old.object(f), ops, kindAccounts); err != nil {
			return err
		}
		for _, name := range []string{"displayName", "emails"} {
			if _, _, there := field(o, name); !there {
				o[name] = nil // an operation took it away
			}
		}
		o = without(o, "id", "meta", "roles", "schemas")
	}
	a := *old
	if err := a.take(o); err != nil {
		return err
	}
	if err := f.checkAccount(&a, old); err != nil {
		return err
	}
	a.changed = f.timestamp()
	delete(f.byName, directory.Fold(old.userName))
	*old = a
	f.byName[directory.Fold(a.userName)] = old
	f.sendAccount(old)
	return nil
}

// sendAccount puts the account as it is now on the way to the domain. The
// password is not kept here.
func (f *applications) sendAccount(a *account) {
	f.copies.push(copyEvent{account: *a})
	a.password = ""
}

func (f *applications) removeAccount(a *account) {
	for _, r := range a.roles {
		r.members = slices.DeleteFunc(r.members, func(m *account) bool { return m == a })
	}
	f.accounts.drop(a)
	delete(f.byName, directory.Fold(a.userName))
	f.copies.push(copyEvent{account: *a, deleted: true})
}

// changeMembers adds and removes members of a role: all of them or none.
func (f *applications) changeMembers(r *faRole, changes []memberChange) error {
	is := map[*account]bool{}
	for _, c := range changes {
		a, ok := f.accounts.find(c.account)
		if !ok {
			return dangling("A member does not exist as an account: %s.", c.account)
		}
		in, touched := is[a]
		if !touched {
			in = slices.Contains(a.roles, r)
		}
		switch {
		case !c.remove && in:
			return conflict("The account %s is a member of the role already; nothing was changed.", a.id)
		case c.remove && !in:
			return invalid("The account %s is not a member of the role; nothing was changed.", a.id)
		}
		is[a] = !c.remove
	}
	for _, c := range changes {
		a, _ := f.accounts.find(c.account)
		if c.remove {
			r.members = slices.DeleteFunc(r.members, func(m *account) bool { return m == a })
			a.roles = slices.DeleteFunc(a.roles, func(o *faRole) bool { return o == r })
		} else {
			r.members = append(r.members, a)
			a.roles = append(a.roles, r)
		}
		f.copies.push(copyEvent{account: *a, role: r.name, left: c.remove})
	}
	return nil
}

// list answers a list of accounts or roles; under the lock for reading.
func (f *applications) list(k *kind, q query) object {
	var found []entry
	if q.filter == nil && !q.sorted {
		// the usual read of everything, page by page
		found = f.collection(k).window(false, q.start-1, q.count)
		return f.page(k, q, found, f.collection(k).len())
	}
	if some, ok := f.candidates(k, q.filter); ok {
		found = some
	} else {
		for e := range f.collection(k).each() {
			if q.filter == nil || q.filter.holds(f.body(e)) {
				found = append(found, e)
			}
		}
	}
	if q.sorted {
		keyOf := func(e entry) string {
			if v := q.sortBy.values(f.body(e)); len(v) > 0 {
				return directory.Fold(fmt.Sprint(v[0]))
			}
			return ""
		}
		slices.SortStableFunc(found, func(a, b entry) int {
			if q.down {
				a, b = b, a
			}
			return strings.Compare(keyOf(a), keyOf(b))
		})
	}
	from := min(q.start-1, len(found))
	return f.page(k, q, found[from:min(from+q.count, len(found))], len(found))
}

// candidates answers chains of userName eq by the index.
func (f *applications) candidates(k *kind, c *condition) (found []entry, ok bool) {
	if k != kindAccounts || c == nil {
		return nil, false
	}
	parts := []*condition{c}
	if c.logic == "or" {
		parts = c.parts
	}
	seen := map[*account]bool{}
	for _, p := range parts {
		if p.logic != "" || p.element != nil || p.op != filter.EQ || !p.path.is("userName", "") {
			return nil, false
		}
		if a, ok := f.byName[p.fold]; ok && !seen[a] {
			seen[a] = true
			found = append(found, a)
		}
	}
	return found, true
}

func (f *applications) page(k *kind, q query, found []entry, total int) object {
	resources := make([]any, len(found))
	for i, e := range found {
		resources[i] = q.want.apply(f.body(e), k)
	}
	return object{"schemas": []any{faListSchema}, "totalResults": total, "itemsPerPage": len(found), "startIndex": q.start, "Resources": resources}
}

func (f *applications) collection(k *kind) collection {
	if k == kindAccounts {
		return f.accounts
	}
	return f.roles
}

func (f *applications) body(e entry) object {
	switch e := e.(type) {
	case *account:
		return e.object(f)
	case *faRole:
		return e.object(f)
	}
	return nil
}
