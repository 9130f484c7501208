package signin_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/signin"
	"cutover/internal/simulator/sso"
	"cutover/internal/simulator/sso/ssotest"
)

// local signs in at a made-up domain.
func local(t *testing.T, pages http.HandlerFunc) signin.Result {
	t.Helper()
	domain := httptest.NewServer(pages)
	defer domain.Close()
	return signin.Robot{}.SignIn(t.Context(), signin.Request{
		StartURL: domain.URL + "/login", ConsolePath: "/console", UserName: admin, By: signin.ByLocal,
		Password: func(context.Context) (string, error) { return secret, nil },
		Hosts:    []string{strings.TrimPrefix(domain.URL, "http://")}, Timeout: 5 * time.Second,
	})
}

// foreign is a domain whose pages look nothing like the simulator's: a name
// page, a password page with its own field names, and then what end writes.
func foreign(t *testing.T, end http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		switch r.Method + r.URL.Path {
		case "GET/login":
			_, _ = io.WriteString(w, `<form method=POST action=step2><input type=hidden name=csrf value=1><input name=j_user><input type=checkbox name=remember><input type=submit value=Go></form>`)
		case "POST/step2":
			require.Equal(t, "1", r.PostFormValue("csrf"))
			require.Equal(t, admin, r.PostFormValue("j_user"))
			require.False(t, r.PostForm.Has("remember"))
			_, _ = io.WriteString(w, `<form method=POST action=step3><input name=who value="`+admin+`" readonly><input name=j_secret type=PASSWORD><button name=go value=in>In</button><button name=go value=out>Out</button></form>`)
		case "POST/step3":
			require.Equal(t, secret, r.PostFormValue("j_secret"))
			require.Equal(t, []string{"in"}, r.PostForm["go"])
			require.Equal(t, admin, r.PostFormValue("who"))
			end(w, r)
		case "GET/console":
			end(w, r)
		}
	}
}

func toConsole(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/console" {
			http.Redirect(w, r, "/console?session=abc", http.StatusFound)
			return
		}
		_, _ = io.WriteString(w, body)
	}
}

func TestFormsAreFoundByWhatTheyAskFor(t *testing.T) {
	got := local(t, foreign(t, toConsole(`<p>Hello <b>`+admin+`</b></p>`)))
	require.Equal(t, signin.Result{Outcome: signin.OK, Steps: []string{"/login", "/step2", "/step3", "/console"}}, got)
}

func TestTheEndIsHeldAgainstTheUserName(t *testing.T) {
	for page, reason := range map[string]string{
		`<span id="user">BG-admin</span>`:                         "somebody else",
		`<span id="user">bg-admin2</span>`:                        "somebody else",
		`<span id="user">other</span><td>` + admin + `</td>`:      "somebody else",
		`<p>Welcome</p>`:                                          "does not show who is signed in",
		`<p>Welcome ` + admin + `, you have no mail</p>`:          "does not show who is signed in",
		`<!-- <span id="user">` + admin + `</span> --><p>Hi</p>`:  "does not show who is signed in",
		`<p><i>bg</i>-<i>admin</i></p><script>bg-admin;</script>`: "does not show who is signed in",
	} {
		got := local(t, foreign(t, toConsole(page)))
		ends(t, got, signin.Failed, reason)
	}
}

func TestAPageThatLeadsNowhereEndsTheSignIn(t *testing.T) {
	write := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	for name, c := range map[string]struct {
		pages           http.HandlerFunc
		outcome, reason string
	}{
		"unknown page":     {write(200, "<h1>Welcome</h1>"), signin.Unclear, "unknown page"},
		"no such page":     {write(404, "gone"), signin.Failed, "HTTP 4xx"},
		"server error":     {write(503, "later"), signin.Failed, "HTTP 5xx"},
		"script only":      {write(200, `<div id=app></div><script>go()</script>`), signin.Unclear, "unknown page"},
		"endless page":     {write(200, strings.Repeat("x", 2<<20)), signin.Failed, "more than 1 MB"},
		"name asked again": {write(200, `<form method=post><input name=u></form>`), signin.Refused, "user name again"},
		"one-time code": {foreign(t, write(200, `<form method=post><input name=otp></form>`)),
			signin.Unclear, "one-time code"},
		"password again": {foreign(t, write(200, `<p role=alert>Account `+admin+` is LOCKED</p><form method=post><input type=password name=p></form>`)),
			signin.Refused, "the user is locked"},
		"circle": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) },
			signin.Failed, "within 30 pages"},
		"nothing proven": {func(w http.ResponseWriter, r *http.Request) {
			toConsole(`<span id="user">`+admin+`</span>`)(w, r)
		}, signin.Failed, "without a password being asked for"},
	} {
		t.Run(name, func(t *testing.T) {
			got := local(t, c.pages)
			ends(t, got, c.outcome, c.reason)
			require.LessOrEqual(t, len(got.Steps), 30)
		})
	}
}

