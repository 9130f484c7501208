package planning_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/estates"
	"cutover/internal/fleet"
	"cutover/internal/phase"
	"cutover/internal/planning"
	"cutover/internal/simulator"
)

type object = map[string]any

// world is a simulated world that has a fault.
type world struct {
	t     *testing.T
	estat fstest.MapFS
	o     simulator.Options
	sim   *simulator.Simulator
	dir   string
	later time.Duration // how much later than now it is looked
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, estat: fstest.MapFS{}, dir: t.TempDir()}
	for _, name := range []string{"fusion.json", "utilities.json", "cxif.json", "cutover.json"} {
		b, err := fs.ReadFile(estates.FS, "clean/"+name)
		require.NoError(t, err)
		w.estat[name] = &fstest.MapFile{Data: b}
	}
	w.o = simulator.Options{Estate: w.estat, Tier: "none", Seed: 1}
	return w
}

// estate changes a file of the estate before the world starts.
func (w *world) estate(file string, change func(object)) {
	w.t.Helper()
	var o object
	require.NoError(w.t, json.Unmarshal(w.estat[file].Data, &o))
	change(o)
	b, err := json.Marshal(o)
	require.NoError(w.t, err)
	w.estat[file] = &fstest.MapFile{Data: b}
}

// named finds a resource of the estate by an attribute.
func named(t *testing.T, o object, kind, attribute, value string) object {
	t.Helper()
	for _, r := range o[kind].([]any) {
		if r.(object)[attribute] == value {
			return r.(object)
		}
	}
	t.Fatalf("the estate has no %s with %s %s", kind, attribute, value)
	return nil
}

// idps puts identity providers into Utilities.
func (w *world) idps(n int) {
	w.estate("utilities.json", func(o object) {
		for i := range n {
			name := fmt.Sprintf("idp-%d", i)
			o["IdentityProviders"] = append(o["IdentityProviders"].([]any), object{"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:IdentityProvider"},
				"id": name, "partnerName": name, "type": "SAML", "enabled": true, "partnerProviderId": "https://" + name + ".example"})
		}
	})
}

func (w *world) start() {
	w.t.Helper()
	var err error
	w.sim, err = simulator.Start(w.t.Context(), w.o)
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = w.sim.Close() })
	require.NoError(w.t, w.sim.WriteConfig(w.file()))
}

func (w *world) file() string { return filepath.Join(w.dir, "cutover.yaml") }

// configure changes the text of the configuration.
func (w *world) configure(pattern, by string) {
	w.t.Helper()
	b, err := os.ReadFile(w.file())
	require.NoError(w.t, err)
	at := regexp.MustCompile(pattern)
	require.Regexp(w.t, at, string(b))
	require.NoError(w.t, os.WriteFile(w.file(), at.ReplaceAll(b, []byte(by)), 0o600))
}

// api changes a domain as an administrator does, beside cutover.
func (w *world) api(d directory.Domain, method, path string, body any) object {
	w.t.Helper()
	id, secret := w.sim.Client(d)
	form := strings.NewReader(url.Values{"grant_type": {"client_credentials"}, "scope": {"urn:opc:idm:__myscopes__"}}.Encode())
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodPost, w.sim.URL(d)+"/oauth2/v1/token", form)
	require.NoError(w.t, err)
	req.SetBasicAuth(id, secret)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	token, _ := w.send(req)["access_token"].(string)
	var b bytes.Buffer
	require.NoError(w.t, json.NewEncoder(&b).Encode(body))
	if req, err = http.NewRequestWithContext(w.t.Context(), method, w.sim.URL(d)+"/admin/v1"+path, &b); method == http.MethodGet {
		req, err = http.NewRequestWithContext(w.t.Context(), method, w.sim.URL(d)+"/admin/v1"+path, nil)
	}
	require.NoError(w.t, err)
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/scim+json")
	return w.send(req)
}

func (w *world) send(req *http.Request) object {
	w.t.Helper()
	resp, err := http.DefaultClient.Do(req)
	require.NoError(w.t, err)
	defer resp.Body.Close()
	require.Less(w.t, resp.StatusCode, 300, "%s %s", req.Method, req.URL)
	var o object
	require.NoError(w.t, json.NewDecoder(resp.Body).Decode(&o))
	return o
}

// client makes cutover's client in a domain one with these administrator roles.
func (w *world) client(d directory.Domain, roles ...string) {
	w.t.Helper()
	app := w.api(d, http.MethodPost, "/Apps", object{"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:App"}, "displayName": "cutover for " + string(d),
		"basedOnTemplate": object{"value": "CustomWebAppTemplateId"}, "isOAuthClient": true, "clientType": "confidential", "allowedGrants": []any{"client_credentials"}})
	id := app["id"].(string)
	w.api(d, http.MethodPut, "/AppStatusChanger/"+id, object{"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:AppStatusChanger"}, "active": true})
	for _, role := range roles {
		found := w.api(d, http.MethodGet, "/AppRoles?filter="+url.QueryEscape(`app.value eq "IDCSAppId" and displayName eq "`+role+`"`), nil)["Resources"].([]any)
		require.Len(w.t, found, 1, role)
		w.api(d, http.MethodPost, "/Grants", object{"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:Grant"}, "grantMechanism": "ADMINISTRATOR_TO_APP",
			"grantee": object{"value": id, "type": "App"}, "app": object{"value": "IDCSAppId"},
			"entitlement": object{"attributeName": "appRoles", "attributeValue": found[0].(object)["id"]}})
	}
	w.configure("bootstrap-"+string(d)+"-[0-9a-f]+", app["name"].(string))
	require.NoError(w.t, os.WriteFile(filepath.Join(w.dir, "secrets", string(d)+"-client-secret"), []byte(app["clientSecret"].(string)), 0o600))
}

// check is what `cutover check` does.
func (w *world) check() []phase.Look {
	w.t.Helper()
	f, err := config.Load(w.file())
	require.NoError(w.t, err)
	facts, err := fleet.FactsOf(w.t.Context(), f.Canonical)
	if !planning.Readable(facts) {
		return phase.LooksAtFacts(facts, fleet.SSOSettingsOf(f.Config))
	}
	require.NoError(w.t, err)
	facts.Now = facts.Now.Add(w.later)
	readers, err := fleet.ReadersOf(f.Canonical)
	require.NoError(w.t, err)
	looks, err := planning.Check(w.t.Context(), planning.Input{
		Readers: readers, Rules: fleet.RulesOf(f.Config), SSO: fleet.SSOSettingsOf(f.Config), Off: f.Config.PhasesOff, Facts: &facts,
		Reading: func(directory.Domain) {},
	})
	require.NoError(w.t, err)
	return looks
}

// of picks the looks of an area that stand so.
func of(looks []phase.Look, area string, standing phase.Standing) string {
	var out strings.Builder
	for _, l := range looks {
		if l.Area == area && l.Standing == standing {
			fmt.Fprintf(&out, "%s: %s: %s -> %s\n", l.Where, l.What, l.How, strings.Join(l.Do, " or "))
		}
	}
	return out.String()
}
