package signin

import (
	"context"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"

	"github.com/crewjam/saml"

	"cutover/internal/directory"
)

// metadataPath is where a domain publishes its SAML metadata (oracle.md 2.9). It
// may need Settings.signingCertPublicAccess to be on.
const metadataPath = "/fed/v1/metadata"

// Metadata reads what the domain at baseURL says of itself. Certificates are
// checked to be certificates. An error is a *directory.PeerError, with the host
// as the peer; a caller that knows the domain's name may put it in. A request
// without a deadline gets one of 20 seconds.
func Metadata(ctx context.Context, client *http.Client, baseURL string) (directory.Metadata, error) {
	u, err := url.Parse(baseURL)
	if err != nil || !web(u) {
		return directory.Metadata{}, &directory.PeerError{Peer: "domain", Op: readMetadata, Problem: directory.ProblemInvalid, Detail: "the address of the domain is not a URL"}
	}
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, defaultTimeout)
		defer cancel()
	}
	peer := peer(u.Host)
	body, err := peer.read(ctx, client, u.JoinPath(metadataPath).String())
	if err != nil {
		return directory.Metadata{}, err
	}
	var entity saml.EntityDescriptor
	if err := xml.Unmarshal(body, &entity); err != nil {
		return directory.Metadata{}, peer.fails(directory.ProblemUnreadable, http.StatusOK, "the answer is not the metadata of one SAML entity")
	}
	m, wrong := described(entity)
	if wrong != "" {
		return directory.Metadata{}, peer.fails(directory.ProblemUnreadable, http.StatusOK, wrong)
	}
	return m, nil
}

const readMetadata = "read SAML metadata"

// peer is a domain by its host, where its name is not known.
type peer string

func (p peer) fails(problem directory.Problem, status int, detail string) error {
	return &directory.PeerError{Peer: string(p), Op: readMetadata, Problem: problem, Status: status, Detail: detail}
}

func (p peer) read(ctx context.Context, client *http.Client, address string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, p.fails(directory.ProblemInvalid, 0, "the address of the metadata is not a URL")
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, p.fails(directory.ProblemUnavailable, 0, "there was no answer; check that the domain can be reached from here")
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		detail := "the metadata was not given; check that access to the signing certificate is public in the domain's settings"
		return nil, p.fails(problemOf(resp.StatusCode), resp.StatusCode, detail)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxPage+1))
	if err != nil {
		return nil, p.fails(directory.ProblemUnavailable, resp.StatusCode, "the answer broke off")
	}
	if len(body) > maxPage {
		return nil, p.fails(directory.ProblemUnreadable, resp.StatusCode, "the metadata is larger than 1 MB")
	}
	return body, nil
}

func problemOf(status int) directory.Problem {
	switch {
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return directory.ProblemAuth
	case status == http.StatusNotFound:
		return directory.ProblemNotFound
	case status == http.StatusTooManyRequests:
		return directory.ProblemThrottled
	case status >= 500:
		return directory.ProblemUnavailable
	case status >= 400:
		return directory.ProblemInvalid
	}
	return directory.ProblemUnreadable
}

// described picks what cutover needs out of an entity's two descriptors.
func described(e saml.EntityDescriptor) (directory.Metadata, string) {
	var m directory.Metadata
	for _, sp := range e.SPSSODescriptors {
		m.SPEntityID, m.SPCertificate = e.EntityID, signingCertificate(sp.KeyDescriptors)
		for _, acs := range sp.AssertionConsumerServices {
			if acs.Binding == saml.HTTPPostBinding && m.AssertionConsumer == "" {
				m.AssertionConsumer = acs.Location
			}
		}
	}
	for _, idp := range e.IDPSSODescriptors {
		m.IdPEntityID, m.IdPCertificate = e.EntityID, signingCertificate(idp.KeyDescriptors)
		for _, sso := range idp.SingleSignOnServices {
			if sso.Binding == saml.HTTPRedirectBinding || m.IdPSSOURL == "" {
				m.IdPSSOURL = sso.Location
			}
		}
	}
	switch {
	case e.EntityID == "" || m.SPEntityID == "" && m.IdPEntityID == "":
		return m, "the metadata describes neither an identity provider nor a service provider"
	case !readable(m.SPCertificate) || !readable(m.IdPCertificate):
		return m, "a certificate in the metadata cannot be read"
	}
	return m, ""
}

// signingCertificate is the first one that is for signing, or for anything.
func signingCertificate(keys []saml.KeyDescriptor) string {
	for _, k := range keys {
		if k.Use == "encryption" {
			continue
		}
		for _, c := range k.KeyInfo.X509Data.X509Certificates {
			return withoutBlanks(c.Data)
		}
	}
	return ""
}

// readable tells whether a certificate can be read; none is none.
func readable(certificate string) bool {
	if certificate == "" {
		return true
	}
	_, err := parseCertificate(certificate)
	return err == nil
}
