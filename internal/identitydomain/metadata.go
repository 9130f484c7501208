package identitydomain

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"net/http"

	"github.com/crewjam/saml"

	"cutover/internal/directory"
)

// readMetadata reads what the domain says of itself as SAML service provider
// and identity provider. A domain that shows no metadata has none; one that is
// out of reach is a failure.
func (c *Client) readMetadata(ctx context.Context, s *state) error {
	const op = "read the SAML metadata"
	resp, err := c.root.JSON(ctx, op, http.MethodGet, "/fed/v1/metadata", nil, nil, nil)
	var pe *directory.PeerError
	if errors.As(err, &pe) && (pe.Problem == directory.ProblemNotFound || pe.Problem == directory.ProblemAuth) {
		return nil
	}
	if err != nil {
		return err
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	m, err := parseMetadata(body)
	if err != nil {
		return c.scim.Unreadable(op, "/fed/v1/metadata is not SAML metadata")
	}
	s.Metadata = m
	return nil
}

// parseMetadata reads an EntityDescriptor, or several in an EntitiesDescriptor
// (SAML metadata 2.0, section 2.3).
func parseMetadata(body []byte) (directory.Metadata, error) {
	var one saml.EntityDescriptor
	if err := xml.Unmarshal(body, &one); err == nil {
		return metadataOf(one), nil
	}
	var many saml.EntitiesDescriptor
	if err := xml.Unmarshal(body, &many); err != nil {
		return directory.Metadata{}, err
	}
	return metadataOf(many.EntityDescriptors...), nil
}

func metadataOf(entities ...saml.EntityDescriptor) directory.Metadata {
	var m directory.Metadata
	for _, e := range entities {
		for _, sp := range e.SPSSODescriptors {
			m.SPEntityID = e.EntityID
			m.SPCertificate = signingCertificate(sp.KeyDescriptors)
			m.AssertionConsumer = consumer(sp.AssertionConsumerServices)
		}
		for _, idp := range e.IDPSSODescriptors {
			m.IdPEntityID = e.EntityID
			m.IdPCertificate = signingCertificate(idp.KeyDescriptors)
			m.IdPSSOURL = location(idp.SingleSignOnServices, saml.HTTPRedirectBinding)
		}
	}
	return m
}

// signingCertificate is the first certificate for signing. A key without a use
// is for both.
func signingCertificate(keys []saml.KeyDescriptor) string {
	for _, k := range keys {
		if k.Use != "signing" && k.Use != "" {
			continue
		}
		for _, c := range k.KeyInfo.X509Data.X509Certificates {
			if der := certificate(c.Data); der != "" {
				return der
			}
		}
	}
	return ""
}

// consumer is the address that takes assertions by POST: the default one, else
// the first.
func consumer(services []saml.IndexedEndpoint) string {
	first := ""
	for _, s := range services {
		if s.Binding != saml.HTTPPostBinding {
			continue
		}
		if s.IsDefault != nil && *s.IsDefault {
			return s.Location
		}
		if first == "" {
			first = s.Location
		}
	}
	return first
}

// location is the address of a binding, else the first of any.
func location(services []saml.Endpoint, binding string) string {
	for _, s := range services {
		if s.Binding == binding {
			return s.Location
		}
	}
	if len(services) > 0 {
		return services[0].Location
	}
	return ""
}
