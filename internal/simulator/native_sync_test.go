package simulator_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

func TestAnImportMakesWhoIsMissingAndChangesWhoIsThere(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	app := w.pulls(directory.Utilities)
	require.NoError(t, w.press(directory.Utilities))
	people := w.list(directory.Fusion, "Users", "count", "1000").resources()
	infos := w.accounts(directory.Utilities, `app.value eq "`+app+`"`)
	require.Len(t, infos, len(people))
	for _, e := range people {
		one := e.(m)
		info := w.accounts(directory.Utilities, `uid eq "`+one["id"].(string)+`"`)[0].(m)
		require.Equal(t, []any{one["userName"], one["active"]}, []any{info["name"], info["active"]})
		if info["syncSituation"] == "Unmatched" {
			require.NotEmpty(t, info["syncResponse"])
			require.NotContains(t, one, "emails", "there is no other reason in this estate")
			continue
		}
		require.Equal(t, "Confirmed", info["syncSituation"])
		there := w.admin(directory.Utilities, "GET", "/Users/"+info["owner"].(m)["value"].(string), nil).Body
		require.Equal(t, one["active"], there["active"], one["userName"])
		require.Equal(t, one["name"].(m)["familyName"], there["name"].(m)["familyName"])
	}
}
