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
	made := w.admin(at, "POST", "/Apps", app("Meter data", m{"isOAuthResource": true, "audience": "https://meters.example/", "scopes": []any{m{"value": "read", "fqs": "mine"}},
		"allowedScopes": []any{m{"fqs": "https://meters.example/read"}}}))
	require.Equal(t, 201, made.Status, made.Raw)
	resource := made.text("id")
	require.Equal(t, "https://meters.example/read", made.text("scopes.0.fqs"))
	require.Equal(t, resource, made.text("allowedScopes.0.idOfDefiningApp"), "an app may ask for its own")
	client := w.create(at, "Apps", app("Reader", m{"isOAuthClient": true, "clientType": "confidential", "allowedGrants": []any{"client_credentials"}}))
	path := "/Apps/" + client
	scope := m{"fqs": "https://meters.example/read"}
	add := func(path, attribute string, values ...any) reply {
		return w.admin(at, "PATCH", path, patchOf(m{"op": "add", "path": attribute, "value": values}))
	}
	r := add(path, "allowedScopes", scope, m{"fqs": "https://later.example/read"})
	require.Equal(t, 200, r.Status, r.Raw)
	require.Equal(t, resource, r.text("allowedScopes.0.idOfDefiningApp"))
	require.NotContains(t, r.at("allowedScopes.1"), "idOfDefiningApp")
	require.Len(t, add(path, "allowedScopes", scope).at("allowedScopes"), 2, "what is there is not added again")
	require.Len(t, add("/Apps/"+resource, "scopes", m{"value": "read"}).at("scopes"), 1)
	require.Equal(t, 200, w.admin(at, "PUT", path, w.admin(at, "GET", path, nil).Body).Status, "and it can be put back")
	require.Equal(t, resource, w.idOf(at, "Apps", `scopes[fqs eq "https://meters.example/read"]`))

	later := w.create(at, "Apps", app("Later", m{"isOAuthResource": true, "audience": "https://later.example/", "scopes": []any{m{"value": "read"}}}))
	require.Equal(t, later, w.admin(at, "GET", path, nil).text("allowedScopes.1.idOfDefiningApp"))
	require.Equal(t, 204, w.admin(at, "DELETE", "/Apps/"+later, nil).Status)
	require.NotContains(t, w.admin(at, "GET", path, nil).at("allowedScopes.1"), "idOfDefiningApp")
	require.Equal(t, 409, w.admin(at, "POST", "/Apps", app("Twin", m{"isOAuthResource": true, "audience": "https://meters.example/", "scopes": []any{m{"value": "read"}}})).Status)
	require.Equal(t, 400, w.admin(at, "POST", "/Apps", app("Twice", m{"isOAuthResource": true, "scopes": []any{m{"value": "read"}, m{"value": "read", "description": "x"}}})).Status)
	r = w.admin(at, "PATCH", "/Apps/"+resource, patchOf(m{"op": "replace", "path": "audience", "value": "https://data.example/"}))
	require.Equal(t, "https://data.example/read", r.text("scopes.0.fqs"))
	require.NotContains(t, w.admin(at, "GET", path, nil).at("allowedScopes.0"), "idOfDefiningApp")
}
