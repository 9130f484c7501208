package signin

import (
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
)

const (
	noLocal    = "Local sign-in is not offered to this user: the domain leads to single sign-on only."
	onlyLocal  = "Single sign-on is not offered to this user: there is only the local sign-in."
	anotherIdP = "Single sign-on leads to another identity provider than the one that is expected."
)

// overruled adds to the end of a sign-in, on a page at u, whose policy decided
// what was offered there.
func (w *walk) overruled(s *stop, u *url.URL) *stop {
	at := w.OwnPolicy.ServiceProvider
	if w.atIdP(u) {
		at = w.OwnPolicy.IdentityProvider
	}
	if s.offer && at {
		s.reason += " At " + w.who(u) + " the default identity provider policy does not decide: the application that people sign in to has an identity provider policy of its own, which overrules it."
	}
	return s
}

// landed judges the page where a sign-in ends: it must have come by the way
// that is to be proven, and show the right user.
func (w *walk) landed(p page) *stop {
	switch {
	case w.unsound != "":
		return failed(w.unsound + " The service provider accepted it all the same.")
	case w.By == BySSO && !w.asserted:
		return failed("The sign-in ended without an assertion of the identity provider, so single sign-on is not proven.")
	case w.By == ByLocal && !w.typed[hostOf(w.start)]:
		return failed("The sign-in ended without a password being asked for, so local sign-in is not proven.")
	}
	switch shows(p, w.UserName) {
	case somebodyElse:
		return failed("The sign-in landed as somebody else: the page at its end shows another user name, or the same in another spelling.")
	case nobody:
		return failed("The page at the end of the sign-in does not show who is signed in.")
	}
	return &stop{outcome: OK}
}

type shown int

const (
	nobody shown = iota
	somebodyElse
	theUser
)

// shows looks for the user's name on the page, byte for byte. An element with
// the id "user" decides; where there is none, any element that holds the name
// and nothing else.
func shows(p page, userName string) shown {
	found := nobody
	for n := range p.root.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		own := n.FirstChild != nil && n.FirstChild == n.LastChild && n.FirstChild.Type == html.TextNode
		same := text(n) == userName || strings.TrimSpace(text(n)) == userName
		if attr(n, "id") == "user" {
			if same {
				return theUser
			}
			return somebodyElse
		}
		if own && same {
			found = theUser
		}
	}
	return found
}

// afterPassword tells how a password was received that did not lead on.
func (w *walk) afterPassword(a answer, p page, asksAgain bool) *stop {
	who := w.who(a.url)
	if asksAgain || a.status == http.StatusUnauthorized || a.status == http.StatusForbidden {
		h, known := w.hint(p)
		if !known {
			h.says = "the user name or the password is wrong"
		}
		return h.end(sentence(who, "does not let the user in: "))
	}
	if _, ok := p.textForm(); ok {
		return unclear(sentence(who, "asks for something more after the password, such as a one-time code; a robot cannot give it."))
	}
	return w.deadEnd(a, p)
}

// notAccepted tells why the service provider did not take an assertion. What is
// wrong with the assertion itself comes before what the service provider says.
func (w *walk) notAccepted(p page) *stop {
	if w.unsound != "" {
		return failed(w.unsound)
	}
	h, known := w.hint(p)
	if !known {
		h.says = "it does not say why in words that are known"
	}
	return h.end("The assertion is sound, but the service provider does not accept it: ")
}

// deadEnd is a page that leads nowhere.
func (w *walk) deadEnd(a answer, p page) *stop {
	who := w.who(a.url)
	if h, known := w.hint(p); known {
		return h.end(sentence(who, "does not go on: "))
	}
	if a.status >= 400 {
		return failed(sentence(who, "refuses the request (HTTP 4xx) on a page that is unknown."))
	}
	return unclear(sentence(who, "shows an unknown page: no form to sign in with and no way on."))
}

// hint is what a page says when it refuses, and what it means in our words.
type hint struct {
	any    []string // the page says one of these
	says   string
	broken bool // it is not about this user: something is set up wrong
	offer  bool // it is about which ways to sign in are offered
}

// hints are tried in order. A page's own words are never repeated, because they
// may name people.
var hints = []hint{
	{any: []string{"sign-on policy"}, says: "a sign-on policy refuses this user, however they signed in; see the rules of the domain's sign-on policies"},
	{any: []string{"locked"}, says: "the user is locked"},
	{any: []string{"application is not active", "no active application"}, says: "it has no active application for this service provider", broken: true},
	{any: []string{"inactive", "not active", "deactivated", "disabled"}, says: "the user is inactive"},
	{any: []string{"federated"}, says: "the user is federated and has no local password"},
	{any: []string{"spelling", "upper and lower case"}, says: "it knows the user in another spelling only (upper and lower case)"},
	{any: []string{"names nobody", "unknown user", "no such user", "user not found"}, says: "it knows no such user"},
	{any: []string{"clocks", "expired"}, says: "the message is not valid at this time; the clocks differ, or it took too long", broken: true},
	{any: []string{"certificate", "signature"}, says: "it does not trust the certificate or the signature", broken: true},
	{any: []string{"nameid"}, says: "the NameID is not what it takes or can give: its value must be the user name, and its format unspecified", broken: true},
	{any: []string{"another identity provider issued"}, says: "it was issued by another identity provider than the one that it trusts (entity id)", broken: true},
	{any: []string{"audience"}, says: "the message is meant for another audience", broken: true},
	{any: []string{"entity id", "assertion consumer", "recipient"}, says: "its settings for single sign-on do not fit the other side's", broken: true},
	{any: []string{"does not offer single sign-on", "identity provider is not offered", "identity provider is not enabled"}, says: "single sign-on is not offered to this user", offer: true},
	{any: []string{"no way to sign in"}, says: "no way to sign in is offered to this user", offer: true},
	{any: []string{"with a password is not offered"}, says: "local sign-in is not offered to this user", offer: true},
	{any: []string{"outside of this rehearsal"}, says: "this identity provider is outside of the rehearsal", offer: true},
	{any: []string{"answers no request"}, says: "it does not know the request that is answered", broken: true},
}

// hint puts what a page says into our words. Only alerts and headings count,
// and the user's own name in them does not.
func (w *walk) hint(p page) (hint, bool) {
	var b strings.Builder
	for n := range p.root.Descendants() {
		if attr(n, "role") == "alert" || n.Data == "h1" || n.Data == "h2" {
			b.WriteString(" " + text(n))
		}
	}
	said := lower(b.String())
	if w.UserName != "" {
		said = strings.ReplaceAll(said, lower(w.UserName), " ")
	}
	for _, h := range hints {
		for _, words := range h.any {
			if strings.Contains(said, words) {
				return h, true
			}
		}
	}
	return hint{}, false
}

// end is the end of a sign-in by what a page says: begun is the beginning of
// the sentence.
func (h hint) end(begun string) *stop {
	s := refused(begun + h.says + ".")
	if h.broken {
		s.outcome = Failed
	}
	s.offer = h.offer
	return s
}
