package reconcile_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

func TestTwoUsersAreOnePersonByEmailOrElseByNames(t *testing.T) {
	jane := directory.User{Email: "Jane@Example.com", GivenName: "Jane", FamilyName: "Doe"}
	for _, c := range []struct {
		why  string
		f    directory.User
		same bool
	}{
		{"the emails agree, whatever the names", directory.User{Email: "jane@example.COM", GivenName: "J.", FamilyName: "Smith"}, true},
		{"the emails disagree, whatever the names", directory.User{Email: "j@example.com", GivenName: "Jane", FamilyName: "Doe"}, false},
		{"one has no email and the names agree", directory.User{GivenName: "JANE", FamilyName: "doe"}, true},
		{"one has no email and a name is missing", directory.User{FamilyName: "Doe"}, false},
		{"one has no email and the names disagree", directory.User{GivenName: "Jane", FamilyName: "Roe"}, false},
	} {
		require.Equal(t, c.same, reconcile.SamePerson(jane, c.f), c.why)
		require.Equal(t, c.same, reconcile.SamePerson(c.f, jane), c.why+", the other way round")
	}
	require.False(t, reconcile.SamePerson(directory.User{}, directory.User{}), "two that have nothing prove nothing")
	composed, combining := directory.User{GivenName: "Ren\u00e9", FamilyName: "X"}, directory.User{GivenName: "Rene\u0301", FamilyName: "X"}
	require.False(t, reconcile.SamePerson(composed, combining), "letters are compared and not normalised")
}

func TestAUserNameIsAllowedWithTheCharactersThatEveryDomainTakes(t *testing.T) {
	for _, ok := range []string{"jane.o'neill", "a b", `!@#$%^&*()_+=-{}[]|\:"';<>?/.,`, strings.Repeat("a", 256)} {
		require.True(t, reconcile.Allowed(ok), ok)
	}
	for _, bad := range []string{"", "~jane", "josé", "jane`", "a\tb", "jane\u2019", strings.Repeat("a", 257)} {
		require.False(t, reconcile.Allowed(bad), bad)
	}
}
