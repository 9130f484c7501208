package apply_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/apply"
	"cutover/internal/directory"
	"cutover/internal/ledger"
)

// fault is what goes wrong with a request.
type fault string

const (
	none          fault = "nothing"
	killLooking   fault = "killed after the claim, before anything is sent"
	downLooking   fault = "the domain is down when it is looked at"
	killBefore    fault = "killed before the commit"
	killHalf      fault = "killed when half of the batch is committed"
	killAfter     fault = "killed after the commit, before the answer"
	killRecording fault = "killed after the answer, before the record"
	lost          fault = "committed, and the answer is lost"
	unsent        fault = "not committed, and no answer"
	late          fault = "no answer, and committed after the client has gone"
	partly        fault = "committed, and the answer tells of every second operation"
	half          fault = "every second operation is committed, and the answer tells of no other"
	throttled     fault = "throttled"
	halfThrottled fault = "every second operation is throttled"
)

var faults = []fault{
	none, killLooking, downLooking, killBefore, killHalf, killAfter, killRecording, lost, unsent, late, partly, half, throttled, halfThrottled,
}

// killed is thrown where the process dies: nothing that comes after is done.
type killed struct{}

// domain is a domain in memory in which requests go wrong as they are told to.
type domain struct {
	mu        sync.Mutex
	people    map[string]directory.Person
	settings  map[string]directory.Attributes
	committed map[string]int // by the change's key: how often it took effect
	refusals  int            // answers 409
	size      int            // of a batch
	todo      []fault        // of the requests to come
	pending   []directory.Write
	due       time.Time // when the pending ones are committed
	dying     bool      // at the next record
	onWrite   func([]directory.Write)
}

func newDomain(size int, people ...directory.Person) *domain {
	d := &domain{people: map[string]directory.Person{}, settings: map[string]directory.Attributes{}, committed: map[string]int{}, size: size}
	for _, p := range people {
		d.people[directory.Fold(p.UserName)] = p
	}
	return d
}

func unavailable() *directory.PeerError {
	return &directory.PeerError{Peer: "utilities", Op: "write", Problem: directory.ProblemUnavailable, Detail: "no answer"}
}

func (d *domain) BatchSize(directory.Kind) int { return d.size }

func (d *domain) Lookup(_ context.Context, names []string) (map[string]directory.Person, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.overtake()
	if len(d.todo) > 0 && (d.todo[0] == killLooking || d.todo[0] == downLooking) {
		f := d.todo[0]
		d.todo = d.todo[1:]
		if f == killLooking {
			panic(killed{})
		}
		return nil, unavailable()
	}
	found := map[string]directory.Person{}
	for _, n := range names {
		if p, ok := d.people[directory.Fold(n)]; ok {
			found[directory.Fold(n)] = p
		}
	}
	return found, nil
}

// overtake commits what came with the last of its time.
func (d *domain) overtake() {
	if time.Now().Before(d.due) {
		return
	}
	for _, w := range d.pending {
		d.commit(w)
	}
	d.pending = nil
}

func (d *domain) Setting(_ context.Context, target string) (directory.Attributes, bool, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	a, ok := d.settings[target]
	return a, ok, nil
}

