package signin_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/signin"
	"cutover/internal/simulator/sso"
	"cutover/internal/simulator/sso/ssotest"
)

// chromium finds a Chromium, or skips the test where none is installed.
func chromium(t *testing.T) signin.Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("starts browsers")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return signin.Browser{Path: path, Patience: 2 * time.Second}
		}
	}
	t.Skip("no Chromium is installed")
	return signin.Browser{}
}

var scripted = sso.Options{ScriptPages: true}

// offering is Fusion and Utilities whose pages are scripts, with this rule.
func offering(t *testing.T, rule sso.Rule, change func(*estate)) *estate {
	t.Helper()
	e := federated(t, scripted, scripted)
	e.by = chromium(t)
	e.utilities.SetRules(rule)
	if change != nil {
		change(e)
	}
	return e
}

var (
	onlyFusion = ssotest.Only("Default IDP Rule", "fusion")
	both       = sso.Rule{Name: "Default IDP Rule", Active: true, Local: []string{"UserNamePassword"}, SAML: []string{"fusion"}}
	onlyLocal  = sso.Rule{Name: "Default IDP Rule", Active: true, Local: []string{"UserNamePassword"}}
)

func TestABrowserSignsInWherePagesAreScripts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		rule            sso.Rule
		user, by        string
		change          func(*estate)
		outcome, reason string
	}{
		"by SSO, which is the only way":         {onlyFusion, testUser, signin.BySSO, nil, signin.OK, ""},
		"by SSO, which is offered beside local": {both, testUser, signin.BySSO, nil, signin.OK, ""},
		"locally":                               {both, admin, signin.ByLocal, nil, signin.OK, ""},
		"SSO is not offered":                    {onlyLocal, testUser, signin.BySSO, nil, signin.Refused, "only the local sign-in"},
		"local sign-in is not offered":          {onlyFusion, admin, signin.ByLocal, nil, signin.Refused, "single sign-on only"},
		"the user is inactive in Utilities": {onlyFusion, testUser, signin.BySSO,
			func(e *estate) { e.utilities.Change(testUser, func(u *sso.User) { u.Active = false }) }, signin.Refused, "the user is inactive"},
		"the password is wrong": {onlyFusion, testUser, signin.BySSO,
			func(e *estate) { e.fusion.Add(sso.User{UserName: testUser, Active: true}, "another") }, signin.Refused, "the password is wrong"},
		"the trusted certificate is another": {onlyFusion, testUser, signin.BySSO,
			func(e *estate) { e.hub.IdPCertificate = e.spoke.SPCertificate }, signin.Failed, "signed with another certificate"},
	} {
		t.Run(name, func(t *testing.T) {
			e := offering(t, c.rule, c.change)
			ends(t, e.signIn(c.user, c.by), c.outcome, c.reason)
			if c.outcome == signin.OK {
				require.NotEmpty(t, e.utilities.SignedInIDs())
			}
		})
	}
}

func TestARobotLeavesAPageThatIsAScriptToAPerson(t *testing.T) {
	e := federated(t, scripted, scripted)
	e.utilities.SetRules(onlyFusion)
	ends(t, e.signIn(testUser, signin.BySSO), signin.Unclear, "unknown page")
}

func TestABrowserSendsNothingToAnotherHostAndNoPasswordInAnAddress(t *testing.T) {
	t.Parallel()
	asked := make(chan string, 10)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { asked <- r.URL.Path }))
	t.Cleanup(other.Close)
	for name, page := range map[string]string{
		"a redirect":      `<script>location = "` + other.URL + `/page"</script>`,
		"a password form": `<form method=post action="` + other.URL + `/form"><input name=u><input type=password name=p><button>Go</button></form>`,
		"a form with the password in the address": `<form><input name=u><input type=password name=p><button>Go</button></form>`,
		"a picture": `<img src="` + other.URL + `/picture"><p>Nothing else</p>`,
	} {
		t.Run(name, func(t *testing.T) {
			e := federated(t, sso.Options{}, sso.Options{})
			e.by = chromium(t)
			there := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.RawQuery != "" {
					asked <- "the password, in an address"
				}
				_, _ = io.WriteString(w, page)
			}))
			t.Cleanup(there.Close)
			req := e.request(admin, signin.ByLocal)
			req.StartURL = there.URL + "/login"
			req.Hosts = []string{there.Listener.Addr().String()}
			got := e.run(req)
			require.NotEqual(t, signin.OK, got.Outcome)
			select {
			case path := <-asked:
				require.Fail(t, "this was asked for", path)
			default:
			}
		})
	}
}

func TestWithoutABrowserItIsSaidThatThereIsNone(t *testing.T) {
	e := federated(t, sso.Options{}, sso.Options{})
	e.by = signin.Browser{Path: "/nowhere/chromium"}
	ends(t, e.signIn(testUser, signin.BySSO), signin.Failed, "Chromium is installed")
}
