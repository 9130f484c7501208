package simulator

import (
	"context"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"cutover/internal/directory"
)

// importPath is the simulator's own page of a target domain, where a person
// presses Import. No real domain has it: there, the button is in the console.
const importPath = "/simulator/import"

var importPage = template.Must(template.New("import").Parse(`<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Import · {{.Domain}} (simulated)</title></head>
<body>
<h1>Import people into {{.Domain}}</h1>
<p>This page stands for the tab Import of an application in the console of a real identity domain.</p>
{{with .Said}}<p role="status"><strong>{{.}}</strong></p>{{end}}
<form method="post" action="` + importPath + `">
<p><label>Application <input name="app" value="{{.App}}" required></label></p>
<p><label>Most creates <input name="maxCreates" type="number" value="{{.Creates}}"></label> (empty: no limit)</p>
<p><label>Most deletes <input name="maxDeletes" type="number" value="{{.Deletes}}"></label> (empty: no limit)</p>
<p><button>Import</button></p>
</form>
</body>
</html>
`))

// pressedImport is what the page shows.
type pressedImport struct {
	Domain                      directory.Domain
	App, Creates, Deletes, Said string
}

// atConsole serves the page before anything else of a domain: it stands for a
// person, so it needs no token, and neither weather nor limits nor the witness of
// a rehearsal have to do with it. The simulator listens on 127.0.0.1 only.
func (s *Simulator) atConsole(name directory.Domain, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != importPath || name == directory.Fusion {
			next.ServeHTTP(w, r)
			return
		}
		p, status := pressedImport{Domain: name}, http.StatusOK
		switch r.Method {
		case http.MethodGet, http.MethodHead:
		case http.MethodPost:
			p.App, p.Creates, p.Deletes = r.FormValue("app"), r.FormValue("maxCreates"), r.FormValue("maxDeletes")
			p.Said, status = s.importAsked(r.Context(), p)
		default:
			p.Said, status = r.Method+" is not possible here.", http.StatusMethodNotAllowed
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(status)
		_ = importPage.Execute(w, p)
	})
}

// importAsked presses Import and says what came of it.
func (s *Simulator) importAsked(ctx context.Context, p pressedImport) (said string, status int) {
	number := func(s string) (int, error) {
		if strings.TrimSpace(s) == "" {
			return -1, nil
		}
		return strconv.Atoi(strings.TrimSpace(s))
	}
	creates, err := number(p.Creates)
	deletes, err2 := number(p.Deletes)
	if err != nil || err2 != nil {
		return "maxCreates and maxDeletes are numbers, or empty for no limit.", http.StatusBadRequest
	}
	// Who leaves the page does not end the import, and a slow one outlasts the time
	// in which a request must be read.
	if err := s.PressImport(context.WithoutCancel(ctx), p.Domain, p.App, creates, deletes); err != nil {
		return err.Error(), http.StatusConflict
	}
	return "Succeeded.", http.StatusOK
}
