package sso

import (
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/crewjam/saml"
)

// waitingSSO is a checked AuthnRequest that waits until somebody has signed in.
type waitingSSO struct{ requestID, app, relayState string }

// authnRequest takes an AuthnRequest by redirect or POST (SAML bindings 3.4 and
// 3.5) and answers it, after a sign-in on this domain's own pages where it
// takes one. Requests are not signed in this topology.
func (s *server) authnRequest(w http.ResponseWriter, r *http.Request) {
	asked, err := s.checked(r)
	if err != nil {
		s.refuse(w, http.StatusBadRequest, "Single sign-on failed", "The application's request is not accepted: "+err.Error()+".")
		return
	}
	then := s.waiting.add(asked)
	if _, ok := s.signedIn(r); !ok {
		http.Redirect(w, r, pathSignIn+"?"+url.Values{"then": {then}}.Encode(), http.StatusSeeOther)
		return
	}
	s.goOn(w, r, then)
}

// checked reads and validates an AuthnRequest. Its errors are for a page.
func (s *server) checked(r *http.Request) (waitingSSO, error) {
	idp, err := s.identityProvider(App{})
	if err != nil {
		return waitingSSO{}, errors.New("this domain does not know its own address")
	}
	req, err := saml.NewIdpAuthnRequest(idp, r)
	if err != nil {
		return waitingSSO{}, errors.New("it cannot be read")
	}
	req.Now = s.now()
	var head saml.AuthnRequest
	if err := xml.Unmarshal(req.RequestBuffer, &head); err != nil {
		return waitingSSO{}, errors.New("it cannot be read")
	}
	if head.Issuer == nil || head.ID == "" {
		return waitingSSO{}, errors.New("it does not say who sent it")
	}
	if _, known := (apps{s.dir}).active(head.Issuer.Value); !known {
		return waitingSSO{}, errors.New("no active application of this domain has its entity id")
	}
	if head.IssueInstant.After(req.Now.Add(saml.MaxClockSkew)) || head.IssueInstant.Add(saml.MaxIssueDelay).Before(req.Now) {
		return waitingSSO{}, errors.New("it is not of this moment: it waited too long, or the clocks of the two domains differ")
	}
	if err := req.Validate(); err != nil {
		return waitingSSO{}, errors.New("its destination or its assertion consumer does not fit the application's settings")
	}
	return waitingSSO{requestID: head.ID, app: head.Issuer.Value, relayState: req.RelayState}, nil
}

// resume answers a request that waited, once.
func (s *server) resume(w http.ResponseWriter, r *http.Request) {
	then := r.URL.Query().Get("then")
	u, ok := s.signedIn(r)
	if !ok {
		http.Redirect(w, r, pathSignIn+"?"+url.Values{"then": {then}}.Encode(), http.StatusSeeOther)
		return
	}
	asked, ok := s.waiting.take(then)
	if !ok {
		s.refuse(w, http.StatusBadRequest, "Single sign-on failed", "This request was answered before, or waited too long. Begin again in the application.")
		return
	}
	app, ok := apps{s.dir}.active(asked.app)
	if !ok {
		s.refuse(w, http.StatusForbidden, "Single sign-on failed", "The application is not active any more.")
		return
	}
	if s.deniedBySignOn(w, u) {
		return
	}
	form, err := s.assert(r, app, asked, u)
	if err != nil {
		s.refuse(w, http.StatusForbidden, "Single sign-on failed", "No assertion can be made: "+err.Error()+".")
		return
	}
	s.render(w, http.StatusOK, "post", page{Title: "Signing in", Post: post{form.URL, form.SAMLResponse, form.RelayState}})
}

// assert makes the response: the assertion is signed, the response around it
// is not (Signed SSO = Assertion, oracle.md 1.2a).
func (s *server) assert(r *http.Request, app App, asked waitingSSO, u User) (saml.IdpAuthnRequestForm, error) {
	var none saml.IdpAuthnRequestForm
	name, format, ok := app.nameID(u)
	if !ok {
		return none, errors.New("the application's NameID format or value is not one that this simulated domain can give for this user")
	}
	idp, err := s.identityProvider(app)
	if err != nil {
		return none, errors.New("this domain does not know its own address")
	}
	now := s.now().UTC()
	sp := app.descriptor()
	req := &saml.IdpAuthnRequest{
		IDP: idp, HTTPRequest: r, RelayState: asked.relayState, Now: now,
		Request:                 saml.AuthnRequest{ID: asked.requestID},
		ServiceProviderMetadata: sp, SPSSODescriptor: &sp.SPSSODescriptors[0],
		ACSEndpoint: &sp.SPSSODescriptors[0].AssertionConsumerServices[0],
	}
	held := &saml.Session{NameID: name, NameIDFormat: string(format), CreateTime: now, Index: newKey()}
	if err := (saml.DefaultAssertionMaker{}).MakeAssertion(req, held); err != nil {
		return none, errors.New("its content could not be made")
	}
	req.Assertion.IssueInstant = now        // crewjam takes the machine's time
	req.Assertion.AttributeStatements = nil // an empty statement is against the schema
	if err := req.MakeAssertionEl(); err != nil {
		return none, errors.New("it could not be signed")
	}
	response := saml.Response{
		ID: "id-" + newKey(), InResponseTo: asked.requestID, Destination: app.AssertionConsumer,
		IssueInstant: now.Truncate(time.Millisecond), Version: "2.0",
		Issuer: &saml.Issuer{Format: "urn:oasis:names:tc:SAML:2.0:nameid-format:entity", Value: s.entityID()},
		Status: saml.Status{StatusCode: saml.StatusCode{Value: saml.StatusSuccess}},
	}
	req.ResponseEl = response.Element()
	req.ResponseEl.AddChild(req.AssertionEl)
	form, err := req.PostBinding()
	if err != nil {
		return none, errors.New("it could not be written")
	}
	return form, nil
}
