package simulator

import (
	"bytes"
	"io"
	"net/http"

	"cutover/internal/directory"
)

// Seen is a request as a domain got it, whatever became of it.
type Seen struct {
	Domain directory.Domain
	Method string
	Path   string
	Query  string // raw
	Media  string // Content-Type
	Body   []byte
}

// witnessed shows every request to the witness before it is served. Of a body
// that is too large, the witness sees as much as the domain reads.
func (s *Simulator) witnessed(name directory.Domain, h http.Handler) http.Handler {
	if s.options.Witness == nil {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, maxPayload+1))
		rest := io.Reader(r.Body)
		if err != nil {
			rest = failing{err}
		}
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(body), rest), r.Body}
		s.options.Witness(Seen{Domain: name, Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Media: r.Header.Get("Content-Type"), Body: body})
		h.ServeHTTP(w, r)
	})
}

// failing fails as the body did when it was read.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
