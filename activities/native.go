package activities

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/nativesync"
	"cutover/internal/phase"
	"cutover/internal/wayback"
)

// Synchronizing is a domain with a synchronization of its own.
type Synchronizing interface {
	nativesync.Target
	SyncState(ctx context.Context, app string) (directory.SyncState, error)
	// SyncedFrom are those whom the app made, by Fold of their names.
	SyncedFrom(ctx context.Context, app string) (map[string]bool, error)
}

// SyncSource is the domain that people are taken from.
type SyncSource interface {
	ConnectsAs(ctx context.Context, client string, secret func(context.Context) (string, error)) error
}

// StartedSync is a run of a native synchronization that is waited for.
type StartedSync struct {
	Domain directory.Domain
	App    string
	Full   bool // it was for everybody
	Within time.Duration
	Poll   time.Duration
}

// synchronizing finds the client of a domain that has a synchronization of its own.
func (e *Estate) synchronizing(d directory.Domain) (Synchronizing, error) {
	dom, err := e.domain(d)
	if err != nil {
		return nil, err
	}
	s, ok := dom.(Synchronizing)
	if !ok {
		return nil, problem(FailureConfiguration, "%s has no synchronization of its own: write sync.engine: direct, then `cutover reload`", d)
	}
	return s, nil
}

func (e *Estate) nativePeer(d directory.Domain) (nativesync.Peer, error) {
	s, err := e.synchronizing(d)
	r := e.Config.Sync.Native.Request
	return nativesync.Peer{Target: s, Request: directory.SyncRequest{Path: r.Path, Body: r.Body}}, err
}

// startedSync is what a step waits for that starts a synchronization.
func (e *Estate) startedSync(c directory.Change) (s *StartedSync, ask string) {
	n := e.Config.Sync.Native
	if n.Start == config.StartByPerson {
		ask = nativesync.Ask(c.Domain, e.urlOf(c.Domain), c)
	}
	return &StartedSync{Domain: c.Domain, App: c.Target, Full: c.After["run"] == directory.RunFull, Within: n.Within, Poll: n.Poll}, ask
}

// syncRecord is what a cutover knows of the synchronizations of a phase: how the
// domain stood before each was started, by the plan, the plans whose run was seen,
// and whether one of them was for everybody.
type syncRecord struct {
	Marks map[int64]directory.SyncState `json:"marks"`
	Seen  []int64                       `json:"seen"`
	Full  bool                          `json:"full"`
}

func syncKey(phase string) string { return "sync/" + phase }

func (a *Activities) syncRecord(ctx context.Context, cutover, phase string) (syncRecord, error) {
	r := syncRecord{Marks: map[int64]directory.SyncState{}}
	body, found, err := a.Ledger.Value(ctx, cutover, syncKey(phase))
	if err != nil || !found {
		return r, err
	}
	return r, json.Unmarshal(body, &r)
}

// markSync notes, before a synchronization is started, what the domain told of the
// one before: what is told later was done by this one.
func (a *Activities) markSync(ctx context.Context, e *Estate, in ApplyParams, plan ledger.PlanInfo, writes []directory.Write) error {
	for _, w := range writes {
		if w.Change.Kind != directory.StartSync {
			continue
		}
		r, err := a.syncRecord(ctx, in.Cutover, plan.Phase)
		if err != nil {
			return err
		}
		if _, marked := r.Marks[in.Plan]; marked {
			continue // another attempt of the same start
		}
		s, err := e.synchronizing(w.Change.Domain)
		if err != nil {
			return err
		}
		if r.Marks[in.Plan], err = s.SyncState(ctx, w.Change.Target); err != nil {
			return err
		}
		if err := a.putJSON(ctx, in.Cutover, syncKey(plan.Phase), r); err != nil {
			return err
		}
	}
	return nil
}

// syncs tells a planner how many runs this cutover has seen, and how the target was
// before the first of them.
func (a *Activities) syncs(ctx context.Context, cutover string, ph phase.Phase, in *phase.Input) error {
	if ph.SyncsTo == "" {
		return nil
	}
	r, err := a.syncRecord(ctx, cutover, ph.Name)
	if err != nil || len(r.Seen) == 0 {
		return err
	}
	in.Syncs, in.FullSync = len(r.Seen), r.Full
	first := slices.Min(slices.Collect(maps.Keys(r.Marks)))
	origin, err := a.Ledger.PlanOrigin(ctx, first)
	if err != nil {
		return err
	}
	id, told := origin.Reads[ph.SyncsTo]
	if !told {
		return nil
	}
	if s, err := a.Ledger.Snapshot(ctx, id); err != nil || !s.Complete {
		return nil // the phase had ended, and its reads were dropped
	}
	in.Before, err = a.Ledger.Side(ctx, id)
	return err
}

