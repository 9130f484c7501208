package simulator_test

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

func TestAListComesInPagesThatTogetherAreComplete(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	first := w.list(directory.Utilities, "Users")
	require.Equal(t, 300.0, first.Body["totalResults"])
	require.Equal(t, 50.0, first.Body["itemsPerPage"], "the default page")
	require.Equal(t, 1.0, first.Body["startIndex"])
	seen := map[string]bool{}
	var order []string
	for from := 1; from <= 300; from += 70 {
		page := w.list(directory.Utilities, "Users", "sortBy", "id", "sortOrder", "ascending", "startIndex", fmt.Sprint(from), "count", "70", "attributes", "userName")
		for _, u := range page.resources() {
			require.ElementsMatch(t, []string{"id", "userName", "schemas"}, keysOf(u.(m)))
			seen[u.(m)["id"].(string)] = true
			order = append(order, u.(m)["id"].(string))
		}
	}
	require.Len(t, seen, 300)
	require.True(t, sort.StringsAreSorted(order))
	down := w.list(directory.Utilities, "Users", "sortBy", "id", "sortOrder", "descending", "count", "1")
	require.Equal(t, order[299], down.text("Resources.0.id"))
	require.Equal(t, 400, w.list(directory.Utilities, "Users", "count", "1001").Status)
	require.Empty(t, w.list(directory.Utilities, "Users", "startIndex", "301").resources())
	require.Empty(t, w.list(directory.Utilities, "Users", "count", "0").resources())
}

func keysOf(o m) []string {
	var all []string
	for k := range o {
		all = append(all, k)
	}
	return all
}

// TestAFilterSelectsWhatAPlainReadingSelects compares answers, by index or by
// looking at all, with a reading of the estate's file.
func TestAFilterSelectsWhatAPlainReadingSelects(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	var file struct{ Users []m }
	b, err := readEstate(t, "messy", "utilities.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, &file))
	one, two := file.Users[0], file.Users[1]
	name := func(u m) string { return u["userName"].(string) }
	email := func(u m) string {
		for _, e := range (reply{Body: u}).list("emails") {
			return e.(m)["value"].(string)
		}
		return ""
	}
	active := func(u m) bool { return u["active"] == true }
	locked := func(u m) bool {
		state, _ := u["urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User"].(m)
		l, _ := state["locked"].(m)
		return l["on"] == true
	}
	q := func(s string) string { j, _ := json.Marshal(s); return string(j) }
	for filter, want := range map[string]func(m) bool{
		`userName eq ` + q(strings.ToUpper(name(one))): func(u m) bool { return name(u) == name(one) },
		`userName eq ` + q(name(one)) + ` or userName eq ` + q(name(two)) + ` or userName eq "nobody"`: func(u m) bool {
			return name(u) == name(one) || name(u) == name(two)
		},
		`(userName eq ` + q(name(one)) + ` or id eq ` + q(two["id"].(string)) + `) and active pr`: func(u m) bool {
			return name(u) == name(one) || name(u) == name(two)
		},
		`emails.value eq ` + q(strings.ToUpper(email(one))):       func(u m) bool { return strings.EqualFold(email(u), email(one)) },
		`emails eq ` + q(email(one)):                              func(u m) bool { return strings.EqualFold(email(u), email(one)) },
		`displayName eq ` + q(one["displayName"].(string)):        func(u m) bool { return u["displayName"] == one["displayName"] },
		`emails[type eq "work" and value ew "riverbend.example"]`: func(u m) bool { return strings.HasSuffix(strings.ToLower(email(u)), "riverbend.example") },
		`not (emails pr)`:                             func(u m) bool { return email(u) == "" },
		`active eq false`:                             func(u m) bool { return !active(u) },
		`active ne true`:                              func(u m) bool { return !active(u) },
		`userName sw "s" and active eq true`:          func(u m) bool { return active(u) && strings.HasPrefix(strings.ToLower(name(u)), "s") },
		`userName co "."`:                             func(u m) bool { return strings.Contains(name(u), ".") },
		`meta.lastModified ge "2026-10-04T12:00:00Z"`: func(u m) bool { return u["meta"].(m)["lastModified"].(string) >= "2026-10-04T12:00:00.000Z" },
		`urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User:locked.on eq true`: locked,
		userExt + `:isFederatedUser eq true`:                                                  func(u m) bool { return false },
		`name.familyName eq ` + q(strings.ToUpper(family(one))):                               func(u m) bool { return strings.EqualFold(family(u), family(one)) },
	} {
		var names []string
		for _, u := range file.Users {
			if want(u) {
				names = append(names, name(u))
			}
		}
		for how, r := range map[string]reply{
			"GET":     w.list(directory.Utilities, "Users", "filter", filter, "count", "1000", "attributes", "userName"),
			".search": w.admin(directory.Utilities, "POST", "/Users/.search", m{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}, "filter": filter, "count": 1000, "attributes": []any{"userName"}}),
		} {
			require.Equal(t, 200, r.Status, "%s %s: %s", how, filter, r.Raw)
			var got []string
			for _, u := range r.resources() {
				got = append(got, name(u.(m)))
			}
			require.Equal(t, names, got, "%s %s", how, filter)
			require.Equal(t, float64(len(names)), r.Body["totalResults"])
		}
	}
}

func family(u m) string { s, _ := u["name"].(m)["familyName"].(string); return s }

func (r reply) list(name string) []any { l, _ := r.Body[name].([]any); return l }

func TestAFilterTakesCharactersInAnyJSONForm(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	id := w.create(directory.CXIF, "Users", newUser(`O'Neil & "Sons" \ <x>`))
	for _, filter := range []string{
		`userName eq "O'Neil & \"Sons\" \\ <x>"`,
		`userName eq "o'neil \u0026 \"sons\" \\ \u003cx\u003e"`,
		`userName eq "O'Neil \u0026 \"Sons\" \\ \u003cx\u003e" and active eq true`,
	} {
		require.Equal(t, id, w.idOf(directory.CXIF, "Users", filter))
	}
}

func TestAWrongQuestionIsRefusedInOraclesForm(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	for _, parameters := range [][]string{
		{"filter", `userName eq ada`}, {"filter", `userName is "ada"`}, {"filter", `(userName eq "a"`},
		{"sortOrder", "sideways"}, {"count", "many"}, {"attributeSets", "some"},
	} {
		r := w.list(directory.Utilities, "Users", parameters...)
		require.Equal(t, 400, r.Status, parameters)
		require.Equal(t, "400", r.Body["status"])
		require.NotEmpty(t, r.Body["detail"])
	}
	require.Equal(t, 404, w.admin(directory.Utilities, "GET", "/Persons", nil).Status)
	require.Equal(t, 405, w.admin(directory.Utilities, "DELETE", "/Users", nil).Status)
	require.Equal(t, 415, w.admin(directory.Utilities, "POST", "/Users", "x", "Content-Type", "text/plain").Status)
	require.Equal(t, 400, w.admin(directory.Utilities, "POST", "/Users", "[]").Status)
	require.Equal(t, 413, w.admin(directory.Utilities, "POST", "/Users", strings.Repeat(" ", 1<<20+1)).Status)
}
