package identitydomain_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

func change(kind directory.Kind, user, target string, before, after directory.Attributes) directory.Change {
	return directory.Change{Kind: kind, User: user, Target: target, Before: before, After: after}
}

// bulkAnswer gives every operation the same status.
func bulkAnswer(t *testing.T, status string) answerer {
	return func(c call) (int, any) {
		var ops []any
		for i, e := range decode(t, c.body)["Operations"].([]any) {
			ops = append(ops, object{"bulkId": e.(object)["bulkId"], "status": status, "location": fmt.Sprintf("https://h/admin/v1/Users/n%d", i+1)})
		}
		return 200, object{"Operations": ops}
	}
}

// operations are those of the only Bulk request.
func operations(t *testing.T, f *fake) []any {
	t.Helper()
	sent := f.sent("POST")
	require.Len(t, sent, 1)
	require.Equal(t, "/admin/v1/Bulk", sent[0].path)
	body := decode(t, sent[0].body)
	require.Equal(t, []any{"urn:ietf:params:scim:api:messages:2.0:BulkRequest"}, body["schemas"])
	return body["Operations"].([]any)
}

func TestNewPeopleAreMadeInBulkAndGetNoMail(t *testing.T) {
	f := newFake(t)
	f.on("POST /admin/v1/Bulk", bulkAnswer(t, "201"))
	outcomes, err := f.client().Write(t.Context(), []directory.Write{
		{ExternalID: "f1", Change: change(directory.CreateUser, "Ann", "", nil, directory.Attributes{"userName": "Ann", "givenName": "A", "familyName": "B",
			"displayName": "A B", "email": "a@x", "active": "true", "federated": "true"})},
		{Password: "Pw-1", Change: change(directory.CreateUser, "test", "", nil, directory.Attributes{"familyName": "T", "email": "t@x", "active": "false", "externalId": "cutover:test-user"})},
	})
	require.NoError(t, err)
	require.Equal(t, []directory.Outcome{{Status: 201, ID: "n1", RequestID: "REQ-1"}, {Status: 201, ID: "n2", RequestID: "REQ-1"}}, outcomes)
	schemas := []any{"urn:ietf:params:scim:schemas:core:2.0:User", userExt}
	require.Equal(t, []any{
		object{"method": "POST", "path": "/Users", "bulkId": "1", "data": object{"schemas": schemas, "userName": "Ann",
			"name": object{"givenName": "A", "familyName": "B"}, "displayName": "A B", "active": true, "externalId": "f1",
			"emails": []any{object{"value": "a@x", "type": "work", "primary": true}}, userExt: object{"isFederatedUser": true, "bypassNotification": true}}},
		object{"method": "POST", "path": "/Users", "bulkId": "2", "data": object{"schemas": schemas, "userName": "test", "name": object{"familyName": "T"},
			"emails": []any{object{"value": "t@x", "type": "work", "primary": true}}, "active": false, "externalId": "cutover:test-user", "password": "Pw-1", userExt: object{"isFederatedUser": false, "bypassNotification": true}}},
	}, operations(t, f))
}

func TestOnlyWhatAChangeNamesIsTouched(t *testing.T) {
	for name, c := range map[string]struct {
		before, after directory.Attributes
		want          []any
	}{
		"names": {nil, directory.Attributes{"givenName": "", "userName": "new", "active": "false", "federated": "true"}, []any{
			object{"op": "replace", "path": "userName", "value": "new"}, object{"op": "remove", "path": "name.givenName"},
			object{"op": "replace", "path": "active", "value": false}, object{"op": "replace", "path": userExt + ":isFederatedUser", "value": true}}},
		"another email": {directory.Attributes{"email": "a@x"}, directory.Attributes{"email": "b@x"},
			[]any{object{"op": "replace", "path": "emails[primary eq true].value", "value": "b@x"}}},
		"a first email": {directory.Attributes{"email": ""}, directory.Attributes{"email": "b@x"},
			[]any{object{"op": "add", "path": "emails", "value": []any{object{"value": "b@x", "type": "work", "primary": true}}}}},
		"no email": {directory.Attributes{"email": "a@x"}, directory.Attributes{"email": ""}, []any{object{"op": "remove", "path": "emails[primary eq true]"}}},
	} {
		f := newFake(t)
		f.on("POST /admin/v1/Bulk", bulkAnswer(t, "200"))
		outcomes, err := f.client().Write(t.Context(), []directory.Write{{ID: "u1", Change: change(directory.UpdateUser, "ann", "", c.before, c.after)}})
		require.NoError(t, err)
		require.Nil(t, outcomes[0].Err)
		require.Equal(t, []any{object{"method": "PATCH", "path": "/Users/u1", "bulkId": "1", "data": object{
			"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": c.want}}}, operations(t, f), name)
	}
}

