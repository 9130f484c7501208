package apply_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/apply"
	"cutover/internal/directory"
	"cutover/internal/ledger"
)

// lagging is a domain whose index does not find somebody for some looks, and which
// knows them all the same.
type lagging struct {
	*domain
	hidden int // looks
}

func (l *lagging) Lookup(ctx context.Context, names []string) (map[string]directory.Person, error) {
	if l.hidden > 0 {
		l.hidden--
		return map[string]directory.Person{}, nil
	}
	return l.domain.Lookup(ctx, names)
}

// together is a domain that takes the members of a request all or none.
type together struct {
	*domain
	sent []int // members of each request
	back bool  // nobody is ever seen to be in
}

func (a *together) Write(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	a.sent = append(a.sent, len(writes))
	for _, w := range writes {
		if p := a.people[directory.Fold(w.Change.User)]; p.InAny([]string{w.Change.Target}) {
			all := make([]directory.Outcome, len(writes))
			for i := range all {
				all[i].Err = &directory.PeerError{Peer: "utilities", Op: "add members", Problem: directory.ProblemConflict, Status: 409, Detail: "Conflict."}
			}
			return all, nil
		}
	}
	return a.domain.Write(ctx, writes)
}

func (a *together) Lookup(ctx context.Context, names []string) (map[string]directory.Person, error) {
	found, err := a.domain.Lookup(ctx, names)
	if a.back || len(a.sent) == 0 {
		for k, p := range found {
			p.Groups = nil
			found[k] = p
		}
	}
	return found, err
}

// peer is this one for every change.
func peer(p apply.Peer) func(directory.Change) (apply.Peer, error) {
	return func(directory.Change) (apply.Peer, error) { return p, nil }
}

func joining(names ...string) (changes []directory.Change, people []directory.Person) {
	for _, n := range names {
		changes = append(changes, directory.Change{Step: 1, Domain: directory.Utilities, Kind: directory.AddMember, User: n, Target: "Desk", Why: "test"})
		people = append(people, directory.Person{User: directory.User{ID: "id-" + n, UserName: n, FamilyName: "F", Active: true}})
	}
	return changes, people
}

// become are the states and details of a plan's changes, by user.
func become(t *testing.T, l *ledger.Ledger, plan int64) map[string]string {
	t.Helper()
	all := map[string]string{}
	for o, err := range l.Outcomes(t.Context(), plan) {
		require.NoError(t, err)
		all[o.Change.User] = o.State + ": " + o.Detail
	}
	return all
}

func TestWhereSomebodyElseAddedOneMemberTheOthersAreAddedWithout(t *testing.T) {
	l := openLedger(t)
	changes, people := joining("ada", "bob", "cyd")
	people[1].Groups = []string{"Desk"} // since the look
	d := &together{domain: newDomain(5, people...)}
	plan := planned(t, t.Context(), l, changes...)
	r := d.run(l, plan)
	r.PeerFor = peer(d)
	through(t, t.Context(), r)
	require.Equal(t, map[string]string{"ada": "applied: ", "bob": "skipped: already done", "cyd": "applied: "}, become(t, l, plan))
	require.Equal(t, []int{3, 2}, d.sent)
}

func TestMembersWhoAreRefusedAndNeverSeenToBeInAreNotSentAgain(t *testing.T) {
	l := openLedger(t)
	changes, people := joining("ada", "bob")
	people[1].Groups = []string{"Desk"}
	d := &together{domain: newDomain(5, people...), back: true}
	plan := planned(t, t.Context(), l, changes...)
	r := d.run(l, plan)
	r.PeerFor = peer(d)
	through(t, t.Context(), r)
	require.Len(t, d.sent, 1)
	for user, what := range become(t, l, plan) {
		require.Contains(t, what, "skipped: somebody else changed it in between", user)
	}
}

func TestWhoIsRefusedAsBeingThereIsLookedForUntilTheIndexKnowsThem(t *testing.T) {
	changes, _ := work(1) // one to create
	there := directory.Person{User: user("id-user00", changes[0].After)}
	for name, c := range map[string]struct {
		hidden int
		want   string
	}{
		"soon":  {3, "skipped: already done"}, // the look before it was sent counts
		"never": {100, "skipped: somebody else changed it in between: exists"},
	} {
		t.Run(name, func(t *testing.T) {
			l := openLedger(t)
			d := &lagging{newDomain(5, there), c.hidden}
			plan := planned(t, t.Context(), l, changes...)
			r := d.run(l, plan)
			r.PeerFor, r.Behind = peer(d), 6*time.Millisecond
			through(t, t.Context(), r)
			require.Equal(t, map[string]string{"user00": c.want}, become(t, l, plan))
			require.Equal(t, 1, d.refusals, "it is sent once")
		})
	}
}

func TestWhomALostAnswerMadeCountsAsOurOwnThoughTheIndexWasLate(t *testing.T) {
	l := openLedger(t)
	changes, _ := work(1)
	d := &lagging{newDomain(5), 0}
	d.todo = []fault{lost}
	d.onWrite = func([]directory.Write) {
		if len(d.todo) > 0 {
			d.hidden = 3 // from now on: when it is read back, before it is sent again, and once after
		}
	}
	plan := planned(t, t.Context(), l, changes...)
	r := d.run(l, plan)
	r.PeerFor, r.Behind = peer(d), 6*time.Millisecond
	through(t, t.Context(), r)
	require.Equal(t, map[string]string{"user00": "applied: read back: the answer was never seen"}, become(t, l, plan))
	require.Equal(t, 1, d.committed[changes[0].Key()])
}

func TestWhatAJobRefusesIsGivenBackAndSentLater(t *testing.T) {
	l := openLedger(t)
	changes, people := work(3)
	d := &busy{newDomain(5, people...), 1}
	plan := planned(t, t.Context(), l, changes...)
	r := d.run(l, plan)
	r.PeerFor = peer(d)
	_, err := r.Slice(t.Context(), time.Minute)
	var pe *directory.PeerError
	require.ErrorAs(t, err, &pe)
	require.Equal(t, directory.ProblemBusy, pe.Problem)
	progress, err := l.Progress(t.Context(), plan, 0)
	require.NoError(t, err)
	require.Equal(t, ledger.Progress{Planned: 3}, progress, "nothing was refused, and nothing is claimed")
	through(t, t.Context(), r)
	d.isExactlyOnce(t, t.Context(), l, plan, changes)
}

// busy is a domain in which a job excludes Bulk for some requests.
type busy struct {
	*domain
	left int
}

func (b *busy) Write(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	if b.left > 0 {
		b.left--
		return nil, &directory.PeerError{Peer: "utilities", Op: "write", Problem: directory.ProblemBusy, Status: 409}
	}
	return b.domain.Write(ctx, writes)
}

func TestWhoIsNotFoundYetIsLookedForBeforeAChangeOfThemIsGivenUp(t *testing.T) {
	for name, c := range map[string]struct {
		hidden int
		want   string
	}{
		"soon":  {2, "applied: "},
		"never": {100, "skipped: the user is not there"},
	} {
		t.Run(name, func(t *testing.T) {
			l := openLedger(t)
			changes, people := joining("ada")
			d := &lagging{newDomain(5, people...), c.hidden}
			plan := planned(t, t.Context(), l, changes...)
			r := d.run(l, plan)
			r.PeerFor, r.Behind = peer(d), 6*time.Millisecond
			through(t, t.Context(), r)
			require.Equal(t, map[string]string{"ada": c.want}, become(t, l, plan))
		})
	}
}
