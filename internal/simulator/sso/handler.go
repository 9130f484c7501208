package sso

import (
	"net/http"
	"strings"
	"time"
)

// The paths, as Oracle's domains have them (oracle.md 2.9 and 1.2a); those
// below /ui/v1 other than signin and myconsole are the simulator's own.
const (
	pathSignIn   = "/ui/v1/signin"
	pathUser     = "/ui/v1/signin/user"
	pathPassword = "/ui/v1/signin/password"
	pathConsole  = "/ui/v1/myconsole"
	pathSignOut  = "/ui/v1/signout"
	pathMetadata = "/fed/v1/metadata"
	pathIdP      = "/fed/v1/idp/sso"
	pathResume   = "/fed/v1/idp/resume"
	pathStart    = "/fed/v1/sp/start"
	pathACS      = "/fed/v1/sp/sso"
)

// maxForm caps what a form may carry, in bytes.
const maxForm = 1 << 20

// Options are the faults and the time of a simulated domain. The zero value is
// a healthy domain that lives now.
type Options struct {
	// WrongCertificate lets the metadata show another certificate than the one
	// that assertions are signed with.
	WrongCertificate bool
	// ScriptPages lets every page be drawn by a script, as consoles are today: a
	// program without a browser sees nothing on it.
	ScriptPages bool
	// AsksNobody lets the sign-in page decide by the rules that hold for somebody
	// unknown, where one depends on the user, and not ask for the user's name
	// first. No document tells which of the two a domain does.
	AsksNobody bool
	// Clock tells the time; nil means time.Now.
	Clock func() time.Time
}

// server is the sign-in side of one domain.
type server struct {
	dir    Directory
	now    func() time.Time
	script bool
	silent bool // asks nobody for their name first
	signer keyPair
	shown  keyPair // whose certificate the metadata shows

	sessions *store[session]     // by the session cookie
	sent     *store[sentRequest] // by the id of the AuthnRequest: as service provider
	waiting  *store[waitingSSO]  // by a random key: as identity provider, until somebody has signed in
}

// New serves /ui/v1 and /fed/v1 of the domain. It makes a signing key of its
// own, so a domain that is started anew has a new certificate. BaseURL is asked
// for at every request and need not be known yet.
func New(dir Directory, opts Options) http.Handler {
	now := opts.Clock
	if now == nil {
		now = time.Now
	}
	s := &server{
		dir: dir, now: now, script: opts.ScriptPages, silent: opts.AsksNobody, signer: newKeyPair(dir.Name(), now()),
		sessions: newStore[session](8*time.Hour, now),
		sent:     newStore[sentRequest](10*time.Minute, now),
		waiting:  newStore[waitingSSO](10*time.Minute, now),
	}
	s.shown = s.signer
	if opts.WrongCertificate {
		s.shown = newKeyPair(dir.Name(), now())
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+pathSignIn, s.start)
	mux.HandleFunc("POST "+pathUser, s.userNamed)
	mux.HandleFunc("POST "+pathPassword, s.password)
	mux.HandleFunc("GET "+pathConsole, s.console)
	mux.HandleFunc("POST "+pathSignOut, s.signOut)
	mux.HandleFunc("GET "+pathMetadata, s.metadata)
	mux.HandleFunc("GET "+pathIdP, s.authnRequest)
	mux.HandleFunc("POST "+pathIdP, s.authnRequest)
	mux.HandleFunc("GET "+pathResume, s.resume)
	mux.HandleFunc("GET "+pathStart, s.startSSO)
	mux.HandleFunc("POST "+pathACS, s.acs)
	mux.Handle("GET /ui/v1/static/", http.StripPrefix("/ui/v1/static/", http.FileServerFS(static)))
	return guard(mux)
}

// guard caps bodies and keeps pages out of caches, frames and foreign scripts.
func guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		h := w.Header()
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; base-uri 'none'; frame-ancestors 'none'")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

func (s *server) entityID() string { return s.dir.BaseURL() + "/fed" }
func (s *server) acsURL() string   { return s.dir.BaseURL() + pathACS }
func (s *server) ssoURL() string   { return s.dir.BaseURL() + pathIdP }

// secure tells whether cookies can be kept to https.
func (s *server) secure() bool { return strings.HasPrefix(s.dir.BaseURL(), "https://") }
