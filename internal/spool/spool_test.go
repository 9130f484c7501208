package spool

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/reconcile"
)

func open(t *testing.T) *Dir {
	t.Helper()
	d, err := Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return d
}

func all[T any](t require.TestingT, in func(func(T, error) bool)) []T {
	var out []T
	for v, err := range in {
		require.NoError(t, err)
		out = append(out, v)
	}
	return out
}

func stream[T any](in []T) func(func(T, error) bool) {
	return func(yield func(T, error) bool) {
		for _, v := range in {
			if !yield(v, nil) {
				return
			}
		}
	}
}

var text = rapid.StringMatching(`[a-cA-C\x{e9}\x{c9} .]{0,4}`)

func drawn() *rapid.Generator[[]directory.Person] {
	one := rapid.Custom(func(t *rapid.T) directory.Person {
		p := directory.Person{User: directory.User{
			ID: rapid.StringMatching(`[a-z]{6}`).Draw(t, "id"), UserName: "u" + text.Draw(t, "name"), GivenName: text.Draw(t, "given"), FamilyName: text.Draw(t, "family"),
			DisplayName: text.Draw(t, "display"), Email: text.Draw(t, "email"), ExternalID: text.Draw(t, "external"), Version: text.Draw(t, "version"),
			Active: rapid.Bool().Draw(t, "active"), Federated: rapid.Bool().Draw(t, "federated"), Locked: rapid.Bool().Draw(t, "locked"),
			PasswordSet: rapid.Bool().Draw(t, "password"), LockReason: rapid.IntRange(-1, 300).Draw(t, "reason"),
		}}
		p.Groups = append(p.Groups, rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"A", "B", "C"}), 0, 3, rapid.ID).Draw(t, "groups")...)
		for _, r := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"r", "s"}), 0, 2, rapid.ID).Draw(t, "roles") {
			p.Roles = append(p.Roles, directory.Role{App: "App", Name: r})
		}
		slices.Sort(p.Groups)
		slices.SortFunc(p.Roles, func(a, b directory.Role) int { return len(a.Name) - len(b.Name) })
		if len(p.Roles) == 2 {
			p.Roles = []directory.Role{{App: "App", Name: "r"}, {App: "App", Name: "s"}}
		}
		return p
	})
	return rapid.SliceOfDistinct(one, func(p directory.Person) string { return p.ID })
}

