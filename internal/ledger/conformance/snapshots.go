package conformance

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

func snapshotLife(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	s, err := l.BeginSnapshot(ctx, "spring", "check", directory.CXIF)
	require.NoError(t, err)
	require.NotZero(t, s.ID)
	require.False(t, s.TakenAt.IsZero())
	require.NoError(t, l.SetCursor(ctx, s.ID, "page 2"))
	s.Cursor = "page 2"
	got, err := l.Snapshot(ctx, s.ID)
	require.NoError(t, err)
	require.Equal(t, s, got)

	ann := directory.User{ID: "1", UserName: "ann"}
	require.NoError(t, l.PutUsers(ctx, s.ID, []directory.User{ann}))
	_, err = l.Side(ctx, s.ID)
	require.ErrorIs(t, err, ledger.ErrIncomplete)
	_, err = l.FindUsers(ctx, s.ID, []string{"ann"})
	require.ErrorIs(t, err, ledger.ErrIncomplete, "who is not there yet may still come")

	outline := directory.Outline{
		Groups: []directory.Group{{ID: "g", Name: "All", Members: 1}}, Roles: []directory.Role{{App: "A", Name: "R"}},
		GroupRoles: map[string][]directory.Role{"All": {{App: "A", Name: "R"}}}, SSO: directory.SSO{PolicyID: "p", Rules: []directory.Rule{{ID: "r"}}},
	}
	require.NoError(t, l.PutOutline(ctx, s.ID, outline))
	require.NoError(t, l.CompleteSnapshot(ctx, s.ID))
	require.NoError(t, l.CompleteSnapshot(ctx, s.ID), "again is no harm")
	got, err = l.Snapshot(ctx, s.ID)
	require.NoError(t, err)
	require.True(t, got.Complete)
	require.Equal(t, 1, got.Users)
	side, err := l.Side(ctx, s.ID)
	require.NoError(t, err)
	require.Equal(t, outline, side.Outline())

	for what, write := range writes(ctx, l, s.ID) {
		require.ErrorIs(t, write, ledger.ErrComplete, what)
	}
	for what, write := range writes(ctx, l, s.ID+100) {
		require.ErrorIs(t, write, ledger.ErrNotFound, what)
	}
	require.Equal(t, []string{"ann"}, names(t, side.ByName()))
	_, err = l.Side(ctx, s.ID+100)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	_, err = l.CountUsers(ctx, s.ID+100)
	require.ErrorIs(t, err, ledger.ErrNotFound, "nobody is not the same as nothing known")
}

// writes tries everything that would change a snapshot.
func writes(ctx context.Context, l *ledger.Ledger, id int64) map[string]error {
	return map[string]error{
		"cursor":  l.SetCursor(ctx, id, "x"),
		"users":   l.PutUsers(ctx, id, []directory.User{{ID: "2", UserName: "bob"}}),
		"members": l.PutMembers(ctx, id, "All", []string{"1"}),
		"roles":   l.PutRoles(ctx, id, directory.Role{App: "A", Name: "R"}, []string{"1"}),
		"people":  l.PutPeople(ctx, id, []directory.Person{{User: directory.User{ID: "3"}}}),
		"outline": l.PutOutline(ctx, id, directory.Outline{}),
	}
}

func idempotence(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	id := begin(t, ctx, l)
	full := directory.User{
		ID: "1", UserName: "Ann", GivenName: "A", FamilyName: "N", DisplayName: "A N", Email: "Ann@X.org", Active: true,
		Federated: true, ExternalID: "e", Locked: true, LockReason: 1, PasswordSet: true, Version: "v",
	}
	for range 2 {
		require.NoError(t, l.PutUsers(ctx, id, []directory.User{full, {ID: "2", UserName: "bob"}}))
		require.NoError(t, l.PutMembers(ctx, id, "Zoo", []string{"1", "of nobody"}))
		require.NoError(t, l.PutMembers(ctx, id, "All", []string{"1", "1", "2"}))
		require.NoError(t, l.PutRoles(ctx, id, directory.Role{App: "B", Name: "R"}, []string{"1"}))
		require.NoError(t, l.PutRoles(ctx, id, directory.Role{App: "A", Name: "S"}, []string{"1"}))
		require.NoError(t, l.PutRoles(ctx, id, directory.Role{App: "A", Name: "R"}, []string{"1"}))
	}
	n, err := l.CountUsers(ctx, id)
	require.NoError(t, err)
	require.Equal(t, 2, n)
	require.Error(t, l.PutUsers(ctx, id, []directory.User{{UserName: "nobody"}}), "a user has an id")
	require.NoError(t, l.CompleteSnapshot(ctx, id))

	want := []directory.Person{
		{User: full, Groups: []string{"All", "Zoo"}, Roles: []directory.Role{{App: "A", Name: "R"}, {App: "A", Name: "S"}, {App: "B", Name: "R"}}},
		{User: directory.User{ID: "2", UserName: "bob"}, Groups: []string{"All"}},
	}
	side, err := l.Side(ctx, id)
	require.NoError(t, err)
	for range 2 { // every stream starts anew
		var got []directory.Person
		for p, err := range side.ByName() {
			require.NoError(t, err)
			got = append(got, p)
		}
		require.Equal(t, want, got)
	}
	for p, err := range side.ByEmail() {
		require.NoError(t, err)
		require.Equal(t, want[0], p, "bob has no email")
	}
}

