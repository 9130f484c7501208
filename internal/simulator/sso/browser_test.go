package sso_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/simulator/sso"
	"cutover/internal/simulator/sso/ssotest"
)

// browser is a person's browser: cookies, redirects, no scripts.
type browser struct {
	t      *testing.T
	client *http.Client
}

func newBrowser(t *testing.T) browser {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return browser{t, &http.Client{Jar: jar}}
}

// seen is a page with its status and the address where it was found.
type seen struct {
	status int
	at     *url.URL
	body   string
}

func (b browser) get(address string) seen {
	b.t.Helper()
	resp, err := b.client.Get(address)
	return b.read(resp, err)
}

func (b browser) post(address string, pairs ...string) seen {
	b.t.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	resp, err := b.client.PostForm(address, v)
	return b.read(resp, err)
}

func (b browser) read(resp *http.Response, err error) seen {
	b.t.Helper()
	require.NoError(b.t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(b.t, err)
	return seen{resp.StatusCode, resp.Request.URL, string(body)}
}

var alert = regexp.MustCompile(`(?s)role="alert">(.*?)</p>`)

// alert is what the page says that is wrong.
func (s seen) alert() string {
	if m := alert.FindStringSubmatch(s.body); m != nil {
		return m[1]
	}
	return ""
}

// field is the value of a hidden field.
func (s seen) field(name string) string {
	m := regexp.MustCompile(`name="` + name + `" value="([^"]*)"`).FindStringSubmatch(s.body)
	if m == nil {
		return ""
	}
	return strings.ReplaceAll(m[1], "&#43;", "+")
}

func (s seen) asksPassword() bool { return strings.Contains(s.body, `type="password"`) }

// userShown is who the console says has signed in.
func (s seen) userShown() string {
	if m := regexp.MustCompile(`<span id="user">(.*?)</span>`).FindStringSubmatch(s.body); m != nil {
		return m[1]
	}
	return ""
}

const password = "a password of some length"

// federated is Fusion and Utilities set up for each other; Utilities offers
// Fusion only. Anna is in both.
func federated(t *testing.T) (fusion, utilities *ssotest.Domain) {
	fusion, utilities = ssotest.Start(t, "fusion", sso.Options{}), ssotest.Start(t, "utilities", sso.Options{})
	ssotest.Federate(fusion, utilities, certificate(t, fusion))
	utilities.SetRules(ssotest.Only("Default IDP Rule", "fusion"))
	fusion.Add(sso.User{UserName: "anna", Active: true}, password)
	utilities.Add(sso.User{UserName: "anna", Active: true}, "")
	return fusion, utilities
}

var x509 = regexp.MustCompile(`X509Certificate[^>]*>([^<]+)<`)

// certificate is the one that the domain's metadata shows.
func certificate(t *testing.T, d *ssotest.Domain) string {
	page := newBrowser(t).get(d.BaseURL() + "/fed/v1/metadata")
	require.Equal(t, http.StatusOK, page.status)
	m := x509.FindStringSubmatch(page.body)
	require.NotNil(t, m)
	return m[1]
}
