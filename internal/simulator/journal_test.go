package simulator_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

// short is a line of the journal as these tests read it.
type short struct {
	Domain, Method string
	Status         int
	Keys           []any
}

func shorts(all []m) []short {
	var s []short
	for _, l := range all {
		s = append(s, short{l["domain"].(string), l["method"].(string), int(l["status"].(float64)), l["keys"].([]any)})
	}
	return s
}

func keys(all ...any) []any { return append([]any{}, all...) }

func TestTheJournalHasEveryWriteOfAClientByNaturalKeysAndNothingElse(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.jsonl")
	w := start(t, "messy", simulator.Options{Journal: file})
	client, _ := w.Client(directory.CXIF)
	app := w.idOf(directory.CXIF, "Apps", `displayName eq "CXIF-PROD"`)
	role := w.idOf(directory.CXIF, "AppRoles", `displayName eq "CXIF_Configuration_Endpoint_Read"`)
	w.admin(directory.CXIF, "POST", "/Users/.search", m{"filter": `userName eq "x"`})
	require.Empty(t, lines(t, file), "reading leaves nothing")

	ada := w.create(directory.CXIF, "Users", newUser("ada"))
	bob := w.create(directory.CXIF, "Users", newUser("bob"))
	group := w.create(directory.CXIF, "Groups", m{"displayName": "Testers"})
	w.admin(directory.CXIF, "PATCH", "/Users/"+ada, patchOf(m{"op": "replace", "path": "userName", "value": "ada.king"}))
	w.admin(directory.CXIF, "PATCH", "/Groups/"+group, patchOf(m{"op": "add", "path": "members", "value": []any{member(ada), member(bob)}}))
	w.admin(directory.CXIF, "PATCH", "/Groups/"+group, patchOf(m{"op": "add", "path": "members", "value": []any{member(bob)}}))
	w.create(directory.CXIF, "Grants", grantOf("ADMINISTRATOR_TO_USER", "User", ada, app, role))
	w.admin(directory.CXIF, "POST", "/Users", m{"userName": "nobody"})
	w.admin(directory.CXIF, "POST", "/Bulk", bulk(op("POST", "/Users", "1", newUser("cy")), op("DELETE", "/Users/"+bob, "", nil), op("DELETE", "/Users/none", "", nil)))
	w.create(directory.CXIF, "IdentityProviders", idp("Fusion"))
	w.create(directory.CXIF, "Conditions", m{"name": "C", "attributeName": "user.userName", "operator": "eq", "attributeValue": "x"})
	w.create(directory.CXIF, "Rules", rule("R", "[]", "[]", nil))
	made := w.create(directory.CXIF, "Apps", oauthClient())
	w.admin(directory.CXIF, "PUT", "/AppStatusChanger/"+made, of("AppStatusChanger", m{"active": true}))
	w.admin(directory.CXIF, "PATCH", "/Policies/DefaultIDPPolicy", patchOf(m{"op": "replace", "path": "description", "value": "x"}))
	w.send(w.request(t.Context(), "POST", w.URL(directory.CXIF)+"/admin/v1/Users", newUser("x")))
	fa := w.apps("POST", "/Users", account("dan"))
	named := w.apps("GET", "/Roles?count=1", nil)
	w.apps("PATCH", "/Roles/"+named.text("Resources.0.id"), m{"members": []any{m{"value": fa.text("id"), "operation": "ADD"}}})
	w.apps("POST", "/Bulk", m{"Operations": []any{op("PATCH", "/Users/"+fa.text("id"), "", m{"active": false})}})
	w.settled()

	all := lines(t, file)
	c, f := "cxif", "fusion-applications"
	require.Equal(t, []short{
		{c, "POST", 201, keys("user:ada")},
		{c, "POST", 201, keys("user:bob")},
		{c, "POST", 201, keys("group:Testers")},
		{c, "PATCH", 200, keys("user:ada")},
		{c, "PATCH", 200, keys("member:Testers/ada.king", "member:Testers/bob")},
		{c, "PATCH", 409, keys("member:Testers/bob")},
		{c, "POST", 201, keys("grant:CXIF-PROD/CXIF_Configuration_Endpoint_Read/ada.king")},
		{c, "POST", 400, keys("user:nobody")},
		{c, "POST", 201, keys("user:cy")},
		{c, "DELETE", 204, keys("user:bob")},
		{c, "DELETE", 404, keys("user:none")},
		{c, "POST", 201, keys("idp:Fusion")},
		{c, "POST", 201, keys("condition:C")},
		{c, "POST", 201, keys("rule:R")},
		{c, "POST", 201, keys("app:cutover-sync")},
		{c, "PUT", 200, keys("app:cutover-sync")},
		{c, "PATCH", 200, keys("policy:Default Identity Provider Policy")},
		{c, "POST", 401, keys()},
		{f, "POST", 201, keys("user:dan")},
		{f, "PATCH", 204, keys("member:" + named.text("Resources.0.name") + "/dan")},
		{f, "PATCH", 200, keys("user:dan")},
	}, shorts(all))
	for i, l := range all {
		require.Equal(t, float64(i+1), l["seq"])
		require.NotEmpty(t, l["time"])
	}
	require.Equal(t, client, all[0]["client"])
	require.Equal(t, "/admin/v1/Users", all[8]["path"], "an operation of a Bulk, not the Bulk itself")
	require.Equal(t, "/admin/v1/Users/"+bob, all[9]["path"])
}
