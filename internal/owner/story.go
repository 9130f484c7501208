package owner

import (
	"context"
	"io"
	"net/http"
	"net/url"

	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/story"
)

// Recorder is the part of a Store that tells what was done, to an auditor and
// about one person.
type Recorder interface {
	// Evidence writes the pack of a cutover; without its seal it is none.
	Evidence(ctx context.Context, name string, to io.Writer) error
	// Plan hands out the latest plan of a phase: the head, then each change. It
	// returns ledger.ErrNotFound where there is none.
	Plan(ctx context.Context, key, phase string, head func(PlanHead) error, each func(directory.Change) error) error
	// Cutovers lists the names that the ledger knows.
	Cutovers(ctx context.Context) ([]string, error)
	// Story tells what a cutover did about one person.
	Story(ctx context.Context, cutover, user string) (story.Story, error)
}

// serveRecords serves it to the other commands.
func serveRecords(mux *http.ServeMux, l *ledger.Ledger) {
	mux.HandleFunc("GET /evidence", serveEvidence(l))
	mux.HandleFunc("GET /plan", servePlan(l))
	mux.HandleFunc("GET /cutovers", func(w http.ResponseWriter, r *http.Request) {
		names, err := l.CutoverNames(r.Context())
		answer(w, names, err)
	})
	mux.HandleFunc("GET /story", func(w http.ResponseWriter, r *http.Request) {
		told, err := story.Tell(r.Context(), l, r.URL.Query().Get("cutover"), r.URL.Query().Get("user"))
		answer(w, told, err)
	})
}

// Cutovers implements Store.
func (d Direct) Cutovers(ctx context.Context) ([]string, error) { return d.CutoverNames(ctx) }

// Story implements Store.
func (d Direct) Story(ctx context.Context, cutover, user string) (story.Story, error) {
	return story.Tell(ctx, d.Ledger, cutover, user)
}

// Cutovers implements Store.
func (c *Client) Cutovers(ctx context.Context) (out []string, err error) {
	err = c.call(ctx, http.MethodGet, "/cutovers", nil, nil, &out)
	return out, err
}

// Story implements Store.
func (c *Client) Story(ctx context.Context, cutover, user string) (out story.Story, err error) {
	err = c.call(ctx, http.MethodGet, "/story", url.Values{"cutover": {cutover}, "user": {user}}, nil, &out)
	return out, err
}
