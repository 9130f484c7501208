package simulator

import (
	"io/fs"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/estates"
)

func TestWhatPeopleHaveIsDecidedWhenTheirRequestTakesEffect(t *testing.T) {
	estate, err := fs.Sub(estates.FS, "messy")
	require.NoError(t, err)
	s, err := Start(t.Context(), Options{Estate: estate, Tier: "none"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	d := s.domains[directory.CXIF]
	arrives := func(method, path string, body object) operation {
		op, err := parseTarget(operation{method: method, path: "/admin/v1" + path, body: body}, path)
		require.NoError(t, err)
		return op
	}
	answered := func(op operation) int {
		a, done := d.execute(t.Context(), op)
		require.True(t, done)
		return a.status
	}
	schema := func(attributes ...any) operation {
		return arrives(http.MethodPut, "/Schemas/"+schemaCustom, object{"schemas": []any{kindSchemas.schema}, "attributes": attributes})
	}
	ada := object{"schemas": []any{schemaUser, schemaCustom}, "userName": "ada", "name": object{"familyName": "Byron"},
		"emails": []any{object{"value": "ada@weir.example", "type": "work", "primary": true}}, schemaCustom: object{"rank": "Captain"}}

	early := arrives(http.MethodPost, "/Users", clone(ada).(object))
	require.Equal(t, 200, answered(schema(object{"name": "rank"})))
	late := arrives(http.MethodPost, "/Users", ada)
	require.Equal(t, 200, answered(schema()))
	require.Equal(t, 400, answered(late), "the attribute has gone since")
	require.Equal(t, 200, answered(schema(object{"name": "rank"})))
	require.Equal(t, 201, answered(early), "and it has come since")
}
