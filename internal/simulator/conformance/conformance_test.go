package conformance_test

import (
	"encoding/json"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/simulator/conformance"
)

type m = map[string]any

const (
	core     = "urn:ietf:params:scim:schemas:core:2.0:User"
	userExt  = "urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User"
	state    = "urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User"
	idcs     = "urn:ietf:params:scim:schemas:oracle:idcs:"
	managed  = idcs + "extension:managedapp:App"
	standIn  = "SimulatedManagedObjectSync"
	messages = "urn:ietf:params:scim:api:messages:2.0:"
)

func request(t *testing.T, method, path string, body any) conformance.Request {
	t.Helper()
	r := conformance.Request{Method: method, Media: "application/scim+json;charset=UTF-8"}
	u, err := url.Parse(path)
	require.NoError(t, err)
	r.Path, r.Query = u.Path, u.RawQuery
	if body != nil {
		r.Body, err = json.Marshal(body)
		require.NoError(t, err)
	}
	return r
}

// user is a new one that is as it should be, with changes.
func user(changes m) m {
	u := m{"schemas": []any{core, userExt}, "userName": "ada", "name": m{"familyName": "Byron"},
		"emails": []any{m{"value": "ada@riverbend.example", "type": "work", "primary": true}}, userExt: m{"isFederatedUser": true}}
	for k, v := range changes {
		u[k] = v
		if v == nil {
			delete(u, k)
		}
	}
	return u
}

func patch(ops ...m) m {
	all := make([]any, len(ops))
	for i, o := range ops {
		all[i] = o
	}
	return m{"schemas": []any{messages + "PatchOp"}, "Operations": all}
}

// job starts one, with parameters in pairs.
func job(kind string, parameters ...string) m {
	var all []any
	for i := 0; i < len(parameters); i += 2 {
		all = append(all, m{"name": parameters[i], "value": parameters[i+1]})
	}
	return m{"schemas": []any{idcs + "JobSchedule"}, "jobType": kind, "runNow": true, "parameters": all}
}

func bulk(ops ...m) m {
	b := patch(ops...)
	b["schemas"] = []any{messages + "BulkRequest"}
	return b
}

func query(pairs ...string) string {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return "?" + v.Encode()
}

