package identitydomain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

func TestMembersAreTakenOutByOnePatchThatNamesEach(t *testing.T) {
	f := newFake(t)
	f.on("GET /admin/v1/Groups", func(call) (int, any) { return 200, list(object{"id": "g1", "displayName": "CCS Billing"}) })
	f.on("PATCH /admin/v1/Groups/g1", func(call) (int, any) { return 200, object{"id": "g1"} })
	writes := members(2)
	for i := range writes {
		writes[i].Change.Kind = directory.RemoveMember
	}
	outcomes, err := f.client().Write(t.Context(), writes)
	require.NoError(t, err)
	require.Equal(t, []directory.Outcome{{Status: 200, ID: "u0", RequestID: "REQ-1"}, {Status: 200, ID: "u1", RequestID: "REQ-1"}}, outcomes)
	require.Equal(t, object{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": []any{
		object{"op": "remove", "path": `members[value eq "u0"]`}, object{"op": "remove", "path": `members[value eq "u1"]`}}},
		decode(t, f.sent("PATCH")[0].body))
}

func TestOnlyDirectGrantsAreRevokedAndOneThatIsGoneIsLookedAtAgain(t *testing.T) {
	f := newFake(t)
	f.on("GET /admin/v1/AppRoles", func(call) (int, any) {
		return 200, list(object{"id": "r1", "displayName": "AppUser", "app": object{"value": "a1", "display": "CCS"}})
	})
	grant := func(id, user, role, mechanism string) object {
		return object{"id": id, "grantMechanism": mechanism, "grantee": object{"value": user, "type": "User"}, "app": object{"value": "a1"},
			"entitlement": object{"attributeName": "appRoles", "attributeValue": role}}
	}
	f.on("POST /admin/v1/Grants/.search", func(c call) (int, any) {
		require.Equal(t, `grantee.value eq "u1" or grantee.value eq "u2"`, decode(t, c.body)["filter"])
		return 200, list(grant("x1", "u1", "r1", "ADMINISTRATOR_TO_USER"), grant("x2", "u1", "r2", "ADMINISTRATOR_TO_USER"), grant("x3", "u2", "r1", "GROUP_MEMBERSHIP"))
	})
	f.on("POST /admin/v1/Bulk", func(c call) (int, any) {
		require.Equal(t, []any{object{"method": "DELETE", "path": "/Grants/x1", "bulkId": "1"}}, decode(t, c.body)["Operations"])
		return 200, object{"Operations": []any{object{"bulkId": "1", "status": "204"}}}
	})
	outcomes, err := f.client().Write(t.Context(), []directory.Write{
		{ID: "u1", Change: change(directory.RevokeGrant, "ann", "CCS/AppUser", nil, nil)},
		{ID: "u2", Change: change(directory.RevokeGrant, "bob", "CCS/AppUser", nil, nil)}})
	require.NoError(t, err)
	require.Equal(t, directory.Outcome{Status: 204, ID: "u1", RequestID: "REQ-1"}, outcomes[0])
	require.Equal(t, directory.ProblemChanged, outcomes[1].Err.Problem)
}
