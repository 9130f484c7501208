package sso

import (
	"net/http"
	"net/url"
)

// start is where a sign-in begins. It asks for the user's name first where a
// rule depends on it, else shows at once what the rule offers.
func (s *server) start(w http.ResponseWriter, r *http.Request) {
	then := r.URL.Query().Get("then")
	if _, ok := s.signedIn(r); ok {
		s.goOn(w, r, then)
		return
	}
	rules := s.rules(then)
	if asksUserFirst(rules) && !s.silent {
		s.render(w, http.StatusOK, "user", page{Title: "Sign in", Then: then})
		return
	}
	rule, _ := ruleFor(rules, User{})
	s.offer(w, r, rule, page{Then: then})
}

// userNamed takes the name and shows what the first rule that holds offers. A
// name that nobody has is answered like any other.
func (s *server) userNamed(w http.ResponseWriter, r *http.Request) {
	name, then := r.PostFormValue("username"), r.PostFormValue("then")
	if name == "" {
		s.render(w, http.StatusOK, "user", page{Title: "Sign in", Then: then, Alert: "Enter your user name."})
		return
	}
	rule, _ := ruleFor(s.rules(then), s.claimed(name))
	s.offer(w, r, rule, page{Then: then, UserName: name})
}

// claimed is the user of this name, or a stranger who gives this name.
func (s *server) claimed(name string) User {
	if u, ok := s.dir.UserByName(name); ok {
		return u
	}
	return User{UserName: name}
}

// offer shows the ways in that a rule gives: with one identity provider and no
// local sign-in it leads there at once (oracle.md 1.2d).
func (s *server) offer(w http.ResponseWriter, r *http.Request, rule Rule, p page) {
	p.Title, p.Local = "Sign in", rule.offersLocal()
	for _, id := range rule.SAML {
		if idp, ok := s.dir.IdP(id); ok && idp.Enabled {
			p.IdPs = append(p.IdPs, choice{Name: idp.Name, URL: pathStart + "?" + url.Values{"idp": {id}, "then": {p.Then}}.Encode()})
		}
	}
	switch {
	case !p.Local && len(p.IdPs) == 1:
		http.Redirect(w, r, p.IdPs[0].URL, http.StatusSeeOther)
	case !p.Local && len(p.IdPs) == 0:
		s.refuse(w, http.StatusOK, "No sign-in is possible", "The rule that applies offers no way to sign in. Ask an administrator of the "+s.dir.Name()+" domain.")
	default:
		s.render(w, http.StatusOK, "offer", p)
	}
}

// password signs somebody in locally, or says why not.
func (s *server) password(w http.ResponseWriter, r *http.Request) {
	name, then := r.PostFormValue("username"), r.PostFormValue("then")
	u, known := s.dir.UserByName(name)
	rule, _ := ruleFor(s.rules(then), s.claimed(name))
	if !rule.offersLocal() {
		s.refuse(w, http.StatusUnauthorized, "No local sign-in", "Signing in with a password is not offered to you.")
		return
	}
	if alert := s.obstacle(u, known, r.PostFormValue("password")); alert != "" {
		p := page{Then: then, Alert: alert, Status: http.StatusUnauthorized}
		if asksUserFirst(s.rules(then)) {
			p.UserName = name
		}
		s.offer(w, r, rule, p)
		return
	}
	if s.deniedBySignOn(w, u) {
		return
	}
	s.open(w, r, u)
	s.goOn(w, r, then)
}

// rules are those that decide a sign-in for what waits under then.
func (s *server) rules(then string) []Rule {
	waits, _ := s.waiting.get(then)
	app, _ := apps{s.dir}.active(waits.app)
	return s.dir.Rules(app.ID)
}

// deniedBySignOn ends the sign-in of somebody whom the sign-on policy refuses,
// however they showed who they are.
func (s *server) deniedBySignOn(w http.ResponseWriter, u User) bool {
	why := signOnRefusal(s.dir.SignOn(), u)
	if why != "" {
		s.refuse(w, http.StatusForbidden, "Access denied", why)
	}
	return why != ""
}

// obstacle says what keeps the user from a local sign-in; empty: nothing.
// Without the right password it tells nothing about an account with a password.
func (s *server) obstacle(u User, known bool, password string) string {
	switch {
	case known && u.Federated:
		return "This account is federated: it has no local password. Sign in with your identity provider."
	case !known || password == "" || !s.dir.CheckPassword(u.ID, password):
		return "The user name or the password is wrong."
	case !u.Active:
		return "This account is inactive."
	case u.Locked:
		return "This account is locked."
	}
	return ""
}

// goOn leads to what somebody signed in for: an AuthnRequest that waits, or the
// console. It never leads to an address that a client gave.
func (s *server) goOn(w http.ResponseWriter, r *http.Request, then string) {
	if _, ok := s.waiting.get(then); ok {
		http.Redirect(w, r, pathResume+"?"+url.Values{"then": {then}}.Encode(), http.StatusSeeOther)
		return
	}
	http.Redirect(w, r, pathConsole, http.StatusSeeOther)
}

// console is where a sign-in ends: it shows who has signed in.
func (s *server) console(w http.ResponseWriter, r *http.Request) {
	u, ok := s.signedIn(r)
	if !ok {
		http.Redirect(w, r, pathSignIn, http.StatusSeeOther)
		return
	}
	s.render(w, http.StatusOK, "console", page{Title: "My console", UserName: u.UserName})
}
