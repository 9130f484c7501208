package sso

import (
	"encoding/xml"
	"net/http"
	"time"

	"github.com/crewjam/saml"
	dsig "github.com/russellhaering/goxmldsig"
)

// metadata serves the SAML metadata of the domain in both of its parts
// (oracle.md 2.9). It is public.
func (s *server) metadata(w http.ResponseWriter, _ *http.Request) {
	out, err := xml.MarshalIndent(s.descriptor(), "", "  ")
	if err != nil {
		http.Error(w, "the metadata could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/samlmetadata+xml")
	_, _ = w.Write(append([]byte(xml.Header), out...))
}

func (s *server) descriptor() *saml.EntityDescriptor {
	yes, no := true, false
	until := s.now().Add(48 * time.Hour)
	role := saml.RoleDescriptor{
		ProtocolSupportEnumeration: "urn:oasis:names:tc:SAML:2.0:protocol",
		KeyDescriptors:             []saml.KeyDescriptor{signingKey(s.shown.base64DER())},
	}
	both := saml.SSODescriptor{RoleDescriptor: role, NameIDFormats: []saml.NameIDFormat{saml.UnspecifiedNameIDFormat}}
	return &saml.EntityDescriptor{
		EntityID: s.entityID(), ValidUntil: until,
		IDPSSODescriptors: []saml.IDPSSODescriptor{{
			SSODescriptor: both, WantAuthnRequestsSigned: &no,
			SingleSignOnServices: []saml.Endpoint{
				{Binding: saml.HTTPRedirectBinding, Location: s.ssoURL()},
				{Binding: saml.HTTPPostBinding, Location: s.ssoURL()},
			},
		}},
		SPSSODescriptors: []saml.SPSSODescriptor{{
			SSODescriptor: both, AuthnRequestsSigned: &no, WantAssertionsSigned: &yes,
			AssertionConsumerServices: []saml.IndexedEndpoint{{Binding: saml.HTTPPostBinding, Location: s.acsURL(), Index: 1, IsDefault: &yes}},
		}},
	}
}

// signingKey is marked for signing only: nobody shall encrypt to it.
func signingKey(base64DER string) saml.KeyDescriptor {
	return saml.KeyDescriptor{Use: "signing", KeyInfo: saml.KeyInfo{
		X509Data: saml.X509Data{X509Certificates: []saml.X509Certificate{{Data: base64DER}}},
	}}
}

// identityProvider is this domain in crewjam's words. Assertions are signed
// with the app's hash algorithm; SHA-256 unless the app says SHA-1.
func (s *server) identityProvider(app App) (*saml.IdentityProvider, error) {
	entity, err := parseURL(s.entityID())
	if err != nil {
		return nil, err
	}
	sso, err := parseURL(s.ssoURL())
	if err != nil {
		return nil, err
	}
	method := dsig.RSASHA256SignatureMethod
	if app.HashAlgorithm == "SHA-1" {
		method = dsig.RSASHA1SignatureMethod
	}
	return &saml.IdentityProvider{
		Key: s.signer.key, Certificate: s.signer.cert, SignatureMethod: method,
		MetadataURL: *entity, SSOURL: *sso, ServiceProviderProvider: apps{s.dir},
	}, nil
}
