package simulator_test

import (
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/simulator"
)

const (
	factors     = "urn:ietf:params:scim:schemas:oracle:idcs:AuthenticationFactorSettings"
	duo         = "urn:ietf:params:scim:schemas:oracle:idcs:extension:thirdParty:AuthenticationFactorSettings"
	factorsPath = "/AuthenticationFactorSettings/AuthenticationFactorSettings"
)

func TestEveryDomainHasSettingsOfMultiFactorAuthentication(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	r := w.admin(at, "GET", factorsPath, nil)
	require.Equal(t, 200, r.Status, r.Raw)
	require.Equal(t, []any{factors}, r.Body["schemas"])
	require.Equal(t, "AuthenticationFactorSettings", r.text("meta.resourceType"))
	require.Equal(t, false, r.Body["totpEnabled"])
	require.Equal(t, 1.0, w.list(at, "AuthenticationFactorSettings").Body["totalResults"])
	require.Equal(t, 405, w.admin(at, "POST", "/AuthenticationFactorSettings", r.Body).Status, "a domain has one of them")
	require.Equal(t, 405, w.admin(at, "DELETE", factorsPath, nil).Status)
	require.Equal(t, 405, w.admin(at, "PATCH", factorsPath, patchOf(m{"op": "replace", "path": "totpEnabled", "value": true})).Status)
}

func TestTheSettingsOfMultiFactorAuthenticationAreReplacedAsAWhole(t *testing.T) {
	file := filepath.Join(t.TempDir(), "journal.jsonl")
	w := start(t, "messy", simulator.Options{Journal: file})
	body := w.admin(at, "GET", factorsPath, nil).Body
	body["totpEnabled"] = true
	put := w.admin(at, "PUT", factorsPath, body)
	require.Equal(t, 200, put.Status, put.Raw)
	require.Equal(t, true, w.admin(at, "GET", factorsPath, nil).Body["totpEnabled"])
	require.Equal(t, []any{"factors:AuthenticationFactorSettings"}, lines(t, file)[0]["keys"])
	body = w.admin(at, "GET", factorsPath, nil).Body
	require.Equal(t, 200, w.admin(at, "PUT", factorsPath, body).Status, "what was read can be put back")
	for _, c := range []struct {
		says   string
		change m
	}{
		{"Missing", m{"totpEnabled": nil}},
		{"notificationSettings", m{"notificationSettings": m{}}},
		{"hashingAlgorithm is one of", m{"totpSettings": m{"hashingAlgorithm": "CRC"}}},
		{"mfaEnabledCategory is readOnly", m{"mfaEnabledCategory": "all"}},
		{"no attribute telepathyEnabled", m{"telepathyEnabled": true}},
	} {
		other := w.admin(at, "GET", factorsPath, nil).Body
		maps.Copy(other, c.change)
		r := w.admin(at, "PUT", factorsPath, other)
		require.Equal(t, 400, r.Status, c.says)
		require.Contains(t, r.text("detail"), c.says)
	}
	body = w.admin(at, "GET", factorsPath, nil).Body
	body["schemas"] = append(body["schemas"].([]any), duo)
	body[duo] = m{"duoSecuritySettings": m{"apiHostname": "duo.example", "integrationKey": "i", "secretKey": "s", "userMappingAttribute": "userName", "attestationKey": "never-told"}}
	put = w.admin(at, "PUT", factorsPath, body)
	require.Equal(t, 200, put.Status, put.Raw)
	dir := t.TempDir()
	require.NoError(t, w.Dump(dir))
	dumped, err := os.ReadFile(filepath.Join(dir, string(at)+".json"))
	require.NoError(t, err)
	require.Contains(t, string(dumped), "duo.example", "what was changed is dumped")
	require.NotContains(t, string(dumped), "never-told", "what is never returned is not")
}
