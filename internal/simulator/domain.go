package simulator

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"cutover/internal/directory"
)

// domain is one identity domain: its resources under one lock, its clients and
// its limits.
type domain struct {
	name    directory.Domain
	url     string
	now     func() time.Time
	journal *journal
	limits  *limits
	clients *clients
	latency time.Duration
	broken  *readFault // nil: reads are answered rightly
	sky     *sky       // the weather over it

	heavy    chan struct{} // full while a Bulk call, an import, an export or a synchronization runs
	requests atomic.Int64
	tier     string // whose limits of imports and exports hold
	jobs     jobs

	mu         sync.RWMutex
	seq        uint64
	ids        *rand.Rand
	users      *users
	people     atomic.Pointer[kind] // kindUsers, with the domain's own attributes
	groups     *groups
	grants     *grants
	settings   map[*kind]*shelf[*setting]
	accounts   *syncedAccounts
	pulls      *puller           // how its apps pull people; nil: they do not
	appSecrets map[string]string // client secret by app id: never part of the app
	// confidential properties by app id and name: never part of the app either
	appProperties map[string]map[string]string
	passwords     map[string][32]byte // set by a client, hashed, by user id
	born          map[*setting]object // what the estate had not, as it was in the beginning
	seeded        map[string]bool     // ids of the estate's people, who have a derived password
	salt          [32]byte            // of hashed and derived passwords
	mails         []Mail
	actAfter      time.Duration // until an invitation is acted on; 0: never
}

func newDomain(name directory.Domain, seed uint64, now func() time.Time) *domain {
	d := &domain{name: name, now: now, heavy: make(chan struct{}, 1),
		jobs:  jobs{files: map[string][]byte{}, schedules: map[string]object{}, reports: map[string][]object{}},
		users: newUsers(), groups: newGroups(), grants: newGrants(), settings: map[*kind]*shelf[*setting]{},
		accounts: newSyncedAccounts(), appSecrets: map[string]string{}, appProperties: map[string]map[string]string{}, passwords: map[string][32]byte{}, seeded: map[string]bool{}, born: map[*setting]object{}}
	d.people.Store(kindUsers)
	for _, k := range stored {
		if k != kindUsers && k != kindGroups && k != kindGrants {
			d.settings[k] = newShelf[*setting]()
		}
	}
	d.salt = sha256.Sum256(fmt.Appendf(nil, "%d/%s", seed, name))
	d.ids = rand.New(rand.NewChaCha8(d.salt))
	return d
}

// newID makes an id in the form of the domains': a UUID of version 4 without its
// hyphens, which Oracle's own tools insist on.
func (d *domain) newID() string {
	return fmt.Sprintf("%016x%016x", d.ids.Uint64()&^0xf000|0x4000, d.ids.Uint64()&^(3<<62)|2<<62)
}

func (d *domain) newVersion() string { return fmt.Sprintf("%08x", d.ids.Uint32()) }

func (d *domain) nextSeq() uint64 {
	d.seq++
	return d.seq
}

// timestamp is now in the form of meta.created.
func (d *domain) timestamp() string { return d.now().UTC().Format("2006-01-02T15:04:05.000Z") }

// stamped puts a new meta on a resource that is about to be stored.
func (d *domain) stamped(o object, k *kind) object {
	now := d.timestamp()
	meta := object{"resourceType": k.resource, "created": now, "lastModified": now, "version": d.newVersion()}
	if old := inner(o, "meta"); old != nil {
		if created := text(old, "created"); created != "" {
			meta["created"] = created
		} else {
			delete(meta, "created")
		}
	}
	o["meta"] = meta
	return o
}

// collection is what lists need of the resources of a kind.
type collection interface {
	get(id string) (entry, bool)
	len() int
	each() iter.Seq[entry]
	window(sortedByID bool, from, n int) []entry
}

func (d *domain) collection(k *kind) collection {
	switch k.plain() {
	case kindUsers:
		return d.users.shelf
	case kindGroups:
		return d.groups.shelf
	case kindGrants:
		return d.grants.shelf
	case kindAccountInfos:
		return d.accounts.shelf
	}
	return d.settings[k]
}

// body is a resource in its JSON form without what is returned on request
// only. It is new at the top level, and shared below.
func (d *domain) body(e entry) object {
	switch e := e.(type) {
	case *user:
		return e.object()
	case *group:
		return without(e.body)
	case *grant:
		return e.object()
	case *syncedAccount:
		return d.accountObject(e)
	case *setting:
		if e.kind == kindApps {
			return d.withDefiners(without(e.body))
		}
		return without(e.body)
	}
	return nil
}

// version is meta.version, or "" of what an estate carries without one.
func (d *domain) version(e entry) string {
	if u, ok := e.(*user); ok && u.version != "" {
		return u.version
	}
	return text(inner(d.body(e), "meta"), "version")
}

// derivedPassword is the local password of somebody whom the estate brought
// along: the same for the same seed.
func (d *domain) derivedPassword(userID string) string {
	mac := hmac.New(sha256.New, d.salt[:])
	mac.Write([]byte("password/" + userID))
	return "Cv7-" + strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil)[:15]))
}

func (d *domain) hash(userID, password string) [32]byte {
	mac := hmac.New(sha256.New, d.salt[:])
	mac.Write([]byte("hash/" + userID + "/" + password))
	return [32]byte(mac.Sum(nil))
}

// checkPassword tells whether the user has this local password.
func (d *domain) checkPassword(userID, password string) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if h, ok := d.passwords[userID]; ok {
		given := d.hash(userID, password)
		return hmac.Equal(h[:], given[:])
	}
	return d.seeded[userID] && hmac.Equal([]byte(password), []byte(d.derivedPassword(userID)))
}
