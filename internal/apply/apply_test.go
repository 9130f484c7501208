package apply_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/apply"
	"cutover/internal/directory"
	"cutover/internal/ledger"
)

var kinds = []directory.Kind{
	directory.CreateUser, directory.UpdateUser, directory.DeleteUser, directory.AddMember, directory.AddGrant,
	directory.RemoveMember, directory.RevokeGrant,
}

// work makes n changes, each about somebody else, and the people they are about.
func work(n int) (changes []directory.Change, people []directory.Person) {
	for i := range n {
		name := fmt.Sprintf("user%02d", i)
		c := directory.Change{Step: 1, Domain: directory.Utilities, Kind: kinds[i%len(kinds)], User: name, Why: "test"}
		mail := name + "@example.com"
		switch c.Kind {
		case directory.CreateUser:
			c.After = directory.Attributes{"userName": name, "familyName": "F", "email": mail, "active": "true", "federated": "true"}
		case directory.UpdateUser:
			c.Before = directory.Attributes{"userName": name, "email": mail}
			c.After = directory.Attributes{"userName": "new." + name, "email": "new." + mail}
		case directory.AddMember, directory.RemoveMember:
			c.Target = "Desk"
		case directory.AddGrant, directory.RevokeGrant:
			c.Target = "CCS/AppUser"
		}
		if c.Kind != directory.CreateUser {
			p := directory.Person{User: directory.User{ID: "id-" + name, UserName: name, FamilyName: "F", Email: mail, Active: true}}
			switch c.Kind {
			case directory.RemoveMember:
				p.Groups = []string{"Desk"}
			case directory.RevokeGrant:
				p.Roles = []directory.Role{{App: "CCS", Name: "AppUser"}}
			}
			people = append(people, p)
		}
		changes = append(changes, c)
	}
	return changes, people
}

// through lets attempt follow attempt until the step is done.
func through(t failer, ctx context.Context, r apply.Run) {
	t.Helper()
	for range 60 {
		if more, err := attempt(ctx, r); err == nil && !more {
			return
		}
	}
	require.Fail(t, "the step is not done after 60 attempts")
}

func TestEveryFaultAtAnyMomentLeavesEveryChangeDoneExactlyOnce(t *testing.T) {
	for _, f := range faults {
		t.Run(string(f), func(t *testing.T) {
			l := openLedger(t)
			changes, people := work(12)
			d := newDomain(5, people...)
			d.todo = []fault{none, f}
			plan := planned(t, t.Context(), l, changes...)
			through(t, t.Context(), d.run(l, plan))
			d.isExactlyOnce(t, t.Context(), l, plan, changes)
		})
	}
}

func TestAnyRowOfFaultsLeavesEveryChangeDoneExactlyOnce(t *testing.T) {
	ctx := t.Context()
	l := openLedger(t)
	rapid.Check(t, func(t *rapid.T) {
		changes, people := work(rapid.IntRange(1, 25).Draw(t, "changes"))
		d := newDomain(rapid.IntRange(1, 7).Draw(t, "batch"), people...)
		d.todo = rapid.SliceOfN(rapid.SampledFrom(faults), 0, 6).Draw(t, "faults")
		plan := planned(t, ctx, l, changes...)
		through(t, ctx, d.run(l, plan))
		d.isExactlyOnce(t, ctx, l, plan, changes)
	})
}

func (d *domain) isExactlyOnce(t failer, ctx context.Context, l *ledger.Ledger, plan int64, changes []directory.Change) {
	t.Helper()
	d.due = time.Time{} // whatever is still on its way
	d.overtake()
	progress, err := l.Progress(ctx, plan, 0)
	require.NoError(t, err)
	require.Equal(t, ledger.Progress{Applied: len(changes)}, progress)
	for _, c := range changes {
		require.Equal(t, 1, d.committed[c.Key()], "%s of %s", c.Kind, c.User)
	}
	require.Zero(t, d.refusals, "nothing is ever sent twice")
}

func TestASettingThatWasWrittenWhenTheProcessDiedIsNotWrittenAgain(t *testing.T) {
	for _, f := range []fault{killBefore, killAfter, killRecording, lost, unsent} {
		t.Run(string(f), func(t *testing.T) {
			l := openLedger(t)
			d := newDomain(1)
			d.settings["rule/old"] = directory.Attributes{"local": "[]"}
			changes := []directory.Change{
				{Step: 1, Domain: directory.Utilities, Kind: directory.PutSetting, Target: "rule/front", After: directory.Attributes{"local": `["UserNamePassword"]`}},
				{Step: 1, Domain: directory.Utilities, Kind: directory.DropSetting, Target: "rule/old"},
			}
			d.todo = []fault{f, f}
			plan := planned(t, t.Context(), l, changes...)
			through(t, t.Context(), d.run(l, plan))
			d.isExactlyOnce(t, t.Context(), l, plan, changes)
		})
	}
}

func TestTheLateAnswerOfAnAttemptThatWasGivenUpChangesNothing(t *testing.T) {
	l := openLedger(t)
	changes, people := work(1)
	d := newDomain(5, people...)
	plan := planned(t, t.Context(), l, changes...)
	first, asked, answer := d.run(l, plan), make(chan struct{}), make(chan struct{})
	peer := &slow{d, asked, answer}
	first.PeerFor = func(directory.Change) (apply.Peer, error) { return peer, nil }
	over := make(chan error, 1)
	go func() { _, err := first.Slice(t.Context(), time.Minute); over <- err }()
	<-asked // committed, and the answer is on its long way

	through(t, t.Context(), d.run(l, plan))
	d.isExactlyOnce(t, t.Context(), l, plan, changes)
	close(answer)
	require.NoError(t, <-over)
	d.isExactlyOnce(t, t.Context(), l, plan, changes)
}

// slow commits at once and answers when it is told to.
type slow struct {
	*domain
	asked, answer chan struct{}
}

func (s *slow) Write(ctx context.Context, writes []directory.Write) ([]directory.Outcome, error) {
	out, err := s.domain.Write(ctx, writes)
	close(s.asked)
	<-s.answer
	return out, err
}

func TestAStepIsNotDoneWhileAnAttemptThatWasGivenUpHoldsAClaim(t *testing.T) {
	l := openLedger(t)
	changes, people := work(2)
	d := newDomain(1, people...)
	plan := planned(t, t.Context(), l, changes...)
	taken := false
	d.onWrite = func([]directory.Write) {
		if taken {
			return
		}
		taken = true // somebody else, not yet dead, takes the other change meanwhile
		claimed, err := l.Claim(t.Context(), plan, 1, func(directory.Change) int { return 1 }, time.Now().Add(timeout))
		require.NoError(t, err)
		require.Len(t, claimed, 1)
	}
	more, err := d.run(l, plan).Slice(t.Context(), time.Minute)
	require.NoError(t, err)
	require.False(t, more)
	d.isExactlyOnce(t, t.Context(), l, plan, changes)
}

func TestASliceEndsAfterTheRequestThatIsOnItsWayWhenTheWorkerStops(t *testing.T) {
	l := openLedger(t)
	changes, people := work(3)
	d := newDomain(1, people...)
	plan := planned(t, t.Context(), l, changes...)
	r, stop := d.run(l, plan), make(chan struct{})
	r.Stop = stop
	d.onWrite = func([]directory.Write) { close(stop) }
	more, err := r.Slice(t.Context(), time.Minute)
	require.NoError(t, err)
	require.True(t, more)
	progress, err := l.Progress(t.Context(), plan, 0)
	require.NoError(t, err)
	require.Equal(t, ledger.Progress{Planned: 2, Applied: 1}, progress)
}
