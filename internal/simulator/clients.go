package simulator

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// tokenLife is how long a token holds (oracle.md 2.1).
const tokenLife = time.Hour

// clients are the OAuth clients of a domain: the two that it is born with, and
// those that were made as apps.
type clients struct {
	d         *domain
	bootstrap client
	second    client // a second one, for a process that must share nothing with the first

	signers signers // who sign their requests in place of that

	mu     sync.Mutex
	tokens map[string]token
}

// client is somebody who may ask for tokens, or who signs. Those that the domain is
// born with are no apps and no users of it: they are in no list and no dump.
type client struct {
	id, secret string
	app        string // id of its app; empty: one that the domain is born with
	user       string // id of the user who signs; empty as above
}

type token struct {
	client  client
	expires time.Time
}

func newClients(d *domain) *clients {
	return &clients{d: d, tokens: map[string]token{},
		bootstrap: client{id: "bootstrap-" + string(d.name) + "-" + newSecret()[:8], secret: newSecret()},
		second:    client{id: "second-" + string(d.name) + "-" + newSecret()[:8], secret: newSecret()}}
}

// find returns the client of this id if it may have tokens. The caller holds
// the domain's lock for reading.
func (c *clients) find(id string) (client, bool) {
	for _, born := range []client{c.bootstrap, c.second} {
		if id == born.id {
			return born, true
		}
	}
	for _, s := range c.d.settings[kindApps].all {
		if text(s.body, "name") == id && c.usable(s) {
			return client{id: id, secret: c.d.appSecrets[s.id], app: s.id}, true
		}
	}
	return client{}, false
}

func (c *clients) usable(s *setting) bool {
	return truth(s.body, "active", false) && truth(s.body, "isOAuthClient", false) &&
		slices.Contains(list(s.body, "allowedGrants"), any("client_credentials"))
}

// grant answers a token request (RFC 6749 section 4.4).
func (c *clients) grant(r *http.Request, form map[string][]string) (status int, body object) {
	fail := func(status int, code, why string) (int, object) {
		return status, object{"error": code, "error_description": why}
	}
	id, secret, ok := r.BasicAuth()
	c.d.mu.RLock()
	known, found := c.find(id)
	c.d.mu.RUnlock()
	if !ok || !found || subtle.ConstantTimeCompare([]byte(secret), []byte(known.secret)) != 1 {
		return fail(http.StatusUnauthorized, "invalid_client",
			"Client authentication failed: unknown or inactive client, or wrong secret, or no Basic authentication.")
	}
	if first(form["grant_type"]) != "client_credentials" {
		return fail(http.StatusBadRequest, "unsupported_grant_type", "grant_type must be client_credentials.")
	}
	if !slices.Contains(strings.Fields(first(form["scope"])), "urn:opc:idm:__myscopes__") {
		return fail(http.StatusBadRequest, "invalid_scope", "scope must be urn:opc:idm:__myscopes__.")
	}
	t, life := newSecret(), c.d.tokenLife()
	c.mu.Lock()
	c.tokens[t] = token{client: known, expires: c.d.now().Add(life)}
	c.mu.Unlock()
	return http.StatusOK, object{"access_token": t, "token_type": "Bearer", "expires_in": int(life / time.Second)}
}

func first(values []string) string {
	if len(values) == 0 {
		return ""
	}
	return values[0]
}

// authenticate finds the client of a request by its token or its signature. A
// client that was deactivated or deleted since has none.
func (c *clients) authenticate(r *http.Request, body []byte) (client, error) {
	unauthorized := refuse(http.StatusUnauthorized, "The request has no valid access token; get one from /oauth2/v1/token.")
	scheme, value, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if strings.EqualFold(scheme, "Signature") {
		return c.signedBy(r, body)
	}
	if !strings.EqualFold(scheme, "Bearer") {
		return client{}, unauthorized
	}
	c.mu.Lock()
	t, ok := c.tokens[strings.TrimSpace(value)]
	if ok && !c.d.now().Before(t.expires) {
		delete(c.tokens, strings.TrimSpace(value))
		ok = false
	}
	c.mu.Unlock()
	if !ok {
		return client{}, unauthorized
	}
	if t.client.app != "" {
		c.d.mu.RLock()
		s, found := c.d.settings[kindApps].find(t.client.app)
		ok = found && c.usable(s)
		c.d.mu.RUnlock()
		if !ok {
			return client{}, unauthorized
		}
	}
	return t.client, nil
}