func (d *domain) Write(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	if d.onWrite != nil {
		d.onWrite(writes)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.overtake()
	f := none
	if len(d.todo) > 0 {
		f, d.todo = d.todo[0], d.todo[1:]
	}
	all := func(part []directory.Write) []directory.Outcome {
		var out []directory.Outcome
		for _, w := range part {
			out = append(out, d.commit(w))
		}
		return out
	}
	switch f {
	case killBefore:
		panic(killed{})
	case killHalf:
		all(writes[:len(writes)/2])
		panic(killed{})
	case killAfter:
		all(writes)
		panic(killed{})
	case killRecording:
		d.dying = true
	case lost:
		all(writes)
		return nil, unavailable()
	case unsent:
		return nil, unavailable()
	case late:
		d.pending = slices.Clone(writes)
		d.due, _ = ctx.Deadline()
		return nil, unavailable()
	case partly, half, halfThrottled:
		out := make([]directory.Outcome, len(writes))
		for i, w := range writes {
			if i%2 == 0 || f == partly {
				out[i] = d.commit(w)
			}
			if i%2 == 1 {
				out[i].Err = unavailable()
			}
			if i%2 == 1 && f == halfThrottled {
				out[i].Err.Problem = directory.ProblemThrottled
			}
		}
		return out, nil
	case throttled:
		e := unavailable()
		e.Problem = directory.ProblemThrottled
		return nil, e
	}
	return all(writes), nil
}

// commit carries one change out, or answers 409.
func (d *domain) commit(w directory.Write) directory.Outcome {
	c := w.Change
	key := directory.Fold(c.User)
	p, there := d.people[key]
	conflict := func() directory.Outcome {
		d.refusals++
		return directory.Outcome{Status: 409, Err: &directory.PeerError{Peer: "utilities", Op: "write", Problem: directory.ProblemConflict, Status: 409, Detail: "exists"}}
	}
	switch c.Kind {
	case directory.CreateUser:
		if there {
			return conflict()
		}
		d.people[key] = directory.Person{User: user("id-"+key, c.After)}
	case directory.UpdateUser:
		after := apply.UserAttributes(p.User)
		for k, v := range c.After {
			after[k] = v
		}
		to := directory.Fold(after["userName"])
		if _, taken := d.people[to]; taken && to != key {
			return conflict()
		}
		delete(d.people, key)
		p.User = user(p.ID, after)
		d.people[to] = p
	case directory.DeleteUser:
		delete(d.people, key)
	case directory.AddMember:
		if slices.Contains(p.Groups, c.Target) {
			return conflict()
		}
		p.Groups = append(p.Groups, c.Target)
		d.people[key] = p
	case directory.AddGrant:
		if slices.Contains(p.Roles, directory.Role{App: "CCS", Name: "AppUser"}) {
			return conflict()
		}
		p.Roles = append(p.Roles, directory.Role{App: "CCS", Name: "AppUser"})
		d.people[key] = p
	case directory.RemoveMember:
		p.Groups = slices.DeleteFunc(slices.Clone(p.Groups), func(g string) bool { return g == c.Target })
		d.people[key] = p
	case directory.RevokeGrant:
		p.Roles = nil
		d.people[key] = p
	case directory.PutSetting:
		d.settings[c.Target] = c.After
	case directory.DropSetting:
		delete(d.settings, c.Target)
	}
	d.committed[c.Key()]++
	return directory.Outcome{Status: 200, ID: "id-" + key}
}

func user(id string, a directory.Attributes) directory.User {
	return directory.User{ID: id, UserName: a["userName"], GivenName: a["givenName"], FamilyName: a["familyName"],
		DisplayName: a["displayName"], Email: a["email"], Active: a["active"] == "true", Federated: a["federated"] == "true", ExternalID: a["externalId"]}
}

// timeout and grace are short: a test waits for them for real.
const (
	timeout = 15 * time.Millisecond
	grace   = 5 * time.Millisecond
)

func (d *domain) run(l *ledger.Ledger, plan int64) apply.Run {
	return apply.Run{
		Ledger: l, Plan: plan, Step: 1, Timeout: timeout, Grace: grace, Now: time.Now, Beat: func() {},
		PeerFor: func(directory.Change) (apply.Peer, error) { return d, nil },
		Fill:    func(context.Context, []directory.Write) error { return nil },
		Applied: func(context.Context, directory.Change, string) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			if d.dying {
				d.dying = false
				panic(killed{})
			}
			return nil
		},
	}
}

// attempt is one life of the process: a slice, which may be killed.
func attempt(ctx context.Context, r apply.Run) (more bool, err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			if _, ok := thrown.(killed); !ok {
				panic(thrown)
			}
			more = true
		}
	}()
	return r.Slice(ctx, time.Minute)
}

// failer is what both kinds of test have.
type failer interface {
	require.TestingT
	Helper()
}

func planned(t failer, ctx context.Context, l *ledger.Ledger, changes ...directory.Change) int64 {
	t.Helper()
	plan, err := l.BeginPlan(ctx, "test", "migrate", false)
	require.NoError(t, err)
	require.NoError(t, l.AddChanges(ctx, plan, changes))
	_, err = l.SealPlan(ctx, plan, "hash")
	require.NoError(t, err)
	return plan
}

func openLedger(t *testing.T) *ledger.Ledger {
	t.Helper()
	l, err := ledger.OpenTemp(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}
