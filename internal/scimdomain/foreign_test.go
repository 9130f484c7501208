package scimdomain_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/scimdomain"
	"cutover/internal/scimdomain/scimtest"
)

// server is a server that somebody else wrote, as it is or bent.
type server struct {
	start  func(testing.TB, ...scimtest.Twist) *scimtest.Server
	twists []scimtest.Twist
	want   scimdomain.Features
}

var servers = map[string]server{
	"elimity": {scimtest.Elimity, nil,
		scimdomain.Features{PageSize: 1000, Paging: true, PastEnd: true, Sorts: true, Filter: scimdomain.FilterOr, Patch: true}},
	"elimity, in pages of 7": {scimtest.Elimity, []scimtest.Twist{scimtest.PagesOf(7)},
		scimdomain.Features{PageSize: 1000, Paging: true, PastEnd: true, Sorts: true, Filter: scimdomain.FilterOr, Patch: true}},
	"elimity, paging ignored, one name a filter": {scimtest.Elimity, []scimtest.Twist{scimtest.IgnoresPaging, scimtest.OneNameAFilter},
		scimdomain.Features{PageSize: 1000, PastEnd: false, Sorts: true, Filter: scimdomain.FilterEq, Patch: true}},
	"elimity, without filters and PATCH": {scimtest.Elimity, []scimtest.Twist{scimtest.IgnoresFilters, scimtest.KnowsNo(http.MethodPatch, "/")},
		scimdomain.Features{PageSize: 1000, Paging: true, PastEnd: true, Sorts: true, Filter: scimdomain.FilterNone}},
	"elimity, the first page past the end, in pages of 7": {scimtest.Elimity, []scimtest.Twist{scimtest.PagesOf(7), scimtest.RepeatsTheFirstPage},
		scimdomain.Features{PageSize: 1000, Paging: true, Sorts: true, Filter: scimdomain.FilterOr, Patch: true}},
	"SCIMMY": {scimtest.Scimmy, nil,
		scimdomain.Features{PageSize: 1000, Paging: true, PastEnd: false, Sorts: true, Filter: scimdomain.FilterOr, Patch: true, Bulk: 30}},
	"SCIMMY, Bulk status an object, no scimType": {scimtest.Scimmy, []scimtest.Twist{scimtest.BulkStatusIsAnObject, scimtest.DropsScimType},
		scimdomain.Features{PageSize: 1000, Paging: true, PastEnd: false, Sorts: true, Filter: scimdomain.FilterOr, Patch: true, Bulk: 30}},
	"SCIMMY without Bulk, whatever it says": {scimtest.Scimmy, []scimtest.Twist{scimtest.KnowsNo(http.MethodPost, "/Bulk")},
		scimdomain.Features{PageSize: 1000, Paging: true, PastEnd: false, Sorts: true, Filter: scimdomain.FilterOr, Patch: true}},
}

func client(t *testing.T, s *scimtest.Server) *scimdomain.Client {
	t.Helper()
	c, err := newClient(s.URL, scimtest.Token)
	require.NoError(t, err)
	return c
}

func newClient(url, token string) (*scimdomain.Client, error) {
	return scimdomain.New(scimdomain.Options{Domain: directory.CXIF, URL: url, RequestsPerSecond: 100_000,
		Token: func(context.Context) (string, error) { return token, nil }})
}

type object = map[string]any

func person(n int) object {
	return object{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": fmt.Sprintf("Person.%02d", n),
		"name": object{"givenName": "Pat", "familyName": fmt.Sprintf("Number %d", n)}, "active": n%2 == 0,
		"emails": []object{{"value": fmt.Sprintf("home%d@example.org", n), "type": "home"}, {"value": fmt.Sprintf("p%d@example.org", n), "type": "work", "primary": true}}}
}

func create(name string) directory.Write {
	return directory.Write{ExternalID: "hub-" + name, Change: directory.Change{Kind: directory.CreateUser, Domain: directory.CXIF, User: name,
		After: directory.Attributes{"userName": name, "givenName": "New", "familyName": name, "displayName": "New " + name, "email": name + "@example.org", "active": "true"}}}
}

func TestAServerThatOthersWroteIsProbedReadAndWritten(t *testing.T) {
	for name, s := range servers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := s
			there := s.start(t, s.twists...)
			var people []any
			for n := range 20 {
				people = append(people, person(n))
			}
			ids := there.Make(t, "/Users", people...)
			there.Make(t, "/Groups", object{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": "Access",
				"members": []object{{"value": ids[0]}, {"value": ids[1]}}})
			c := client(t, there)

			features, err := c.Features(t.Context())
			require.NoError(t, err)
			require.Equal(t, s.want, features)
			require.NoError(t, c.Check(t.Context()))
			require.Len(t, read(t, c), 20)

			t.Run("made", func(t *testing.T) { makesPeople(t, c) })
			t.Run("changed", func(t *testing.T) { changesPeople(t, c, ids) })
			t.Run("in groups", func(t *testing.T) { changesMembers(t, c, ids) })
			t.Run("there already", func(t *testing.T) { tellsWhatIsThere(t, c) })
			if s.want.Bulk == 0 {
				require.LessOrEqual(t, there.Count("POST", "/Bulk"), 1, "a server without Bulk was sent some after it had been probed")
			} else {
				require.Greater(t, there.Count("POST", "/Bulk"), 1)
			}
		})
	}
}

