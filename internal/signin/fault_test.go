package signin_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/signin"
	"cutover/internal/simulator/sso"
	"cutover/internal/simulator/sso/ssotest"
)

// ssoOnly is an estate whose Utilities lets everybody in by Fusion only.
func ssoOnly(t *testing.T, fusion, utilities sso.Options) *estate {
	e := federated(t, fusion, utilities)
	e.utilities.SetRules(ssotest.Only("Default IDP Rule", "fusion"))
	return e
}

func TestAWrongCertificateInTheMetadataIsNamed(t *testing.T) {
	e := ssoOnly(t, sso.Options{WrongCertificate: true}, sso.Options{})
	got := e.signIn(testUser, signin.BySSO)
	ends(t, got, signin.Failed, "another certificate")
	require.Equal(t, "/fed/v1/sp/sso", got.Steps[len(got.Steps)-1], "the assertion is delivered all the same")
	require.Empty(t, e.utilities.SignedInIDs(), "and the service provider refuses it by itself")
}

func TestAnAssertionThatIsChangedOnTheWayIsRefusedByBothSides(t *testing.T) {
	e := ssoOnly(t, sso.Options{}, sso.Options{})
	e.utilities.Add(sso.User{UserName: "cutover.best", Active: true}, "")
	e.by = signin.Robot{Transport: tamper{from: ">cutover.test<", to: ">cutover.best<"}}
	ends(t, e.signIn(testUser, signin.BySSO), signin.Failed, "signature of the assertion does not verify")
	require.Empty(t, e.utilities.SignedInIDs())
}

func TestAnAssertionWithoutASignatureIsRefusedByBothSides(t *testing.T) {
	e := ssoOnly(t, sso.Options{}, sso.Options{})
	e.by = signin.Robot{Transport: tamper{from: `(?s)<ds:Signature .*</ds:Signature>`, to: ""}}
	ends(t, e.signIn(testUser, signin.BySSO), signin.Failed, "not signed")
	require.Empty(t, e.utilities.SignedInIDs())
}

func TestASecondAssertionBesideTheSignedOneIsRefusedByBothSides(t *testing.T) {
	e := ssoOnly(t, sso.Options{}, sso.Options{})
	e.by = signin.Robot{Transport: tamper{from: `(?s)(<saml:Assertion .*</saml:Assertion>)`, to: `<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"/>$1`}}
	ends(t, e.signIn(testUser, signin.BySSO), signin.Failed, "exactly one assertion")
	require.Empty(t, e.utilities.SignedInIDs())
}

func TestAnAssertionThatDoesNotFitWhatIsTrustedFails(t *testing.T) {
	for name, c := range map[string]struct {
		trust  func(*signin.Trust)
		reason string
	}{
		"another audience":          {func(tr *signin.Trust) { tr.SPEntityID += "x" }, "audience"},
		"another recipient":         {func(tr *signin.Trust) { tr.AssertionConsumer += "x" }, "recipient"},
		"another issuer":            {func(tr *signin.Trust) { tr.IdPEntityID += "x" }, "another identity provider"},
		"no trusted certificate":    {func(tr *signin.Trust) { tr.IdPCertificate = "" }, "no readable certificate"},
		"no service provider known": {func(tr *signin.Trust) { tr.SPEntityID = "" }, "not known"},
	} {
		t.Run(name, func(t *testing.T) {
			e := ssoOnly(t, sso.Options{}, sso.Options{})
			req := e.request(testUser, signin.BySSO)
			c.trust(&req.Trust)
			ends(t, e.run(req), signin.Failed, c.reason)
		})
	}
}

func TestAUserWhomUtilitiesDoesNotKnowByteForByteIsNotLetIn(t *testing.T) {
	e := ssoOnly(t, sso.Options{}, sso.Options{})
	e.fusion.Add(sso.User{UserName: "anna.berg", Active: true}, secret)
	ends(t, e.signIn("anna.berg", signin.BySSO), signin.Refused, "knows no such user")

	e.utilities.Add(sso.User{UserName: "Anna.Berg", Active: true}, "")
	ends(t, e.signIn("anna.berg", signin.BySSO), signin.Refused, "another spelling")
	ends(t, e.signIn("Anna.Berg", signin.BySSO), signin.Failed, "names the user in another spelling")
	require.Empty(t, e.utilities.SignedInIDs())
}

func TestAUserWhoIsInactiveInUtilitiesIsNotLetInBySingleSignOn(t *testing.T) {
	e := ssoOnly(t, sso.Options{}, sso.Options{})
	e.utilities.Change(testUser, func(u *sso.User) { u.Active = false })
	ends(t, e.signIn(testUser, signin.BySSO), signin.Refused, "sound, but the service provider does not accept it: the user is inactive")
}

func TestSettingsThatDoNotFitAreToldFromRefusals(t *testing.T) {
	e := ssoOnly(t, sso.Options{}, sso.Options{})
	apps := e.fusion.SAMLApps()
	apps[0].Active = false
	e.fusion.SetApps(apps...)
	ends(t, e.signIn(testUser, signin.BySSO), signin.Failed, "no active application")

	apps[0].Active, apps[0].HashAlgorithm = true, "SHA-1"
	e.fusion.SetApps(apps...)
	ends(t, e.signIn(testUser, signin.BySSO), signin.Failed, "SHA-256")
}

