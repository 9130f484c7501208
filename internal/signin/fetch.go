package signin

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
)

const (
	maxHops = 30      // requests of one sign-in
	maxPage = 1 << 20 // bytes of a page
)

// answer is what came back to one request.
type answer struct {
	url    *url.URL
	status int
	to     *url.URL // of a redirect
	body   []byte
}

// fetch sends one request, follows no redirect, and reads the page.
func (w *walk) fetch(ctx context.Context, a action) (answer, *stop) {
	switch {
	case len(w.steps) >= maxHops:
		return answer{}, failed("The sign-in did not end within 30 pages.")
	case !web(a.url) || !w.hosts[hostOf(a.url)]:
		return answer{}, failed("The sign-in leads to a host that is not among the domains of this cutover; nothing was sent there.")
	}
	w.steps = append(w.steps, w.step(a.url))
	ctx, cancel := context.WithTimeout(ctx, w.timeout)
	defer cancel()
	var body io.Reader
	if a.method == http.MethodPost {
		body = strings.NewReader(a.form.Encode())
	}
	req, err := http.NewRequestWithContext(ctx, a.method, a.url.String(), body)
	if err != nil {
		return answer{}, failed("A page leads to an address that is not a URL.")
	}
	req.Header.Set("Accept", "text/html")
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return answer{}, w.broken(ctx, a.url, err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(io.LimitReader(resp.Body, maxPage+1))
	if err != nil {
		return answer{}, w.broken(ctx, a.url, err)
	}
	if len(page) > maxPage {
		return answer{}, failed(sentence(w.who(a.url), "answered with a page of more than 1 MB."))
	}
	out := answer{url: a.url, status: resp.StatusCode, body: page}
	if redirects(resp.StatusCode) {
		if out.to, err = resp.Location(); err != nil {
			return answer{}, failed(sentence(w.who(a.url), "redirects to an address that is not a URL."))
		}
	}
	return out, nil
}

func redirects(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// broken says why no answer came. The error itself holds the whole address,
// with what SAML put into it, so it is not repeated.
func (w *walk) broken(ctx context.Context, u *url.URL, err error) *stop {
	var cert *tls.CertificateVerificationError
	switch {
	case errors.Is(err, context.Canceled):
		return failed("The sign-in was stopped before it ended.")
	case errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil:
		return failed(sentence(w.who(u), "did not answer in time (timeout)."))
	case errors.As(err, &cert):
		return failed(sentence(w.who(u), "has a TLS certificate that this machine does not trust."))
	}
	return failed(sentence(w.who(u), "could not be reached."))
}

// step is the path of u as it may be written down: without what could be a
// token or the user's name.
func (w *walk) step(u *url.URL) string {
	segments := strings.Split(u.Path, "/")
	for i, s := range segments {
		s, _, _ = strings.Cut(s, ";")
		if len(s) > 64 || w.UserName != "" && strings.Contains(lower(s), lower(w.UserName)) {
			s = "…"
		}
		segments[i] = s
	}
	return strings.Join(segments, "/")
}

func sentence(who, does string) string { return strings.ToUpper(who[:1]) + who[1:] + " " + does }

func lower(s string) string { return strings.ToLower(s) }
