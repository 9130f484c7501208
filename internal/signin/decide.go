package signin

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// decide looks at an answer and says what to send next, or how it ended. was is
// the request that it answers.
func (w *walk) decide(ctx context.Context, a answer, was action) (action, *stop) {
	if w.atIdP(a.url) {
		w.reached = true
	}
	if a.to != nil {
		return w.redirected(a, was)
	}
	if a.status >= 500 {
		return action{}, failed(sentence(w.who(a.url), "answered with an error of its own (HTTP 5xx)."))
	}
	p, err := readPage(a.url, a.body)
	if err != nil {
		return action{}, failed(sentence(w.who(a.url), "answered with a page that cannot be read."))
	}
	if w.atStart(a.url) && a.url.Path == w.ConsolePath && a.status == http.StatusOK {
		return action{}, w.landed(p)
	}
	if f, message, ok := p.samlForm("SAMLResponse"); ok {
		return w.carry(f, message)
	}
	if f, _, ok := p.samlForm("SAMLRequest"); ok {
		if w.By == ByLocal {
			return action{}, refused(noLocal).notOffered()
		}
		return f.fill("", ""), nil
	}
	if w.delivered {
		return action{}, w.notAccepted(p)
	}
	if w.atIdP(a.url) || w.By == ByLocal {
		return w.typeIn(ctx, a, p)
	}
	return w.towardsIdP(a, p)
}

// redirected follows a redirect. A password or an assertion is not carried on to
// another host by one.
func (w *walk) redirected(a answer, was action) (action, *stop) {
	to := a.to
	if w.By == ByLocal && (!w.atStart(to) || federation(to)) {
		return action{}, refused(noLocal).notOffered()
	}
	if w.By == BySSO && !w.reached && !w.atStart(to) && !w.atIdP(to) {
		return w.nextWay(failed(anotherIdP).notOffered())
	}
	keeps := a.status == http.StatusTemporaryRedirect || a.status == http.StatusPermanentRedirect
	if !keeps || was.method == http.MethodGet {
		return get(to), nil
	}
	if (was.secret || was.saml) && !sameOrigin(to, a.url) {
		return action{}, failed(sentence(w.who(a.url), "redirects what was typed in to another host; it was not sent there."))
	}
	was.url = to
	return was, nil
}

// typeIn fills in the user's name and password, once each, on a page of the
// side that shall know them.
func (w *walk) typeIn(ctx context.Context, a answer, p page) (action, *stop) {
	host := hostOf(a.url)
	f, asks := p.passwordForm()
	if w.typed[host] {
		return action{}, w.afterPassword(a, p, asks)
	}
	if asks {
		return w.passwordInto(ctx, a, f)
	}
	if f, ok := p.textForm(); ok {
		return w.nameInto(a, p, f)
	}
	switch onlySSO := len(w.federationWays(a.url, p)) > 0; {
	case onlySSO && w.By == ByLocal:
		return action{}, refused(noLocal).notOffered()
	case onlySSO:
		return action{}, refused("The identity provider itself offers this user single sign-on only, and no password to type in.").notOffered()
	}
	return action{}, w.deadEnd(a, p)
}

// passwordInto fills in the password form: only where a form keeps the password
// at the page's own host and out of the address.
func (w *walk) passwordInto(ctx context.Context, a answer, f form) (action, *stop) {
	switch {
	case f.count("password") > 1:
		return action{}, unclear(sentence(w.who(a.url), "asks for a new password before it lets the user in."))
	case f.count("text") > 1:
		return action{}, unclear(sentence(w.who(a.url), "shows a sign-in form that asks for more than a user name and a password."))
	case f.method != http.MethodPost || !sameOrigin(f.action, a.url):
		return action{}, failed(sentence(w.who(a.url), "shows a password form that would send the password elsewhere or in an address; it was not sent."))
	case !w.hosts[hostOf(a.url)]:
		return action{}, failed("A password form stands on a host that is not among the domains of this cutover; nothing was sent there.")
	}
	password, err := w.Password(ctx)
	if err != nil || password == "" {
		return action{}, failed("The password to sign in with could not be read; check the reference to the secret in the configuration.")
	}
	w.typed[hostOf(a.url)] = true
	next := f.fill(w.UserName, password)
	next.secret = true
	return next, nil
}

// nameInto answers a page that asks for the user's name alone.
func (w *walk) nameInto(a answer, p page, f form) (action, *stop) {
	host := hostOf(a.url)
	if w.named[host] {
		h, known := w.hint(p)
		if !known {
			h.says = "it does not take the one that was given"
		}
		return action{}, h.end(sentence(w.who(a.url), "asks for the user name again: "))
	}
	if !sameOrigin(f.action, a.url) {
		return action{}, failed(sentence(w.who(a.url), "would send the user name to another host; it was not sent."))
	}
	w.named[host] = true
	return f.fill(w.UserName, ""), nil
}

// towardsIdP looks for single sign-on on a page of the service provider. What
// the user may use can depend on their name, so a page that asks for it comes
// first. The password is not typed in here.
func (w *walk) towardsIdP(a answer, p page) (action, *stop) {
	if !w.atStart(a.url) {
		return action{}, failed(anotherIdP).notOffered()
	}
	_, asks := p.passwordForm()
	if f, ok := p.textForm(); ok && !asks && !w.named[hostOf(a.url)] {
		return w.nameInto(a, p, f)
	}
	if ways := w.federationWays(a.url, p); len(ways) > 0 && !w.listed {
		w.ways, w.listed = ways, true
		return w.nextWay(nil)
	}
	if asks {
		return action{}, refused(onlyLocal).notOffered()
	}
	return w.nextWay(w.deadEnd(a, p))
}

// nextWay tries the next of several identity providers; with none left it ends.
func (w *walk) nextWay(otherwise *stop) (action, *stop) {
	if len(w.ways) == 0 {
		return action{}, otherwise
	}
	next := w.ways[0]
	w.ways = w.ways[1:]
	return next, nil
}

// federationWays lists the links and buttons of a page that lead to the
// federation: to the SAML side of its own host, or to the identity provider.
func (w *walk) federationWays(at *url.URL, p page) []action {
	leads := func(u *url.URL) bool {
		return web(u) && (sameOrigin(u, at) && federation(u) || w.atStart(at) && w.atIdP(u))
	}
	var ways []action
	for _, u := range p.links {
		if leads(u) {
			ways = append(ways, get(u))
		}
	}
	for _, f := range p.forms {
		if f.count("text")+f.count("password") == 0 && leads(f.action) {
			ways = append(ways, f.fill("", ""))
		}
	}
	return ways
}

// federation tells whether u belongs to the SAML side of a domain (/fed).
func federation(u *url.URL) bool { return strings.HasPrefix(u.Path, "/fed/") }

func sameOrigin(a, b *url.URL) bool { return a.Scheme == b.Scheme && hostOf(a) == hostOf(b) }