func TestAWriteThatCannotBeMadeDoesNotHoldTheOthersBack(t *testing.T) {
	f := newFake(t)
	f.on("POST /admin/v1/Bulk", bulkAnswer(t, "204"))
	outcomes, err := f.client().Write(t.Context(), []directory.Write{
		{Change: change(directory.DeleteUser, "a", "", nil, nil)}, {ID: "u2", Change: change(directory.DeleteUser, "b", "", nil, nil)}})
	require.NoError(t, err)
	require.Equal(t, directory.ProblemNotFound, outcomes[0].Err.Problem)
	require.Nil(t, outcomes[1].Err)
	require.Equal(t, []any{object{"method": "DELETE", "path": "/Users/u2", "bulkId": "1"}}, operations(t, f))
}

func TestAPasswordNeverShowsInWhatTheDomainSaidOfIt(t *testing.T) {
	f := newFake(t)
	f.on("POST /admin/v1/Bulk", func(call) (int, any) {
		return 200, object{"Operations": []any{object{"bulkId": "1", "status": "400", "response": object{"detail": "The password Pw-1 is too short", "status": "400"}}}}
	})
	outcomes, err := f.client().Write(t.Context(), []directory.Write{{Password: "Pw-1", Change: change(directory.CreateUser, "t", "", nil,
		directory.Attributes{"familyName": "T", "email": "t@x"})}})
	require.NoError(t, err)
	require.Equal(t, "The password [password] is too short", outcomes[0].Err.Detail)
}

func TestABulkRequestThatIsNotCarriedOutIsAnError(t *testing.T) {
	for status, want := range map[int]directory.Problem{429: directory.ProblemThrottled, 503: directory.ProblemUnavailable, 403: directory.ProblemAuth, 413: directory.ProblemInvalid} {
		f := newFake(t)
		f.on("POST /admin/v1/Bulk", func(call) (int, any) { return status, nil })
		outcomes, err := f.client().Write(t.Context(), []directory.Write{{ID: "u", Change: change(directory.DeleteUser, "a", "", nil, nil)}})
		require.Nil(t, outcomes)
		require.Equal(t, want, peerError(t, err).Problem)
	}
}

func members(n int) []directory.Write {
	writes := make([]directory.Write, n)
	for i := range writes {
		writes[i] = directory.Write{ID: fmt.Sprint("u", i), Change: change(directory.AddMember, "x", "CCS Billing", nil, nil)}
	}
	return writes
}

func TestMembersAreAddedByOnePatchOfTheGroup(t *testing.T) {
	f := newFake(t)
	f.on("GET /admin/v1/Groups", func(c call) (int, any) {
		require.Equal(t, `displayName eq "CCS Billing"`, c.r.URL.Query().Get("filter"))
		return 200, list(object{"id": "g1", "displayName": "ccs billing"})
	})
	f.on("PATCH /admin/v1/Groups/g1", func(call) (int, any) { return 200, object{"id": "g1"} })
	c := f.client()
	for range 2 {
		outcomes, err := c.Write(t.Context(), members(2))
		require.NoError(t, err)
		require.Equal(t, []directory.Outcome{{Status: 200, ID: "u0", RequestID: "REQ-1"}, {Status: 200, ID: "u1", RequestID: "REQ-1"}}, outcomes)
	}
	require.Len(t, f.sent("GET"), 1, "the id of a group is kept")
	require.Equal(t, object{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": []any{
		object{"op": "add", "path": "members", "value": []any{object{"value": "u0", "type": "User"}, object{"value": "u1", "type": "User"}}}}},
		decode(t, f.sent("PATCH")[0].body))
}

func TestAGroupThatWasMadeAnewIsFoundAgain(t *testing.T) {
	f := newFake(t)
	id := "g1"
	f.on("GET /admin/v1/Groups", func(call) (int, any) { return 200, list(object{"id": id, "displayName": "CCS Billing"}) })
	f.on("PATCH /admin/v1/Groups/g1", func(call) (int, any) { return 404, nil })
	f.on("PATCH /admin/v1/Groups/g2", func(call) (int, any) { return 200, nil })
	c := f.client()
	outcomes, err := c.Write(t.Context(), members(1))
	require.NoError(t, err)
	require.Equal(t, directory.ProblemNotFound, outcomes[0].Err.Problem)
	id = "g2"
	outcomes, err = c.Write(t.Context(), members(1))
	require.NoError(t, err)
	require.Nil(t, outcomes[0].Err)
}

func TestAnUnknownGroupIsSaidToBeMissing(t *testing.T) {
	f := newFake(t)
	f.on("GET /admin/v1/Groups", func(call) (int, any) { return 200, list() })
	outcomes, err := f.client().Write(t.Context(), members(1))
	require.NoError(t, err)
	require.Equal(t, directory.ProblemNotFound, outcomes[0].Err.Problem)
	require.Contains(t, outcomes[0].Err.Detail, "CCS Billing")
}

