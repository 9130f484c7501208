package owner

import (
	"context"
	"io"
	"net/http"
	"net/url"

	"cutover/internal/ledger"
	"cutover/internal/pack"
)

// Evidence implements Store.
func (d Direct) Evidence(ctx context.Context, name string, to io.Writer) error {
	_, err := pack.Write(ctx, d.Ledger, name, to)
	return err
}

// Evidence implements Store.
func (c *Client) Evidence(ctx context.Context, name string, to io.Writer) error {
	return c.stream(ctx, "/evidence", url.Values{"name": {name}}, func(body io.Reader) error {
		_, err := io.Copy(to, body)
		return err
	})
}

func serveEvidence(l *ledger.Ledger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Query().Get("name")
		if _, err := l.Cutover(r.Context(), name); err != nil {
			answer(w, nil, err)
			return
		}
		prepareStream(w)
		if _, err := pack.Write(r.Context(), l, name, w); err != nil {
			w.Header().Set(failure, err.Error())
		}
	}
}
