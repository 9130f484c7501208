package resolve_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
	"cutover/internal/resolve"
)

func user(name, email string, touch ...func(*directory.Person)) directory.Person {
	p := directory.Person{User: directory.User{UserName: name, Email: email, GivenName: "Given", FamilyName: "Family", Active: true}}
	for _, f := range touch {
		f(&p)
	}
	return p
}

func locked(p *directory.Person) { p.Locked, p.LockReason = true, 1 }

// findings are the conflicts of a small world: two who are locked, one without
// an email, a collision, an heir whose name somebody bears, and an orphan.
func findings(t *testing.T) []directory.Finding {
	t.Helper()
	s, err := reconcile.Settle(reconcile.World{
		directory.Utilities: &reconciletest.Side{People: []directory.Person{
			user("a=b/c", "l1@x", locked), user("locked2", "l2@x", locked), user("nomail", ""), user("taken", "t@x"), user("heir", "f@x"),
		}},
		directory.Fusion: &reconciletest.Side{People: []directory.Person{user("taken", "f@x")}},
	}, &reconcile.Rules{})
	require.NoError(t, err)
	var out []directory.Finding
	for j, err := range s.Judgements() {
		require.NoError(t, err)
		if reconcile.IsConflict(j.Verdict) {
			out = append(out, reconcile.ConflictFinding("migrate", j))
		}
	}
	for _, name := range []string{"o1", "o2"} {
		out = append(out, directory.Finding{Name: "orphan", Domain: directory.CXIF, User: name, Blocking: true, Fixes: []string{
			reconcile.Fix(directory.CXIF, name, "orphans: keep"), reconcile.Fix(directory.CXIF, name, "orphans: deactivate"), reconcile.Fix(directory.CXIF, name, "exclude: true"),
		}})
	}
	return append(out,
		directory.Finding{Name: "group-grants-nothing", Domain: directory.CXIF, Blocking: true, Fixes: []string{"grant that to the group"}},
		directory.Finding{Name: "ouaf-login", Domain: directory.Utilities, User: "x"})
}

func open(t *testing.T) []resolve.Conflict {
	t.Helper()
	open, rest := resolve.Open(findings(t), config.Config{}, false)
	require.Len(t, open, 7)
	require.Len(t, rest, 1, "what no resolution answers stays to be seen")
	return open
}

func TestWhatIsGivenOnTheCommandLineMustFit(t *testing.T) {
	for _, c := range []struct {
		sets, policies []string
		want           string // written, or what the refusal says
		refused        bool
	}{
		{sets: []string{"utilities/a=b/c=migrate: true"}, want: "utilities a=b/c {migrate: true}"},
		{sets: []string{"utilities/NOMAIL=set: {email: n@x}"}, want: "utilities NOMAIL {set: {email: n@x}}"},
		{sets: []string{"utilities/taken=rename: taken-u, ouafLoginChanged: true"}, want: "utilities taken {rename: taken-u, ouafLoginChanged: true}"},
		{sets: []string{"utilities/heir=same-person: taken", "utilities/taken=rename: taken-u"}, want: "utilities heir {same-person: taken}; utilities taken {rename: taken-u}"},
		{sets: []string{"cxif/o1=orphans: keep"}, policies: []string{"locked-by-admin=migrate: true"}, want: "utilities locked-by-admin {migrate: true}; cxif o1 {orphans: keep}"},
		{policies: []string{"cxif/orphan=orphans: deactivate"}, want: "cxif  {orphans: deactivate}"},

		{sets: []string{"utilities/nobody=exclude: true"}, refused: true, want: "nobody in utilities is in no open conflict; open are utilities/a=b/c"},
		{sets: []string{"cxif/nomail=exclude: true"}, refused: true, want: "nomail in cxif is in no open conflict"},
		{sets: []string{"nomail=exclude: true"}, refused: true, want: "write DOMAIN/USER=RESOLUTION"},
		{sets: []string{"utilities/nomail=rename: x"}, refused: true, want: `"rename: x" does not resolve the conflict of nomail in utilities. What does:`},
		{sets: []string{"utilities/nomail=set: {familyName: x}"}, refused: true, want: "does not resolve"},
		{sets: []string{"utilities/taken=set: {email: other@x}"}, refused: true, want: "does not resolve"},
		{sets: []string{"utilities/nomail=set: {email: nowhere}"}, refused: true, want: `"nowhere" is not an email address`},
		{sets: []string{"utilities/taken=rename: täken"}, refused: true, want: "a domain does not allow"},
		{sets: []string{"utilities/taken=rename: taken"}, refused: true, want: "is the name that the user has"},
		{sets: []string{"utilities/nomail=renam: x"}, refused: true, want: "there is no such key"},
		{sets: []string{"utilities/nomail="}, refused: true, want: "resolves nothing"},
		{sets: []string{"utilities/heir=same-person: taken"}, refused: true, want: "when taken gives it up: give --set 'utilities/taken=rename: NEW_USERNAME' too"},
		{policies: []string{"username-collision=rename: x"}, refused: true, want: "cannot be said of everyone"},
		{policies: []string{"username-case=exclude: true"}, refused: true, want: "no open conflict in utilities is of username-case; there are utilities/locked-by-admin"},
		{policies: []string{"locked-by-admin"}, refused: true, want: "write VERDICT=RESOLUTION"},
	} {
		writes, err := resolve.Answers(open(t), config.Config{}, c.sets, c.policies)
		if c.refused {
			require.ErrorContains(t, err, c.want)
			require.Empty(t, writes)
			continue
		}
		require.NoError(t, err)
		var got []string
		for _, w := range writes {
			got = append(got, fmt.Sprintf("%s %s%s {%s}", w.Domain, w.User, w.Verdict, w.Resolution))
		}
		require.Equal(t, c.want, strings.Join(got, "; "))
	}
}

