package config_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/config"
	"cutover/internal/estates"
)

// secrets puts the secrets that the tests' configurations name where they are named.
func secrets(t *testing.T) {
	t.Helper()
	for _, name := range []string{
		"FUSION_CLIENT_SECRET", "FUSION_APPLICATIONS_PASSWORD", "UTILITIES_CLIENT_SECRET",
		"CXIF_CLIENT_SECRET", "EMERGENCY_PASSWORD", "TEST_USER_PASSWORD",
	} {
		t.Setenv(name, "s3cr3t-"+name)
	}
}

// write puts a configuration into a directory of its own.
func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cutover.yaml")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

func TestTheTemplateLoadsOnceItsSecretsExist(t *testing.T) {
	file := write(t, string(config.Template()))
	_, err := config.Load(file)
	var invalid *config.Invalid
	require.ErrorAs(t, err, &invalid)
	for _, p := range invalid.Problems {
		require.Regexp(t, `^the environment variable [A-Z_]+ is not set$`, p.What)
	}
	require.Len(t, invalid.Problems, 6)

	secrets(t)
	f, err := config.Load(file)
	require.NoError(t, err)
	require.Empty(t, f.Warnings)
	require.Equal(t, file, f.Path)
}

func TestTheTemplateShowsEveryKey(t *testing.T) {
	var schema struct {
		Defs map[string]struct{ Properties map[string]any } `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(config.Schema(), &schema))
	// What is fine as it is for nearly everyone stays out of the template.
	rare := []string{"oauthScope", "requestTimeout", "appName", "idpName", "syncClientName", "frontRuleName", "testRuleName",
		"userAttribute", "takeDown", "signInPoll", "signInPath", "consolePath", "givenName", "familyName", "engine"}
	for of, d := range schema.Defs {
		if of == "Resolution" || of == "Set" || of == "Names" {
			continue
		}
		for key := range d.Properties {
			if !strings.Contains(string(config.Template()), key+":") {
				require.Contains(t, rare, key, "the template does not show %s.%s", of, key)
			}
		}
	}
}

func TestDefaultsAreFilledIn(t *testing.T) {
	secrets(t)
	f, err := config.Load(write(t, string(config.Template())))
	require.NoError(t, err)
	c := f.Config
	for _, d := range []config.DomainConfig{c.Fusion.DomainConfig, c.Utilities, c.CXIF} {
		require.Equal(t, "apps", d.Type)
		require.Equal(t, 100, d.Share)
		require.Equal(t, 50, d.BulkOperations)
		require.Equal(t, 20*time.Second, d.RequestTimeout)
		require.Equal(t, "urn:opc:idm:__myscopes__", d.OAuthScope)
	}
	a := c.Fusion.Applications
	require.Equal(t, 10.0, a.RequestsPerSecond)
	require.Equal(t, 50, a.BulkOperations)
	require.Equal(t, 20*time.Second, a.RequestTimeout)
	require.Equal(t, 10*time.Second, a.ArrivalPoll)
	require.Equal(t, 2*time.Hour, a.ArrivalTimeout)
	require.Equal(t, "fusion-applications", c.Migrate.Through)
	require.Equal(t, "direct", c.Sync.Engine)
	require.True(t, *c.Sync.Federated)
	require.Equal(t, 20*time.Second, c.Pace.Slice)
	require.Equal(t, config.SSO{
		AppName: "Oracle Utilities", IdPName: "Fusion", SyncClientName: "cutover-sync",
		FrontRuleName: "Keep local sign-in", TestRuleName: "SSO test", UserAttribute: "user.userName",
		Prover: "person", SignInWithin: 30 * time.Minute, SignInPoll: 5 * time.Second,
		TestBy: "rule", SignInPath: "/ui/v1/signin", ConsolePath: "/ui/v1/myconsole",
		TestUser: config.TestUser{
			UserName: "cutover.test", Email: "cutover.test@example.com", GivenName: "Cutover", FamilyName: "Test",
			Password: "env:TEST_USER_PASSWORD",
		},
		Probation: config.Probation{ConfirmWithin: 30 * time.Minute, Watchdog: "none", AcceptedBy: "WHO-ACCEPTS-TO-GO-WITHOUT"},
	}, c.SSO)
}

func TestTheEngineNativeIsStartedByAPersonAndKeepsToTheScopeUnlessItIsSaid(t *testing.T) {
	secrets(t)
	load := func(sync string) config.NativeSync {
		f, err := config.Load(write(t, strings.Replace(string(config.Template()), "# sync:\n#   federated: true", sync, 1)))
		require.NoError(t, err)
		return f.Config.Sync.Native
	}
	require.Equal(t, config.NativeSync{App: "Fusion people", Start: "person", BeyondScope: "refuse", Within: 12 * time.Hour, Poll: 30 * time.Second},
		load("sync: {engine: native}"))
	require.Zero(t, load("sync: {engine: direct}"), "the other engine has none of it")
	body := `{"app": "{appId}", "most": {creates}, "gone": {deletes}}`
	require.Equal(t, config.NativeSync{
		App: "People", Start: "request", Request: config.SyncRequest{Path: "/jobs", Body: body}, BeyondScope: "accept", Within: time.Hour, Poll: time.Second, ClientSecret: "env:FUSION_CLIENT_SECRET",
	}, load(`sync:
  engine: native
  native: {app: People, start: request, request: {path: /jobs, body: '`+body+`'}, beyondScope: accept, within: 1h, poll: 1s, clientSecret: env:FUSION_CLIENT_SECRET}
#`))
}

func TestWhatTheFileSaysIsNotOverruledByADefault(t *testing.T) {
	secrets(t)
	f, err := config.Load(write(t, strings.Replace(string(config.Template()), "# sync:\n#   federated: true", "sync:\n  federated: false", 1)))
	require.NoError(t, err)
	require.False(t, *f.Config.Sync.Federated)
}

func TestTheOrderOfRolesIsKept(t *testing.T) {
	secrets(t)
	f, err := config.Load(write(t, string(config.Template())))
	require.NoError(t, err)
	want := config.OrderedMap{
		{Key: "CALL-CENTRE-GROUP", Value: "ORA_UER_UTILITIES_CUSTOMER_SERVICE_REPRESENTATIVE"},
		{Key: "SUPERVISORS-GROUP", Value: "ORA_UER_UTILITIES_CUSTOMER_SERVICE_MANAGER"},
		{Key: "*", Value: "ORA_UER_UTILITIES_CUSTOMER_SERVICE_USER_SYNCHRONIZATION"},
	}
	require.Equal(t, want, f.Config.MigratedUsersGet)
	decoded, _, err := config.Decode(f.Canonical)
	require.NoError(t, err)
	require.Equal(t, want, decoded.MigratedUsersGet)
}

// estate is the configuration of a sample estate, with what is not about people.
func estate(t *testing.T, name string) string {
	t.Helper()
	raw, err := estates.FS.ReadFile(name + "/cutover.json")
	require.NoError(t, err)
	people := strings.TrimSuffix(strings.TrimSpace(string(raw)), "}")
	return people + `,
"fusion": {"url": "http://127.0.0.1:1801", "clientId": "cutover", "clientSecret": "env:FUSION_CLIENT_SECRET",
 "applications": {"url": "http://127.0.0.1:1802", "userName": "cutover", "password": "env:FUSION_APPLICATIONS_PASSWORD"}},
"utilities": {"url": "http://127.0.0.1:1803", "clientId": "cutover", "clientSecret": "env:UTILITIES_CLIENT_SECRET"},
"cxif": {"url": "http://127.0.0.1:1804", "clientId": "cutover", "clientSecret": "env:CXIF_CLIENT_SECRET"},
"sso": {"testUser": {"email": "cutover.test@riverbend.example", "password": "env:TEST_USER_PASSWORD"}, "probation": {"watchdog": "none", "acceptedBy": "Ann Archer"}}
}`
}

func TestTheConfigurationsOfTheSampleEstatesLoad(t *testing.T) {
	secrets(t)
	for _, name := range []string{"clean", "messy", "resolved"} {
		t.Run(name, func(t *testing.T) {
			text := estate(t, name)
			var line bytes.Buffer
			require.NoError(t, json.Compact(&line, []byte(text)))
			indented, compact := load(t, text), load(t, line.String())
			require.Equal(t, indented.Hash, compact.Hash)
			require.Equal(t, []string{"process.automation", "svc-*", "svc_*"}, compact.Config.Exclude.Utilities.UserNames)
			require.Len(t, compact.Warnings, 1, "no password of the emergency administrator")
			require.Equal(t, "emergency.utilities", compact.Warnings[0].Path)
		})
	}
}

func TestResolutionsAreReadByUserName(t *testing.T) {
	secrets(t)
	r := load(t, estate(t, "resolved")).Config.Resolutions
	require.Len(t, r.Utilities.Users, 24)
	require.Equal(t, config.Resolution{Rename: "priya.silva", OUAFLoginChanged: true}, r.Utilities.Users["priya.silvaé"])
	require.Equal(t, config.Resolution{Set: config.Set{FamilyName: "Peña"}}, r.Utilities.Users["zoe.pena"])
	require.Equal(t, config.Resolution{Exclude: true, OutOfScope: true}, r.Utilities.Users["adam.d'angelo"])
	require.Equal(t, config.Resolution{Set: config.Set{Email: "wei.vargas@riverbend.example"}}, r.Fusion.Users["wei.vargas"])
	require.Equal(t, config.TargetResolutions{Orphans: "keep"}, r.CXIF)
}

func TestOrphansAndVerdictsAreNoUserNames(t *testing.T) {
	secrets(t)
	f, err := config.Load(write(t, string(config.Template())+`
resolutions:
  utilities:
    orphans: deactivate
    verdicts: {inactive-but-in-scope: {keep-inactive: true}}
    007: {exclude: true}
    jo: {orphans: keep}
`))
	require.NoError(t, err)
	require.Equal(t, config.TargetResolutions{
		Orphans:  "deactivate",
		Verdicts: map[string]config.Resolution{"inactive-but-in-scope": {KeepInactive: true}},
		Users:    map[string]config.Resolution{"007": {Exclude: true}, "jo": {Orphan: "keep"}},
	}, f.Config.Resolutions.Utilities)
}

func TestCXIFMayBeLeftOutWhereItsPhasesAreOff(t *testing.T) {
	secrets(t)
	template := string(config.Template())
	at, next := strings.Index(template, "cxif:\n  url"), strings.Index(template, "# Who is left alone")
	without := template[:at] + template[next:]
	scope := "  cxif:\n    - ORA_UER_UTILITIES_CUSTOMER_SERVICE_REPRESENTATIVE\n    - ORA_UER_UTILITIES_CUSTOMER_SERVICE_MANAGER\n"
	access := "  cxif:\n    app: CXIF-APP\n    roles: [CXIF_Configuration_Endpoint_Read]\n"
	require.Contains(t, without, scope)
	require.Contains(t, without, access)
	without = strings.NewReplacer(scope, "", access, "").Replace(without)
	f := load(t, without+"\nphasesOff: {sync-cxif: no CXIF here, access-cxif: no CXIF here}\n")
	require.Zero(t, f.Config.CXIF)

	_, err := config.Load(write(t, without+"\nphasesOff: {sync-cxif: no CXIF here}\n"))
	require.ErrorContains(t, err, "cxif: this is missing\n")
	require.ErrorContains(t, err, "describe the domain, or switch sync-cxif and access-cxif off, with a reason each, under phasesOff")
}
