// Package signin carries out one real sign-in to an identity domain, over HTTP
// and in a fresh session, and tells whether it ended where it should, as whom it
// should. A robot reads pages as a person does: it finds forms by what they ask
// for, not by the names that one vendor gives them. It knows SAML and HTML, and
// nothing of the domains' own APIs, of plans, or of the ledger.
package signin

import (
	"context"
	"net/http"
	"time"
)

// The ways to sign in.
const (
	BySSO   = "sso"   // through the identity provider; a password is typed in there only
	ByLocal = "local" // with the domain's own password; never through an identity provider
)

// The outcomes.
const (
	OK      = "ok"
	Refused = "refused" // everything works, but this user is not let in this way
	Failed  = "failed"  // something is broken, or not as it is expected to be
	// Unclear: a page asks for what no program can give, or is not known. Nothing
	// is proven and nothing disproven; a person has to go on.
	Unclear = "unclear"
)

// Request is what to prove.
type Request struct {
	StartURL    string // where the sign-in begins, at the service provider
	ConsolePath string // where it ends, at the same host
	UserName    string
	Password    func(ctx context.Context) (string, error) // asked for when a password form is reached
	By          string                                    // BySSO or ByLocal
	Trust       Trust                                     // needed for BySSO
	OwnPolicy   OwnPolicy                                 // where another policy decides than the default one
	Hosts       []string                                  // host or host:port that may be visited; nothing is sent to any other
	Timeout     time.Duration                             // of each request, default 20s; all of them together get four times as much
	Clock       func() time.Time                          // nil means time.Now
}

// Trust is what an assertion must fit.
type Trust struct {
	IdPEntityID       string
	IdPCertificate    string // that the service provider trusts: DER in base64
	SPEntityID        string // the audience
	AssertionConsumer string // the recipient
}

// OwnPolicy says on which side the app that people sign in to has an identity
// provider policy of its own, which overrules the default one. No page tells.
type OwnPolicy struct{ ServiceProvider, IdentityProvider bool }

// Result is how a sign-in ended. It names nobody and holds no secret, so that
// it may be logged and stored.
type Result struct {
	Outcome string
	Reason  string   // a sentence; empty when the outcome is OK
	Steps   []string // paths visited, without queries
}

// Robot signs in. The zero value is ready to use, and safe for concurrent use.
type Robot struct {
	// Transport carries the requests; nil means http.DefaultTransport. It must
	// not keep cookies.
	Transport http.RoundTripper
}

// SignIn carries out one sign-in. It never returns an error: what goes wrong is
// the result.
func (r Robot) SignIn(ctx context.Context, req Request) Result {
	w, stop := r.begin(req)
	if stop != nil {
		return Result{Outcome: stop.outcome, Reason: stop.reason}
	}
	ctx, cancel := context.WithTimeout(ctx, 4*w.timeout)
	defer cancel()
	stop = w.run(ctx)
	return Result{Outcome: stop.outcome, Reason: stop.reason, Steps: w.steps}
}

// stop is the end of a walk.
type stop struct {
	outcome, reason string
	offer           bool // it is about which ways to sign in are offered
}

func refused(reason string) *stop { return &stop{outcome: Refused, reason: reason} }
func failed(reason string) *stop  { return &stop{outcome: Failed, reason: reason} }
func unclear(reason string) *stop { return &stop{outcome: Unclear, reason: reason} }

// notOffered ends a sign-in whose way is not among those that are offered.
func (s *stop) notOffered() *stop { s.offer = true; return s }
