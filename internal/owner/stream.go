package owner

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"cutover/internal/ledger"
)

// failure is the trailer that tells why a stream ended before its end.
const failure = "Cutover-Failure"

// stream asks for something that may be large, so only ctx ends it.
func (c *Client) stream(ctx context.Context, path string, query url.Values, read func(io.Reader) error) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://owner"+path+"?"+query.Encode(), nil)
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
	if err := read(resp.Body); err != nil {
		return err
	}
	if why := resp.Trailer.Get(failure); why != "" {
		return fmt.Errorf("the owner of the state directory: %s", why)
	}
	return nil
}

// prepareStream begins an answer of any size, to a disk of any speed. A failure
// on the way is told in the trailer.
func prepareStream(w http.ResponseWriter) {
	// Where a deadline cannot be set there is none.
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{})
	w.Header().Set("Content-Type", "application/jsonl")
	w.Header().Set("Trailer", failure)
}
