package conformance

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/reconcile"
)

func byName(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	id := snapshotOf(t, ctx, l,
		directory.User{ID: "1", UserName: "bob"}, directory.User{ID: "2", UserName: "Ann"}, directory.User{ID: "3", UserName: "Émile"},
		directory.User{ID: "4", UserName: "CY"}, directory.User{ID: "5", UserName: "émile2"}, directory.User{ID: "6", UserName: "_x"},
		directory.User{ID: "7", UserName: "😀"}, directory.User{ID: "8", UserName: "\uffee"})
	side, err := l.Side(ctx, id)
	require.NoError(t, err)
	got := names(t, side.ByName())
	require.True(t, slices.IsSortedFunc(got, func(a, b string) int { return cmp.Compare(directory.Fold(a), directory.Fold(b)) }), got)
	require.Equal(t, []string{"_x", "Ann", "bob", "CY", "Émile", "émile2", "\uffee", "😀"}, got, "by bytes: not by language, not by UTF-16")
	for p, err := range side.ByName() {
		require.NoError(t, err)
		require.Equal(t, "_x", p.UserName)
		break // a stream may be left at any time
	}
}

func byEmail(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	id := snapshotOf(t, ctx, l,
		directory.User{ID: "1", UserName: "zoe", Email: "shared@x.org"}, directory.User{ID: "2", UserName: "Ann", Email: "SHARED@x.org"},
		directory.User{ID: "3", UserName: "none"}, directory.User{ID: "4", UserName: "bob", Email: "Bob@x.org"})
	side, err := l.Side(ctx, id)
	require.NoError(t, err)
	require.Equal(t, []string{"bob", "Ann", "zoe"}, names(t, side.ByEmail()))
}

// pages has every page boundary fall among users who are alike in what they are
// sorted by.
func pages(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	const n = 3000
	id := begin(t, ctx, l)
	var users []directory.User
	var ids []string
	for i := range n {
		users = append(users, directory.User{ID: fmt.Sprintf("%04d", i), UserName: [2]string{"same", "SAME"}[i%2], Email: "same@x.org"})
		ids = append(ids, users[i].ID)
	}
	require.NoError(t, l.PutUsers(ctx, id, users))
	require.NoError(t, l.PutMembers(ctx, id, "All", ids))
	require.NoError(t, l.CompleteSnapshot(ctx, id))
	side, err := l.Side(ctx, id)
	require.NoError(t, err)
	for _, people := range []func(func(directory.Person, error) bool){side.ByName(), side.ByEmail()} {
		seen := map[string]bool{}
		for p, err := range people {
			require.NoError(t, err)
			require.Equal(t, []string{"All"}, p.Groups)
			seen[p.ID] = true
		}
		require.Len(t, seen, n)
	}
}

// apart is the same people, what they belong to by their ids, also over several
// pages, and with members of groups whom nobody has read.
func apart(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	id := begin(t, ctx, l)
	var people []directory.Person
	ids := []string{"0", "nobody", "zzz"}
	for i := range 2500 {
		p := directory.Person{User: directory.User{ID: fmt.Sprintf("%05d", i*7%2500), UserName: fmt.Sprintf("User.%d", 2500-i)}}
		if i%3 > 0 {
			p.Roles = []directory.Role{{App: "A", Name: "Two"}, {App: "A", Name: "One"}}[:i%3]
		}
		if i%2 == 0 {
			ids = append(ids, p.ID)
		}
		people = append(people, p)
	}
	require.NoError(t, l.PutPeople(ctx, id, people))
	require.NoError(t, l.PutMembers(ctx, id, "Even", ids))
	require.NoError(t, l.CompleteSnapshot(ctx, id))
	side, err := l.Side(ctx, id)
	require.NoError(t, err)
	users, belongings := side.(interface {
		Apart() (users, belongings reconcile.People)
	}).Apart()
	byID := map[string]directory.Person{}
	last := ""
	for p, err := range belongings {
		require.NoError(t, err)
		require.Less(t, last, p.ID)
		last, byID[p.ID] = p.ID, p
	}
	last = ""
	for p, err := range users {
		require.NoError(t, err)
		require.Less(t, last, directory.Fold(p.UserName))
		last = directory.Fold(p.UserName)
		b, there := byID[p.ID]
		require.True(t, there)
		require.Equal(t, directory.Person{User: directory.User{ID: p.ID}, Groups: b.Groups, Roles: b.Roles}, b)
		p.Groups, p.Roles = b.Groups, b.Roles
		byID[p.ID] = p
	}
	for p, err := range side.ByName() {
		require.NoError(t, err)
		require.Equal(t, p, byID[p.ID])
		delete(byID, p.ID)
	}
	require.Empty(t, byID)
}

