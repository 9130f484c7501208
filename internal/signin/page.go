package signin

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// page is what a robot sees of an HTML page.
type page struct {
	root  *html.Node
	forms []form
	links []*url.URL
}

// form is a form with its fields in the page's order.
type form struct {
	method string
	action *url.URL
	fields []field
}

// field is a field that would be sent.
type field struct {
	name, value string
	kind        string // password, text (to be typed in) or given
}

// readPage parses a page as a browser without scripts does. at is its address.
func readPage(at *url.URL, body []byte) (page, error) {
	root, err := html.ParseWithOptions(bytes.NewReader(body), html.ParseOptionEnableScripting(false))
	if err != nil {
		return page{}, err
	}
	p := page{root: root}
	base := at
	for n := range root.Descendants() {
		switch n.DataAtom {
		case atom.Base:
			if u, err := at.Parse(attr(n, "href")); err == nil && attr(n, "href") != "" {
				base = u
			}
		case atom.A:
			if u, err := base.Parse(attr(n, "href")); err == nil && attr(n, "href") != "" {
				p.links = append(p.links, u)
			}
		case atom.Form:
			target := attr(n, "action")
			if target == "" {
				target = at.String()
			}
			if u, err := base.Parse(target); err == nil {
				p.forms = append(p.forms, readForm(n, u))
			}
		}
	}
	return p, nil
}

func readForm(n *html.Node, action *url.URL) form {
	f := form{method: http.MethodGet, action: action}
	if strings.EqualFold(attr(n, "method"), "post") {
		f.method = http.MethodPost
	}
	submits := 0
	for in := range n.Descendants() {
		if (in.DataAtom != atom.Input && in.DataAtom != atom.Button) || has(in, "disabled") {
			continue
		}
		kind := lower(attr(in, "type"))
		if in.DataAtom == atom.Button && kind == "" {
			kind = "submit"
		}
		given := field{name: attr(in, "name"), value: attr(in, "value"), kind: "given"}
		switch kind {
		case "password":
			given.kind = "password"
		case "", "text", "email", "tel", "search":
			if !has(in, "readonly") {
				given.kind = "text"
			}
		case "hidden":
		case "checkbox", "radio":
			if !has(in, "checked") {
				continue
			}
			if !has(in, "value") {
				given.value = "on"
			}
		case "submit":
			if submits++; submits > 1 {
				continue // a browser sends the button that was pressed: the first
			}
		default:
			continue
		}
		f.fields = append(f.fields, given)
	}
	return f
}

// count counts the fields of a kind.
func (f form) count(kind string) int {
	n := 0
	for _, x := range f.fields {
		if x.kind == kind {
			n++
		}
	}
	return n
}

// given is the value of a field that the page filled in itself.
func (f form) given(name string) (string, bool) {
	for _, x := range f.fields {
		if x.name == name && x.kind == "given" {
			return x.value, true
		}
	}
	return "", false
}

// fill is what the form sends once the fields to be typed in are filled.
func (f form) fill(text, password string) action {
	v := url.Values{}
	for _, x := range f.fields {
		value := x.value
		switch x.kind {
		case "text":
			value = text
		case "password":
			value = password
		}
		if x.name != "" {
			v.Add(x.name, value)
		}
	}
	if f.method == http.MethodPost {
		return action{method: f.method, url: f.action, form: v}
	}
	u := *f.action
	u.RawQuery = v.Encode()
	return get(&u)
}

// passwordForm finds the form that asks for a password.
func (p page) passwordForm() (form, bool) {
	for _, f := range p.forms {
		if f.count("password") > 0 {
			return f, true
		}
	}
	return form{}, false
}

// textForm finds a form that asks for one text and no password: on the way in,
// the user's name.
func (p page) textForm() (form, bool) {
	for _, f := range p.forms {
		if f.count("text") == 1 && f.count("password") == 0 {
			return f, true
		}
	}
	return form{}, false
}

// samlForm finds a form that carries a SAML message of this name.
func (p page) samlForm(message string) (form, string, bool) {
	for _, f := range p.forms {
		if v, ok := f.given(message); ok {
			return f, v, true
		}
	}
	return form{}, "", false
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

func has(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}

// text is all text below n.
func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}