func TestADomainThatDoesNotAnswerEndsInATimeout(t *testing.T) {
	done := make(chan struct{})
	domain := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-done }))
	defer domain.Close()
	defer close(done)
	req := signin.Request{
		StartURL: domain.URL, ConsolePath: "/console", UserName: admin, By: signin.ByLocal,
		Password: func(context.Context) (string, error) { return secret, nil },
		Hosts:    []string{strings.TrimPrefix(domain.URL, "http://")}, Timeout: 50 * time.Millisecond,
	}
	ends(t, signin.Robot{}.SignIn(t.Context(), req), signin.Failed, "timeout")

	stopped, stop := context.WithCancel(t.Context())
	stop()
	ends(t, signin.Robot{}.SignIn(stopped, req), signin.Failed, "stopped")
}

func TestARequestThatMakesNoSenseIsToldBeforeAnythingIsSent(t *testing.T) {
	e := ssoOnly(t, sso.Options{}, sso.Options{})
	for reason, spoil := range map[string]func(*signin.Request){
		"not a URL":                 func(r *signin.Request) { r.StartURL = "utilities" },
		"No user":                   func(r *signin.Request) { r.Password = nil },
		"neither sso nor local":     func(r *signin.Request) { r.By = "magic" },
		"entity id is not a URL":    func(r *signin.Request) { r.Trust.IdPEntityID = "fusion" },
		"no readable certificate":   func(r *signin.Request) { r.Trust.IdPCertificate = "AAAA" },
		"assertion consumer is not": func(r *signin.Request) { r.Trust.AssertionConsumer = "" },
	} {
		req := e.request(testUser, signin.BySSO)
		spoil(&req)
		got := e.by.SignIn(t.Context(), req)
		ends(t, got, signin.Failed, reason)
		require.Empty(t, got.Steps)
	}
}

func TestMetadataTellsBothRolesOfADomain(t *testing.T) {
	d := ssotest.Start(t, "utilities", sso.Options{})
	m, err := signin.Metadata(t.Context(), http.DefaultClient, d.BaseURL()+"/")
	require.NoError(t, err)
	require.Equal(t, m.IdPCertificate, m.SPCertificate)
	require.NotEmpty(t, m.IdPCertificate)
	m.IdPCertificate, m.SPCertificate = "", ""
	require.Equal(t, directory.Metadata{
		SPEntityID: d.BaseURL() + "/fed", AssertionConsumer: d.BaseURL() + "/fed/v1/sp/sso",
		IdPEntityID: d.BaseURL() + "/fed", IdPSSOURL: d.BaseURL() + "/fed/v1/idp/sso",
	}, m)
}

func TestMetadataThatCannotBeReadIsAPeerError(t *testing.T) {
	const entity = `<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="x">%s</EntityDescriptor>`
	const key = `<SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol"><KeyDescriptor><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>AAAA</X509Certificate></X509Data></KeyInfo></KeyDescriptor></SPSSODescriptor>`
	for name, c := range map[string]struct {
		status  int
		body    string
		problem directory.Problem
	}{
		"not public":      {401, "", directory.ProblemAuth},
		"throttled":       {429, "", directory.ProblemThrottled},
		"broken":          {500, "", directory.ProblemUnavailable},
		"no XML":          {200, "hello", directory.ProblemUnreadable},
		"no roles":        {200, fmt.Sprintf(entity, ""), directory.ProblemUnreadable},
		"bad certificate": {200, fmt.Sprintf(entity, key), directory.ProblemUnreadable},
		"too large":       {200, strings.Repeat(" ", 2<<20), directory.ProblemUnreadable},
	} {
		t.Run(name, func(t *testing.T) {
			domain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			defer domain.Close()
			_, err := signin.Metadata(t.Context(), http.DefaultClient, domain.URL)
			var peer *directory.PeerError
			require.ErrorAs(t, err, &peer)
			require.Equal(t, c.problem, peer.Problem)
		})
	}
	_, err := signin.Metadata(t.Context(), http.DefaultClient, "utilities")
	require.ErrorContains(t, err, "not a URL")
}