func TestARequestThatIsAsTheDocumentsSayHasNothingWrong(t *testing.T) {
	for name, r := range map[string]conformance.Request{
		"a token":          request(t, "POST", "/oauth2/v1/token", nil),
		"metadata":         request(t, "GET", "/fed/v1/metadata", nil),
		"a page":           request(t, "GET", "/ui/v1/signin", nil),
		"a new user":       request(t, "POST", "/admin/v1/Users", user(nil)),
		"a list":           request(t, "GET", "/admin/v1/Users"+query("filter", `userName eq "x" and not (emails[type eq "work" and value co "y"])`, "sortBy", "id", "attributes", "name.familyName,groups,"+state+":locked"), nil),
		"members paged":    request(t, "GET", "/admin/v1/Groups/1"+query("attributes", "displayName,members[startIndex=1&count=1000]"), nil),
		"a search":         request(t, "POST", "/admin/v1/Users/.search", m{"schemas": []any{messages + "SearchRequest"}, "filter": state + ":lastSuccessfulLoginDate pr", "attributes": []any{"userName"}, "sortBy": "id", "count": 1}),
		"a deletion":       request(t, "DELETE", "/admin/v1/Users/1", nil),
		"a changer":        request(t, "PUT", "/admin/v1/AppStatusChanger/1", m{"schemas": []any{idcs + "AppStatusChanger"}, "active": true}),
		"a rule":           request(t, "POST", "/admin/v1/Rules", m{"schemas": []any{idcs + "Rule"}, "name": "x", "condition": "", "policyType": m{"value": "IdentityProvider"}, "return": []any{m{"name": "LocalIDPs", "value": "[]"}}}),
		"the rules":        request(t, "PATCH", "/admin/v1/Policies/1", patch(m{"op": "REPLACE", "path": "rules", "value": []any{m{"sequence": 1, "value": "r"}}})),
		"some changes":     request(t, "PATCH", "/admin/v1/Users/1", patch(m{"op": "replace", "path": "emails[primary eq true].value", "value": "x@y"}, m{"op": "remove", "path": "displayName"}, m{"op": "replace", "path": userExt + ":isFederatedUser", "value": true}, m{"op": "replace", "path": userExt, "value": m{"isFederatedUser": true}})),
		"members":          request(t, "PATCH", "/admin/v1/Groups/1", patch(m{"op": "add", "path": "members", "value": []any{m{"value": "1", "type": "User"}}}, m{"op": "remove", "path": `members[value eq "1"]`})),
		"a whole bulk":     request(t, "POST", "/admin/v1/Bulk", bulk(m{"method": "POST", "path": "/Users", "bulkId": "1", "data": user(nil)}, m{"method": "DELETE", "path": "/Users/1", "bulkId": "2"})),
		"a lock date":      request(t, "PATCH", "/admin/v1/Users/1", patch(m{"op": "replace", "path": state + ":locked", "value": m{"on": true, "reason": 1, "lockDate": "2026-11-02T08:00:00Z"}})),
		"sso's landing":    request(t, "POST", "/fed/v1/sp/sso", nil),
		"accounts":         request(t, "GET", "/admin/v1/AccountMgmtInfos"+query("filter", `app.value eq "a" and syncSituation ne "Confirmed"`, "attributes", "uid,name,owner.userName,matchingOwners", "sortBy", "id"), nil),
		"one account":      request(t, "GET", "/admin/v1/AccountMgmtInfos/1", nil),
		"a property":       request(t, "PATCH", "/admin/v1/Apps/1", patch(m{"op": "replace", "path": managed + `:bundleConfigurationProperties[name eq "host"].value`, "value": []any{"fusion.example"}})),
		"a documented job": request(t, "POST", "/job/v1/JobSchedules", job("UserImport", "fileLocation", "files/x")),
		"histories":        request(t, "GET", "/job/v1/JobHistories"+query("filter", `jobScheduleId eq "1"`), nil),
		"by core schema":   request(t, "GET", "/admin/v1/Users"+query("attributes", core+":userName"), nil),
	} {
		require.Empty(t, conformance.Check(r), name)
	}
}

