package signin

import (
	"context"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"time"
)

// defaultTimeout is the deadline of a request where none is given.
const defaultTimeout = 20 * time.Second

// walk is one sign-in under way.
type walk struct {
	Request
	timeout time.Duration
	now     func() time.Time
	client  *http.Client
	start   *url.URL
	idp     string          // host of the identity provider; empty for a local sign-in
	hosts   map[string]bool // that may be visited

	steps     []string
	named     map[string]bool // hosts that were given the user name on a page of its own
	typed     map[string]bool // hosts that were given the password
	ways      []action        // federation links of the service provider not tried yet
	listed    bool            // ways was filled
	reached   bool            // the identity provider was reached
	asserted  bool            // an assertion was carried
	unsound   string          // what is wrong with the assertion; empty: nothing
	delivered bool            // the last request carried the assertion
}

// action is what to send next.
type action struct {
	method string
	url    *url.URL
	form   url.Values
	secret bool // the form holds the password
	saml   bool // the form holds an assertion
}

func get(u *url.URL) action { return action{method: http.MethodGet, url: u} }

// begin checks the request and opens a fresh session.
func (r Robot) begin(req Request) (*walk, *stop) {
	if req.UserName == "" || req.Password == nil {
		return nil, failed("No user or no password was given to sign in with.")
	}
	w, stop := r.open(req)
	if stop != nil {
		return nil, stop
	}
	if stop := w.way(); stop != nil {
		return nil, stop
	}
	return w, nil
}

// open opens a fresh session.
func (r Robot) open(req Request) (*walk, *stop) {
	start, err := url.Parse(req.StartURL)
	if err != nil || !web(start) {
		return nil, failed("The address where the sign-in begins is not a URL.")
	}
	w := &walk{
		Request: req, start: start, timeout: req.Timeout, now: req.Clock,
		hosts: map[string]bool{}, named: map[string]bool{}, typed: map[string]bool{},
	}
	if w.timeout <= 0 {
		w.timeout = defaultTimeout
	}
	if w.now == nil {
		w.now = time.Now
	}
	for _, h := range req.Hosts {
		w.hosts[hostOf(&url.URL{Scheme: start.Scheme, Host: h})] = true
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, failed("No session could be opened.")
	}
	w.client = &http.Client{
		Transport: r.Transport, Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return w, nil
}

// way checks what the way of signing in needs to know beforehand.
func (w *walk) way() *stop {
	switch w.By {
	case ByLocal:
		return nil
	case BySSO:
	default:
		return failed("The way to sign in is neither sso nor local.")
	}
	if _, err := parseCertificate(w.Trust.IdPCertificate); err != nil {
		return failed("The service provider holds no readable certificate of the identity provider, so no assertion could be checked.")
	}
	idp, err := url.Parse(w.Trust.IdPEntityID)
	if err != nil || !web(idp) {
		return failed("The identity provider's entity id is not a URL, so its sign-in page could not be told from others.")
	}
	if w.Trust.SPEntityID == "" || w.Trust.AssertionConsumer == "" {
		return failed("The service provider's entity id or assertion consumer is not known.")
	}
	w.idp = hostOf(idp)
	return nil
}

// run walks until something ends the sign-in.
func (w *walk) run(ctx context.Context) *stop {
	next := get(w.start)
	for {
		a, stop := w.fetch(ctx, next)
		if stop != nil {
			return stop
		}
		w.delivered = next.saml
		next, stop = w.decide(ctx, a, next)
		if stop != nil {
			return w.overruled(stop, a.url)
		}
	}
}

// atStart tells whether u is at the service provider.
func (w *walk) atStart(u *url.URL) bool { return hostOf(u) == hostOf(w.start) }

// atIdP tells whether u is at the identity provider.
func (w *walk) atIdP(u *url.URL) bool { return w.idp != "" && hostOf(u) == w.idp && !w.atStart(u) }

// who names the side that u belongs to, for a sentence.
func (w *walk) who(u *url.URL) string {
	switch {
	case w.By == ByLocal && w.atStart(u):
		return "the domain"
	case w.atStart(u):
		return "the service provider"
	case w.atIdP(u):
		return "the identity provider"
	}
	return "another host"
}

func web(u *url.URL) bool { return u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") }

// hostOf is host:port, with the scheme's own port where none is written: an
// entity id often carries :443 where the addresses do not.
func hostOf(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return lower(u.Hostname()) + ":" + port
}