// read reads everybody as a snapshot does: page after page, the last of a page
// once more with the next.
func read(t *testing.T, c *scimdomain.Client) map[string]directory.User {
	t.Helper()
	all := map[string]directory.User{}
	for start := 1; start != 0; {
		page, err := c.Users(t.Context(), start)
		require.NoError(t, err)
		for _, u := range page.Users {
			all[u.UserName] = u
		}
		start = page.Next
	}
	n, err := c.Count(t.Context(), "/Users")
	require.NoError(t, err)
	require.Len(t, all, n)
	return all
}

func write(t *testing.T, c *scimdomain.Client, writes ...directory.Write) []directory.Outcome {
	t.Helper()
	outcomes, err := c.Write(t.Context(), writes)
	require.NoError(t, err)
	require.Len(t, outcomes, len(writes))
	return outcomes
}

func done(t *testing.T, outcomes []directory.Outcome) {
	t.Helper()
	for _, o := range outcomes {
		require.Nil(t, o.Err)
	}
}

func lookup(t *testing.T, c *scimdomain.Client, names ...string) map[string]directory.Person {
	t.Helper()
	people, err := c.Lookup(t.Context(), names)
	require.NoError(t, err)
	return people
}

func makesPeople(t *testing.T, c *scimdomain.Client) {
	outcomes := write(t, c, create("Ada"), create("Bo"), create("Cy"))
	done(t, outcomes)
	people := lookup(t, c, "Ada", "Cy", "Person.03", "nobody.of.this.name")
	require.Len(t, people, 3)
	ada := people["ada"].User
	require.Equal(t, outcomes[0].ID, ada.ID)
	ada.ID, ada.Version = "", ""
	require.Equal(t, directory.User{UserName: "Ada", GivenName: "New", FamilyName: "Ada", DisplayName: "New Ada", Email: "Ada@example.org",
		Active: true, ExternalID: "hub-Ada"}, ada)
	require.Equal(t, "p3@example.org", people["person.03"].Email, "the primary one of two")
}

func update(id, name string, after directory.Attributes) directory.Write {
	return directory.Write{ID: id, Change: directory.Change{Kind: directory.UpdateUser, Domain: directory.CXIF, User: name, After: after}}
}

func changesPeople(t *testing.T, c *scimdomain.Client, ids []string) {
	done(t, write(t, c,
		update(ids[3], "Person.03", directory.Attributes{"givenName": "Changed", "active": "true"}),
		update(ids[4], "Person.04", directory.Attributes{"email": "new4@example.org"}),
		update(ids[5], "Person.05", directory.Attributes{"userName": "Renamed.05", "displayName": "Five"}),
	))
	all := read(t, c)
	require.Equal(t, "Changed", all["Person.03"].GivenName)
	require.Equal(t, "Number 3", all["Person.03"].FamilyName, "what the change does not name is left alone")
	require.True(t, all["Person.03"].Active)
	require.Equal(t, "new4@example.org", all["Person.04"].Email)
	require.Equal(t, "Five", all["Renamed.05"].DisplayName)
	require.NotContains(t, all, "Person.05")
	done(t, write(t, c, directory.Write{ID: ids[19], Change: directory.Change{Kind: directory.DeleteUser, User: "Person.19"}}))
	require.NotContains(t, read(t, c), "Person.19")
}

func changesMembers(t *testing.T, c *scimdomain.Client, ids []string) {
	member := func(kind directory.Kind, n int) directory.Write {
		return directory.Write{ID: ids[n], Change: directory.Change{Kind: kind, User: fmt.Sprintf("Person.%02d", n), Target: "Access"}}
	}
	// The first is in it already: on some servers that fails a whole PATCH.
	done(t, write(t, c, member(directory.AddMember, 1), member(directory.AddMember, 2), member(directory.AddMember, 3)))
	people := lookup(t, c, "Person.00", "Person.01", "Person.02", "Person.03", "Person.04")
	for n, in := range []bool{true, true, true, true, false} {
		require.Equal(t, in, people[fmt.Sprintf("person.%02d", n)].InAny([]string{"Access"}), n)
	}
	done(t, write(t, c, member(directory.RemoveMember, 2), member(directory.RemoveMember, 4)))
	people = lookup(t, c, "Person.01", "Person.02")
	require.True(t, people["person.01"].InAny([]string{"Access"}))
	require.False(t, people["person.02"].InAny([]string{"Access"}))
	missing := write(t, c, directory.Write{ID: ids[0], Change: directory.Change{Kind: directory.AddMember, Target: "No such group"}})
	require.Equal(t, directory.ProblemNotFound, missing[0].Err.Problem)
}

func tellsWhatIsThere(t *testing.T, c *scimdomain.Client) {
	outcomes := write(t, c, create("Dee"), create("Person.00"), create("Eve"))
	require.Nil(t, outcomes[0].Err)
	require.Nil(t, outcomes[2].Err, "one who is there does not keep the others out")
	require.Equal(t, directory.ProblemConflict, outcomes[1].Err.Problem)
	require.Contains(t, outcomes[1].Err.Detail, "a user of this name is there")
}
