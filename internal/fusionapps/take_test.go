package fusionapps_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

func TestARoleIsTakenAwayInTheDialectOfFusionApplications(t *testing.T) {
	f := newFake(t)
	f.on("GET /Roles", func(call) (int, any) { return 200, list(object{"id": "R1", "name": "ORA_X"}) })
	f.on("PATCH /Roles/R1", func(call) (int, any) { return 204, nil })
	outcomes, err := f.client().Write(t.Context(), []directory.Write{write(directory.RemoveMember, "A1", "ORA_X", nil), write(directory.RemoveMember, "A2", "ORA_X", nil)})
	require.NoError(t, err)
	require.Equal(t, []directory.Outcome{{Status: 204, ID: "A1", RequestID: "ECID-1"}, {Status: 204, ID: "A2", RequestID: "ECID-1"}}, outcomes)
	require.Equal(t, object{"members": []any{object{"value": "A1", "operation": "REMOVE"}, object{"value": "A2", "operation": "REMOVE"}}},
		decode(t, f.sent("PATCH")[0].body))
}
