package sso

import "net/http"

// session is somebody who has signed in. It is held against the domain at every
// request, because people are deactivated and renamed while they are signed in.
type session struct{ userID, userName string }

// The cookies carry the domain's name, because all ports of an address share
// their cookies (RFC 6265 section 8.5).
func (s *server) sessionCookie() string { return "cutover_" + s.dir.Name() + "_session" }
func (s *server) browserCookie() string { return "cutover_" + s.dir.Name() + "_browser" }

func (s *server) setCookie(w http.ResponseWriter, name, value string) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: "/", HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode,
	})
}

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}

// signedIn tells who has signed in with this browser.
func (s *server) signedIn(r *http.Request) (User, bool) {
	held, ok := s.sessions.get(cookie(r, s.sessionCookie()))
	if !ok {
		return User{}, false
	}
	u, ok := s.dir.UserByName(held.userName)
	if !ok || u.ID != held.userID || !u.Active || u.Locked {
		return User{}, false
	}
	return u, true
}

// open begins a session in this browser. A session that it held before ends.
func (s *server) open(w http.ResponseWriter, r *http.Request, u User) {
	s.sessions.take(cookie(r, s.sessionCookie()))
	s.setCookie(w, s.sessionCookie(), s.sessions.add(session{u.ID, u.UserName}))
	s.dir.SignedIn(u.ID)
}

// signOut ends the session.
func (s *server) signOut(w http.ResponseWriter, r *http.Request) {
	s.sessions.take(cookie(r, s.sessionCookie()))
	http.SetCookie(w, &http.Cookie{
		Name: s.sessionCookie(), Path: "/", MaxAge: -1, HttpOnly: true, Secure: s.secure(), SameSite: http.SameSiteLaxMode,
	})
	http.Redirect(w, r, pathSignIn, http.StatusSeeOther)
}

// browser is a random name for this browser, to tie an AuthnRequest to it.
func (s *server) browser(w http.ResponseWriter, r *http.Request) string {
	if b := cookie(r, s.browserCookie()); b != "" {
		return b
	}
	b := newKey()
	s.setCookie(w, s.browserCookie(), b)
	return b
}
