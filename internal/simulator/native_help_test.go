package simulator_test

import (
	"net/url"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

const (
	managedExt = "urn:ietf:params:scim:schemas:oracle:idcs:extension:managedapp:App"
	generic    = "df61971610a531f48a3187b90c97573c"
	pullApp    = "People from Fusion"
)

// puller is a client of Fusion that may read everybody, for an app of a target, by
// id and secret.
func (w *world) puller(d directory.Domain) (id, secret string) {
	w.t.Helper()
	r := w.admin(directory.Fusion, "POST", "/Apps", of("Apps", m{"displayName": "sync client of " + string(d), "basedOnTemplate": m{"value": "CustomWebAppTemplateId"},
		"isOAuthClient": true, "clientType": "confidential", "allowedGrants": []any{"client_credentials"}, "active": true}))
	require.Equal(w.t, 201, r.Status, r.Raw)
	w.grantRole(directory.Fusion, r.text("id"), "User Administrator")
	return r.text("name"), r.text("clientSecret")
}

// grantRole gives an app an administrator role of a domain.
func (w *world) grantRole(d directory.Domain, app, role string) {
	w.t.Helper()
	id := w.idOf(d, "AppRoles", `app.value eq "IDCSAppId" and displayName eq "`+role+`"`)
	w.create(d, "Grants", m{"grantMechanism": "ADMINISTRATOR_TO_APP", "grantee": m{"value": app, "type": "App"}, "app": m{"value": "IDCSAppId"},
		"entitlement": m{"attributeName": "appRoles", "attributeValue": id}})
}

// set is an operation that gives a property of an app a value.
func set(name, value string) m {
	return m{"op": "replace", "path": managedExt + `:bundleConfigurationProperties[name eq "` + name + `"].value`, "value": []any{value}}
}

// pulls makes an app of a target that can import from Fusion, but for the changes
// of its properties and attributes, and returns its id.
func (w *world) pulls(d directory.Domain, changes ...m) string {
	w.t.Helper()
	client, secret := w.puller(d)
	app := w.create(d, "Apps", m{"schemas": []any{schemaOf["Apps"], managedExt}, "displayName": pullApp, "basedOnTemplate": m{"value": generic},
		managedExt: m{"connected": true, "isAuthoritative": true, "enableSync": true, "enableAuthSyncNewUserNotification": false}})
	fusion, err := url.Parse(w.URL(directory.Fusion))
	require.NoError(w.t, err)
	ops := []m{set("host", fusion.Hostname()), set("port", fusion.Port()), set("sslEnabled", "false"), set("baseURI", "/admin/v1/"), set("clientid", client),
		set("clientSecret", secret), set("scope", myScopes), set("authenticationServerUrl", fusion.String()+"/oauth2/v1/token"),
		{"op": "replace", "path": "active", "value": true}}
	r := w.admin(d, "PATCH", "/Apps/"+app, patchOf(append(ops, changes...)...))
	require.Equal(w.t, 200, r.Status, r.Raw)
	return app
}

// press imports without limits.
func (w *world) press(d directory.Domain) error {
	w.t.Helper()
	return w.PressImport(w.t.Context(), d, pullApp, -1, -1)
}

// user is the one user of a name.
func (w *world) user(d directory.Domain, name string) m {
	w.t.Helper()
	r := w.list(d, "Users", "filter", `userName eq "`+name+`"`, "attributeSets", "all")
	require.Equal(w.t, 1.0, r.Body["totalResults"], name)
	return r.at("Resources.0").(m)
}

// accounts are those of the app in a domain that a filter selects.
func (w *world) accounts(d directory.Domain, filter string) []any {
	w.t.Helper()
	r := w.list(d, "AccountMgmtInfos", "filter", filter, "count", "1000", "attributeSets", "all")
	require.Equal(w.t, 200, r.Status, r.Raw)
	return r.resources()
}
