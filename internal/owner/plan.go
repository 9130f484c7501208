package owner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

// PlanHead is a plan without its changes.
type PlanHead struct {
	Info     ledger.PlanInfo
	Findings []directory.Finding
}

// Plan implements Store.
func (d Direct) Plan(ctx context.Context, key, phase string, head func(PlanHead) error, each func(directory.Change) error) error {
	info, err := d.LatestPlan(ctx, key, phase, false)
	if err != nil {
		return err
	}
	findings, err := d.Findings(ctx, info.ID)
	if err != nil {
		return err
	}
	if err := head(PlanHead{info, findings}); err != nil {
		return err
	}
	for c, err := range d.Changes(ctx, info.ID) {
		if err != nil {
			return err
		}
		if err := each(c); err != nil {
			return err
		}
	}
	return nil
}

// Plan implements Store.
func (c *Client) Plan(ctx context.Context, key, phase string, head func(PlanHead) error, each func(directory.Change) error) error {
	return c.stream(ctx, "/plan", url.Values{"key": {key}, "phase": {phase}}, func(body io.Reader) error {
		lines := json.NewDecoder(body)
		var h PlanHead
		if err := lines.Decode(&h); err != nil {
			return fmt.Errorf("the owner of the state directory sent no plan: %w", err)
		}
		if err := head(h); err != nil {
			return err
		}
		for {
			var change directory.Change
			err := lines.Decode(&change)
			if errors.Is(err, io.EOF) {
				return nil // the trailer says whether that was all
			}
			if err != nil {
				return err
			}
			if err := each(change); err != nil {
				return err
			}
		}
	})
}

// servePlan sends the head of a plan and then its changes, a line each.
func servePlan(l *ledger.Ledger) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		lines := json.NewEncoder(w)
		begun := false
		err := Direct{l}.Plan(r.Context(), r.URL.Query().Get("key"), r.URL.Query().Get("phase"),
			func(h PlanHead) error {
				begun = true
				prepareStream(w)
				return lines.Encode(h)
			},
			func(c directory.Change) error { return lines.Encode(c) })
		switch {
		case err != nil && !begun:
			answer(w, nil, err)
		case err != nil:
			w.Header().Set(failure, err.Error())
		}
	}
}
