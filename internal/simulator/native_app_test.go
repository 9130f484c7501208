package simulator_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/simulator"
)

// propertiesOf are an app's, by name.
func (w *world) propertiesOf(app string) map[string]m {
	w.t.Helper()
	r := w.admin(to, "GET", "/Apps/"+app, nil)
	all := map[string]m{}
	for _, e := range r.Body[managedExt].(m)["bundleConfigurationProperties"].([]any) {
		all[e.(m)["name"].(string)] = e.(m)
	}
	return all
}

// bareApp makes an app of the template.
func (w *world) bareApp(ext m) reply {
	return w.admin(to, "POST", "/Apps", m{"schemas": []any{schemaOf["Apps"], managedExt}, "displayName": pullApp, "basedOnTemplate": m{"value": generic}, managedExt: ext})
}

func TestAnAppOfTheTemplateHasWhatTheTemplateSays(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	r := w.bareApp(m{"connected": true, "canBeAuthoritative": false})
	require.Equal(t, 201, r.Status, r.Raw)
	ext := r.Body[managedExt].(m)
	require.Equal(t, []any{true, true, false, false}, []any{ext["canBeAuthoritative"], ext["connected"], ext["isAuthoritative"], ext["enableSync"]})
	require.Equal(t, []any{false, true}, []any{r.Body["active"], r.Body["isManagedApp"]})
	have := w.propertiesOf(r.text("id"))
	require.Len(t, have, 10)
	require.Equal(t, []any{"443"}, have["port"]["value"])
	require.Equal(t, []any{"true"}, have["sslEnabled"]["value"])
	require.NotContains(t, have["host"], "value")
	require.Equal(t, []any{true, "GuardedString"}, []any{have["clientSecret"]["confidential"], have["clientSecret"]["icfType"]})
	other := w.admin(to, "POST", "/Apps", m{"schemas": []any{schemaOf["Apps"], managedExt}, "displayName": "other", "basedOnTemplate": m{"value": "CustomWebAppTemplateId"}, managedExt: m{"isAuthoritative": true}})
	require.Equal(t, 400, other.Status, "only what can be authoritative is")
}

func TestAPropertyIsChangedByItsName(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	app := w.bareApp(m{}).text("id")
	patched := func(ops ...m) reply { return w.admin(to, "PATCH", "/Apps/"+app, patchOf(ops...)) }
	require.Equal(t, 200, patched(set("host", "a.example"), set("baseURI", "/admin/v1/")).Status)
	require.Equal(t, []any{"a.example"}, w.propertiesOf(app)["host"]["value"])
	for name, op := range map[string]m{
		"unknown":       set("hostname", "a.example"),
		"unknown, add":  {"op": "add", "path": managedExt + `:bundleConfigurationProperties[name eq "hostname"].value`, "value": []any{"x"}},
		"a second host": {"op": "add", "path": managedExt + ":bundleConfigurationProperties", "value": []any{m{"name": "host", "icfType": "String", "required": true}}},
	} {
		r := patched(op)
		require.Equal(t, []any{400, "noTarget"}, []any{r.Status, r.text("scimType")}, "%s: %s", name, r.Raw)
	}
	for name, op := range map[string]m{
		"fixed by the template": {"op": "replace", "path": managedExt + `:bundleConfigurationProperties[name eq "host"].confidential`, "value": true},
		"read-only":             {"op": "replace", "path": managedExt + ":canBeAuthoritative", "value": true},
		"not a text":            {"op": "replace", "path": managedExt + `:bundleConfigurationProperties[name eq "host"].value`, "value": []any{4}},
	} {
		require.Equal(t, 400, patched(op).Status, name)
	}
	require.Equal(t, 200, patched(m{"op": "remove", "path": managedExt + `:bundleConfigurationProperties[name eq "host"].value`}).Status)
	require.Len(t, w.propertiesOf(app), 10)
	require.NotContains(t, w.propertiesOf(app)["host"], "value")
}

