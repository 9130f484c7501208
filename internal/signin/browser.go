package signin

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/chromedp/chromedp"
)

// Browser signs in with a Chromium without a window, for pages that are scripts.
// It judges by the same rules as Robot: who may be given the password, what an
// assertion must fit, and what the page at the end must show. Nothing is sent to
// a host that is not among the request's, not for a picture either.
type Browser struct {
	Path string // of the Chromium; empty: whichever is found
	// Patience is how long a page may stand still before it is taken for the end
	// of the way. Default 5 s.
	Patience time.Duration
}

const defaultPatience = 5 * time.Second

// look is how often the page is looked at: a script says to nobody when it is done.
const look = 50 * time.Millisecond

// SignIn carries out one sign-in, in a profile that is made for it and goes with
// it. It never returns an error: what goes wrong is the result.
func (b Browser) SignIn(ctx context.Context, req Request) Result {
	w, stop := Robot{}.begin(req)
	if stop != nil {
		return Result{Outcome: stop.outcome, Reason: stop.reason}
	}
	if b.Patience <= 0 {
		b.Patience = defaultPatience
	}
	ctx, cancel := context.WithTimeout(ctx, 4*w.timeout)
	defer cancel()
	t := &tab{walk: w, patience: b.Patience}
	stop = t.run(ctx, b.Path)
	t.mu.Lock()
	defer t.mu.Unlock()
	return Result{Outcome: stop.outcome, Reason: stop.reason, Steps: w.steps}
}

// tab is a sign-in under way in a browser. What the browser asks for comes in
// beside the walk, so it is under a lock.
type tab struct {
	*walk
	patience time.Duration

	mu     sync.Mutex
	ended  *stop  // by what the browser asked for
	passed passed // what went by
	secret string // once it was typed in
}

// passed is what went by of the assertion.
type passed struct {
	asserted bool
	unsound  string
}

// options are those of a browser that does nothing of its own accord.
func options(path string) []chromedp.ExecAllocatorOption {
	all := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("deny-permission-prompts", true))
	if path != "" {
		all = append(all, chromedp.ExecPath(path))
	}
	if os.Geteuid() == 0 {
		all = append(all, chromedp.NoSandbox) // Chromium refuses to be run by root otherwise
	}
	return all
}

func (t *tab) run(ctx context.Context, path string) *stop {
	browser, close := chromedp.NewExecAllocator(ctx, options(path)...)
	defer close()
	ctx, cancel := chromedp.NewContext(browser)
	defer cancel()
	if err := chromedp.Run(ctx); err != nil {
		return failed("The browser could not be started: see that Chromium is installed where the worker runs (sso.browser).")
	}
	if err := t.watch(ctx); err != nil {
		return failed("The browser could not be told to keep to the domains of this cutover.")
	}
	if err := t.open(ctx, t.start); err != nil {
		return t.broken(ctx)
	}
	return t.follow(ctx)
}

// open goes to an address.
func (t *tab) open(ctx context.Context, u *url.URL) error {
	err := chromedp.Run(ctx, chromedp.Navigate(u.String()))
	if t.stopped() != nil {
		return nil // the navigation was cut off, and why is known
	}
	return err
}

func (t *tab) stopped() *stop {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ended
}

// broken says why the browser did not get on.
func (t *tab) broken(ctx context.Context) *stop {
	if s := t.stopped(); s != nil {
		return s
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return failed("The sign-in did not end in time (timeout).")
	}
	if ctx.Err() != nil {
		return failed("The sign-in was stopped before it ended.")
	}
	return failed("A page could not be opened by the browser: the host could not be reached, or its TLS certificate is not trusted.")
}

// follow looks at the page until it says what to do, and does it, until the end.
func (t *tab) follow(ctx context.Context) *stop {
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	last, since := "", time.Now()
	for {
		if s := t.stopped(); s != nil {
			return s
		}
		v, err := t.view(ctx)
		if err == nil {
			if key := v.URL + v.HTML; key != last {
				last, since = key, time.Now()
			}
			acted, s := t.act(ctx, v, time.Since(since) >= t.patience)
			if s != nil {
				at, _ := url.Parse(v.URL) // act read it before
				return t.overruled(s, at)
			}
			if acted {
				last, since = "", time.Now()
			}
		}
		select {
		case <-ctx.Done():
			return t.broken(ctx)
		case <-ticker.C:
		}
	}
}