func anyNames(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(rapid.String(), 0, 20, rapid.ID[string]).Draw(t, "ids")
		var users []directory.User
		for _, id := range ids {
			if id == "" {
				continue
			}
			users = append(users, directory.User{
				ID: id, UserName: rapid.String().Draw(t, "userName"), Email: rapid.String().Draw(t, "email"),
				DisplayName: rapid.String().Draw(t, "displayName"), LockReason: rapid.Int().Draw(t, "lockReason"), Active: rapid.Bool().Draw(t, "active"),
			})
		}
		side, err := l.Side(ctx, snapshotOf(t, ctx, l, users...))
		require.NoError(t, err)

		require.Equal(t, sorted(users, func(u directory.User) string { return "" }), read(t, side.ByName()))
		withEmail := slices.DeleteFunc(slices.Clone(users), func(u directory.User) bool { return u.Email == "" })
		require.Equal(t, sorted(withEmail, func(u directory.User) string { return directory.Fold(u.Email) }), read(t, side.ByEmail()))
	})
}

func sorted(users []directory.User, by func(directory.User) string) []directory.User {
	out := append([]directory.User{}, users...)
	slices.SortFunc(out, func(a, b directory.User) int {
		return cmp.Or(cmp.Compare(by(a), by(b)), cmp.Compare(directory.Fold(a.UserName), directory.Fold(b.UserName)), cmp.Compare(a.ID, b.ID))
	})
	return out
}

func read(t require.TestingT, people func(func(directory.Person, error) bool)) []directory.User {
	out := []directory.User{}
	for p, err := range people {
		require.NoError(t, err)
		out = append(out, p.User)
	}
	return out
}

func writeWhileStreaming(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	var users []directory.User
	for i := range 2500 {
		users = append(users, directory.User{ID: fmt.Sprint(i), UserName: fmt.Sprintf("user-%d", i)})
	}
	side, err := l.Side(ctx, snapshotOf(t, ctx, l, users...))
	require.NoError(t, err)
	plan := planOf(t, ctx, l, create("a"), create("b"))
	copyID := begin(t, ctx, l)
	streamed := 0
	for p, err := range side.ByName() { // a projection: what is read is written elsewhere, with another stream open
		require.NoError(t, err)
		if streamed++; streamed%10 == 0 {
			for _, err := range l.Changes(ctx, plan) {
				require.NoError(t, err)
				break
			}
			require.NoError(t, l.PutPeople(ctx, copyID, []directory.Person{p}))
		}
	}
	n, err := l.CountUsers(ctx, copyID)
	require.NoError(t, err)
	require.Equal(t, len(users)/10, n)
}

func dropWhileStreaming(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	var users []directory.User
	for i := range 2500 {
		users = append(users, directory.User{ID: fmt.Sprint(i), UserName: fmt.Sprintf("user-%d", i)})
	}
	side, err := l.Side(ctx, snapshotOf(t, ctx, l, users...))
	require.NoError(t, err)
	seen := 0
	var last error
	for _, err := range side.ByName() {
		if last = err; err != nil {
			break
		}
		if seen++; seen == 1 {
			require.NoError(t, l.DropSnapshots(ctx, "NAME", nil))
		}
	}
	require.ErrorIs(t, last, ledger.ErrNotFound)
	require.Less(t, seen, len(users))
}

func cancelled(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	id := snapshotOf(t, ctx, l, directory.User{ID: "1", UserName: "ann"})
	plan := planOf(t, ctx, l, create("ann"))
	over, cancel := context.WithCancel(ctx)
	side, err := l.Side(over, id)
	require.NoError(t, err)
	cancel()
	for _, err := range side.ByName() {
		require.ErrorIs(t, err, context.Canceled)
	}
	_, err = l.Claim(over, plan, 1, atMost(1), noon)
	require.True(t, errors.Is(err, context.Canceled), err)
	require.Len(t, claim(t, ctx, l, plan, 1), 1, "the cancelled claim took nothing")
}
