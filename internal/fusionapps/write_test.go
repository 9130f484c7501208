package fusionapps_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

func write(kind directory.Kind, id, target string, after directory.Attributes) directory.Write {
	return directory.Write{ID: id, Change: directory.Change{Kind: kind, User: "ann", Target: target, After: after}}
}

// bulk answers with these statuses in the form of the early schemas.
func bulk(t *testing.T, f *fake, statuses ...object) {
	f.on("POST /Bulk", func(c call) (int, any) {
		var ops []any
		for i, e := range decode(t, c.body)["Operations"].([]any) {
			ops = append(ops, object{"bulkId": e.(object)["bulkId"], "status": statuses[i], "location": fmt.Sprintf("https://h/hcmRestApi/scim/Users/A%d", i+1)})
		}
		return 200, object{"Operations": ops}
	})
}

func TestAnAccountIsMadeInTheDialectOfFusionApplications(t *testing.T) {
	f := newFake(t)
	bulk(t, f, object{"code": "201"}, object{"code": "409", "description": "exists, and Pw-1 too"})
	second := write(directory.CreateUser, "", "", directory.Attributes{"familyName": "T", "active": "false"})
	second.Password = "Pw-1"
	outcomes, err := f.client().Write(t.Context(), []directory.Write{
		write(directory.CreateUser, "", "", directory.Attributes{"userName": "Ann", "givenName": "A", "familyName": "B", "displayName": "A B", "email": "a@x",
			"active": "true", "federated": "true", "externalId": "x"}), second})
	require.NoError(t, err)
	require.Equal(t, directory.Outcome{Status: 201, ID: "A1", RequestID: "ECID-1"}, outcomes[0])
	require.Equal(t, directory.ProblemConflict, outcomes[1].Err.Problem)
	require.Equal(t, "exists, and [password] too", outcomes[1].Err.Detail)
	require.Equal(t, object{"Operations": []any{
		object{"method": "POST", "path": "/Users", "bulkId": "1", "data": object{"schemas": []any{"urn:scim:schemas:core:2.0:User"}, "userName": "Ann",
			"name": object{"givenName": "A", "familyName": "B"}, "displayName": "A B", "active": true,
			"emails": []any{object{"value": "a@x", "type": "W", "primary": true}}}},
		object{"method": "POST", "path": "/Users", "bulkId": "2", "data": object{"schemas": []any{"urn:scim:schemas:core:2.0:User"}, "userName": "ann",
			"name": object{"familyName": "T"}, "active": false, "password": "Pw-1"}},
	}}, decode(t, f.sent("POST")[0].body))
}

func TestAnAccountIsChangedByItsAttributesAsTheyShallBe(t *testing.T) {
	f := newFake(t)
	bulk(t, f, object{"code": "200"}, object{"code": "200"})
	outcomes, err := f.client().Write(t.Context(), []directory.Write{
		write(directory.UpdateUser, "A1", "", directory.Attributes{"active": "true", "givenName": "N"}),
		write(directory.UpdateUser, "A2", "", directory.Attributes{"email": "", "userName": "new", "externalId": "never"})})
	require.NoError(t, err)
	require.Nil(t, outcomes[0].Err)
	require.Equal(t, object{"Operations": []any{
		object{"method": "PATCH", "path": "/Users/A1", "bulkId": "1", "data": object{"schemas": []any{"urn:scim:schemas:core:2.0:User"}, "active": true, "name": object{"givenName": "N"}}},
		object{"method": "PATCH", "path": "/Users/A2", "bulkId": "2", "data": object{"schemas": []any{"urn:scim:schemas:core:2.0:User"}, "userName": "new", "emails": []any{}}},
	}}, decode(t, f.sent("POST")[0].body))
}

func TestWhereDeletingIsRefusedTheOutcomeSaysSo(t *testing.T) {
	for code, want := range map[string]directory.Problem{"403": directory.ProblemAuth, "405": directory.ProblemInvalid, "409": directory.ProblemConflict} {
		f := newFake(t)
		bulk(t, f, object{"code": code, "description": "a worker is attached"})
		outcomes, err := f.client().Write(t.Context(), []directory.Write{write(directory.DeleteUser, "A1", "", nil)})
		require.NoError(t, err)
		require.Equal(t, want, outcomes[0].Err.Problem)
		require.Equal(t, "a worker is attached", outcomes[0].Err.Detail)
		require.Equal(t, "A1", outcomes[0].ID)
	}
}