func TestAConfidentialValueIsNowhere(t *testing.T) {
	dir := t.TempDir()
	journal := filepath.Join(dir, "journal.jsonl")
	w := start(t, "messy", simulator.Options{Journal: journal})
	const secret = "Word-That-Nobody-Sees"
	var seen strings.Builder
	keep := func(r reply) reply {
		seen.WriteString(r.Raw)
		return r
	}
	made := keep(w.bareApp(m{"connected": true, "isAuthoritative": true, "enableSync": true,
		"bundleConfigurationProperties": []any{m{"name": "clientSecret", "icfType": "GuardedString", "required": true, "value": []any{secret + "-0"}}}}))
	require.Equal(t, 201, made.Status, made.Raw)
	app := "/Apps/" + made.text("id")
	require.Equal(t, 200, keep(w.admin(to, "PATCH", app, patchOf(set("clientSecret", secret), m{"op": "replace", "path": "active", "value": true}))).Status)
	keep(w.admin(to, "PATCH", app, patchOf(set("clientSecret", secret), m{"op": "replace", "path": "name", "value": "x"})))
	keep(w.admin(to, "PATCH", app, patchOf(m{"op": "replace", "path": managedExt + `:bundleConfigurationProperties[name eq "clientSecret"].value`, "value": []any{secret, 4}})))
	for _, q := range []string{"", "?attributeSets=all", "?attributes=" + escape(managedExt+":bundleConfigurationProperties"), "?attributes=" + escape(managedExt+":bundleConfigurationProperties.value"), "?attributes=" + escape(managedExt)} {
		require.Equal(t, 200, keep(w.admin(to, "GET", app+q, nil)).Status, q)
		require.Equal(t, 200, keep(w.admin(to, "GET", "/Apps"+q, nil)).Status, q)
	}
	require.Equal(t, 400, keep(w.list(to, "Apps", "filter", managedExt+`:bundleConfigurationProperties.value eq "`+secret+`"`)).Status, "it cannot be searched")
	read := w.admin(to, "GET", app, nil).Body
	read["description"] = "put back"
	require.Equal(t, 200, keep(w.admin(to, "PUT", app, read)).Status)
	require.Error(t, w.press(to), "the connection is not whole")
	for _, path := range []string{"/job/v1/JobHistories", "/job/v1/JobReports", "/job/v1/ManagedObjectSyncJobReports"} {
		r := keep(w.send(w.request(t.Context(), "GET", w.URL(to)+path, nil, "Authorization", "Bearer "+w.token(to))))
		require.Len(t, r.resources(), 1, path)
	}
	require.NoError(t, w.Dump(dir))
	for _, file := range []string{journal, filepath.Join(dir, "utilities.json")} {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		seen.Write(b)
	}
	require.NotContains(t, seen.String(), secret)
	require.Contains(t, seen.String(), "clientSecret", "the element itself is there")
}

func TestAPropertyThatIsPutBackWithoutItsValueKeepsIt(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	app := "/Apps/" + w.pulls(to)
	read := w.admin(to, "GET", app, nil).Body
	read["description"] = "put back"
	require.Equal(t, 200, w.admin(to, "PUT", app, read).Status)
	require.NoError(t, w.press(to))
	require.Equal(t, 200, w.admin(to, "PATCH", app, patchOf(m{"op": "remove", "path": managedExt + `:bundleConfigurationProperties[name eq "clientSecret"].value`})).Status)
	require.ErrorContains(t, w.press(to), "its secret is another")
}

func TestAConnectionThatIsWrongFailsTheImportAndChangesNothing(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	app := w.pulls(to)
	w.arrival("ada", nil)
	client, secret := w.Client(from)
	right := func(names ...string) (ops []m) {
		for _, name := range names {
			ops = append(ops, set(name, w.propertiesOf(app)[name]["value"].([]any)[0].(string)))
		}
		return ops
	}
	properties := right("host", "port", "sslEnabled", "baseURI", "clientid", "scope", "authenticationServerUrl")
	weak := w.admin(from, "POST", "/Apps", of("Apps", m{"displayName": "weak", "basedOnTemplate": m{"value": "CustomWebAppTemplateId"},
		"isOAuthClient": true, "allowedGrants": []any{"client_credentials"}, "active": true}))
	w.grantRole(from, weak.text("id"), "Application Administrator")
	for says, wrong := range map[string][]m{
		"host":                    {set("host", "http://127.0.0.1")},
		"port":                    {set("port", "443")},
		"sslEnabled":              {set("sslEnabled", "true")},
		"baseURI":                 {set("baseURI", "/admin")},
		"scope":                   {set("scope", "urn:opc:idm:_myscopes_")},
		"authenticationServerUrl": {set("authenticationServerUrl", w.URL(to)+"/oauth2/v1/token")},
		"its secret is another":   {set("clientid", client)},
		"no token":                {set("clientid", "nobody")},
		"User Administrator":      {set("clientid", weak.text("name")), set("clientSecret", weak.text("clientSecret"))},
	} {
		require.Equal(t, 200, w.admin(to, "PATCH", "/Apps/"+app, patchOf(wrong...)).Status)
		err := w.press(to)
		require.ErrorContains(t, err, says)
		require.ErrorContains(t, err, "The connection failed")
		require.Equal(t, 200, w.admin(to, "PATCH", "/Apps/"+app, patchOf(properties...)).Status)
	}
	require.Equal(t, 0.0, w.list(to, "Users", "filter", `userName eq "ada"`).Body["totalResults"])
	require.Empty(t, w.accounts(to, "id pr"))
	require.Equal(t, 200, w.admin(to, "PATCH", "/Apps/"+app, patchOf(set("clientid", client), set("clientSecret", secret), set("baseURI", "/admin/v1"))).Status)
	require.NoError(t, w.press(to), "an Identity Domain Administrator may, and the last slash is not needed")
	require.NotEmpty(t, w.user(to, "ada"))
}
