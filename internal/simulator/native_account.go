package simulator

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	filter "github.com/scim2/filter-parser/v2"
)

// situation is what an import found of an account (the SDK's syncSituation).
type situation string

const (
	sitConfirmed situation = "Confirmed" // it has its user
	sitMatched   situation = "Matched"   // there is a user, who could not be changed
	sitUnmatched situation = "Unmatched" // there is no user, and none could be made
	sitDisputed  situation = "Disputed"  // there are two
	sitLost      situation = "Lost"      // it is no longer at the source
)

// accountType is that of all accounts here; no document tells what a domain says.
const accountType = "Users"

// syncedAccount is an AccountMgmtInfo: what an app knows of one user of its
// source. There may be a million, so that it is little; what a client sees is
// made when it is read.
type syncedAccount struct {
	seq       uint64
	id, app   string
	uid, name string // of the source's user
	ownerID   string // of the user here; empty: nobody
	matching  []string
	situation situation
	response  string
	made, at  int64 // in milliseconds
	active    bool
	run       uint64 // of the import that saw it last
}

func (x *syncedAccount) rid() string  { return x.id }
func (x *syncedAccount) rseq() uint64 { return x.seq }

// syncedAccounts are those of all apps of a domain.
type syncedAccounts struct {
	*shelf[*syncedAccount]
	byApp map[string]map[string]*syncedAccount // by app, by uid
}

func newSyncedAccounts() *syncedAccounts {
	return &syncedAccounts{shelf: newShelf[*syncedAccount](), byApp: map[string]map[string]*syncedAccount{}}
}

func (xs *syncedAccounts) store(x *syncedAccount) {
	xs.put(x)
	if xs.byApp[x.app] == nil {
		xs.byApp[x.app] = map[string]*syncedAccount{}
	}
	xs.byApp[x.app][x.uid] = x
}

// forget drops what is known by an app that is deleted.
func (xs *syncedAccounts) forget(app string) {
	if xs.byApp[app] == nil {
		return
	}
	delete(xs.byApp, app)
	left := newShelf[*syncedAccount]()
	for _, x := range xs.all {
		if x.app != app {
			left.put(x)
		}
	}
	xs.shelf = left
}

// everything tells whether a filter on the app selects all accounts or none, so
// that a million can be paged without looking at each.
func (xs *syncedAccounts) everything(c *condition) (all, none bool) {
	if c.logic == "or" && len(c.parts) == 1 {
		c = c.parts[0]
	}
	app, ok := c.value.(string)
	if !ok || c.logic != "" || c.element != nil || c.op != filter.EQ || !c.path.is("app", "value") {
		return false, false
	}
	n := len(xs.byApp[app])
	return n > 0 && n == xs.len(), n == 0
}

// withUID are the accounts of one user of a source, by every app that has one.
func (xs *syncedAccounts) withUID(uid string) (found []entry) {
	for _, of := range xs.byApp {
		if x, ok := of[uid]; ok {
			found = append(found, x)
		}
	}
	return found
}

// accountObject is an account as the API returns it. The caller holds the lock.
func (d *domain) accountObject(x *syncedAccount) object {
	when := func(ms int64) string { return time.UnixMilli(ms).UTC().Format("2006-01-02T15:04:05.000Z") }
	o := object{"schemas": []any{kindAccountInfos.schema}, "id": x.id, "uid": x.uid, "name": x.name, "active": x.active,
		"isAccount": true, "accountType": accountType, "syncSituation": string(x.situation), "syncResponse": x.response, "syncTimestamp": when(x.at),
		"compositeKey": strings.Join([]string{x.app, cmp.Or(x.ownerID, x.uid), accountType}, "-"),
		"objectClass":  object{"value": genericSCIM + "-users", "display": "Users"},
		"resourceType": object{"value": "AccountObjectClass", "display": "Users"},
		"app":          object{"value": x.app, "display": d.settingLabel(kindApps, x.app), "isManagedApp": true, "isAuthoritative": true},
		"meta": object{"resourceType": kindAccountInfos.resource, "created": when(x.made), "lastModified": when(x.at),
			"version": fmt.Sprintf("%08x", uint32(x.at)^uint32(x.seq))}}
	if owner := d.ownerObject(x.ownerID); owner != nil {
		o["owner"] = owner
	}
	var matching []any
	for _, id := range x.matching {
		if owner := d.ownerObject(id); owner != nil {
			matching = append(matching, owner)
		}
	}
	if matching != nil {
		o["matchingOwners"] = matching
	}
	return o
}

// ownerObject is a user as an account shows them; nil: they are no more.
func (d *domain) ownerObject(id string) object {
	u, ok := d.users.find(id)
	if !ok {
		return nil
	}
	o := object{"value": id, "userName": u.name}
	if u.display != "" {
		o["display"] = u.display
	}
	if email := u.primary(); email != "" {
		o["email"] = email
	}
	return o
}

// accountValues answers filters on the common attributes without making the
// JSON form.
func (d *domain) accountValues(x *syncedAccount, p attrPath) []any {
	if p.urn == "" && p.where == nil {
		switch strings.ToLower(p.name + "." + p.sub) {
		case "id.":
			return []any{x.id}
		case "uid.":
			return []any{x.uid}
		case "name.":
			return []any{x.name}
		case "app.", "app.value":
			return []any{x.app}
		case "syncsituation.":
			return []any{string(x.situation)}
		case "active.":
			return []any{x.active}
		}
	}
	return p.values(d.accountObject(x))
}

// primary is the user's primary address, or "".
func (u *user) primary() string {
	for _, m := range u.emails {
		if m.primary == yes {
			return m.value
		}
	}
	for _, o := range objects(u.rest, "emails") {
		if truth(o, "primary", false) {
			return text(o, "value")
		}
	}
	return ""
}
