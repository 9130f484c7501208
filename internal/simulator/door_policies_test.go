package simulator_test

import (
	"io"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

// signInPage is the page where a sign-in to the domain begins.
func (w *world) signInPage(d directory.Domain) string {
	w.t.Helper()
	resp, err := http.Get(w.URL(d) + "/ui/v1/signin")
	require.NoError(w.t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(w.t, err)
	return string(body)
}

func policy(name, kind, rule string) m {
	return of("Policies", m{"name": name, "policyType": m{"value": kind}, "active": true, "rules": []any{m{"sequence": 1, "value": rule}}})
}

func TestAnAppsOwnIdentityProviderPolicyOverrulesTheDefaultOne(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	app := w.idOf(directory.Utilities, "Apps", `displayName eq "CCS-PROD"`)
	require.Contains(t, w.signInPage(directory.Utilities), `type="password"`)

	own := w.create(directory.Utilities, "Policies", policy("CCS policy", "IdentityProvider", w.create(directory.Utilities, "Rules", rule("Nobody", "[]", "[]", nil))))
	bind := func(id string) int {
		return w.admin(directory.Utilities, "PATCH", "/Apps/"+app, patchOf(m{"op": "replace", "path": "idpPolicy", "value": m{"value": id}})).Status
	}
	require.Equal(t, 400, bind("none"), "the policy must be there")
	require.Equal(t, 200, bind(own))
	require.Contains(t, w.signInPage(directory.Utilities), "No sign-in is possible")
	require.Equal(t, 400, w.admin(directory.Utilities, "DELETE", "/Policies/"+own, nil).Status, "the app needs it")

	require.Equal(t, 200, w.admin(directory.Utilities, "PATCH", "/Policies/"+own, patchOf(m{"op": "replace", "path": "active", "value": false})).Status)
	require.Contains(t, w.signInPage(directory.Utilities), `type="password"`, "a policy that is off decides nothing")
	require.Equal(t, 200, w.admin(directory.Utilities, "PATCH", "/Apps/"+app, patchOf(m{"op": "remove", "path": "idpPolicy"})).Status)
	require.Equal(t, 204, w.admin(directory.Utilities, "DELETE", "/Policies/"+own, nil).Status)
}
