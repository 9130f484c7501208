package config_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/config"
)

var update = flag.Bool("update", false, "write the golden files of mistakes anew")

// Each case changes the template and expects the error in
// testdata/mistakes/NAME.golden, word for word.
var mistakes = []struct {
	name    string
	changes []string // old, new, old, new ...
}{
	{"unknown key", []string{"clientId: CLIENT-ID   ", "clientID: CLIENT-ID   "}},
	{"unknown key with no likeness", []string{"firstSignIn: corporate-idp", "firstSignIn: corporate-idp\nplugins: {}"}},
	{"key twice", []string{"firstSignIn: corporate-idp", "firstSignIn: corporate-idp\nfirstSignIn: invitation"}},
	{"not yaml", []string{"  utilities: EMERGENCY-ADMINISTRATOR", " utilities: [a"}},
	{"unquoted star", []string{`"*": ORA`, `*: ORA`}},
	{"alias", []string{"userNames: [process.automation, svc-*]", "userNames: &x [process.automation]", "groups: []\n  cxif", "groups: *x\n  cxif"}},
	{"wrong types", []string{
		"clientId: CLIENT-ID   ", "clientId: 17   ", "# share: 100  ", "share: many #", "# requestTimeout: 20s", "requestTimeout: 20",
		"roles: [AppUser, AppWebServices]", "roles: AppUser", "# sync:\n#   federated: true", "sync:\n  federated: maybe",
		"# requestsPerSecond: 10", "requestsPerSecond: fast", "# arrivalPoll: 10s", "arrivalPoll: soon",
		"firstSignIn: corporate-idp", "firstSignIn: [corporate-idp]", "exclude:\n  utilities:", "exclude:\n  utilities: []\n  cxif_:",
		"# bulkOperations: 50 ", "bulkOperations: 5.5 #",
	}},
	{"everything missing", []string{string(config.Template()), "pace: {}\n"}},
	{"nothing", []string{string(config.Template()), "# nothing but a comment\n"}},
	{"two documents", []string{"# The administrator", "---\n# The administrator"}},
	{"empty values", []string{"firstSignIn: corporate-idp", "firstSignIn:", "url: https://FUSION-APPLICATIONS.example.com", `url: ""`, "app: CXIF-APP", "app: ' '"}},
	{"missing secrets", []string{"env:FUSION_CLIENT_SECRET", "env:NOT_SET_ANYWHERE", "env:UTILITIES_CLIENT_SECRET", "file:not-there.txt",
		"env:CXIF_CLIENT_SECRET", "command:no-such-program --flag", "env:EMERGENCY_PASSWORD", "file:empty.txt", "env:TEST_USER_PASSWORD", "command:echo 'not closed"}},
	{"a secret itself", []string{"env:FUSION_CLIENT_SECRET", "hunter2", "env:UTILITIES_CLIENT_SECRET", "\n    hunter2",
		"env:CXIF_CLIENT_SECRET", "12345678", "env:EMERGENCY_PASSWORD", "{value: hunter2}", "password: env:TEST_USER_PASSWORD", "pasword: hunter2"}},
	{"urls", []string{"url: https://FUSION-DOMAIN.identity.example.com  ", "url: https://FUSION.example.com/admin/v1  ",
		"url: https://FUSION-APPLICATIONS.example.com", "url: https://me:hunter2@fa.example.com",
		"url: https://UTILITIES-DOMAIN.identity.example.com", "url: http://utilities.example.com",
		"url: https://CXIF-DOMAIN.identity.example.com", "url: https://cxif.example.com?token=hunter2"}},
	{"no url", []string{"https://FUSION-DOMAIN.identity.example.com", "fusion.example.com", "https://CXIF-DOMAIN.identity.example.com", "ldaps://cxif.example.com"}},
	{"same url twice", []string{"https://UTILITIES-DOMAIN.identity.example.com", "https://fusion-domain.identity.example.com:443"}},
	{"unknown words", []string{"# type: apps  ", "type: app #", "firstSignIn: corporate-idp", "firstSignIn: corporateIdp", "# testBy: rule", "testBy: everyone #",
		"# sync:\n#   federated: true", "sync: {engine: native}\nmigrate: {through: files}\nresolutions: {utilities: {orphans: delete, jo: {orphans: kep}}}"}},
	{"a native synchronization that nobody uses", []string{"# sync:\n#   federated: true", "sync:\n  native: {app: People}"}},
	{"a native synchronization of another kind", []string{"# sync:\n#   federated: true",
		"sync:\n  engine: native\n  native: {app: ' ', start: by-request, beyondScope: perhaps, within: 0s, poll: 2h, clientSecret: hunter2}"}},
	{"a native synchronization that nobody is asked to start", []string{"# sync:\n#   federated: true",
		"sync:\n  engine: native\n  native: {request: {path: /job/v1/JobSchedules}}"}},
	{"a native synchronization without its request", []string{"# sync:\n#   federated: true", "sync:\n  engine: native\n  native: {start: request}"}},
	{"a native synchronization whose request is no JSON", []string{"# sync:\n#   federated: true",
		"sync:\n  engine: native\n  native: {start: request, request: {path: 'https://elsewhere.example/jobs', body: '{\"app\": {appId}}'}}"}},
	{"an engine of another name", []string{"# sync:\n#   federated: true", "sync: {engine: nativ}"}},
	{"out of range", []string{"# share: 100 ", "share: 101 #", "# bulkOperations: 50 ", "bulkOperations: 0 #", "# requestTimeout: 20s", "requestTimeout: 0s",
		"# requestsPerSecond: 10", "requestsPerSecond: 0", "# arrivalPoll: 10s ", "arrivalPoll: 10m #", "# arrivalTimeout: 2h ", "arrivalTimeout: 5m #", "# pace:\n#   slice: 20s", "pace:\n  slice: 2m"}},
	{"lists", []string{"    - ORA_UER_UTILITIES_CUSTOMER_SERVICE_REPRESENTATIVE\n    - ORA_UER_UTILITIES_CUSTOMER_SERVICE_MANAGER\n\n", "    []\n\n",
		"    - ORA_UER_UTILITIES_CUSTOMER_SERVICE_MANAGER\n    - ORA_UER_UTILITIES_CUSTOMER_SERVICE_USER", "    - ora_uer_utilities_customer_service_representative\n    -\n    - ORA_UER_UTILITIES_CUSTOMER_SERVICE_USER",
		"svc-*]", "'*']"}},
	{"roles", []string{`  "*": ORA_UER_UTILITIES_CUSTOMER_SERVICE_USER_SYNCHRONIZATION`, "", "migratedUsersGet:\n", "migratedUsersGet:\n  \"*\": ORA_UER_UTILITIES_CUSTOMER_SERVICE_USER_SYNCHRONIZATION\n  call-centre-group: X\n  AUDIT:\n"}},
	{"phases", []string{"# phasesOff:\n#   sync-cxif: no CXIF here", "phasesOff: {sync-cxfi: none, access-cxif: '', nap: tired}"}},
	{"limits", []string{"firstSignIn: corporate-idp", "firstSignIn: corporate-idp\nlimits: {floor: -1, breaker: {percent: 101}, phases: {migrat: {}, migrate: {update: {free: true}, updates: {}, creates: {free: true, count: 1}, removals: {count: -1}}}}"}},
	{"approvals", []string{"firstSignIn: corporate-idp", "firstSignIn: corporate-idp\napprovals: {default: {by: [anna, Anna], count: 0}, phases: {sso-on: {by: [anna], count: 2, signed: true, validFor: 1s}, sso: {}}}"}},
	{"attestations", []string{"# attest:\n", `attest:
  - {who: svc-*, what: by password, by: Ann, on: 2999-01-01}
  - {who: SVC-*, what: by password, by: Ann, on: 2026-02-30}
  - {who: "*", what: "", by: " ", on: soon}
  - {who: svc-mail, what: by password, on: 2026-03-01, until: 2027-03-01}
  - svc-batch
  -
#
`}},
	{"an attestation that is no list", []string{"# attest:\n", "attest: {who: svc-*}\n#\n"}},
	{"test user", []string{"# userName: cutover.test", "userName: emergency-administrator", "email: cutover.test@example.com", "email: nobody",
		"# testBy: rule", "signInPath: ui/v1/signin\n  testRuleName: keep local sign-in #"}},
	{"no watchdog and nobody who accepts it", []string{"acceptedBy: WHO", "# acceptedBy: WHO", "# confirmWithin: 30m", "confirmWithin: 25h"}},
	{"a watchdog and somebody who goes without", []string{"watchdog: none ", "watchdog: requird #", "# watchdogURL: https://WATCHDOG", "watchdogURL: http://WATCHDOG"}},
	{"a watchdog that is not used", []string{"watchdog: none ", "watchdog: required #", "# watchdogURL: https://WATCHDOG", "watchdogURL: https://WATCHDOG", "# watchdogToken: file:watchdog-token", "watchdogToken: file:not-there.txt"}},
	{"a SCIM server", []string{"  clientId: CLIENT-ID\n  clientSecret: env:CXIF_CLIENT_SECRET", `  kind: scim
  type: apps
  clientId: CLIENT-ID
  scim: {base: scim/v2, token: file:empty.txt, requestsPerSecond: 0}`}},
	{"a profile of OCI beside a client", []string{"# ociProfile: DEFAULT       #", "ociProfile: DEFAULT #",
		"  clientId: CLIENT-ID\n  clientSecret: env:UTILITIES_CLIENT_SECRET", "  clientId: CLIENT-ID\n  clientSecret: env:UTILITIES_CLIENT_SECRET\n  ociConfig: oci/config",
		"  clientId: CLIENT-ID\n  clientSecret: env:CXIF_CLIENT_SECRET", "  kind: scim\n  scim: {token: env:CXIF_CLIENT_SECRET}\n  ociProfile: DEFAULT"}},
	{"a profile of OCI that leads nowhere", []string{
		"  clientId: CLIENT-ID                               # a confidential application made for cutover\n  clientSecret: env:FUSION_CLIENT_SECRET", "  ociProfile: DEFAULT\n  ociConfig: not-there",
		"  clientId: CLIENT-ID\n  clientSecret: env:UTILITIES_CLIENT_SECRET", "  ociProfile: SECOND\n  ociConfig: oci-config",
		"  clientId: CLIENT-ID\n  clientSecret: env:CXIF_CLIENT_SECRET", "  ociProfile: DEFAULT\n  ociConfig: oci-config\n  oauthScope: x"}},
	{"a profile of OCI without a key", []string{
		"  clientId: CLIENT-ID                               # a confidential application made for cutover\n  clientSecret: env:FUSION_CLIENT_SECRET", "  ociProfile:\n  ociConfig: oci-config",
		"  clientId: CLIENT-ID\n  clientSecret: env:UTILITIES_CLIENT_SECRET", "  ociProfile: DEFAULT\n  ociConfig: oci-config",
		"  clientId: CLIENT-ID\n  clientSecret: env:CXIF_CLIENT_SECRET", "  ociProfile: SESSION\n  ociConfig: oci-config"}},
	{"a SCIM server that gives tokens", []string{"  clientId: CLIENT-ID\n  clientSecret: env:CXIF_CLIENT_SECRET", `  kind: scim
  clientId: CLIENT-ID
  scim: {tokenUrl: "http://me:hunter2@idp.example.com/token"}`}},
	{"a SCIM server where people sign in", []string{"url: https://FUSION-DOMAIN.identity.example.com  ", "kind: scim\n  url: https://FUSION-DOMAIN.identity.example.com  ",
		"url: https://UTILITIES-DOMAIN.identity.example.com", "kind: scimm\n  url: https://UTILITIES-DOMAIN.identity.example.com",
		"url: https://CXIF-DOMAIN.identity.example.com", "url: https://CXIF-DOMAIN.identity.example.com\n  scim: {base: /scim/v2}"}},
	{"provers", []string{"# prover: person", "prover: robt", "# browser: /usr/bin/chromium", "browser: chromium", "# signInWithin: 30m ", "signInWithin: 10ms #"}},
	{"mappings", []string{"firstSignIn: corporate-idp", `firstSignIn: corporate-idp
migrate:
  mapping: {userName: lower(userName), familyNam: familyName, givenName: givnName, displayName: 1 + 1, email: ""}
  people: {A: userName}
  files: here`}},
	{"files of people", []string{"firstSignIn: corporate-idp", `firstSignIn: corporate-idp
migrate:
  through: import-management
  people: {User Name: userName, Start: 2026}
  roles: {User Name: userName +, Role: role}
  files: ""`}},
	{"window", []string{"# window:\n#   timeZone: Europe/Berlin\n#   open:\n#     - {days: [sat, sun], from: \"20:00\", to: \"06:00\"}", `window:
  timeZone: Europe/Berln
  open:
    - {days: [sat, Sunday, sat], from: "20:00", to: "26:00"}
    - {days: [], from: 8pm, to: "06:00"}
    - {from: "24:00", to: "06:00"}
    - {days: [mon], from: "06:00", to: "06:00"}
    - {days: [mon], from: 6, till: "06:00"}`}},
	{"a window that never opens", []string{"# window:\n", "window:\n  timeZone: Local\n"}},
	{"a window without a zone", []string{"# window:\n", "window:\n  open: [{days: [mon], from: \"06:00\", to: \"07:00\"}]\n"}},
	{"resolutions", []string{"# phasesOff:", `resolutions:
  utilities:
    a: {rename: b, same-person: c}
    d: {keep-inactive: true, reactivate: true}
    e: {exclude: true, migrate: true, orphans: deactivate}
    f: {ouafLoginChanged: true}
    g: {}
    h: {set: {}}
    i: {set: {email: nowhere}}
    j: {rename: j}
    K: {exclude: true}
    k: {exclude: true}
    l: {rename: z}
    m: {same-person: Z}
    n: {rename: }
    o:
    p: {excluded: true}
    q: {rename: fine}
    verdicts:
      inactive: {keep-inactive: true}
      hub-inactiv: {reactivate: true}
      username-case: {rename: x}
  fusion:
    orphans: keep
  cxif:
    verdicts: {missing-email: {exclude: true}}
# phasesOff:`}},
}