func TestRolesAreGrantedInBulkByName(t *testing.T) {
	f := newFake(t)
	f.on("GET /admin/v1/AppRoles", func(call) (int, any) {
		return 200, list(object{"id": "r1", "displayName": "AppUser", "app": object{"value": "a1", "display": "CCS/PROD"}})
	})
	f.on("POST /admin/v1/Bulk", bulkAnswer(t, "201"))
	outcomes, err := f.client().Write(t.Context(), []directory.Write{
		{ID: "u1", Change: change(directory.AddGrant, "ann", "CCS/PROD/AppUser", nil, nil)},
		{ID: "u1", Change: change(directory.AddGrant, "ann", "CCS/PROD/None", nil, nil)}})
	require.NoError(t, err)
	require.Nil(t, outcomes[0].Err)
	require.Equal(t, directory.ProblemNotFound, outcomes[1].Err.Problem)
	require.Equal(t, []any{object{"method": "POST", "path": "/Grants", "bulkId": "1", "data": object{
		"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:Grant"}, "grantMechanism": "ADMINISTRATOR_TO_USER",
		"grantee": object{"value": "u1", "type": "User"}, "app": object{"value": "a1"},
		"entitlement": object{"attributeName": "appRoles", "attributeValue": "r1"}}}}, operations(t, f))
}

func TestABatchThatDoesNotTravelInOneRequestIsRefused(t *testing.T) {
	c := newFake(t).client()
	require.Equal(t, 50, c.BatchSize(directory.CreateUser))
	require.Equal(t, 100, c.BatchSize(directory.AddMember))
	require.Equal(t, 1, c.BatchSize(directory.PutSetting))
	mixed := members(2)
	mixed[1].Change.Target = "other"
	for _, writes := range [][]directory.Write{members(101), mixed, {{Change: directory.Change{Kind: "other"}}}} {
		_, err := c.Write(t.Context(), writes)
		require.Equal(t, directory.ProblemInvalid, peerError(t, err).Problem)
	}
	outcomes, err := c.Write(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, outcomes)
}

func TestALookupAsksForFiftyAtATimeAndTellsGroupsAndRoles(t *testing.T) {
	f := newFake(t)
	var filters []string
	f.on("POST /admin/v1/Users/.search", func(c call) (int, any) {
		body := decode(t, c.body)
		filters = append(filters, body["filter"].(string))
		require.Contains(t, body["attributes"], "groups")
		if len(filters) > 1 {
			return 200, list()
		}
		return 200, list(object{"id": "u1", "userName": "ANN\"\\", "active": false, "groups": []any{object{"value": "g2"}, object{"value": "g1", "display": "A"}}}, object{"id": "u2", "userName": "Bob", "active": false})
	})
	f.on("GET /admin/v1/Groups", func(call) (int, any) { return 200, list(object{"id": "g2", "displayName": "B"}) })
	f.on("GET /admin/v1/AppRoles", func(call) (int, any) {
		return 200, list(object{"id": "r1", "displayName": "One", "app": object{"value": "a", "display": "App"}}, object{"id": "r2", "displayName": "Two", "app": object{"value": "a", "display": "App"}})
	})
	f.on("POST /admin/v1/Grants/.search", func(c call) (int, any) {
		require.Contains(t, decode(t, c.body)["filter"], `grantee.value eq "u1" or grantee.value eq "u2" or grantee.value eq "nobody-`)
		grant := func(id, role, mechanism string) object {
			return object{"grantMechanism": mechanism, "grantee": object{"value": id, "type": "User"}, "app": object{"value": "a"}, "entitlement": object{"attributeName": "appRoles", "attributeValue": role}}
		}
		return 200, list(grant("u1", "r2", "ADMINISTRATOR_TO_USER"), grant("u1", "r1", "SYNC_TO_USER"), grant("u2", "r1", "GROUP_MEMBERSHIP"), grant("u2", "gone", "ADMINISTRATOR_TO_USER"))
	})
	names := []string{`ann"\`, `ANN"\`, "bob", ""}
	for i := range 60 {
		names = append(names, fmt.Sprint("nobody", i))
	}
	people, err := f.client().Lookup(t.Context(), names)
	require.NoError(t, err)
	require.Equal(t, map[string]directory.Person{
		`ann"\`: {User: directory.User{ID: "u1", UserName: `ANN"\`}, Groups: []string{"A", "B"}, Roles: []directory.Role{{App: "App", Name: "One"}, {App: "App", Name: "Two"}}},
		"bob":   {User: directory.User{ID: "u2", UserName: "Bob"}},
	}, people)
	require.Len(t, filters, 2)
	require.True(t, strings.HasPrefix(filters[0], `userName eq "ann\"\\" or userName eq "bob" or `))
	require.Equal(t, 50, strings.Count(filters[0], " or "), "and a name that nobody bears, so that no cache knows the question")
}