func TestClocksThatDifferAreNamed(t *testing.T) {
	shifted := func(by time.Duration) func() time.Time {
		return func() time.Time { return time.Now().Add(by) }
	}
	t.Run("between the two domains", func(t *testing.T) {
		for _, by := range []time.Duration{-10 * time.Minute, 10 * time.Minute} {
			e := ssoOnly(t, sso.Options{Clock: shifted(by)}, sso.Options{})
			ends(t, e.signIn(testUser, signin.BySSO), signin.Failed, "clocks differ")
		}
	})
	t.Run("between the domains and the robot", func(t *testing.T) {
		for _, by := range []time.Duration{-10 * time.Minute, 10 * time.Minute} {
			e := ssoOnly(t, sso.Options{}, sso.Options{})
			e.clock = shifted(by)
			ends(t, e.signIn(testUser, signin.BySSO), signin.Failed, "not valid at this time")
		}
	})
	t.Run("and do no harm where all agree", func(t *testing.T) {
		later := shifted(3 * 365 * 24 * time.Hour)
		e := ssoOnly(t, sso.Options{Clock: later}, sso.Options{Clock: later})
		e.clock = later
		require.Equal(t, signin.OK, e.signIn(testUser, signin.BySSO).Outcome)
	})
}

func TestThePasswordIsNotGivenAway(t *testing.T) {
	var got []string
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		got = append(got, r.URL.String()+string(body))
	}))
	defer thief.Close()
	host := func(s *httptest.Server) string { return strings.TrimPrefix(s.URL, "http://") }
	for name, page := range map[string]struct{ body, reason string }{
		"to a form of another host": {`<form method=post action="` + thief.URL + `"><input name=u><input type=password name=p></form>`, "would send the password elsewhere"},
		"in an address":             {`<form action="/go"><input name=u><input type=password name=p></form>`, "would send the password elsewhere"},
		"to a form that asks more":  {`<form method=post><input name=u><input name=pin><input type=password name=p></form>`, "more than a user name and a password"},
		"to a change of password":   {`<form method=post><input type=password name=p><input type=password name=q></form>`, "new password"},
	} {
		t.Run(name, func(t *testing.T) {
			posted := false
			domain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				posted = posted || r.Method == http.MethodPost || r.URL.RawQuery != ""
				_, _ = io.WriteString(w, page.body)
			}))
			defer domain.Close()
			r := signin.Robot{}.SignIn(t.Context(), signin.Request{
				StartURL: domain.URL + "/", ConsolePath: "/console", UserName: admin, By: signin.ByLocal,
				Password: func(context.Context) (string, error) { return secret, nil }, Hosts: []string{host(domain), host(thief)},
			})
			require.Contains(t, r.Reason, page.reason)
			require.False(t, posted)
			require.Empty(t, got)
		})
	}
	t.Run("by a redirect that repeats the form", func(t *testing.T) {
		domain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				http.Redirect(w, r, thief.URL, http.StatusTemporaryRedirect)
				return
			}
			_, _ = io.WriteString(w, `<form method=post><input name=u><input type=password name=p></form>`)
		}))
		defer domain.Close()
		r := signin.Robot{}.SignIn(t.Context(), signin.Request{
			StartURL: domain.URL + "/", ConsolePath: "/console", UserName: admin, By: signin.ByLocal,
			Password: func(context.Context) (string, error) { return secret, nil }, Hosts: []string{host(domain), host(thief)},
		})
		require.NotEqual(t, signin.OK, r.Outcome)
		require.Empty(t, got)
	})
}

func TestAPasswordIsNotCarriedOnFromOneDomainToTheOther(t *testing.T) {
	e := ssoOnly(t, sso.Options{}, sso.Options{})
	arrived := false
	utilities := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { arrived = true }))
	defer utilities.Close()
	fusion := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			http.Redirect(w, r, utilities.URL, http.StatusPermanentRedirect)
			return
		}
		_, _ = io.WriteString(w, `<form method=post><input name=u><input type=password name=p></form>`)
	}))
	defer fusion.Close()
	e.utilities.SetIdP(sso.IdP{ID: "fusion", Name: "Fusion", Enabled: true, SSOURL: fusion.URL})
	req := e.request(testUser, signin.BySSO)
	req.Trust.IdPEntityID = fusion.URL + "/fed"
	req.Hosts = append(req.Hosts, strings.TrimPrefix(fusion.URL, "http://"), strings.TrimPrefix(utilities.URL, "http://"))
	ends(t, e.run(req), signin.Failed, "redirects what was typed in to another host")
	require.False(t, arrived)
}

func TestNothingIsSentToAHostThatIsNotAllowed(t *testing.T) {
	e := ssoOnly(t, sso.Options{}, sso.Options{})
	req := e.request(testUser, signin.BySSO)
	req.Hosts = []string{e.utilities.Host()}
	ends(t, e.run(req), signin.Failed, "not among the domains of this cutover")
}

func TestAPasswordThatCannotBeReadIsNoGuess(t *testing.T) {
	e := federated(t, sso.Options{}, sso.Options{})
	req := e.request(admin, signin.ByLocal)
	req.Password = func(context.Context) (string, error) { return "", errors.New("the vault said " + secret) }
	ends(t, e.run(req), signin.Failed, "could not be read")
}

// tamper changes the SAML response in the pages that pass by, as somebody
// between the domains could.
type tamper struct{ from, to string }

var samlField = regexp.MustCompile(`name="SAMLResponse" value="([^"]+)"`)

func (c tamper) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if m := samlField.FindSubmatch(body); err == nil && m != nil {
		escaped := strings.ReplaceAll(string(m[1]), "&#43;", "+")
		raw, decode := base64.StdEncoding.DecodeString(escaped)
		if decode != nil {
			return nil, decode
		}
		changed := regexp.MustCompile(c.from).ReplaceAll(raw, []byte(c.to))
		if bytes.Equal(changed, raw) {
			return nil, errors.New("nothing was changed")
		}
		body = bytes.Replace(body, m[1], []byte(base64.StdEncoding.EncodeToString(changed)), 1)
	}
	resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	resp.Header.Del("Content-Length")
	return resp, err
}
