// Package pack gathers the evidence of a cutover from the ledger: everything that
// it holds of it as a record, in the order of time, line by line into a pack. It
// reads the ledger and nothing else, so it needs no domain and no Temporal; and
// the same ledger always gives the same pack, so whoever has the ledger can make
// it again and compare.
package pack

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"time"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/evidence"
	"cutover/internal/ledger"
	"cutover/internal/version"
)

// The kinds of line besides those of internal/evidence. Whatever else the ledger
// holds is a line of the kind record.
const (
	KindCutover       = "cutover"
	KindConfiguration = "configuration"
	KindRead          = "read"
	KindVerdict       = "verdict"
	KindFinding       = "finding"
	KindReadBack      = "read-back"
	KindDecision      = "decision"
	KindSignIn        = "sign-in"
	KindPhase         = "phase"
	KindValue         = "value"
	KindBinding       = "binding"
	KindRecord        = "record"
)

// Write writes the pack of a cutover, of its latest run, and returns its head.
// Memory does not grow with the people.
func Write(ctx context.Context, l *ledger.Ledger, name string, to io.Writer) (evidence.Written, error) {
	cut, err := l.Cutover(ctx, name)
	if err != nil {
		return evidence.Written{}, err
	}
	out, err := evidence.NewWriter(to, evidence.Header{Cutover: cut.Name, Run: cut.Run, By: version.Version}, cut.StartedAt)
	if err != nil {
		return evidence.Written{}, err
	}
	g := &gathering{ctx: ctx, ledger: l, cut: cut, key: cut.Key(), out: out}
	for _, part := range []func() error{g.cutover, g.verdicts, g.events, g.phases, g.values, g.bindings, g.rest} {
		if err := part(); err != nil {
			return evidence.Written{}, err
		}
	}
	return out.Close()
}

type gathering struct {
	ctx    context.Context
	ledger *ledger.Ledger
	cut    ledger.Cutover
	key    string // of this run in the ledger
	out    *evidence.Writer
}

func (g *gathering) cutover() error {
	c := g.cut
	return g.out.Add(KindCutover, c.StartedAt, map[string]any{
		"name": c.Name, "run": c.Run, "configuration": c.ConfigHash, "startedBy": c.StartedBy, "startedAt": instant(c.StartedAt),
		"endedAt": instant(c.EndedAt), "outcome": c.Outcome, "reason": c.Reason,
	})
}

// configuration is what was chosen, without secrets.
func (g *gathering) configuration(hash string, at time.Time) error {
	stored, err := g.ledger.Configuration(g.ctx, hash)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil // a reload named one that nobody ever brought; the decision says so
	}
	if err != nil {
		return err
	}
	shown, whole, err := config.Shown(stored)
	if err != nil {
		return err
	}
	return g.out.Add(KindConfiguration, at, map[string]any{"hash": hash, "configuration": shown, "whole": whole})
}

func (g *gathering) verdicts() error {
	for v, err := range g.ledger.VerdictsByName(g.ctx, g.key) {
		if err != nil {
			return err
		}
		if err := g.out.Add(KindVerdict, time.Time{}, map[string]any{"user": v.User, "verdict": v.Verdict}); err != nil {
			return err
		}
	}
	return nil
}

// event is something that happened at a time.
type event struct {
	at  time.Time
	put func() error
}

// events are told as they happened: configurations, reads, plans, decisions and
// sign-ins. The changes stand with their plan, each with the time of its outcome.
// Only what is one in a phase is held in memory, never what is one a person.
func (g *gathering) events() error {
	var all []event
	for _, list := range []func() ([]event, error){g.configurations, g.reads, g.plans, g.decisions, g.signIns} {
		some, err := list()
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b event) int { return a.at.Compare(b.at) })
	for _, e := range all {
		if err := e.put(); err != nil {
			return err
		}
	}
	return nil
}

