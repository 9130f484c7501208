package sso

import (
	"encoding/base64"
	"net/http"
	"slices"

	"github.com/crewjam/saml"
)

// sentRequest is an AuthnRequest that was sent out: by which browser, to whom,
// and what it was for.
type sentRequest struct{ browser, idp, then string }

// startSSO sends the browser to an identity provider.
func (s *server) startSSO(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	idp, ok := s.dir.IdP(q.Get("idp"))
	switch {
	case !ok || !idp.Enabled || !s.offered(idp.ID, q.Get("then")):
		s.refuse(w, http.StatusForbidden, "No single sign-on", "This identity provider is not offered here.")
		return
	case idp.SSOURL == "":
		s.refuse(w, http.StatusOK, "Outside of this rehearsal", "The identity provider "+idp.Name+" is not simulated. Where it would sign people in, this rehearsal ends.")
		return
	}
	target, err := s.requestTo(idp, w, r, q.Get("then"))
	if err != nil {
		s.refuse(w, http.StatusInternalServerError, "Single sign-on failed", "The sign-in URL of the identity provider "+idp.Name+" is not a URL. Correct it in this domain.")
		return
	}
	http.Redirect(w, r, target, http.StatusSeeOther)
}

// offered tells whether any active rule offers the identity provider. Which
// rule holds is decided when it is known who signs in.
func (s *server) offered(id, then string) bool {
	return slices.ContainsFunc(s.rules(then), func(r Rule) bool { return r.Active && slices.Contains(r.SAML, id) })
}

// requestTo makes an AuthnRequest for the redirect binding and remembers it.
func (s *server) requestTo(idp IdP, w http.ResponseWriter, r *http.Request, then string) (string, error) {
	if _, err := parseURL(idp.SSOURL); err != nil {
		return "", err
	}
	acs, err := parseURL(s.acsURL())
	if err != nil {
		return "", err
	}
	sp := &saml.ServiceProvider{EntityID: s.entityID(), AcsURL: *acs, AuthnNameIDFormat: saml.UnspecifiedNameIDFormat}
	req, err := sp.MakeAuthenticationRequest(idp.SSOURL, saml.HTTPRedirectBinding, saml.HTTPPostBinding)
	if err != nil {
		return "", err
	}
	req.IssueInstant = s.now().UTC() // crewjam takes the machine's time
	target, err := req.Redirect("", sp)
	if err != nil {
		return "", err
	}
	s.sent.put(req.ID, sentRequest{browser: s.browser(w, r), idp: idp.ID, then: then})
	return target.String(), nil
}

// acs is the assertion consumer: it takes a response by POST, believes nothing
// of it that is not signed by the identity provider that was asked, and signs
// in the user whom it names.
func (s *server) acs(w http.ResponseWriter, r *http.Request) {
	raw, err := base64.StdEncoding.DecodeString(withoutBlanks(r.PostFormValue("SAMLResponse")))
	if err != nil {
		s.reject(w, "it cannot be read")
		return
	}
	answered, err := readResponse(raw)
	if err != nil {
		s.reject(w, err.Error())
		return
	}
	sent, ok := s.sent.take(answered.inResponseTo)
	if !ok || sent.browser != cookie(r, s.browserCookie()) {
		s.reject(w, "it answers no request that this browser was sent with, or one that was answered before")
		return
	}
	idp, ok := s.dir.IdP(sent.idp)
	if !ok || !idp.Enabled {
		s.reject(w, "the identity provider is not enabled here")
		return
	}
	name, err := answered.verify(expected{
		idp: idp, audience: s.entityID(), recipient: s.acsURL(), requestID: answered.inResponseTo, now: s.now(),
	})
	if err != nil {
		s.reject(w, err.Error())
		return
	}
	u, why := s.asserted(name, idp, sent.then)
	if why != "" {
		s.reject(w, why)
		return
	}
	if s.deniedBySignOn(w, u) {
		return
	}
	s.open(w, r, u)
	s.goOn(w, r, sent.then)
}

// asserted finds the user whom a NameID names, byte for byte, and asks the
// rule that holds for them whether they may come by this identity provider.
func (s *server) asserted(nameID string, idp IdP, then string) (User, string) {
	u, ok := s.dir.UserByName(nameID)
	switch {
	case !ok:
		return u, "it names nobody whom this domain knows"
	case u.UserName != nameID:
		return u, "it names a user of this domain in another spelling (upper and lower case)"
	case !u.Active:
		return u, "it names a user who is inactive here"
	case u.Locked:
		return u, "it names a user who is locked here"
	}
	rule, ok := ruleFor(s.rules(then), u)
	if !ok || !slices.Contains(rule.SAML, idp.ID) {
		return u, "the rule that holds for this user does not offer single sign-on"
	}
	return u, ""
}

func (s *server) reject(w http.ResponseWriter, why string) {
	s.refuse(w, http.StatusForbidden, "Single sign-on failed", "The identity provider's assertion is not accepted: "+why+".")
}
