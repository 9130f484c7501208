package signin_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/signin"
	"cutover/internal/simulator/sso"
	"cutover/internal/simulator/sso/ssotest"
)

// arrives goes to Utilities as somebody unknown, and holds the result against
// what none may hold.
func (e *estate) arrives() signin.Result {
	e.t.Helper()
	got := signin.Robot{Transport: &http.Transport{}}.Arrive(e.t.Context(), signin.Request{
		StartURL: e.utilities.BaseURL() + "/ui/v1/signin", Hosts: []string{e.utilities.Host(), e.fusion.Host()}, Timeout: 10 * time.Second,
	})
	for _, private := range []string{"saml", "?", "http://", "127.0.0.1"} {
		require.NotContains(e.t, strings.ToLower(got.Reason+strings.Join(got.Steps, " ")), private)
	}
	return got
}

// keptLocal is the front rule.
func keptLocal() sso.Rule {
	return ssotest.When(ssotest.Local("Keep local sign-in"), "user.userName", "in", `["`+admin+`"]`)
}

func TestWhatSomebodyUnknownMeets(t *testing.T) {
	only := ssotest.Only("Default IDP Rule", "fusion")
	elsewhere := sso.IdP{ID: "partner", Name: "Partner", Enabled: true, SSOURL: "https://login.partner.example/sso"}
	both := func(o sso.Options) [2]sso.Options { return [2]sso.Options{o, o} }
	for name, c := range map[string]struct {
		options         [2]sso.Options // of Fusion and of Utilities
		rules           []sso.Rule
		outcome, reason string
	}{
		"the redirect, where no rule depends on the user":      {both(sso.Options{}), []sso.Rule{only}, signin.OK, ""},
		"the redirect, where nobody is asked for their name":   {both(sso.Options{AsksNobody: true}), []sso.Rule{keptLocal(), only}, signin.OK, ""},
		"the redirect to a page of Fusion that a script draws": {[2]sso.Options{{ScriptPages: true}, {}}, []sso.Rule{only}, signin.OK, ""},
		"a page that asks for the user name":                   {both(sso.Options{}), []sso.Rule{keptLocal(), only}, signin.Told, "asks for the user name before"},
		"a choice of identity providers":                       {both(sso.Options{}), []sso.Rule{ssotest.Only("Default IDP Rule", "fusion", "partner")}, signin.Told, "choose how to sign in"},
		"the password page":                                    {both(sso.Options{}), []sso.Rule{ssotest.Local("Default IDP Rule")}, signin.Told, "does not lead to single sign-on"},
		"the password page, by a rule that is behind":          {both(sso.Options{AsksNobody: true}), []sso.Rule{keptLocal(), ssotest.Local("Default IDP Rule")}, signin.Told, "does not lead to single sign-on"},
		"the password beside single sign-on":                   {both(sso.Options{}), []sso.Rule{ssotest.Local("Default IDP Rule", "fusion")}, signin.Told, "beside single sign-on"},
		"a page that a script draws":                           {both(sso.Options{ScriptPages: true}), []sso.Rule{only, keptLocal()}, signin.Unclear, "unknown page"},
		"no way in":                                            {both(sso.Options{}), []sso.Rule{ssotest.Only("Default IDP Rule")}, signin.Unclear, "no way to sign in"},
		"a redirect to somebody else":                          {both(sso.Options{}), []sso.Rule{ssotest.Only("Default IDP Rule", "partner")}, signin.Unclear, "not among the domains of this cutover"},
	} {
		t.Run(name, func(t *testing.T) {
			e := federated(t, c.options[0], c.options[1])
			e.utilities.SetIdP(elsewhere)
			e.utilities.SetRules(c.rules...)
			got := e.arrives()
			ends(t, got, c.outcome, c.reason)
			require.Equal(t, c.outcome == signin.Unclear, strings.Contains(got.Reason, "open the sign-in address in a fresh private window"), got.Reason)
			require.Empty(t, append(e.utilities.SignedInIDs(), e.fusion.SignedInIDs()...))
		})
	}
}

