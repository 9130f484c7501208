package owner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"cutover/internal/ledger"
	"cutover/internal/pack"
)

// failure is the trailer that tells why a pack ended before its seal.
const failure = "Cutover-Failure"

// Evidence implements Store.
func (d Direct) Evidence(ctx context.Context, name string, to io.Writer) error {
	_, err := pack.Write(ctx, d.Ledger, name, to)
	return err
}

// Evidence implements Store. A pack may be large, so only ctx ends it.
func (c *Client) Evidence(ctx context.Context, name string, to io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://owner/evidence?"+url.Values{"name": {name}}.Encode(), nil)
	if err != nil {
		return err
	}
	resp, err := (&http.Client{Transport: c.http.Transport}).Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		var refused struct{ Error string }
		_ = json.NewDecoder(resp.Body).Decode(&refused)
		if resp.StatusCode == http.StatusNotFound && refused.Error != "" {
			return fmt.Errorf("%w: %s", ledger.ErrNotFound, refused.Error)
		}
		return fmt.Errorf("the owner of the state directory: %s %s", resp.Status, refused.Error)
	}
	if _, err := io.Copy(to, resp.Body); err != nil {
		return err
	}
	if why := resp.Trailer.Get(failure); why != "" {
		return fmt.Errorf("the owner of the state directory: %s", why)
	}
	return nil
}

func serveEvidence(l *ledger.Ledger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name := r.URL.Query().Get("name")
		if _, err := l.Cutover(r.Context(), name); err != nil {
			answer(w, nil, err)
			return
		}
		// However large it is, and however slow the disk that it goes to.
		if err := http.NewResponseController(w).SetWriteDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
			answer(w, nil, err)
			return
		}
		w.Header().Set("Content-Type", "application/jsonl")
		w.Header().Set("Trailer", failure)
		if _, err := pack.Write(r.Context(), l, name, w); err != nil {
			w.Header().Set(failure, err.Error())
		}
	}
}
