package signin

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/chromedp/cdproto/fetch"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// watch lets every request of the browser pass by here first.
func (t *tab) watch(ctx context.Context) error {
	chromedp.ListenTarget(ctx, func(event any) {
		if e, ok := event.(*fetch.EventRequestPaused); ok {
			go t.passes(ctx, e) // a listener must not wait for the browser itself
		}
	})
	return chromedp.Run(ctx, fetch.Enable().WithPatterns([]*fetch.RequestPattern{{URLPattern: "*", RequestStage: fetch.RequestStageRequest}}))
}

// passes lets a request go on, or cuts it off.
func (t *tab) passes(ctx context.Context, e *fetch.EventRequestPaused) {
	u, err := url.Parse(e.Request.URL)
	var answer chromedp.Action = fetch.ContinueRequest(e.RequestID)
	if err != nil || !t.allowed(u, e) {
		answer = fetch.FailRequest(e.RequestID, network.ErrorReasonBlockedByClient)
	}
	_ = chromedp.Run(ctx, answer) // a browser that is gone needs no answer
}

// allowed tells whether a request may be sent, and learns from the pages that are
// asked for where the sign-in goes.
func (t *tab) allowed(u *url.URL, e *fetch.EventRequestPaused) bool {
	known := web(u) && t.hosts[hostOf(u)]
	t.mu.Lock()
	defer t.mu.Unlock()
	if shown := t.secret != "" && strings.Contains(u.RawQuery, url.QueryEscape(t.secret)); shown && t.ended == nil {
		t.ended = failed(sentence(t.who(u), "would be sent the password in an address; it was not sent."))
		return false
	}
	if e.ResourceType != network.ResourceTypeDocument {
		return known
	}
	end := func(s *stop) bool {
		if t.ended == nil {
			t.ended = s
		}
		return false
	}
	switch {
	case !known:
		return end(failed("The sign-in leads to a host that is not among the domains of this cutover; nothing was sent there."))
	case len(t.steps) >= maxHops:
		return end(failed("The sign-in did not end within 30 pages."))
	case t.By == ByLocal && (!t.atStart(u) || federation(u)):
		return end(refused(noLocal))
	}
	t.steps = append(t.steps, t.step(u))
	message, carries := samlResponse(e.Request)
	if !carries {
		return true
	}
	if t.passed.asserted {
		return end(failed("The sign-in goes in circles: a second assertion came after the first."))
	}
	t.passed = passed{true, t.examine(message)}
	if t.passed.unsound == "" && u.String() != t.Trust.AssertionConsumer {
		t.passed.unsound = otherRecipient
	}
	return true
}

// samlResponse finds the message of the POST binding in a request (SAML bindings 3.5).
func samlResponse(r *network.Request) (string, bool) {
	if r.Method != http.MethodPost {
		return "", false
	}
	var body []byte
	for _, part := range r.PostDataEntries {
		b, err := base64.StdEncoding.DecodeString(part.Bytes)
		if err != nil {
			return "", false
		}
		body = append(body, b...)
	}
	form, err := url.ParseQuery(string(body))
	return form.Get("SAMLResponse"), err == nil && form.Has("SAMLResponse")
}

// fields is a script that lists the fields that can be seen and filled in.
const fields = `
const seen = e => e.getClientRects().length > 0 && !e.disabled && !e.readOnly;
const all = [...document.querySelectorAll("input")].filter(seen);
const passwords = all.filter(e => e.type === "password");
const texts = all.filter(e => ["text", "email", "tel", "search"].includes(e.type));
`

// view reads the page as it stands.
func (t *tab) view(ctx context.Context) (v view, err error) {
	const script = `(() => {` + fields + `
		const form = passwords[0]?.form;
		return {
			URL: location.href, HTML: document.documentElement.outerHTML, Complete: document.readyState === "complete",
			Passwords: passwords.length, Texts: texts.length,
			Posting: document.querySelector("input[name=SAMLResponse], input[name=SAMLRequest]") !== null,
			Action: form?.getAttribute("action") ?? "", Method: form?.method ?? "",
		};
	})()`
	err = chromedp.Run(ctx, chromedp.Evaluate(script, &v))
	return v, err
}

// fill types in what is given and presses the button, as a person does.
func (t *tab) fill(ctx context.Context, name, password string) *stop {
	given, err := json.Marshal([]string{name, password})
	if err != nil {
		return failed("The user name cannot be typed in.")
	}
	script := `(([name, password]) => {` + fields + `
		const set = (e, v) => {
			Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(e, v);
			e.dispatchEvent(new Event("input", {bubbles: true}));
			e.dispatchEvent(new Event("change", {bubbles: true}));
		};
		if (texts.length) set(texts[0], name);
		if (password) set(passwords[0], password);
		const form = (passwords[0] ?? texts[0])?.form;
		const button = (form ?? document).querySelector("button[type=submit], input[type=submit], button:not([type])") ??
			[...document.querySelectorAll("button")].find(e => e.getClientRects().length > 0);
		// Once this script has ended: what it does to the page takes the answer away.
		setTimeout(() => button ? button.click() : form?.requestSubmit(), 0);
		return true;
	})(` + string(given) + `)`
	var done bool
	if err := chromedp.Run(ctx, chromedp.Evaluate(script, &done)); err != nil {
		return t.broken(ctx)
	}
	return nil
}
