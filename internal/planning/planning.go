// Package planning is what `cutover plan` does: it reads the domains, forecasts
// every phase, and makes the document of it. It gets readers, which cannot write,
// and must not know anything that can: neither apply nor the clients' makers.
package planning

import (
	"context"
	"errors"
	"time"

	"cutover/internal/directory"
	"cutover/internal/document"
	"cutover/internal/estimate"
	"cutover/internal/forecast"
	"cutover/internal/ledger"
	"cutover/internal/observe"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
	"cutover/internal/spool"
	"cutover/internal/window"
)

// Input is what a plan is made from.
type Input struct {
	Readers map[directory.Domain]observe.Domain
	Rules   *reconcile.Rules
	SSO     phase.SSOSettings
	Off     map[string]string // phases switched off, with the reason
	// Facts are what check looks at besides, see phase.Input; nil: it does not.
	Facts      *phase.Facts
	ConfigHash string
	Version    string
	Limits     map[estimate.Route]estimate.Limits
	LimitsName string
	Window     window.Window
	At         time.Time
	// Reading is told which domain is read next.
	Reading func(directory.Domain)
}

// Plan is a plan that can be written until it is closed.
type Plan struct {
	*document.Document
	scratch *spool.Dir
}

// Close deletes what the plan was made from.
func (p *Plan) Close() error { return p.scratch.Close() }

// Make reads and forecasts. It writes nothing, but to temporary files.
func Make(ctx context.Context, in Input) (plan *Plan, err error) {
	l, err := ledger.OpenTemp(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	scratch, err := spool.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if plan == nil {
			err = errors.Join(err, scratch.Close())
		}
	}()
	snapshots, err := Read(ctx, in.Readers, l, in.Reading)
	if err != nil {
		return nil, err
	}
	b := document.New(scratch, document.Options{
		ConfigHash: in.ConfigHash, Version: in.Version, At: in.At, Limits: in.Limits, LimitsName: in.LimitsName, Window: in.Window,
	})
	whole, err := forecast.Planner{
		Ledger: l, Scratch: scratch, Cutover: "plan", Rules: in.Rules, SSO: in.SSO, Off: in.Off, Facts: in.Facts, Each: b.Each,
	}.Whole(ctx, snapshots, func(string) bool { return false })
	if err != nil {
		return nil, err
	}
	d, err := b.Finish(whole)
	if err != nil {
		return nil, err
	}
	return &Plan{d, scratch}, nil
}

// Read reads every domain that there is a reader of into the ledger.
func Read(ctx context.Context, readers map[directory.Domain]observe.Domain, l *ledger.Ledger, reading func(directory.Domain)) (forecast.Snapshots, error) {
	snapshots := forecast.Snapshots{}
	for _, d := range directory.Domains {
		reader, ok := readers[d]
		if !ok {
			continue
		}
		reading(d)
		var err error
		if snapshots[d], err = read(ctx, reader, l, d); err != nil {
			return nil, err
		}
	}
	return snapshots, nil
}

// attempts is how often a read that did not add up is made again.
const attempts = 3

func read(ctx context.Context, d observe.Domain, l *ledger.Ledger, name directory.Domain) (int64, error) {
	for i := 1; ; i++ {
		s, err := l.BeginSnapshot(ctx, "plan", "plan", name)
		if err != nil {
			return 0, err
		}
		err = observe.Read(ctx, d, l, s.ID, true, nil, func() {})
		if err == nil || i == attempts || !errors.Is(err, observe.ErrUnsettled) {
			return s.ID, err
		}
	}
}