func TestARoleIsGivenToManyByOnePatch(t *testing.T) {
	f := newFake(t)
	f.on("GET /Roles", func(c call) (int, any) {
		require.Equal(t, `name eq "ORA_X"`, c.r.URL.Query().Get("filter"))
		return 200, list(object{"id": "R1", "name": "ORA_X", "displayName": "An X"})
	})
	f.on("PATCH /Roles/R1", func(call) (int, any) { return 204, nil })
	c := f.client()
	for range 2 {
		outcomes, err := c.Write(t.Context(), []directory.Write{write(directory.AddMember, "A1", "ORA_X", nil), write(directory.AddMember, "A2", "ORA_X", nil)})
		require.NoError(t, err)
		require.Equal(t, []directory.Outcome{{Status: 204, ID: "A1", RequestID: "ECID-1"}, {Status: 204, ID: "A2", RequestID: "ECID-1"}}, outcomes)
	}
	require.Len(t, f.sent("GET"), 1, "the id of a role is kept")
	require.Equal(t, object{"members": []any{object{"value": "A1", "operation": "ADD"}, object{"value": "A2", "operation": "ADD"}}}, decode(t, f.sent("PATCH")[0].body))
}

func TestARefusedRoleIsTheOutcomeOfEachAndALimitIsAnError(t *testing.T) {
	f := newFake(t)
	f.on("GET /Roles", func(call) (int, any) { return 200, list(object{"id": "R1", "name": "ORA_X"}) })
	f.on("PATCH /Roles/R1", func(call) (int, any) {
		return 409, object{"Errors": []any{object{"code": "409", "description": "holds it"}}}
	})
	writes := []directory.Write{write(directory.AddMember, "A1", "ORA_X", nil), write(directory.AddMember, "A2", "ORA_X", nil)}
	outcomes, err := f.client().Write(t.Context(), writes)
	require.NoError(t, err)
	for _, o := range outcomes {
		require.Equal(t, directory.ProblemConflict, o.Err.Problem)
		require.Equal(t, "holds it", o.Err.Detail)
	}
	f.on("PATCH /Roles/R1", func(call) (int, any) { return 429, nil })
	_, err = f.client().Write(t.Context(), writes)
	require.Equal(t, directory.ProblemThrottled, peerError(t, err).Problem)
}

func TestARoleThatIsNotThereIsSaidToBeMissing(t *testing.T) {
	f := newFake(t)
	f.on("GET /Roles", func(call) (int, any) { return 200, list(object{"id": "R1", "name": "ORA_X_JOB"}) })
	outcomes, err := f.client().Write(t.Context(), []directory.Write{write(directory.AddMember, "A1", "ORA_X", nil)})
	require.NoError(t, err)
	require.Equal(t, directory.ProblemNotFound, outcomes[0].Err.Problem)
	require.Contains(t, outcomes[0].Err.Detail, "ORA_X")
}

func TestABatchThatDoesNotTravelInOneRequestIsRefused(t *testing.T) {
	f := newFake(t)
	c := f.client()
	require.Equal(t, []int{50, 50, 50, 100, 1}, []int{c.BatchSize(directory.CreateUser), c.BatchSize(directory.UpdateUser), c.BatchSize(directory.DeleteUser),
		c.BatchSize(directory.AddMember), c.BatchSize(directory.AddGrant)})
	for _, writes := range [][]directory.Write{
		{write(directory.AddMember, "A1", "X", nil), write(directory.AddMember, "A2", "Y", nil)},
		{write(directory.AddGrant, "A1", "App/Role", nil)},
		make([]directory.Write, 2),
	} {
		_, err := c.Write(t.Context(), writes)
		require.Equal(t, directory.ProblemInvalid, peerError(t, err).Problem)
	}
	outcomes, err := c.Write(t.Context(), []directory.Write{write(directory.DeleteUser, "", "", nil)})
	require.NoError(t, err)
	require.Equal(t, directory.ProblemNotFound, outcomes[0].Err.Problem)
	require.Empty(t, f.calls)
}
