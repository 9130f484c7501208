package simulator

import (
	"crypto/subtle"
	"net/url"
	"strings"
)

// connection is what an app connects with.
type connection struct {
	host, port, ssl, base, scope, tokens string
	client, secret                       string
}

// connectionOf reads the properties of an app. The caller holds the lock.
func (d *domain) connectionOf(app *setting) connection {
	return connection{host: d.propertyOf(app, "host"), port: d.propertyOf(app, "port"), ssl: d.propertyOf(app, "sslEnabled"),
		base: d.propertyOf(app, "baseURI"), scope: d.propertyOf(app, "scope"), tokens: d.propertyOf(app, "authenticationServerUrl"),
		client: d.propertyOf(app, "clientid"), secret: d.propertyOf(app, "clientSecret")}
}

// check tells why nothing is reached with the connection: it must lead to the
// Fusion domain of this world, and its client must be one that Fusion lets read
// all people (oracle.md 1.1, 1.4). It is asked of the domain itself, not over
// HTTP: the pull is no client of the rehearsal, and no limit counts it.
func (c connection) check(fusion *domain) error {
	at, err := url.Parse(fusion.url)
	if err != nil {
		return err
	}
	wrong := func(name, has, want string) error {
		return invalid("The connection failed: %s is %q; the Fusion domain has %s.", name, has, want)
	}
	ssl := "false"
	if at.Scheme == "https" {
		ssl = "true"
	}
	switch {
	case !strings.EqualFold(c.host, at.Hostname()):
		return wrong("host", c.host, at.Hostname())
	case c.port != at.Port():
		return wrong("port", c.port, at.Port())
	case !strings.EqualFold(c.ssl, ssl):
		return wrong("sslEnabled", c.ssl, ssl)
	case strings.TrimSuffix(c.base, "/") != "/admin/v1":
		return wrong("baseURI", c.base, "/admin/v1/")
	case c.scope != "urn:opc:idm:__myscopes__":
		return wrong("scope", c.scope, "urn:opc:idm:__myscopes__")
	case c.tokens != fusion.url+"/oauth2/v1/token":
		return wrong("authenticationServerUrl", c.tokens, fusion.url+"/oauth2/v1/token")
	}
	fusion.mu.RLock()
	defer fusion.mu.RUnlock()
	known, found := fusion.clients.find(c.client)
	if !found || subtle.ConstantTimeCompare([]byte(c.secret), []byte(known.secret)) != 1 {
		return invalid("The connection failed: the Fusion domain gives no token to the client of clientid: unknown or inactive, not of client credentials, or its secret is another.")
	}
	if fusion.authorize(known, kindUsers, true) != nil {
		return invalid("The connection failed: the client of clientid may not read every user of the Fusion domain; grant its app User Administrator there.")
	}
	return nil
}
