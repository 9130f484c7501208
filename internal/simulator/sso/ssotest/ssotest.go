// Package ssotest holds identity domains in memory for tests of sign-ins: who
// is in them and what their rules offer is set by the test. It knows nothing of
// SCIM and of the rest of the simulator.
package ssotest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"cutover/internal/simulator/sso"
)

// Domain is a sso.Directory in memory behind a server of its own.
type Domain struct {
	name, url string

	mu       sync.Mutex
	users    []sso.User
	password map[string]string // by user id
	signedIn []string
	rules    []sso.Rule
	own      map[string][]sso.Rule // of policies of their own, by app
	signOn   []sso.SignOnRule
	idps     map[string]sso.IdP
	apps     []sso.App
}

// Start serves a domain until the test ends. wrap, where given, stands before
// its pages.
func Start(t testing.TB, name string, opts sso.Options, wrap ...func(http.Handler) http.Handler) *Domain {
	t.Helper()
	d := &Domain{name: name, password: map[string]string{}, idps: map[string]sso.IdP{}, own: map[string][]sso.Rule{}, rules: []sso.Rule{Local("Default IDP Rule")}}
	h := sso.New(d, opts)
	for _, w := range wrap {
		h = w(h)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	d.url = server.URL
	return d
}

// Local is a rule without a condition that offers the password, and identity
// providers beside it.
func Local(name string, idps ...string) sso.Rule {
	return sso.Rule{Name: name, Active: true, Local: []string{"UserNamePassword"}, SAML: idps}
}

// Only is a rule without a condition that offers identity providers only.
func Only(name string, idps ...string) sso.Rule {
	return sso.Rule{Name: name, Active: true, SAML: idps}
}

// When is the rule under a condition.
func When(r sso.Rule, attribute, operator, value string) sso.Rule {
	r.Condition = &sso.Condition{Attribute: attribute, Operator: operator, Value: value}
	return r
}

// Add puts a user into the domain; their id is made of their name. An empty
// password is none.
func (d *Domain) Add(u sso.User, password string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	u.ID = d.name + "/" + u.UserName
	d.users = append(d.users, u)
	d.password[u.ID] = password
}

// Change edits a user.
func (d *Domain) Change(userName string, edit func(*sso.User)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range d.users {
		if d.users[i].UserName == userName {
			edit(&d.users[i])
			return
		}
	}
	panic("no such user in this test: " + userName)
}

// SetOwnRules gives an app an identity provider policy of its own. No app ("")
// is what people sign in to here.
func (d *Domain) SetOwnRules(appID string, rules ...sso.Rule) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.own[appID] = rules
}

// SetSignOn replaces the rules of the sign-on policy.
func (d *Domain) SetSignOn(rules ...sso.SignOnRule) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.signOn = rules
}

// SetRules replaces the rules of the default policy.
func (d *Domain) SetRules(rules ...sso.Rule) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.rules = rules
}

// SetIdP adds or replaces an identity provider.
func (d *Domain) SetIdP(idp sso.IdP) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.idps[idp.ID] = idp
}

// SetApps replaces the SAML apps.
func (d *Domain) SetApps(apps ...sso.App) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.apps = apps
}

// SignedInIDs lists the users who signed in, by id, in order.
func (d *Domain) SignedInIDs() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.signedIn...)
}

// Host is host:port.
func (d *Domain) Host() string { return strings.TrimPrefix(d.url, "http://") }

// Federate lets the users of idp in to sp: the app on the one side and the
// identity provider, with id "fusion", on the other. certificate is what sp
// trusts. It is offered by no rule yet.
func Federate(idp, sp *Domain, certificate string) {
	idp.SetApps(sso.App{
		ID: "app", Name: "Oracle Utilities", Active: true, EntityID: sp.url + "/fed", AssertionConsumer: sp.url + "/fed/v1/sp/sso",
		NameIDFormat: "saml-unspecified", NameIDValue: "userName", HashAlgorithm: "SHA-256",
	})
	sp.SetIdP(sso.IdP{
		ID: "fusion", Name: "Fusion", Enabled: true, EntityID: idp.url + "/fed", SSOURL: idp.url + "/fed/v1/idp/sso", Certificate: certificate,
	})
}

// Name implements sso.Directory.
func (d *Domain) Name() string { return d.name }

// BaseURL implements sso.Directory.
func (d *Domain) BaseURL() string { return d.url }

// UserByName implements sso.Directory.
func (d *Domain) UserByName(userName string) (sso.User, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, u := range d.users {
		if strings.EqualFold(u.UserName, userName) {
			return u, true
		}
	}
	return sso.User{}, false
}

// CheckPassword implements sso.Directory.
func (d *Domain) CheckPassword(userID, password string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return password != "" && d.password[userID] == password
}

// SignedIn implements sso.Directory.
func (d *Domain) SignedIn(userID string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.signedIn = append(d.signedIn, userID)
}

// Rules implements sso.Directory.
func (d *Domain) Rules(appID string) []sso.Rule {
	d.mu.Lock()
	defer d.mu.Unlock()
	if own := d.own[appID]; own != nil {
		return append([]sso.Rule(nil), own...)
	}
	return append([]sso.Rule(nil), d.rules...)
}

// SignOn implements sso.Directory.
func (d *Domain) SignOn() []sso.SignOnRule {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]sso.SignOnRule(nil), d.signOn...)
}

// IdP implements sso.Directory.
func (d *Domain) IdP(id string) (sso.IdP, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	idp, ok := d.idps[id]
	return idp, ok
}

// SAMLApps implements sso.Directory.
func (d *Domain) SAMLApps() []sso.App {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]sso.App(nil), d.apps...)
}