func TestTheRedirectEndsAtFusionWhereverFusionLeads(t *testing.T) {
	e := federated(t, sso.Options{}, sso.Options{})
	e.utilities.SetRules(ssotest.Only("Default IDP Rule", "fusion"))
	e.fusion.SetIdP(sso.IdP{ID: "corporate-idp", Name: "Corporate", Enabled: true, SSOURL: "https://login.corporate.example/sso"})
	e.fusion.SetRules(ssotest.Only("Default IDP Rule", "corporate-idp"))
	require.Equal(t, signin.OK, e.arrives().Outcome)

	e.fusion.SetApps()
	ends(t, e.arrives(), signin.Unclear, "no active application")
}

// A domain that asks nobody for their name leads those away too whom the rule in
// front keeps: the proof of the emergency administrator's sign-in finds it.
func TestARedirectOfEverybodyTakesTheFrontRulesPeopleAlong(t *testing.T) {
	e := federated(t, sso.Options{}, sso.Options{AsksNobody: true})
	e.utilities.SetRules(keptLocal(), ssotest.Only("Default IDP Rule", "fusion"))
	require.Equal(t, signin.OK, e.arrives().Outcome)
	ends(t, e.signIn(admin, signin.ByLocal), signin.Refused, "Local sign-in is not offered")
}

func TestWhoeverArrivesSendsNothing(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	pages := map[string]string{}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.Method+r.URL.Path)
		if r.URL.Path == "/login" {
			http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
			http.Redirect(w, r, "/page", http.StatusFound)
			return
		}
		if len(r.Cookies()) != 1 || r.URL.RawQuery != "" || r.ContentLength > 0 {
			t.Errorf("%s was sent something", r.URL)
		}
		_, _ = io.WriteString(w, pages["now"])
	}))
	defer front.Close()
	for page, outcome := range map[string]string{
		`<form method=post action="https://fusion.example:443/fed/v1/idp/sso"><input type=hidden name=SAMLRequest value=x></form>`: signin.OK,
		`<form method=post action="https://partner.example/sso"><input type=hidden name=SAMLRequest value=x></form>`:               signin.Unclear,
		`<form method=get action=/next><input name=user></form>`:                                                                   signin.Told,
		`<a href=/fed/v1/sp/start?idp=x>Company</a>`:                                                                               signin.Told,
		`<form method=post action=/next><input name=user><input type=password name=p></form>`:                                      signin.Told,
		`<form method=post action=/next><input type=hidden name=ctx></form><script>go()</script>`:                                  signin.Unclear,
	} {
		mu.Lock()
		asked, pages["now"] = nil, page
		mu.Unlock()
		got := signin.Robot{}.Arrive(t.Context(), signin.Request{
			StartURL: front.URL + "/login", Hosts: []string{strings.TrimPrefix(front.URL, "http://"), "fusion.example:443"}, Timeout: 5 * time.Second,
		})
		require.Equal(t, outcome, got.Outcome, "%s: %s", page, got.Reason)
		require.Equal(t, []string{"GET/login", "GET/page"}, asked, page)
		require.Equal(t, []string{"/login", "/page"}, got.Steps)
	}
}

func TestADomainThatIsBrokenIsUnclear(t *testing.T) {
	for name, c := range map[string]struct {
		pages  http.HandlerFunc
		reason string
	}{
		"an error":      {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) }, "HTTP 5xx"},
		"a refusal":     {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) }, "HTTP 4xx"},
		"a ring":        {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) }, "within 30 pages"},
		"no connection": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, "could not be reached"},
	} {
		t.Run(name, func(t *testing.T) {
			front := httptest.NewServer(c.pages)
			defer front.Close()
			ends(t, signin.Robot{}.Arrive(t.Context(), signin.Request{
				StartURL: front.URL + "/login", Hosts: []string{strings.TrimPrefix(front.URL, "http://")}, Timeout: 5 * time.Second,
			}), signin.Unclear, c.reason)
		})
	}
	ends(t, signin.Robot{}.Arrive(t.Context(), signin.Request{StartURL: "utilities"}), signin.Failed, "not a URL")
}
