package sso

import (
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/crewjam/saml"
)

// apps finds the service providers that this domain may send assertions to.
type apps struct{ dir Directory }

// active finds the active app of this entity id, byte for byte (SAML core 8.3.6).
func (a apps) active(entityID string) (App, bool) {
	for _, app := range a.dir.SAMLApps() {
		if app.Active && app.EntityID == entityID {
			return app, true
		}
	}
	return App{}, false
}

// GetServiceProvider implements saml.ServiceProviderProvider. An assertion goes
// to the app's own assertion consumer only, whatever a request asks for.
func (a apps) GetServiceProvider(_ *http.Request, entityID string) (*saml.EntityDescriptor, error) {
	app, ok := a.active(entityID)
	if !ok {
		return nil, os.ErrNotExist
	}
	return app.descriptor(), nil
}

func (a App) descriptor() *saml.EntityDescriptor {
	yes := true
	return &saml.EntityDescriptor{
		EntityID: a.EntityID,
		SPSSODescriptors: []saml.SPSSODescriptor{{
			AssertionConsumerServices: []saml.IndexedEndpoint{{Binding: saml.HTTPPostBinding, Location: a.AssertionConsumer, Index: 1, IsDefault: &yes}},
		}},
	}
}

// nameID is what an assertion for this app names the user by: the user name or
// the primary email.
func (a App) nameID(u User) (value string, format saml.NameIDFormat, ok bool) {
	switch {
	case a.NameIDValue == "" || hasSuffixFold(a.NameIDValue, "userName"):
		value = u.UserName
	case hasSuffixFold(a.NameIDValue, "emails.primary.value"):
		value = u.Email
	}
	format, ok = a.nameIDFormat()
	return value, format, ok && value != ""
}

func (a App) nameIDFormat() (saml.NameIDFormat, bool) {
	switch strings.ToLower(a.NameIDFormat) {
	case "", "unspecified", "saml-unspecified", strings.ToLower(string(saml.UnspecifiedNameIDFormat)):
		return saml.UnspecifiedNameIDFormat, true
	case "saml-persistent", strings.ToLower(string(saml.PersistentNameIDFormat)):
		return saml.PersistentNameIDFormat, true
	case "saml-emailaddress", strings.ToLower(string(saml.EmailAddressNameIDFormat)):
		return saml.EmailAddressNameIDFormat, true
	}
	return "", false
}

// parseURL reads an absolute URL of http or https.
func parseURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return nil, &url.Error{Op: "parse", URL: raw, Err: os.ErrInvalid}
	}
	return u, nil
}
