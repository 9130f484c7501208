package simulator_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

func grantOf(mechanism, kind, grantee, app, role string) m {
	return m{
		"schemas":        []any{"urn:ietf:params:scim:schemas:oracle:idcs:Grant"},
		"grantMechanism": mechanism,
		"grantee":        m{"value": grantee, "type": kind},
		"app":            m{"value": app},
		"entitlement":    m{"attributeName": "appRoles", "attributeValue": role},
	}
}

func TestAGrantIsMadeOnce(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	app := w.idOf(directory.CXIF, "Apps", `displayName eq "CXIF-PROD"`)
	role := w.idOf(directory.CXIF, "AppRoles", `app.value eq "`+app+`" and displayName ew "Configuration_Endpoint_Read"`)
	person := w.create(directory.CXIF, "Users", newUser("ada.byron"))
	g := grantOf("ADMINISTRATOR_TO_USER", "User", person, app, role)
	id := w.create(directory.CXIF, "Grants", g)
	require.Equal(t, 409, w.admin(directory.CXIF, "POST", "/Grants", g).Status)

	r := w.list(directory.CXIF, "Grants", "filter", `grantee.value eq "`+person+`" and app.value eq "`+app+`"`, "attributes", "grantee.value,compositeKey")
	require.Equal(t, 1.0, r.Body["totalResults"])
	require.Equal(t, person, r.text("Resources.0.grantee.value"))
	require.NotEmpty(t, r.text("Resources.0.compositeKey"))
	require.NotContains(t, w.list(directory.CXIF, "Grants").Raw, "compositeKey")

	holders := w.admin(directory.CXIF, "GET", "/AppRoles/"+role+"?attributes=members", nil)
	require.Contains(t, holders.Body["members"], m{"value": person, "type": "User"})

	require.Equal(t, 204, w.admin(directory.CXIF, "DELETE", "/Grants/"+id, nil).Status)
	w.create(directory.CXIF, "Grants", g)
}

func TestAGrantMustPointToWhatExists(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	app := w.idOf(directory.CXIF, "Apps", `displayName eq "CXIF-PROD"`)
	role := w.idOf(directory.CXIF, "AppRoles", `displayName eq "CXIF_Configuration_Endpoint_Read"`)
	foreign := w.idOf(directory.CXIF, "AppRoles", `displayName eq "User Administrator"`)
	person := w.create(directory.CXIF, "Users", newUser("ada.byron"))
	group := w.create(directory.CXIF, "Groups", m{"displayName": "Testers"})
	for name, g := range map[string]m{
		"no such user":             grantOf("ADMINISTRATOR_TO_USER", "User", "nobody", app, role),
		"a group as a user":        grantOf("ADMINISTRATOR_TO_USER", "User", group, app, role),
		"no such app":              grantOf("ADMINISTRATOR_TO_USER", "User", person, "none", role),
		"no such role":             grantOf("ADMINISTRATOR_TO_USER", "User", person, app, "none"),
		"a role of another app":    grantOf("ADMINISTRATOR_TO_USER", "User", person, app, foreign),
		"a mechanism for groups":   grantOf("ADMINISTRATOR_TO_GROUP", "User", person, app, role),
		"a mechanism for the peer": grantOf("SYNC_TO_USER", "User", person, app, role),
		"no grantee":               {"grantMechanism": "ADMINISTRATOR_TO_USER", "app": m{"value": app}},
	} {
		r := w.admin(directory.CXIF, "POST", "/Grants", g)
		require.Equal(t, 400, r.Status, "%s: %s", name, r.Raw)
	}
	w.create(directory.CXIF, "Grants", grantOf("ADMINISTRATOR_TO_GROUP", "Group", group, app, role))
}
