package simulator_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

// oauthClient is the guide's OAuth client (page "Prerequisites").
func oauthClient() m {
	return m{"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:App"}, "displayName": "cutover-sync",
		"basedOnTemplate": m{"value": "CustomWebAppTemplateId"}, "isOAuthClient": true, "clientType": "confidential",
		"allowedGrants": []any{"client_credentials"}, "allUrlSchemesAllowed": true}
}

func TestATokenIsGivenForTheRightSecretAndScopeOnly(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	id, secret := w.Client(directory.Fusion)
	ok := w.tokenFor(directory.Fusion, id, secret, myScopes)
	require.Equal(t, 200, ok.Status)
	require.Equal(t, "Bearer", ok.Body["token_type"])
	require.Equal(t, 3600.0, ok.Body["expires_in"])
	require.Equal(t, "invalid_client", w.tokenFor(directory.Fusion, id, secret+"x", myScopes).text("error"))
	require.Equal(t, 401, w.tokenFor(directory.Utilities, id, secret, myScopes).Status, "a client belongs to one domain")
	require.Equal(t, "invalid_scope", w.tokenFor(directory.Fusion, id, secret, "urn:opc:idm:_myscopes_").text("error"), "the misprint of the guide")

	get := func(authorization string) int {
		return w.send(w.request(context.Background(), "GET", w.URL(directory.Fusion)+"/admin/v1/Users", nil, "Authorization", authorization)).Status
	}
	require.Equal(t, 200, get("Bearer "+ok.text("access_token")))
	require.Equal(t, 401, get("Bearer nonsense"))
	require.Equal(t, 401, get(""))
}

func TestATokenHoldsForAnHour(t *testing.T) {
	c := newClock()
	w := start(t, "messy", simulator.Options{Clock: c.now})
	w.token(directory.Fusion)
	c.advance(59 * time.Minute)
	require.Equal(t, 200, w.list(directory.Fusion, "Users").Status)
	c.advance(time.Minute)
	require.Equal(t, 401, w.list(directory.Fusion, "Users").Status)
}

func TestAnAppBecomesAClientWhenItIsActiveAndMayDoWhatItsRolesAllow(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	made := w.admin(directory.Fusion, "POST", "/Apps", oauthClient())
	require.Equal(t, 201, made.Status, made.Raw)
	app, id, secret := made.text("id"), made.text("name"), made.text("clientSecret")
	require.NotEmpty(t, id)
	require.NotEmpty(t, secret)
	require.Equal(t, 401, w.tokenFor(directory.Fusion, id, secret, myScopes).Status, "it is not active yet")

	changer := m{"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:AppStatusChanger"}, "active": true}
	require.Equal(t, 200, w.admin(directory.Fusion, "PUT", "/AppStatusChanger/"+app, changer).Status)
	token := w.tokenFor(directory.Fusion, id, secret, myScopes)
	require.Equal(t, 200, token.Status, token.Raw)
	as := func(method, path string, body any) int {
		return w.send(w.request(context.Background(), method, w.URL(directory.Fusion)+"/admin/v1"+path, body,
			"Authorization", "Bearer "+token.text("access_token"))).Status
	}
	require.Equal(t, 403, as("GET", "/Users", nil), "it has no role yet")

	role := w.idOf(directory.Fusion, "AppRoles", `displayName eq "User Administrator"`)
	w.create(directory.Fusion, "Grants", grantOf("ADMINISTRATOR_TO_APP", "App", app, "IDCSAppId", role))
	require.Equal(t, 201, as("POST", "/Users", newUser("ada")))
	require.Equal(t, 201, as("POST", "/Groups", of("Groups", m{"displayName": "Testers"})))
	require.Equal(t, 200, as("GET", "/Apps", nil))
	require.Equal(t, 200, as("GET", "/AppRoles", nil))
	require.Equal(t, 403, as("POST", "/Apps", oauthClient()))
	require.Equal(t, 403, as("PUT", "/AppStatusChanger/"+app, changer))
	for _, path := range []string{"/IdentityProviders", "/Policies", "/Rules", "/Conditions"} {
		require.Equal(t, 403, as("POST", path, m{}), path)
	}
	require.Equal(t, 403, as("PATCH", "/Rules/DefaultIDPRule", patchOf(m{"op": "replace", "path": "active", "value": false})))

	require.Equal(t, 200, w.admin(directory.Fusion, "PUT", "/AppStatusChanger/"+app, of("AppStatusChanger", m{"active": false})).Status)
	require.Equal(t, 401, as("GET", "/Users", nil), "its tokens end with it")
	require.Equal(t, 204, w.admin(directory.Fusion, "DELETE", "/Apps/"+app, nil).Status)
	require.Equal(t, 0.0, w.list(directory.Fusion, "Grants", "filter", `grantee.value eq "`+app+`"`).Body["totalResults"])
}

func TestTheBootstrapClientIsInNoList(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	id, _ := w.Client(directory.Fusion)
	require.NotContains(t, w.list(directory.Fusion, "Apps", "attributeSets", "all").Raw, id)
	require.Equal(t, 1.0, w.list(directory.Fusion, "Apps").Body["totalResults"])
	require.Equal(t, 0.0, w.list(directory.Fusion, "Grants").Body["totalResults"])
}