// scripted answers as it was told to; it stops where it was told nothing more.
type scripted struct {
	t       *testing.T
	answers []string // the beginning or the end of an option, or a text
	asked   []string
}

func (s *scripted) next(question string) (string, bool) {
	s.asked = append(s.asked, question)
	if len(s.answers) == 0 {
		return "", false
	}
	answer := s.answers[0]
	s.answers = s.answers[1:]
	return answer, true
}

func (s *scripted) Choose(_ context.Context, title string, options []string, _ int) (int, error) {
	answer, more := s.next(title)
	if !more {
		return 0, resolve.ErrStopped
	}
	for i, o := range options {
		if strings.Contains(o, answer) {
			return i, nil
		}
	}
	require.Failf(s.t, "no such option", "%q among %q", answer, options)
	return 0, nil
}

func (s *scripted) Text(_ context.Context, title string, valid func(string) error) (string, error) {
	for {
		answer, more := s.next(title)
		if !more {
			return "", resolve.ErrStopped
		}
		if valid(answer) == nil {
			return answer, nil
		}
	}
}

func TestAPersonIsTakenThroughEveryConflictAndEachKindAtOnceWhereThatCanBe(t *testing.T) {
	s := &scripted{t: t, answers: []string{
		"All of them: migrate: true", // locked-by-admin
		"heir in utilities: same-person: taken; taken in", "tåken", "taken-u",
		"set: {email: EMAIL}", "nowhere", "n@x",
		"Each of the 2 by itself", "orphans: keep", "Later",
	}}
	var shown []string
	writes, stopped, err := resolve.Walk(t.Context(), open(t), s, func(c resolve.Conflict) { shown = append(shown, c.Finding.User) })
	require.NoError(t, err)
	require.False(t, stopped)
	require.Empty(t, s.answers)
	require.Equal(t, []string{"heir", "nomail", "o1", "o2"}, shown, "taken has given up the name, and is asked no more")
	var c config.Config
	for _, w := range writes {
		c = c.Written(w)
	}
	require.Equal(t, config.Resolutions{
		Utilities: config.TargetResolutions{
			Verdicts: map[string]config.Resolution{"locked-by-admin": {Migrate: true}},
			Users: map[string]config.Resolution{
				"heir": {SamePerson: "taken"}, "taken": {Rename: "taken-u"}, "nomail": {Set: config.Set{Email: "n@x"}},
			},
		},
		CXIF: config.TargetResolutions{Users: map[string]config.Resolution{"o1": {Orphan: "keep"}}},
	}, c.Resolutions)

	left := 0
	again, _ := resolve.Open(findings(t), c, true)
	for _, one := range again {
		if one.Answered == "" {
			left++
			require.Equal(t, "o2", one.Finding.User)
		}
	}
	require.Equal(t, 1, left)
}

func TestWhoeverStopsKeepsWhatWasAnsweredAndNothingHalfOfIt(t *testing.T) {
	for _, c := range []struct {
		answers []string
		written int
	}{
		{nil, 0},
		{[]string{"All of them: exclude"}, 1},
		{[]string{"All of them: exclude", "Stop here"}, 1},
		{[]string{"All of them: exclude", "heir in utilities: same-person: taken"}, 1}, // no name was given
		{[]string{"All of them: exclude", "heir in utilities: same-person: taken", "taken-u"}, 3},
	} {
		writes, stopped, err := resolve.Walk(t.Context(), open(t), &scripted{t: t, answers: c.answers}, func(resolve.Conflict) {})
		require.NoError(t, err)
		require.True(t, stopped)
		require.Len(t, writes, c.written)
	}
}