func TestMistakesAreShownWithTheirLineAndWhatWouldBeRight(t *testing.T) {
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			secrets(t)
			text := string(config.Template())
			for i := 0; i < len(m.changes); i += 2 {
				require.Contains(t, text, m.changes[i])
				text = strings.Replace(text, m.changes[i], m.changes[i+1], 1)
			}
			file := write(t, text)
			require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(file), "empty.txt"), []byte("\n"), 0o600))
			bad := filepath.Join(filepath.Dir(file), "bad.pem")
			require.NoError(t, os.WriteFile(bad, []byte("-----BEGIN PRIVATE KEY-----\naHVudGVyMg==\n-----END PRIVATE KEY-----\n"), 0o600))
			require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(file), "oci-config"), []byte("[DEFAULT]\nuser=u\nfingerprint=f\ntenancy=t\npass_phrase=hunter2\nkey_file="+bad+
				"\n[SESSION]\nfingerprint=f\ntenancy=t\nsecurity_token_file=token\n"), 0o600))
			_, err := config.Load(file)
			var invalid *config.Invalid
			require.ErrorAs(t, err, &invalid)
			got := strings.ReplaceAll(err.Error(), filepath.Dir(file)+"/", "") + "\n"
			require.NotContains(t, got, "hunter2")
			require.NotContains(t, got, "12345678")
			require.NotContains(t, got, "s3cr3t")

			golden := filepath.Join("testdata", "mistakes", strings.ReplaceAll(m.name, " ", "-")+".golden")
			if *update {
				require.NoError(t, os.MkdirAll(filepath.Dir(golden), 0o755))
				require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
			}
			want, err := os.ReadFile(golden)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}
