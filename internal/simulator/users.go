package simulator

import (
	"slices"
	"strings"
	"unicode/utf8"

	"cutover/internal/directory"
)

// users are the people of a domain with the indexes that make lookups by name,
// email and displayName fast. Keys are folded: these attributes compare
// without case (oracle.md 2.4).
type users struct {
	*shelf[*user]
	byName    map[string]*user
	byEmail   map[string][]*user
	byDisplay map[string][]*user
}

func newUsers() *users {
	return &users{shelf: newShelf[*user](), byName: map[string]*user{}, byEmail: map[string][]*user{}, byDisplay: map[string][]*user{}}
}

func (us *users) store(u *user) {
	us.put(u)
	us.index(u)
}

func (us *users) index(u *user) {
	us.byName[directory.Fold(u.name)] = u
	for _, a := range u.addresses() {
		key := directory.Fold(a)
		if !slices.Contains(us.byEmail[key], u) {
			us.byEmail[key] = append(us.byEmail[key], u)
		}
	}
	if u.display != "" {
		key := directory.Fold(u.display)
		us.byDisplay[key] = append(us.byDisplay[key], u)
	}
}

func (us *users) unindex(u *user) {
	delete(us.byName, directory.Fold(u.name))
	for _, a := range u.addresses() {
		removeFrom(us.byEmail, directory.Fold(a), u)
	}
	if u.display != "" {
		removeFrom(us.byDisplay, directory.Fold(u.display), u)
	}
}

func removeFrom(index map[string][]*user, key string, u *user) {
	left := slices.DeleteFunc(index[key], func(o *user) bool { return o == u })
	if len(left) == 0 {
		delete(index, key)
		return
	}
	index[key] = left
}

// createUser makes a user of what a client sent.
func (d *domain) createUser(o object) (entry, error) {
	password := text(o, "password")
	o = without(o, "password")
	kindUsers.drop(o)
	if !hasPrimary(o) {
		r := invalid("A user needs a primary email: one of emails with primary true.")
		r.messageID = messageNoEmail
		return nil, r
	}
	addRecovery(o)
	o["id"] = d.newID()
	if _, _, ok := field(o, "active"); !ok {
		o["active"] = true
	}
	ext, _ := o[schemaUserExt].(object)
	if ext == nil {
		ext = object{}
	}
	if _, _, ok := field(ext, "isFederatedUser"); !ok {
		ext["isFederatedUser"] = false
	}
	ext["status"] = "verified"
	o[schemaUserExt] = ext
	u, err := d.checkedUser(o, nil)
	if err != nil {
		return nil, err
	}
	u.seq = d.nextSeq()
	d.setPassword(u, password)
	d.users.store(u)
	return u, nil
}

// updateUser stores what a PUT or PATCH makes of a user.
func (d *domain) updateUser(old *user, o object) (entry, error) {
	password := text(o, "password")
	o = without(o, "password")
	kindUsers.drop(o)
	u, err := d.checkedUser(o, old)
	if err != nil {
		return nil, err
	}
	d.setPassword(u, password)
	d.replaceUser(old, u)
	return old, nil
}

// replaceUser makes old what u is, in place: its order and groups stand.
func (d *domain) replaceUser(old, u *user) {
	u.seq, u.groups = old.seq, old.groups
	d.users.unindex(old)
	*old = *u
	d.users.index(old)
}

// checkedUser validates the whole of a user as it shall be.
func (d *domain) checkedUser(o object, old *user) (*user, error) {
	name := text(o, "userName")
	if name == "" {
		return nil, missing("userName")
	}
	if why := badUserName(name); why != "" {
		return nil, invalid("The userName is not allowed: %s.", why)
	}
	if other := d.users.byName[directory.Fold(name)]; other != nil && other != old {
		return nil, conflict("A user with this userName exists already; userName is unique, case aside.")
	}
	if err := checkEmails(o); err != nil {
		return nil, err
	}
	o["schemas"] = kindUsers.named(o, userSchemas)
	return userFrom(d.stamped(o, kindUsers)), nil
}

func hasPrimary(o object) bool {
	for _, e := range objects(o, "emails") {
		if truth(e, "primary", false) && text(e, "value") != "" {
			return true
		}
	}
	return false
}

// addRecovery adds what the service adds: a recovery copy of the primary email
// (oracle.md 2.4), unless there is one.
func addRecovery(o object) {
	name, _, _ := field(o, "emails")
	all := append([]any(nil), list(o, "emails")...)
	primary := ""
	for _, e := range objects(o, "emails") {
		if text(e, "type") == "recovery" {
			return
		}
		if truth(e, "primary", false) {
			primary = text(e, "value")
		}
	}
	o[name] = append(all, object{"value": primary, "type": "recovery", "primary": false})
}

func checkEmails(o object) error {
	primaries := 0
	for _, e := range objects(o, "emails") {
		if truth(e, "primary", false) {
			primaries++
		}
	}
	if primaries > 1 {
		return invalid("Only one of emails can be primary.")
	}
	return nil
}

// badUserName tells what is wrong with a user name (oracle.md 2.10b, and the
// length of a login id in Oracle Utilities).
func badUserName(name string) string {
	if utf8.RuneCountInString(name) > 256 {
		return "it has more than 256 characters"
	}
	for _, r := range name {
		letter := 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
		if !letter && !strings.ContainsRune(" !@#$%^&*()_+=-{}[]|\\:\"';<>?/.,", r) {
			return "it has a character that a domain does not allow"
		}
	}
	return ""
}

// setPassword keeps a password's hash and says in passwordState that there is one.
func (d *domain) setPassword(u *user, password string) {
	if password == "" {
		return
	}
	d.passwords[u.id] = d.hash(u.id, password)
	if u.rest == nil {
		u.rest = object{}
	}
	u.rest[schemaPassword] = object{"lastSuccessfulSetDate": d.timestamp()}
	if u.flags.standard {
		u.flags.standard, u.rest["schemas"] = false, userSchemasWithPassword
	}
}

// removeUser deletes a user, their memberships and what was granted to them.
func (d *domain) removeUser(u *user) {
	for _, g := range u.groups {
		g.members = slices.DeleteFunc(g.members, func(m *user) bool { return m == u })
		d.touchGroup(g)
	}
	u.groups = nil
	d.grants.dropGrantee(u.id)
	d.users.unindex(u)
	d.users.drop(u)
	delete(d.passwords, u.id)
	delete(d.seeded, u.id)
}

// userNamed finds a user, case aside; for reading, under the lock.
func (d *domain) userNamed(name string) (*user, bool) {
	u, ok := d.users.byName[directory.Fold(name)]
	return u, ok
}