func TestASpoolGivesTheSamePeopleInTheSameOrdersAsTheLedger(t *testing.T) {
	d := open(t)
	l, err := ledger.OpenTemp(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	rapid.Check(t, func(rt *rapid.T) {
		crowd := drawn().Draw(rt, "people")
		if len(crowd) > 0 && rapid.Bool().Draw(rt, "one is new") {
			crowd[0].ID = ""
		}
		s, err := l.BeginSnapshot(t.Context(), "one", "check", directory.Fusion)
		require.NoError(rt, err)
		require.NoError(rt, l.PutPeople(t.Context(), s.ID, crowd))
		require.NoError(rt, l.CompleteSnapshot(t.Context(), s.ID))
		want, err := l.Side(t.Context(), s.ID)
		require.NoError(rt, err)
		have, err := d.People(stream(crowd), directory.Outline{})
		require.NoError(rt, err)
		require.Equal(rt, all(rt, want.ByName()), all(rt, have.ByName()))
		require.Equal(rt, all(rt, want.ByEmail()), all(rt, have.ByEmail()))
		require.Equal(rt, len(crowd), have.Users)
		users, belongings := want.(interface {
			Apart() (users, belongings reconcile.People)
		}).Apart()
		have, err = d.Joined(users, belongings, directory.Outline{})
		require.NoError(rt, err)
		require.Equal(rt, all(rt, want.ByName()), all(rt, have.ByName()))
	})
}

func TestUsersAndWhatOthersBelongToAreNotJoined(t *testing.T) {
	d := open(t)
	of := func(ids ...string) reconcile.People {
		var people []directory.Person
		for _, id := range ids {
			people = append(people, directory.Person{User: directory.User{ID: id, UserName: id}})
		}
		return stream(people)
	}
	_, err := d.Joined(of("2", "1"), of("1", "2"), directory.Outline{})
	require.NoError(t, err)
	for _, belongings := range [][]string{nil, {"1"}, {"2"}, {"1", "3"}, {"1", "2", "3"}} {
		_, err := d.Joined(of("2", "1"), of(belongings...), directory.Outline{})
		require.ErrorContains(t, err, "read the domain again", "%v", belongings)
	}
}

func TestWhatIsSortedByRunsIsSortedAndLosesNothing(t *testing.T) {
	d := open(t)
	rapid.Check(t, func(rt *rapid.T) {
		keys := rapid.SliceOf(rapid.StringMatching(`[a-c]{0,2}`)).Draw(rt, "keys")
		s := d.newSorter()
		s.limit = rapid.IntRange(1, 60).Draw(rt, "limit")
		type numbered struct {
			key string
			i   int
		}
		var want []numbered
		for i, k := range keys {
			want = append(want, numbered{k, i})
			require.NoError(rt, s.add([]byte(k), appendString(nil, k+string(rune('0'+i)))))
		}
		slices.SortStableFunc(want, func(a, b numbered) int { return slices.Compare([]byte(a.key), []byte(b.key)) })
		l, err := s.finish()
		require.NoError(rt, err)
		r, err := l.reader()
		require.NoError(rt, err)
		defer r.close()
		for _, w := range want {
			at, more, err := r.next()
			require.NoError(rt, err)
			require.True(rt, more)
			dec := decoder{string(at.record)}
			require.Equal(rt, w.key+string(rune('0'+w.i)), dec.text())
		}
		_, more, err := r.next()
		require.NoError(rt, err)
		require.False(rt, more)
	})
}

func TestChangesComeBackInTheirOrderAndByUser(t *testing.T) {
	d := open(t)
	rapid.Check(t, func(rt *rapid.T) {
		want := rapid.SliceOf(rapid.Custom(func(t *rapid.T) directory.Change {
			c := directory.Change{
				Step: rapid.IntRange(1, 300).Draw(t, "step"), Domain: rapid.SampledFrom(directory.Domains).Draw(t, "domain"), Kind: directory.UpdateUser,
				User: text.Draw(t, "user"), Target: text.Draw(t, "target"), Why: text.Draw(t, "why"), Via: text.Draw(t, "via"),
			}
			if rapid.Bool().Draw(t, "has attributes") {
				c.Before, c.After = directory.Attributes{"a": text.Draw(t, "before")}, directory.Attributes{"a": text.Draw(t, "after"), "b": ""}
			}
			return c
		})).Draw(rt, "changes")
		c, err := d.Changes()
		require.NoError(rt, err)
		for _, change := range want {
			require.NoError(rt, c.Add(change))
		}
		require.NoError(rt, c.Seal())
		require.Equal(rt, len(want), c.Count)
		require.Equal(rt, append([]directory.Change(nil), want...), all(rt, c.All()))
		for _, domain := range directory.Domains {
			var mine, settings []directory.Change
			for _, change := range want {
				switch {
				case change.Domain != domain:
				case change.User == "":
					settings = append(settings, change)
				default:
					mine = append(mine, change)
				}
			}
			require.Equal(rt, settings, c.Settings[domain])
			slices.SortStableFunc(mine, func(a, b directory.Change) int {
				return slices.Compare([]byte(directory.Fold(a.User)), []byte(directory.Fold(b.User)))
			})
			require.Equal(rt, mine, all(rt, c.ByUser(domain)))
		}
	})
}

func TestALongRecordComesBackWhole(t *testing.T) {
	d := open(t)
	long := make([]byte, 3*bufferSize)
	for i := range long {
		long[i] = byte('a' + i%26)
	}
	s, err := d.People(stream([]directory.Person{{User: directory.User{ID: "1", UserName: "a", DisplayName: string(long)}}, {User: directory.User{ID: "2", UserName: "b"}}}), directory.Outline{})
	require.NoError(t, err)
	had := all(t, s.ByName())
	require.Equal(t, string(long), had[0].DisplayName)
	require.Equal(t, "b", had[1].UserName)
}

func TestAStreamEndsWithAnErrorWhenItsSourceOrItsContextDoes(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	d, err := Open(ctx)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	broken := errors.New("the read broke off")
	_, err = d.People(func(yield func(directory.Person, error) bool) { yield(directory.Person{}, broken) }, directory.Outline{})
	require.ErrorIs(t, err, broken)
	var many []directory.Person
	for i := range 3000 {
		many = append(many, directory.Person{User: directory.User{ID: string(rune(i + 1)), UserName: "a"}})
	}
	s, err := d.People(stream(many), directory.Outline{})
	require.NoError(t, err)
	cancel()
	var last error
	for _, err := range reconcile.People(s.ByName()) {
		last = err
	}
	require.ErrorIs(t, last, context.Canceled)
}

func TestNothingOfASpoolIsReadableForOthersOrOutlivesIt(t *testing.T) {
	d, err := Open(t.Context())
	require.NoError(t, err)
	_, err = d.People(stream([]directory.Person{{User: directory.User{ID: "1", UserName: "a"}}}), directory.Outline{})
	require.NoError(t, err)
	info, err := os.Stat(d.path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	files, err := os.ReadDir(d.path)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		info, err := f.Info()
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
	require.NoError(t, d.Close())
	require.NoDirExists(t, d.path)
}
