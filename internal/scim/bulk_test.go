package scim_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/scim"
)

func bulk(t *testing.T, answer string, n int) ([]directory.Outcome, *call) {
	t.Helper()
	p := newPeer(t, func(w *reply, _ *call) {
		w.Header().Set("X-ORACLE-DMS-ECID", "ECID-1")
		w.json(200, answer)
	})
	ops := make([]scim.BulkOp, n)
	for i := range ops {
		ops[i] = scim.BulkOp{Method: "POST", Path: "/Users", Data: map[string]int{"n": i}}
	}
	outcomes, err := p.client(t).Bulk(t.Context(), "create users", []string{scim.SchemaBulk}, ops)
	require.NoError(t, err)
	require.Len(t, outcomes, n)
	return outcomes, p.calls[0]
}

func TestEveryOperationOfABulkHasItsOwnOutcome(t *testing.T) {
	outcomes, sent := bulk(t, `{"schemas":["x"],"Operations":[
		{"method":"POST","bulkId":"2","status":"409","response":{"detail":"exists","status":"409"}},
		{"method":"POST","bulkId":"1","status":"201","location":"https://h/admin/v1/Users/u1"},
		{"method":"POST","bulkId":"3","status":201,"response":{"id":"u3"}},
		{"method":"POST","bulkId":"4","status":{"code":"201"},"location":"https://h/Users/u4"},
		{"method":"POST","bulkId":"5","status":{"code":400,"description":"no family name"}},
		{"method":"POST","bulkId":"99","status":"201"},
		{"method":"POST","bulkId":"7","status":"503"}]}`, 7)
	require.JSONEq(t, `{"schemas":["`+scim.SchemaBulk+`"],"Operations":[
		{"method":"POST","path":"/Users","bulkId":"1","data":{"n":0}},{"method":"POST","path":"/Users","bulkId":"2","data":{"n":1}},
		{"method":"POST","path":"/Users","bulkId":"3","data":{"n":2}},{"method":"POST","path":"/Users","bulkId":"4","data":{"n":3}},
		{"method":"POST","path":"/Users","bulkId":"5","data":{"n":4}},{"method":"POST","path":"/Users","bulkId":"6","data":{"n":5}},
		{"method":"POST","path":"/Users","bulkId":"7","data":{"n":6}}]}`, sent.body)
	for i, id := range map[int]string{0: "u1", 2: "u3", 3: "u4"} {
		require.Nil(t, outcomes[i].Err)
		require.Equal(t, 201, outcomes[i].Status)
		require.Equal(t, id, outcomes[i].ID)
		require.Equal(t, "ECID-1", outcomes[i].RequestID)
	}
	require.Equal(t, directory.ProblemConflict, outcomes[1].Err.Problem)
	require.Equal(t, "exists", outcomes[1].Err.Detail)
	require.Equal(t, "no family name", outcomes[4].Err.Detail)
	require.Equal(t, directory.ProblemUnreadable, outcomes[5].Err.Problem, "what is not told may have been carried out")
	require.True(t, outcomes[5].Err.Unsure())
	require.Equal(t, directory.ProblemUnavailable, outcomes[6].Err.Problem)
}

func TestOutcomesWithoutBulkIdsCountByPositionOnlyIfTheirNumberIsRight(t *testing.T) {
	outcomes, _ := bulk(t, `{"Operations":[{"status":"201","location":"/a"},{"status":"400"}]}`, 2)
	require.Nil(t, outcomes[0].Err)
	require.Equal(t, directory.ProblemInvalid, outcomes[1].Err.Problem)
	outcomes, _ = bulk(t, `{"Operations":[{"status":"201","location":"/a"}]}`, 2)
	for _, o := range outcomes {
		require.Equal(t, directory.ProblemUnreadable, o.Err.Problem)
	}
}

func TestAPatchIsWrittenAsRFC7644Asks(t *testing.T) {
	b, err := json.Marshal(scim.NewPatch(scim.Replace("active", false), scim.Add("members", []string{"x"}), scim.Remove("externalId")))
	require.NoError(t, err)
	require.JSONEq(t, `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[
		{"op":"replace","path":"active","value":false},{"op":"add","path":"members","value":["x"]},{"op":"remove","path":"externalId"}]}`, string(b))
}
