package simulator

import (
	"fmt"
	"net/http"
	"net/url"
)

// handler routes what comes to a domain: tokens, administration,
// jobs and their files, and the pages
// and SAML endpoints of its sign-in side.
func (d *domain) handler(pages http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/oauth2/v1/token", d.serveToken)
	mux.HandleFunc("/admin/v1/", d.serveAdmin)
	mux.HandleFunc("/job/v1/", d.serveJobs)
	mux.HandleFunc("/storage/v1/Files", d.serveFiles)
	signIn := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := d.limits.admit(groupAuthN); err != nil {
			failed(err).write(w)
			return
		}
		pages.ServeHTTP(w, r)
	})
	mux.Handle("/ui/", signIn)
	mux.Handle("/fed/", signIn)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("opc-request-id", d.requestID())
		w.Header().Set("Date", d.now().UTC().Format(http.TimeFormat))
		mux.ServeHTTP(w, r)
	})
}

// requestID is the domain's own id of a request.
func (d *domain) requestID() string {
	return fmt.Sprintf("%s-%08d", d.name, d.requests.Add(1))
}

// serveToken answers /oauth2/v1/token (oracle.md 2.1).
func (d *domain) serveToken(w http.ResponseWriter, r *http.Request) {
	body, err := readBody(w, r)
	if err == nil {
		err = d.limits.admit(groupToken)
	}
	if err == nil && r.Method != http.MethodPost {
		err = notPossible(r.Method, http.MethodPost)
	}
	if err != nil {
		failed(err).write(w)
		return
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		failed(invalid("The body is no form.")).write(w)
		return
	}
	if !pause(r.Context(), d.latency) {
		return
	}
	status, answered := d.clients.grant(r, form)
	if !pause(r.Context(), d.latency) {
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Basic realm="identity domain"`) // RFC 6749 section 5.2
	}
	answer{status: status, body: answered, mime: "application/json"}.write(w)
}