func renamedUser(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	id := begin(t, ctx, l)
	require.NoError(t, l.PutUsers(ctx, id, []directory.User{{ID: "1", UserName: "ann", Email: "ann@x.org"}, {ID: "2", UserName: "bob"}}))
	require.NoError(t, l.PutUsers(ctx, id, []directory.User{{ID: "1", UserName: "zoe"}}))
	require.NoError(t, l.CompleteSnapshot(ctx, id))
	side, err := l.Side(ctx, id)
	require.NoError(t, err)
	require.Equal(t, []string{"bob", "zoe"}, names(t, side.ByName()))
	require.Empty(t, names(t, side.ByEmail()))
}

func projection(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	id := begin(t, ctx, l)
	ann := directory.Person{User: directory.User{ID: "1", UserName: "ann"}, Groups: []string{"All", "Old"}, Roles: []directory.Role{{App: "A", Name: "R"}}}
	created := directory.Person{User: directory.User{UserName: "Neu"}, Groups: []string{"All"}}
	other := directory.Person{User: directory.User{UserName: "Newer"}}
	require.NoError(t, l.PutPeople(ctx, id, []directory.Person{ann, created, other}))
	ann.Groups, ann.Roles = []string{"All"}, nil
	require.NoError(t, l.PutPeople(ctx, id, []directory.Person{ann, created}))
	require.NoError(t, l.PutPeople(ctx, id, nil), "an empty batch is no harm")
	require.NoError(t, l.CompleteSnapshot(ctx, id))

	side, err := l.Side(ctx, id)
	require.NoError(t, err)
	var got []directory.Person
	for p, err := range side.ByName() {
		require.NoError(t, err)
		got = append(got, p)
	}
	require.Len(t, got, 3)
	require.Equal(t, ann, got[0])
	require.NotEmpty(t, got[1].ID)
	require.NotEqual(t, got[1].ID, got[2].ID)
	require.Equal(t, created.Groups, got[1].Groups)
}

func findUsers(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	users := make([]directory.User, 1500) // more than one query takes
	ask := []string{"nobody", "PERSON-7", "person-7"}
	for i := range users {
		users[i] = directory.User{ID: fmt.Sprint(i), UserName: fmt.Sprintf("Person-%d", i), Email: "x@y"}
		ask = append(ask, users[i].UserName)
	}
	id := snapshotOf(t, ctx, l, users...)
	found, err := l.FindUsers(ctx, id, ask)
	require.NoError(t, err)
	require.Len(t, found, len(users))
	require.Equal(t, users[7], found["person-7"])

	side, err := l.Side(ctx, id)
	require.NoError(t, err)
	finder, ok := side.(interface {
		FindUsers(context.Context, []string) (map[string]directory.User, error)
	})
	require.True(t, ok, "a side finds users too")
	found, err = finder.FindUsers(ctx, []string{"pErson-3", "nobody"})
	require.NoError(t, err)
	require.Equal(t, map[string]directory.User{"person-3": users[3]}, found)
}

func dropSnapshots(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	ann := directory.User{ID: "1", UserName: "ann"}
	gone, kept := snapshotOf(t, ctx, l, ann), snapshotOf(t, ctx, l, ann)
	half := begin(t, ctx, l)
	other, err := l.BeginSnapshot(ctx, "another", "check", directory.Fusion)
	require.NoError(t, err)
	require.NoError(t, l.DropSnapshots(ctx, "NAME", []int64{kept}))
	for _, id := range []int64{gone, half} {
		_, err := l.Snapshot(ctx, id)
		require.ErrorIs(t, err, ledger.ErrNotFound)
	}
	_, err = l.Snapshot(ctx, other.ID)
	require.NoError(t, err, "another cutover's stays")
	side, err := l.Side(ctx, kept)
	require.NoError(t, err)
	require.Equal(t, []string{"ann"}, names(t, side.ByName()))
	require.NoError(t, l.DropSnapshots(ctx, "NAME", nil))
	require.Greater(t, begin(t, ctx, l), other.ID, "an id is never given again")
}
