package simulator_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

func account(userName string) m {
	return m{"schemas": []any{"urn:scim:schemas:core:2.0:User"}, "userName": userName, "active": true,
		"name": m{"givenName": "Ada", "familyName": "Byron"}, "displayName": "Ada Byron",
		"emails": []any{m{"value": "ada@riverbend.example", "type": "W", "primary": true}}}
}

func TestFusionApplicationsHasAnAccountForEveryUserOfTheFusionDomain(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	r := w.apps("GET", "/Users?count=1000", nil)
	domain := w.list(directory.Fusion, "Users", "count", "1000")
	require.Equal(t, domain.Body["totalResults"], r.Body["totalResults"])
	ids := map[any]bool{}
	for _, u := range domain.resources() {
		ids[u.(m)["id"]] = true
	}
	for _, a := range r.resources() {
		require.False(t, ids[a.(m)["id"]], "its ids are its own")
		require.Equal(t, []any{"urn:scim:schemas:core:2.0:User"}, a.(m)["schemas"])
		require.Regexp(t, `^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}$`, a.(m)["meta"].(m)["lastModified"])
	}
	roles := w.apps("GET", "/Roles?filter="+escape(`name sw "ORA_"`), nil)
	require.Equal(t, w.list(directory.Fusion, "Groups", "filter", `displayName sw "ORA_"`).Body["totalResults"], roles.Body["totalResults"])
	require.NotEmpty(t, roles.at("Resources.0.members"))

	one := r.text("Resources.0.userName")
	found := w.apps("GET", "/Users?filter="+escape(`userName eq "`+strings.ToUpper(one)+`" or userName eq "nobody"`), nil)
	require.Equal(t, []any{r.at("Resources.0")}, found.resources())
	require.Equal(t, 200, w.apps("GET", "/Users/"+found.text("Resources.0.id"), nil).Status)
	require.Equal(t, 5, len(w.apps("GET", "/Users?startIndex=3&count=5", nil).resources()))
	require.Equal(t, 401, w.send(w.request(context.Background(), "GET", w.FusionApplicationsURL()+"/hcmRestApi/scim/Users", nil)).Status)
}

func TestAnAccountIsCopiedIntoTheFusionDomainByteForByte(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	u := account("Ada.BYRON")
	u["password"] = "Secret-word-1"
	made := w.apps("POST", "/Users", u)
	require.Equal(t, 201, made.Status, made.Raw)
	require.NotContains(t, made.Raw, "Secret-word-1")
	require.Equal(t, "W", made.at("emails.0.type"))
	w.settled()
	copied := w.list(directory.Fusion, "Users", "filter", `userName eq "ada.byron"`, "attributeSets", "all")
	require.Equal(t, "Ada.BYRON", copied.text("Resources.0.userName"))
	require.NotEqual(t, made.text("id"), copied.text("Resources.0.id"))
	require.Equal(t, []any{m{"value": "ada@riverbend.example", "type": "work", "primary": true}}, copied.at("Resources.0.emails"))
	require.Equal(t, m{"isFederatedUser": false, "status": "verified"}, copied.at("Resources.0").(m)[userExt])

	role := w.apps("GET", "/Roles?count=1", nil)
	add := m{"members": []any{m{"value": made.text("id"), "operation": "ADD"}}}
	require.Equal(t, 204, w.apps("PATCH", "/Roles/"+role.text("Resources.0.id"), add).Status)
	require.Equal(t, 409, w.apps("PATCH", "/Roles/"+role.text("Resources.0.id"), add).Status, "somebody who is in is refused")
	require.Equal(t, role.text("Resources.0.name"), w.apps("GET", "/Users/"+made.text("id"), nil).text("roles.0.display"))
	w.settled()
	groups := w.list(directory.Fusion, "Groups", "filter", `members.value eq "`+copied.text("Resources.0.id")+`"`)
	require.Equal(t, role.text("Resources.0.displayName"), groups.text("Resources.0.displayName"))

	r := w.apps("PATCH", "/Users/"+made.text("id"), m{"active": false, "userName": "ada.king", "name": m{"familyName": "King"}, "emails": []any{}})
	require.Equal(t, 200, r.Status, r.Raw)
	w.settled()
	copied = w.admin(directory.Fusion, "GET", "/Users/"+copied.text("Resources.0.id"), nil)
	require.Equal(t, "ada.king", copied.text("userName"))
	require.Equal(t, false, copied.Body["active"])
	require.Equal(t, m{"givenName": "Ada", "familyName": "King"}, copied.Body["name"])
	require.NotContains(t, copied.Body, "emails")

	remove := m{"members": []any{m{"value": made.text("id"), "operation": "REMOVE"}}}
	require.Equal(t, 204, w.apps("PATCH", "/Roles/"+role.text("Resources.0.id"), remove).Status)
	require.Equal(t, 204, w.apps("DELETE", "/Users/"+made.text("id"), nil).Status)
	w.settled()
	require.Equal(t, 404, w.admin(directory.Fusion, "GET", "/Users/"+copied.text("id"), nil).Status)
	require.Equal(t, 404, w.apps("GET", "/Users/"+made.text("id"), nil).Status)
}

