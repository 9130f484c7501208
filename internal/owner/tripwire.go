package owner

import (
	"context"
	"encoding/json"
	"net/http"

	"cutover/internal/ledger"
)

// SetTripwire keeps local sign-in in a Utilities domain.
func (c *Client) SetTripwire(ctx context.Context, t ledger.Tripwire) error {
	return c.call(ctx, http.MethodPut, "/tripwire", nil, t, nil)
}

func serveTripwire(mux *http.ServeMux, l *ledger.Ledger) {
	mux.HandleFunc("PUT /tripwire", func(w http.ResponseWriter, r *http.Request) {
		var t ledger.Tripwire
		err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&t)
		if err == nil {
			err = l.SetTripwire(r.Context(), t)
		}
		answer(w, struct{}{}, err)
	})
}