func TestWhatNoDocumentKnowsIsFound(t *testing.T) {
	plain := request(t, "POST", "/admin/v1/Users", user(nil))
	plain.Media = "text/plain"
	for name, c := range map[string]struct {
		request conformance.Request
		want    string
	}{
		"an account made":          {request(t, "POST", "/admin/v1/AccountMgmtInfos", m{}), "the call is not documented"},
		"one text for a list":      {request(t, "PATCH", "/admin/v1/Apps/1", patch(m{"op": "replace", "path": managed + `:bundleConfigurationProperties[name eq "host"].value`, "value": "x"})), "is no list"},
		"what the template says":   {request(t, "PATCH", "/admin/v1/Apps/1", patch(m{"op": "replace", "path": managed + ":canBeAuthoritative", "value": true})), "canBeAuthoritative is readOnly"},
		"a job of nothing":         {request(t, "POST", "/job/v1/JobSchedules", job(standIn)), `the job type "` + standIn + `" is not documented`},
		"a job with more":          {request(t, "POST", "/job/v1/JobSchedules", m{"schemas": []any{idcs + "JobSchedule"}, "jobType": "UserExport", "priority": 1}), "no priority"},
		"a number as parameter":    {request(t, "POST", "/job/v1/JobSchedules", m{"schemas": []any{idcs + "JobSchedule"}, "jobType": "UserExport", "parameters": []any{m{"name": "x", "value": 1}}}), "both texts"},
		"a path outside":           {request(t, "GET", "/job/v1/Nothing", nil), "GET /job/v1/Nothing is not documented"},
		"an unknown resource":      {request(t, "GET", "/admin/v1/Nothing", nil), "the path is not documented"},
		"a call the SDK lacks":     {request(t, "PUT", "/admin/v1/Grants/1", m{}), "the call is not documented"},
		"a deeper path":            {request(t, "GET", "/admin/v1/Users/1/2", nil), "the call is not documented"},
		"an unknown parameter":     {request(t, "GET", "/admin/v1/Users?expand=x", nil), "the parameter expand"},
		"no JSON":                  {conformance.Request{Method: "POST", Path: "/admin/v1/Users", Body: []byte("x")}, "no JSON"},
		"another media type":       {plain, "content type"},
		"a body too many":          {request(t, "DELETE", "/admin/v1/Users/1", m{}), "there is a body"},
		"no body":                  {request(t, "POST", "/admin/v1/Users", nil), "there is a body"},
		"an unknown attribute":     {request(t, "POST", "/admin/v1/Users", user(m{"shoeSize": 4})), "no attribute shoeSize"},
		"a wrong spelling":         {request(t, "POST", "/admin/v1/Users", user(m{"DisplayName": "x"})), "no attribute DisplayName"},
		"an unknown part":          {request(t, "POST", "/admin/v1/Users", user(m{"name": m{"familyName": "x", "nick": "y"}})), "no attribute name.nick"},
		"an unknown extension":     {request(t, "POST", "/admin/v1/Users", user(m{"urn:x": m{}})), "no extension urn:x"},
		"an extension unnamed":     {request(t, "POST", "/admin/v1/Users", user(m{"schemas": []any{core}})), "does not name the extension"},
		"no schema of its own":     {request(t, "POST", "/admin/v1/Users", user(m{"schemas": []any{userExt}})), "does not name " + core},
		"a foreign schema":         {request(t, "POST", "/admin/v1/Users", user(m{"schemas": []any{core, userExt, "urn:x"}})), "names urn:x"},
		"a read-only value":        {request(t, "POST", "/admin/v1/Users", user(m{"id": "1"})), "id is read-only"},
		"a read-only part":         {request(t, "POST", "/admin/v1/Users", user(m{userExt: m{"status": "verified"}})), ":status is read-only"},
		"nothing required":         {request(t, "POST", "/admin/v1/Users", user(m{"userName": nil})), "userName is required"},
		"an empty required one":    {request(t, "POST", "/admin/v1/Users", user(m{"userName": ""})), "userName is required"},
		"no part required":         {request(t, "POST", "/admin/v1/Users", user(m{"emails": []any{m{"value": "x"}}})), "emails.type is required"},
		"a wrong type":             {request(t, "POST", "/admin/v1/Users", user(m{"active": "true"})), "active is not of type boolean"},
		"no list":                  {request(t, "POST", "/admin/v1/Users", user(m{"emails": m{}})), "emails is no list"},
		"another value":            {request(t, "POST", "/admin/v1/Users", user(m{"emails": []any{m{"value": "x", "type": "W"}}})), `emails.type is "W"`},
		"a filter of nothing":      {request(t, "GET", "/admin/v1/Users"+query("filter", `shoeSize eq 4`), nil), "no attribute shoeSize"},
		"an unsearchable one":      {request(t, "GET", "/admin/v1/Users"+query("filter", `password eq "x" or id pr`), nil), "password cannot be searched"},
		"an unsearchable part":     {request(t, "GET", "/admin/v1/Users"+query("filter", `groups[display eq "x"]`), nil), "groups.display cannot be searched"},
		"a broken filter":          {request(t, "GET", "/admin/v1/Users"+query("filter", `userName eq`), nil), "cannot be read"},
		"sorted by nothing":        {request(t, "GET", "/admin/v1/Users"+query("sortBy", "shoeSize"), nil), "no attribute shoeSize"},
		"asked for what is secret": {request(t, "GET", "/admin/v1/Users"+query("attributes", "userName,password"), nil), "never returned"},
		"a search of no schema":    {request(t, "POST", "/admin/v1/Users/.search", m{"filter": "id pr"}), "SearchRequest alone"},
		"a search with more":       {request(t, "POST", "/admin/v1/Users/.search", m{"schemas": []any{messages + "SearchRequest"}, "page": 1}), "no page"},
		"an op of nothing":         {request(t, "PATCH", "/admin/v1/Users/1", patch(m{"op": "move", "path": "title"})), "add, replace or remove"},
		"no path":                  {request(t, "PATCH", "/admin/v1/Users/1", patch(m{"op": "add", "value": m{}})), "has a path"},
		"no operations":            {request(t, "PATCH", "/admin/v1/Users/1", patch()), "a PATCH has operations"},
		"a path of nothing":        {request(t, "PATCH", "/admin/v1/Users/1", patch(m{"op": "remove", "path": "name.nick"})), "no attribute name.nick"},
		"a read-only path":         {request(t, "PATCH", "/admin/v1/Users/1", patch(m{"op": "add", "path": "groups", "value": []any{}})), "groups is readOnly"},
		"an immutable path":        {request(t, "PATCH", "/admin/v1/AppRoles/1", patch(m{"op": "replace", "path": "displayName", "value": "x"})), "displayName is immutable"},
		"a required one removed":   {request(t, "PATCH", "/admin/v1/Users/1", patch(m{"op": "remove", "path": "userName"})), "required and cannot be removed"},
		"a removal with a value":   {request(t, "PATCH", "/admin/v1/Users/1", patch(m{"op": "remove", "path": "title", "value": "x"})), "has a value"},
		"no value":                 {request(t, "PATCH", "/admin/v1/Users/1", patch(m{"op": "replace", "path": "title"})), "has no value"},
		"a wrong value":            {request(t, "PATCH", "/admin/v1/Users/1", patch(m{"op": "replace", "path": "active", "value": "no"})), "not of type boolean"},
		"a read-only part patched": {request(t, "PATCH", "/admin/v1/Groups/1", patch(m{"op": "add", "path": "members", "value": []any{m{"value": "1", "type": "User", "display": "x"}}})), "members.display is read-only"},
		"a value path of nothing":  {request(t, "PATCH", "/admin/v1/Users/1", patch(m{"op": "remove", "path": `emails[kind eq "x"]`})), "no attribute emails.kind"},
		"too much in one":          {request(t, "POST", "/admin/v1/Bulk", bulk(make([]m, 51)...)), "1 to 50"},
		"within a bulk":            {request(t, "POST", "/admin/v1/Bulk", bulk(m{"method": "POST", "path": "/Users", "data": user(m{"id": "1"})})), "operation 1, POST /Users: id is read-only"},
		"a reading bulk":           {request(t, "POST", "/admin/v1/Bulk", bulk(m{"method": "GET", "path": "/Users"})), "a method that writes"},
		"a bulk with more":         {request(t, "POST", "/admin/v1/Bulk", bulk(m{"method": "DELETE", "path": "/Users/1", "failOnErrors": 1})), "no failOnErrors"},
	} {
		found := conformance.Check(c.request)
		require.Len(t, found, 1, "%s: %v", name, found)
		require.Contains(t, found[0], c.want, name)
	}
}

func TestAnExceptionIsLetThroughWhereItIsNamed(t *testing.T) {
	r := request(t, "POST", "/job/v1/JobSchedules", job(standIn, "appId", "1", "maxCreates", "5"))
	require.Len(t, conformance.Check(r), 1)
	x := conformance.Exceptions{JobTypes: []string{standIn}}
	require.Empty(t, x.Check(r))
	r.Body = []byte("[]")
	require.NotEmpty(t, x.Check(r), "in the form of any other job")
	require.NotEmpty(t, x.Check(request(t, "POST", "/admin/v1/AccountMgmtInfos", m{})), "and nothing else with it")
}
