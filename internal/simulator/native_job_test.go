package simulator_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

const syncJobType = "SimulatedManagedObjectSync"

func TestAJobThatStandsInStartsAnImport(t *testing.T) {
	w := start(t, "clean", simulator.Options{Tier: "apps"})
	app := w.pulls(at)
	for range 4 { // more than the imports of an hour
		h := w.ran(syncJobType, "appId", app)
		require.Equal(t, "succeeded", h["status"])
		require.Equal(t, 8.0, h["failureCount"], "they have no email in Fusion")
		require.Equal(t, h["successCount"].(float64)+8, h["totalCount"])
		report := w.reported("ManagedObjectSyncJobReports", h)
		require.Len(t, report, 1)
		require.Equal(t, []any{h["id"], h["jobScheduleId"]}, []any{report[0].(m)["historyId"], report[0].(m)["jobId"]})
		require.Contains(t, report[0].(m)["message"], "refused 8")
	}
	w.arrival("ada", nil)
	h := w.ran(syncJobType, "appId", app, "maxCreates", "0", "maxDeletes", "5")
	require.Equal(t, "failed", h["status"])
	require.Contains(t, w.reported("ManagedObjectSyncJobReports", h)[0].(m)["message"], "maxCreates")
	require.Equal(t, "succeeded", w.ran(syncJobType, "appId", app, "maxCreates", "-1")["status"])
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, w.PressImport(ctx, at, pullApp, -1, -1), context.Canceled, "who leaves does not see the end")
}

func TestAnImportThatCannotBeginIsRefused(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	app := w.pulls(at)
	post := func(parameters ...string) reply {
		return w.domainCall("POST", "/job/v1/JobSchedules", jobOf(syncJobType, parameters...))
	}
	for says, parameters := range map[string][]string{"appId": nil, "no app": {"appId", "x"}, "template": {"appId", w.idOf(at, "Apps", `displayName eq "CXIF-PROD"`)}, "number": {"appId", app, "maxCreates", "many"}} {
		r := post(parameters...)
		require.Equal(t, 400, r.Status, r.Raw)
		require.Contains(t, r.text("detail"), says)
	}
	for _, name := range []string{"active", managedExt + ":connected", managedExt + ":isAuthoritative", managedExt + ":enableSync"} {
		on := func(v bool) {
			require.Equal(t, 200, w.admin(at, "PATCH", "/Apps/"+app, patchOf(m{"op": "replace", "path": name, "value": v})).Status)
		}
		on(false)
		r := post("appId", app)
		require.Equal(t, 400, r.Status, r.Raw)
		require.Contains(t, r.text("detail"), name[strings.LastIndexByte(name, ':')+1:])
		require.Error(t, w.press(at))
		on(true)
	}
	require.ErrorContains(t, w.PressImport(t.Context(), at, "no such", -1, -1), "0 apps")
	w.create(directory.Fusion, "Apps", m{"displayName": pullApp, "basedOnTemplate": m{"value": generic}})
	require.ErrorContains(t, w.PressImport(t.Context(), directory.Fusion, pullApp, -1, -1), "not into it")
	require.Error(t, w.PressImport(t.Context(), "nowhere", pullApp, -1, -1))
}

func TestWhoMayStartAnImportAndReadItsAccounts(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	app := w.pulls(at)
	for role, may := range map[string][2]int{"Application Administrator": {201, 200}, "User Administrator": {201, 200}, "Identity Domain Administrator": {201, 200}, "Security Administrator": {403, 200}, "": {403, 403}} {
		made := w.admin(at, "POST", "/Apps", of("Apps", m{"displayName": "client " + role, "basedOnTemplate": m{"value": "CustomWebAppTemplateId"},
			"isOAuthClient": true, "allowedGrants": []any{"client_credentials"}, "active": true}))
		if role != "" {
			w.grantRole(at, made.text("id"), role)
		}
		bearer := "Bearer " + w.tokenFor(at, made.text("name"), made.text("clientSecret"), myScopes).text("access_token")
		ask := func(method, path string, body any) int {
			return w.send(w.request(t.Context(), method, w.URL(at)+path, body, "Authorization", bearer)).Status
		}
		require.Equal(t, may[0], ask("POST", "/job/v1/JobSchedules", jobOf(syncJobType, "appId", app)), role)
		require.Equal(t, may[1], ask("GET", "/admin/v1/AccountMgmtInfos", nil), role)
	}
	require.Equal(t, 405, w.admin(at, "POST", "/AccountMgmtInfos", m{}).Status)
	require.Equal(t, 405, w.admin(at, "DELETE", "/AccountMgmtInfos/x", nil).Status)
}

func TestAnImportAndABulkCallExcludeEachOther(t *testing.T) {
	w := start(t, "clean", simulator.Options{NativeSync: simulator.NativeSync{Takes: 500 * time.Millisecond}})
	app := w.pulls(at)
	require.Equal(t, 201, w.domainCall("POST", "/job/v1/JobSchedules", jobOf(syncJobType, "appId", app)).Status)
	one := bulk(op("DELETE", "/Users/none", "1", nil))
	running := func() any { return w.domainCall("GET", "/job/v1/JobHistories", nil).at("Resources.0.status") }
	require.Eventually(t, func() bool { return running() == "running" }, 5*time.Second, time.Millisecond)
	r := w.admin(at, "POST", "/Bulk", one)
	require.Equal(t, http.StatusTooManyRequests, r.Status, r.Raw)
	require.Contains(t, r.text("detail"), "full synchronization")
	require.Equal(t, 200, w.admin(directory.Utilities, "POST", "/Bulk", one).Status, "in another domain it runs")
	require.Equal(t, "succeeded", w.ran("UserExport", "exportFormat", "CSV")["status"], "another job waits")
	require.Equal(t, "succeeded", running())
	require.Equal(t, 200, w.admin(at, "POST", "/Bulk", one).Status)
}

func TestAPersonPressesImportOnAPage(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	w.pulls(at)
	require.NoError(t, w.press(at))
	w.arrival("ada", nil)
	door := w.URL(at) + "/simulator/import"
	page := w.send(w.request(t.Context(), "GET", door, nil))
	require.Equal(t, 200, page.Status)
	require.Contains(t, page.Raw, `<button>Import</button>`)
	ask := func(v url.Values) reply { return w.send(w.request(t.Context(), "POST", door+"?"+v.Encode(), nil)) }
	r := ask(url.Values{"app": {pullApp}, "maxCreates": {"0"}})
	require.Equal(t, 409, r.Status)
	require.Contains(t, r.Raw, "maxCreates")
	require.Equal(t, 400, ask(url.Values{"app": {pullApp}, "maxDeletes": {"x"}}).Status)
	require.Equal(t, 409, ask(url.Values{"app": {"<no>"}}).Status)
	require.NotContains(t, ask(url.Values{"app": {"<no>"}}).Raw, "<no>")
	form := w.send(w.request(t.Context(), "POST", door, url.Values{"app": {pullApp}, "maxCreates": {"9"}, "maxDeletes": {""}}.Encode(), "Content-Type", "application/x-www-form-urlencoded"))
	require.Equal(t, 200, form.Status, form.Raw)
	require.Contains(t, form.Raw, "Succeeded.")
	require.NotEmpty(t, w.user(at, "ada"))
	require.Equal(t, 405, w.send(w.request(t.Context(), "PUT", door, nil)).Status)
	require.Equal(t, 404, w.send(w.request(t.Context(), "GET", w.URL(directory.Fusion)+"/simulator/import", nil)).Status, "nobody imports into Fusion")
}
