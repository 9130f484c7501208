package scim

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"cutover/internal/directory"
)

// ClientCredentials authorizes requests by an OAuth 2.0 client (RFC 6749
// section 4.4): client id and secret in a Basic header, as Oracle asks for.
type ClientCredentials struct {
	Peer     string
	TokenURL string
	ClientID string
	Scope    string
	// Secret reads the client's secret; it is asked for each token, so that a
	// changed secret is taken up, and never kept.
	Secret  func(context.Context) (string, error)
	Timeout time.Duration // of a token request
	HTTP    http.RoundTripper
	Limiter *Limiter // of token requests
	Waiting *Waiting // measures the wait; nil: it is not measured
	Tries   int      // how often a token is asked for, where only time can help; default 1

	mu     sync.Mutex
	source oauth2.TokenSource // keeps a token until shortly before it expires
}

const opToken = "get a token"

// Authorize sets a bearer token, an old one as long as it lasts.
func (a *ClientCredentials) Authorize(ctx context.Context, req *http.Request) error {
	if err := ctx.Err(); err != nil {
		return opError(a.Peer, opToken, err)
	}
	for try := 1; ; try++ {
		token, err := a.current().Token()
		if err == nil {
			token.SetAuthHeader(req)
			return nil
		}
		var pe *directory.PeerError
		worth := errors.As(err, &pe) && pe.RetryAfter <= longestPause && pe.Problem != directory.ProblemAuth && pe.Problem != directory.ProblemInvalid
		if !worth || try >= max(1, a.Tries) || !rest(ctx, max(pe.RetryAfter, firstPause<<(try-1))) {
			return err
		}
	}
}

func (a *ClientCredentials) current() oauth2.TokenSource {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.source == nil {
		a.source = oauth2.ReuseTokenSource(nil, fetch{a})
	}
	return a.source
}

// Refused drops the token that made this header, unless another request has
// already done so. Asking again with a new token is always worth it, once.
func (a *ClientCredentials) Refused(header string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.source == nil {
		return true
	}
	if token, err := a.source.Token(); err != nil || token.Type()+" "+token.AccessToken == header {
		a.source = nil
	}
	return true
}

// Granted gets a token and tells for which scope it is, as the answer names it;
// empty where it names none, which stands for the one that was asked for (RFC 6749
// section 5.1).
func (a *ClientCredentials) Granted(ctx context.Context) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", opError(a.Peer, opToken, err)
	}
	token, err := a.current().Token()
	if err != nil {
		return "", err
	}
	scope, _ := token.Extra("scope").(string)
	return scope, nil
}

// fetch asks for one token.
type fetch struct{ *ClientCredentials }

func (a fetch) Token() (*oauth2.Token, error) {
	ctx, cancel := context.WithTimeout(context.Background(), a.Timeout)
	defer cancel()
	secret, err := a.Secret(ctx)
	if err != nil {
		return nil, a.failed(directory.ProblemAuth, 0, fmt.Sprintf("the secret of client %s cannot be read (clientSecret in the configuration): %v", a.ClientID, err))
	}
	if a.Limiter != nil {
		if err := a.Limiter.Wait(ctx, a.Waiting); err != nil {
			return nil, held(ctx, a.Peer, opToken, err)
		}
	}
	config := clientcredentials.Config{ClientID: a.ClientID, ClientSecret: secret, TokenURL: a.TokenURL, AuthStyle: oauth2.AuthStyleInHeader}
	if a.Scope != "" {
		config.Scopes = []string{a.Scope}
	}
	client := HTTPClient(agent{a.HTTP})
	token, err := config.Token(context.WithValue(ctx, oauth2.HTTPClient, client))
	if err != nil {
		return nil, a.refused(err)
	}
	return token, nil
}

// refused sorts the failure of a token request. The answer's text is not passed
// on, only OAuth's error code: it may hold what was sent.
func (a fetch) refused(err error) error {
	var re *oauth2.RetrieveError
	if !errors.As(err, &re) || re.Response == nil {
		if errors.Is(err, context.DeadlineExceeded) {
			return a.failed(directory.ProblemUnavailable, 0, "no answer from the token service before the deadline")
		}
		if isTransport(err) {
			return a.failed(directory.ProblemUnavailable, 0, "the token service cannot be reached; see whether the URL is the domain's own")
		}
		return a.failed(directory.ProblemUnreadable, 0, "the token service gave an answer without a token; see whether the URL is the domain's own")
	}
	status := re.Response.StatusCode
	problem := ProblemOf(status)
	detail := "the token service refused"
	switch {
	case problem == directory.ProblemAuth, status == http.StatusBadRequest:
		problem = directory.ProblemAuth
		detail = fmt.Sprintf("the token service refused client %s: see whether its id and secret are right, it is activated, allows client credentials and may ask for the scope %s", a.ClientID, a.Scope)
	case problem == directory.ProblemUnreadable:
		detail = "the token service gave an answer without a token"
	}
	if code := re.ErrorCode; code != "" && len(code) <= 60 {
		detail += " [" + oneLine(code) + "]"
	}
	e := a.failed(problem, status, detail)
	e.RequestID, e.RetryAfter = requestID(re.Response.Header), retryAfter(re.Response.Header, time.Now())
	return e
}

func (a fetch) failed(p directory.Problem, status int, detail string) *directory.PeerError {
	return &directory.PeerError{Peer: a.Peer, Op: opToken, Problem: p, Status: status, Detail: detail}
}

// isTransport tells whether no answer came at all.
func isTransport(err error) bool {
	var t interface{ Timeout() bool } // url.Error, net.Error
	return errors.As(err, &t) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF)
}

// agent puts the User-Agent on requests that a library makes.
type agent struct{ next http.RoundTripper }

func (t agent) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("User-Agent", UserAgent())
	next := t.next
	if next == nil {
		next = http.DefaultTransport
	}
	return next.RoundTrip(req)
}