func TestTheCopyTakesItsTimeAndNeverFlowsBack(t *testing.T) {
	w := start(t, "messy", simulator.Options{CopyDelay: 300 * time.Millisecond})
	require.Equal(t, 201, w.apps("POST", "/Users", account("ada")).Status)
	require.Equal(t, 0.0, w.list(directory.Fusion, "Users", "filter", `userName eq "ada"`).Body["totalResults"], "not yet")
	w.settled()
	id := w.idOf(directory.Fusion, "Users", `userName eq "ada"`)
	require.Equal(t, 200, w.admin(directory.Fusion, "PATCH", "/Users/"+id, patchOf(m{"op": "replace", "path": "displayName", "value": "Edited"})).Status)
	require.Equal(t, "Ada Byron", w.apps("GET", "/Users?filter="+escape(`userName eq "ada"`), nil).text("Resources.0.displayName"))
	w.create(directory.Fusion, "Users", newUser("only.here"))
	require.Equal(t, 0.0, w.apps("GET", "/Users?filter="+escape(`userName eq "only.here"`), nil).Body["totalResults"])
}

func TestWhatFusionApplicationsRefuses(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	made := w.apps("POST", "/Users", account("ada"))
	role := w.apps("GET", "/Roles?count=1", nil).text("Resources.0.id")
	nameless, oddEmail := account("x"), account("y")
	delete(nameless, "name")
	oddEmail["emails"] = []any{m{"value": "a@b.example", "type": "work"}}
	for name, c := range map[string]struct {
		method, path string
		body         any
		status       int
	}{
		"the same name in other letters": {"POST", "/Users", account("ADA"), 409},
		"no family name":                 {"POST", "/Users", nameless, 400},
		"an email type of the domains":   {"POST", "/Users", oddEmail, 400},
		"roles of a user":                {"PATCH", "/Users/" + made.text("id"), m{"roles": []any{}}, 400},
		"an unknown account":             {"PATCH", "/Users/none", m{"active": true}, 404},
		"an unknown member":              {"PATCH", "/Roles/" + role, m{"members": []any{m{"value": "none", "operation": "ADD"}}}, 400},
		"an unknown operation":           {"PATCH", "/Roles/" + role, m{"members": []any{m{"value": made.text("id"), "operation": "PUT"}}}, 400},
		"a new role":                     {"POST", "/Roles", m{"name": "x"}, 405},
		"one bad member of two": {"PATCH", "/Roles/" + role, m{"members": []any{
			m{"value": made.text("id"), "operation": "ADD"}, m{"value": "none", "operation": "ADD"}}}, 400},
	} {
		r := w.apps(c.method, c.path, c.body)
		require.Equal(t, c.status, r.Status, "%s: %s", name, r.Raw)
		require.NotEmpty(t, r.at("Errors.0.description"), name)
	}
	require.Equal(t, []any{}, w.apps("GET", "/Users/"+made.text("id"), nil).Body["roles"])
}

func TestABulkOfFusionApplicationsCarriesEachStatusAsAnObject(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	r := w.apps("POST", "/Bulk", m{"Operations": []any{
		op("POST", "/Users", "1", account("ada")), op("POST", "/Users", "2", account("Ada"))}})
	require.Equal(t, 200, r.Status, r.Raw)
	require.Equal(t, "201", r.text("Operations.0.status.code"))
	require.Equal(t, "1", r.text("Operations.0.bulkId"))
	require.Equal(t, "409", r.text("Operations.1.status.code"))
	require.NotEmpty(t, r.text("Operations.1.status.description"))
	id := r.text("Operations.0.location")
	id = id[strings.LastIndex(id, "/")+1:]
	r = w.apps("POST", "/Bulk", m{"Operations": []any{op("PATCH", "/Users/"+id, "", m{"active": false})}})
	require.Equal(t, "200", r.text("Operations.0.status.code"))
	require.Equal(t, false, w.apps("GET", "/Users/"+id, nil).Body["active"])
	w.settled()
	require.Equal(t, false, w.list(directory.Fusion, "Users", "filter", `userName eq "ada"`).at("Resources.0.active"))

	patched := w.apps("PATCH", "/Users/"+id, patchOf(m{"op": "replace", "path": "active", "value": true}, m{"op": "remove", "path": "emails"}))
	require.Equal(t, 200, patched.Status, patched.Raw)
	require.Equal(t, true, patched.Body["active"])
	require.NotContains(t, patched.Body, "emails")
}
