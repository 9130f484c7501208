package simulator_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/simulator"
)

func TestTheServiceDerivesWhatScopesAreCalledAndWhoDefinesThem(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	app := func(name string, more m) m {
		body := of("Apps", more)
		body["displayName"], body["basedOnTemplate"] = name, m{"value": "CustomWebAppTemplateId"}
		return body
	}
	resource := w.admin(at, "POST", "/Apps", app("Meter data", m{"isOAuthResource": true, "audience": "https://meters.example/", "scopes": []any{m{"value": "read", "fqs": "mine"}}}))
	require.Equal(t, 201, resource.Status, resource.Raw)
	require.Equal(t, "https://meters.example/read", resource.text("scopes.0.fqs"))
	client := w.create(at, "Apps", app("Reader", m{"isOAuthClient": true, "clientType": "confidential", "allowedGrants": []any{"client_credentials"}}))
	path := "/Apps/" + client
	scope := m{"fqs": "https://meters.example/read"}
	r := w.admin(at, "PATCH", path, patchOf(m{"op": "add", "path": "allowedScopes", "value": []any{scope, m{"fqs": "https://elsewhere.example/read"}}}))
	require.Equal(t, 200, r.Status, r.Raw)
	require.Equal(t, resource.text("id"), r.text("allowedScopes.0.idOfDefiningApp"))
	require.NotContains(t, r.at("allowedScopes.1"), "idOfDefiningApp")
	require.Equal(t, 200, w.admin(at, "PUT", path, w.admin(at, "GET", path, nil).Body).Status, "and it can be put back")
	require.Equal(t, resource.text("id"), w.idOf(at, "Apps", `scopes[fqs eq "https://meters.example/read"]`))
	r = w.admin(at, "PATCH", "/Apps/"+resource.text("id"), patchOf(m{"op": "replace", "path": "audience", "value": "https://data.example/"}))
	require.Equal(t, "https://data.example/read", r.text("scopes.0.fqs"))
}
