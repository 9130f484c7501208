package scimdomain_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/scimdomain/scimtest"
)

// hides keeps users whose name begins with "Late" out of lists until so many
// lists were asked for after the first refusal: an index that lags.
func hides(lists int) scimtest.Twist {
	var mu sync.Mutex
	left := -1
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			defer mu.Unlock()
			answer := httptest.NewRecorder()
			next.ServeHTTP(answer, r)
			body := answer.Body.String()
			switch {
			case r.Method == http.MethodPost && answer.Code == http.StatusConflict && left < 0:
				left = lists
			case r.Method == http.MethodGet && strings.Contains(r.URL.RawQuery, "filter=userName"):
				if left != 0 && strings.Contains(body, "Late") {
					body = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":0}`
				}
				if left > 0 {
					left--
				}
			}
			w.WriteHeader(answer.Code)
			_, _ = io.WriteString(w, body)
		})
	}
}

// refuses answers the creation of a user with this.
func refuses(status int, body string) scimtest.Twist {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			if r.Method == http.MethodPost && strings.Contains(string(b), `"userName":"Ghost"`) {
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
				return
			}
			r.Body = io.NopCloser(strings.NewReader(string(b)))
			next.ServeHTTP(w, r)
		})
	}
}

// The table of docs/scim-servers.md: what a refusal as a duplicate means.
func TestARefusalAsADuplicateIsLookedInto(t *testing.T) {
	for name, c := range map[string]struct {
		twist scimtest.Twist
		who   string
		email string
		says  string
	}{
		"the user is there":                 {nil, "Person.01", "", "a user of this name is there"},
		"a filter says absent, for a while": {hides(2), "Late", "", "shows none of this name or email"},
		"409 without a body":                {refuses(http.StatusConflict, ""), "Ghost", "", "shows none of this name or email"},
		"409 without scimType":              {refuses(http.StatusConflict, `{"detail":"no","status":"409"}`), "Ghost", "", "shows none of this name or email"},
		"400 with scimType uniqueness":      {refuses(http.StatusBadRequest, `{"detail":"no","scimType":"uniqueness"}`), "Ghost", "", "shows none of this name or email"},
		"the email is somebody else's":      {refuses(http.StatusConflict, `{}`), "Ghost", "p1@example.org", "the email belongs to another user there"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var twists []scimtest.Twist
			if c.twist != nil {
				twists = append(twists, c.twist)
			}
			there := scimtest.Elimity(t, twists...)
			there.Make(t, "/Users", person(1), person(2), object{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, "userName": "Late", "active": true})
			w := create(c.who)
			if c.email != "" {
				w.Change.After["email"] = c.email
			}
			outcomes := write(t, client(t, there), w)
			require.NotNil(t, outcomes[0].Err)
			require.Equal(t, directory.ProblemConflict, outcomes[0].Err.Problem, "it is looked at once more, and neither fails nor is sent again")
			require.Contains(t, outcomes[0].Err.Detail, c.says)
		})
	}
}

// joins puts a member into the group between the read and the first PATCH of it.
func joins(id string) scimtest.Twist {
	var once sync.Once
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPatch && strings.Contains(r.URL.Path, "/Groups/") {
				once.Do(func() {
					body := `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"add","path":"members","value":[{"value":"` + id + `"}]}]}`
					next.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(r.Context(), http.MethodPatch, r.URL.Path, strings.NewReader(body)))
				})
			}
			next.ServeHTTP(w, r)
		})
	}
}

func TestADuplicateMemberThatFailsTheWholePATCHIsReadAndTheOthersAreAdded(t *testing.T) {
	there := scimtest.Elimity(t, joins("e000001"))
	ids := there.Make(t, "/Users", person(1), person(2))
	require.Equal(t, "e000001", ids[0])
	there.Make(t, "/Groups", object{"schemas": []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, "displayName": "Access"})
	add := func(n int) directory.Write {
		return directory.Write{ID: ids[n], Change: directory.Change{Kind: directory.AddMember, User: "x", Target: "Access"}}
	}
	c := client(t, there)
	done(t, write(t, c, add(0), add(1)))
	for _, p := range lookup(t, c, "Person.01", "Person.02") {
		require.True(t, p.InAny([]string{"Access"}))
	}
	require.Equal(t, 2, there.Count("PATCH", "/Groups/"))
}

// tooMuch refuses a Bulk request of more than n operations as a whole.
func tooMuch(n int) scimtest.Twist {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			var body struct{ Operations []json.RawMessage }
			if strings.HasSuffix(r.URL.Path, "/Bulk") && json.Unmarshal(b, &body) == nil && len(body.Operations) > n {
				w.WriteHeader(http.StatusRequestEntityTooLarge)
				return
			}
			r.Body = io.NopCloser(strings.NewReader(string(b)))
			next.ServeHTTP(w, r)
		})
	}
}

func TestABulkThatIsTooMuchIsHalvedUntilItIsTaken(t *testing.T) {
	there := scimtest.Scimmy(t, tooMuch(4))
	c := client(t, there)
	var all []directory.Write
	for _, name := range strings.Fields("a b c d e f g h i j k l") {
		all = append(all, create("person."+name))
	}
	done(t, write(t, c, all...))
	require.Len(t, read(t, c), len(all))
	f, err := c.Features(t.Context())
	require.NoError(t, err)
	require.LessOrEqual(t, f.Bulk, 4, "and what was learnt is kept")
}

func TestAServerThatRefusesTheCredentialsIsSaidToDoSo(t *testing.T) {
	there := scimtest.Elimity(t)
	c, err := newClient(there.URL, "another token")
	require.NoError(t, err)
	err = c.Check(t.Context())
	var pe *directory.PeerError
	require.ErrorAs(t, err, &pe)
	require.Equal(t, directory.ProblemAuth, pe.Problem)
	require.NotContains(t, err.Error(), "another token")
}