// configurations are the one that the cutover was started with, those that plans
// were made by and those that were loaded since, each where it first comes up.
func (g *gathering) configurations() ([]event, error) {
	first := map[string]time.Time{}
	var order []string
	add := func(hash string, at time.Time) {
		was, had := first[hash]
		if !had {
			order = append(order, hash)
		}
		if !had || at.Before(was) {
			first[hash] = at
		}
	}
	add(g.cut.ConfigHash, g.cut.StartedAt)
	made, err := g.ledger.Plans(g.ctx, g.key)
	if err != nil {
		return nil, err
	}
	for _, p := range made {
		from, err := g.ledger.PlanOrigin(g.ctx, p.ID)
		if err != nil {
			return nil, err
		}
		add(from.ConfigHash, p.CreatedAt)
	}
	decided, err := g.ledger.Decisions(g.ctx, g.key)
	if err != nil {
		return nil, err
	}
	for _, d := range decided {
		if d.Verb == "reload" {
			add(d.Hash, d.At)
		}
	}
	var out []event
	for _, hash := range order {
		at := first[hash]
		out = append(out, event{at, func() error { return g.configuration(hash, at) }})
	}
	return out, nil
}

// reads are what stays of every read. How people sign in is told where it is not
// as the read before it of that domain saw it.
func (g *gathering) reads() ([]event, error) {
	had, err := g.ledger.ReadBacks(g.ctx, g.key)
	var out []event
	last := map[directory.Domain]ledger.ReadBack{}
	for _, r := range had {
		body := map[string]any{
			"read": r.Snapshot, "phase": r.Phase, "domain": r.Domain, "users": r.Users, "groups": r.Groups, "roles": r.Roles,
			"begunAt": instant(r.TakenAt), "completedAt": instant(r.CompletedAt),
		}
		if before, ok := last[r.Domain]; ok && string(before.Settings) == string(r.Settings) {
			body["settingsAsInRead"] = before.Snapshot
			r = before
		} else {
			body["settings"] = r.Settings
		}
		last[r.Domain] = r
		at := r.CompletedAt
		out = append(out, event{at, func() error { return g.out.Add(KindRead, at, body) }})
	}
	return out, err
}

func (g *gathering) decisions() ([]event, error) {
	had, err := g.ledger.Decisions(g.ctx, g.key)
	return told(had, err, func(d ledger.Decision) (time.Time, func() error) {
		return d.At, func() error { return g.add(KindDecision, d.At, d) }
	})
}

func (g *gathering) signIns() ([]event, error) {
	had, err := g.ledger.SignIns(g.ctx, g.key)
	return told(had, err, func(s ledger.SignIn) (time.Time, func() error) {
		return s.At, func() error { return g.add(KindSignIn, s.At, s) }
	})
}

func told[T any](had []T, err error, tell func(T) (time.Time, func() error)) ([]event, error) {
	var out []event
	for _, h := range had {
		at, put := tell(h)
		out = append(out, event{at, put})
	}
	return out, err
}

func (g *gathering) phases() error {
	had, err := g.ledger.Phases(g.ctx, g.key)
	for _, p := range had {
		if err := g.add(KindPhase, time.Time{}, p); err != nil {
			return err
		}
	}
	return err
}

// values are the small things, such as the forecast with its findings and where
// users exist.
func (g *gathering) values() error {
	had, err := g.ledger.Values(g.ctx, g.key)
	for _, v := range had {
		var body any = json.RawMessage(v.Body)
		if !json.Valid(v.Body) {
			body = string(v.Body)
		}
		if err := g.out.Add(KindValue, time.Time{}, map[string]any{"key": v.Key, "value": body}); err != nil {
			return err
		}
	}
	return err
}

func (g *gathering) bindings() error {
	had, err := g.ledger.Bindings(g.ctx)
	for _, b := range had {
		if err := g.add(KindBinding, time.Time{}, b); err != nil {
			return err
		}
	}
	return err
}

// rest is whatever else the ledger holds, table by table.
func (g *gathering) rest() error {
	return g.ledger.EveryRow(g.ctx, g.key, func(table string, row map[string]any) error {
		return g.out.Add(KindRecord, time.Time{}, map[string]any{"table": table, "row": row})
	})
}

// add adds a line with every field that the ledger has of a thing, so that one
// that is added there is not forgotten here.
func (g *gathering) add(kind string, at time.Time, v any) error {
	body, err := fields(v)
	if err != nil {
		return err
	}
	return g.out.Add(kind, at, body)
}

// instant is a time as a pack writes it.
func instant(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format(time.RFC3339Nano)
}