// view is a page as it stands.
type view struct {
	URL, HTML         string
	Passwords, Texts  int    // fields that can be seen and filled in
	Complete, Posting bool   // loaded; carries a SAML message that is about to be sent
	Action, Method    string // of the form with the password, where there is one
}

// act does what the page asks for, once; still tells that it has not changed for
// as long as a page may stand still.
func (t *tab) act(ctx context.Context, v view, still bool) (acted bool, s *stop) {
	at, err := url.Parse(v.URL)
	if err != nil || !web(at) || !v.Complete {
		return false, nil
	}
	p, err := readPage(at, []byte(v.HTML))
	if err != nil {
		return false, failed(sentence(t.who(at), "shows a page that cannot be read."))
	}
	t.mu.Lock()
	t.asserted, t.delivered, t.unsound = t.passed.asserted, t.passed.asserted, t.passed.unsound
	t.mu.Unlock()
	host := hostOf(at)
	switch {
	case t.atStart(at) && at.Path == t.ConsolePath:
		if shows(p, t.UserName) == theUser || still {
			return false, t.landed(p)
		}
		return false, nil
	case v.Posting && !still:
		return false, nil // the page sends it by itself
	case t.delivered && t.atStart(at) && still:
		return false, t.notAccepted(p)
	case t.typed[host] && still:
		return false, t.afterPassword(answer{url: at, status: http.StatusOK}, p, v.Passwords > 0)
	case t.typed[host]:
		return false, nil
	case v.Passwords > 0 && (t.atIdP(at) || t.By == ByLocal):
		return t.typePassword(ctx, at, v)
	case v.Passwords == 0 && v.Texts == 1 && !t.named[host]:
		t.named[host] = true
		return true, t.fill(ctx, t.UserName, "")
	case t.By == BySSO && t.atStart(at):
		return t.chooseIdP(ctx, at, p, still)
	case still && t.By == ByLocal && len(t.federationWays(at, p)) > 0:
		return false, refused(noLocal).notOffered()
	case still:
		return false, t.deadEnd(answer{url: at, status: http.StatusOK}, p)
	}
	return false, nil
}

// typePassword fills in name and password, only where they stay at the page's
// own host.
func (t *tab) typePassword(ctx context.Context, at *url.URL, v view) (acted bool, s *stop) {
	switch {
	case v.Passwords > 1:
		return false, unclear(sentence(t.who(at), "asks for a new password before it lets the user in."))
	case v.Texts > 1:
		return false, unclear(sentence(t.who(at), "shows a sign-in form that asks for more than a user name and a password."))
	case !t.hosts[hostOf(at)]:
		return false, failed("A password form stands on a host that is not among the domains of this cutover; nothing was sent there.")
	case v.Action != "":
		if to, err := at.Parse(v.Action); err != nil || !sameOrigin(to, at) || v.Method == "get" {
			return false, failed(sentence(t.who(at), "shows a password form that would send the password elsewhere or in an address; it was not sent."))
		}
	}
	password, err := t.Password(ctx)
	if err != nil || password == "" {
		return false, failed("The password to sign in with could not be read; check the reference to the secret in the configuration.")
	}
	t.typed[hostOf(at)] = true
	t.mu.Lock()
	t.secret = password
	t.mu.Unlock()
	return true, t.fill(ctx, t.UserName, password)
}

// chooseIdP takes the way to the identity provider, where there is one.
func (t *tab) chooseIdP(ctx context.Context, at *url.URL, p page, still bool) (acted bool, s *stop) {
	if ways := t.federationWays(at, p); len(ways) > 0 && !t.listed {
		t.ways, t.listed = ways, true
	}
	if len(t.ways) > 0 {
		next := t.ways[0]
		t.ways = t.ways[1:]
		if err := t.open(ctx, next.url); err != nil {
			return false, t.broken(ctx)
		}
		return true, nil
	}
	if !still {
		return false, nil
	}
	if _, asks := p.passwordForm(); asks && !t.listed {
		return false, refused(onlyLocal).notOffered()
	}
	return false, t.deadEnd(answer{url: at, status: http.StatusOK}, p)
}
