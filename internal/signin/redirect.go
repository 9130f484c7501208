package signin

import (
	"context"
	"net/http"
	"net/url"
)

// Told: what is met is not what is hoped for, and yet people can sign in. They
// have to be told what they will meet.
const Told = "told"

// see is what is left to a person where no program can tell.
const see = " Whether people are led to single sign-on at once is not known: open the sign-in address in a fresh private window and see."

// trySomebody is what a person does where a page may mean two things. It is told
// and no failure: that single sign-on works is proven by a sign-in, and a page that
// no document describes shall stop nobody after the switch.
const trySomebody = " Open the sign-in address in a fresh private window and write the user name of somebody who is to come by single sign-on."

// Arrive goes to where a sign-in begins as somebody unknown, in a fresh session,
// and tells what they meet there: OK is a redirect to the identity provider. It
// needs StartURL and Hosts only, of which the first that is not the service
// provider's is the identity provider's. It reads pages and follows redirects; it
// fills in no form, sends none, and follows no link, so nobody is signed in.
func (r Robot) Arrive(ctx context.Context, req Request) Result {
	w, stop := r.open(req)
	if stop != nil {
		return Result{Outcome: stop.outcome, Reason: stop.reason}
	}
	for _, h := range req.Hosts {
		if u := (&url.URL{Scheme: w.start.Scheme, Host: h}); w.idp == "" && !w.atStart(u) {
			w.idp = hostOf(u)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 4*w.timeout)
	defer cancel()
	stop = w.arrive(ctx)
	if stop.outcome == Unclear {
		stop.reason += see
	}
	return Result{Outcome: stop.outcome, Reason: stop.reason, Steps: w.steps}
}

func (w *walk) told(reason string) *stop { return &stop{outcome: Told, reason: reason} }

// arrive follows redirects until there is a page, and judges that.
func (w *walk) arrive(ctx context.Context) *stop {
	next := get(w.start)
	for {
		if w.reached && !w.hosts[hostOf(next.url)] {
			return &stop{outcome: OK} // how the identity provider itself signs people in is another matter
		}
		a, end := w.fetch(ctx, next)
		switch {
		case end != nil:
			return unclear(end.reason)
		case w.atIdP(a.url):
			w.reached = true
		}
		if a.to == nil {
			return w.overruled(w.met(a), a.url)
		}
		next = get(a.to)
	}
}

// met judges the page that somebody unknown meets.
func (w *walk) met(a answer) *stop {
	if a.status >= http.StatusInternalServerError {
		return unclear(sentence(w.who(a.url), "answered with an error of its own (HTTP 5xx)."))
	}
	p, err := readPage(a.url, a.body)
	if err != nil {
		return unclear(sentence(w.who(a.url), "answered with a page that cannot be read."))
	}
	_, password := p.passwordForm()
	_, name := p.textForm()
	if w.atIdP(a.url) {
		_, refuses := w.hint(p)
		if a.status >= http.StatusBadRequest || refuses && !password && !name {
			return unclear(w.deadEnd(a, p).reason)
		}
		return &stop{outcome: OK}
	}
	if f, _, ok := p.samlForm("SAMLRequest"); ok { // a redirect by the POST binding
		if w.atIdP(f.action) {
			return &stop{outcome: OK}
		}
		return unclear(anotherIdP)
	}
	switch ways := w.federationWays(a.url, p); {
	case password && len(ways) > 0:
		return w.told("The service provider offers somebody unknown its own password beside single sign-on. Either its page asks everybody for both, or the local sign-in is still there." + trySomebody)
	case password:
		return w.told("The service provider asks somebody unknown for its own password, and does not lead to single sign-on. Either its page asks everybody for user name and password at once, or the rule has no effect." + trySomebody)
	case name:
		return w.told("The service provider asks for the user name before it leads to single sign-on, as it may where a rule depends on who signs in. People can sign in, but they have to know that this page comes first.")
	case len(ways) > 0:
		return w.told("The service provider lets people choose how to sign in and does not lead to single sign-on at once. People can sign in, but they have to know what to choose.")
	}
	return unclear(w.deadEnd(a, p).reason)
}