// AwaitSyncParams asks whether a synchronization has run.
type AwaitSyncParams struct {
	Cutover, Phase, ConfigHash string
	Plan                       int64
	Sync                       StartedSync
}

// AwaitSync looks whether a synchronization that was started has run: the domain
// tells of accounts that it looked at since, and nothing more is added between two
// looks. It fails as "not yet" until then; its heartbeat is the last look. When it
// has run is not documented otherwise.
func (a *Activities) AwaitSync(ctx context.Context, in AwaitSyncParams) error {
	e, err := a.estate(ctx, in.ConfigHash)
	if err != nil {
		return err
	}
	var last *directory.SyncState
	if activity.HasHeartbeatDetails(ctx) {
		_ = activity.GetHeartbeatDetails(ctx, &last)
	}
	p := beating(ctx, last)
	defer p.stop()
	r, err := a.syncRecord(ctx, in.Cutover, in.Phase)
	if err != nil {
		return err
	}
	s, err := e.synchronizing(in.Sync.Domain)
	if err != nil {
		return err
	}
	now, err := s.SyncState(ctx, in.Sync.App)
	if err != nil {
		return err
	}
	mark := r.Marks[in.Plan]
	began := now.Latest != mark.Latest || now.Accounts != mark.Accounts
	if !began || last == nil || !reflect.DeepEqual(*last, now) {
		p.at(now)
		what := "not yet: " + string(in.Sync.Domain) + " tells of nothing that its synchronization has done"
		if began {
			what = "not yet: the synchronization of " + string(in.Sync.Domain) + " is still running"
		}
		return temporal.NewApplicationErrorWithOptions(what, FailureNotYet,
			temporal.ApplicationErrorOptions{NextRetryDelay: max(in.Sync.Poll, 10*time.Millisecond), Category: temporal.ApplicationErrorCategoryBenign})
	}
	if slices.Contains(r.Seen, in.Plan) {
		return nil
	}
	r.Seen, r.Full = append(r.Seen, in.Plan), r.Full || in.Sync.Full
	return a.putJSON(ctx, in.Cutover, syncKey(in.Phase), r)
}

// syncedPeople asks the domains whom the synchronizations made that were started.
func (e *Estate) syncedPeople(ctx context.Context, steps []wayback.Step) (map[wayback.SyncApp]map[string]bool, error) {
	made := map[wayback.SyncApp]map[string]bool{}
	for _, s := range steps {
		for r, err := range s.Changes() {
			if err != nil {
				return nil, err
			}
			app := wayback.SyncApp{Domain: r.Change.Domain, Name: r.Change.Target}
			if r.Change.Kind != directory.StartSync || made[app] != nil {
				continue
			}
			d, err := e.synchronizing(app.Domain)
			if err != nil {
				return nil, err
			}
			if made[app], err = d.SyncedFrom(ctx, app.Name); err != nil {
				return nil, err
			}
		}
	}
	return made, nil
}

// syncConnection proves that the synchronization's client gets a token from Fusion
// and reads people with it. Why not is said in our words: it enters a history.
func (e *Estate) syncConnection(ctx context.Context) (ledger.SignIn, error) {
	s := ledger.SignIn{User: e.SSO.SyncClientName, Prover: "cutover", Outcome: "ok"}
	source, ok := e.Domains[directory.Fusion].(SyncSource)
	if !ok {
		return s, problem(FailureConfiguration, "fusion is no identity domain")
	}
	var secret func(context.Context) (string, error)
	if ref := e.Config.Sync.Native.ClientSecret; ref != "" {
		secret = func(ctx context.Context) (string, error) { return e.Secrets.Read(ctx, ref) }
	}
	err := source.ConnectsAs(ctx, e.SSO.SyncClientName, secret)
	var pe *directory.PeerError
	if !errors.As(err, &pe) {
		return s, err
	}
	switch pe.Problem {
	case directory.ProblemAuth, directory.ProblemInvalid, directory.ProblemNotFound:
	default:
		return s, err // it is no verdict on the client
	}
	s.Outcome, s.Reason = "failed", "Fusion refuses the client of the synchronization: "
	if pe.Status == 0 {
		s.Reason += pe.Detail // in our own words
	} else {
		s.Reason += fmt.Sprintf("see that it is active, that its secret is the right one, and that it holds %s (HTTP %d)", directory.RoleUserAdmin, pe.Status)
	}
	return s, nil
}

// urlOf is where a domain is.
func (e *Estate) urlOf(d directory.Domain) string {
	if d == directory.CXIF {
		return e.Config.CXIF.URL
	}
	return e.Config.Utilities.URL
}
