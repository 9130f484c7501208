package sso

import (
	"bytes"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
)

//go:embed pages
var files embed.FS

var static = func() fs.FS {
	sub, err := fs.Sub(files, "pages/static")
	if err != nil {
		panic(err) // the path is in this program
	}
	return sub
}()

// templates holds each page on the common layout, by the page's name.
var templates = func() map[string]*template.Template {
	all := map[string]*template.Template{}
	for _, name := range []string{"user", "offer", "console", "message", "post"} {
		all[name] = template.Must(template.ParseFS(files, "pages/layout.html", "pages/"+name+".html"))
	}
	return all
}()

// page is all that a page may show.
type page struct {
	Domain, Title string
	Status        int // of the answer, where it is not the page's usual one
	Then          string
	UserName      string
	Alert         string
	Local         bool
	IdPs          []choice
	Post          post
}

// choice is an identity provider that a page offers.
type choice struct{ Name, URL string }

// post is a form that the browser sends by itself (SAML bindings 3.5).
type post struct{ URL, SAMLResponse, RelayState string }

// render writes a page as a whole, so that a mistake in it is no half page.
func (s *server) render(w http.ResponseWriter, status int, name string, p page) {
	p.Domain = s.dir.Name()
	if p.Status != 0 {
		status = p.Status
	}
	var out bytes.Buffer
	if err := templates[name].ExecuteTemplate(&out, "layout.html", p); err != nil {
		http.Error(w, "this page could not be made", http.StatusInternalServerError)
		return
	}
	if s.script {
		drawn := base64.StdEncoding.EncodeToString(out.Bytes())
		out.Reset()
		fmt.Fprintf(&out, `<!doctype html><script id="page" type="text/plain">%s</script><script src="/ui/v1/static/draw.js" defer></script>`, drawn)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // a browser that went away is no error of ours
}

// refuse ends a sign-in with a page that says why.
func (s *server) refuse(w http.ResponseWriter, status int, title, why string) {
	s.render(w, status, "message", page{Title: title, Alert: why})
}
