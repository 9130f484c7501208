// Package report tells what a cutover did, from the ledger alone: as JSON for
// programs and as a table for people.
package report

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"cutover/internal/directory"
	"cutover/internal/forecast"
	"cutover/internal/ledger"
	"cutover/internal/phase"
)

// Keys of the ledger's small values that a report is made of.
const (
	ValueForecast  = "forecast"
	ValueFigure    = "figure"
	ValueAfter     = "after"
	ValueLastError = "last-error"
	ValueEnd       = "end"
	ValueReads     = "reads"
)

// Report is report.json.
type Report struct {
	Cutover   string    `json:"cutover"`
	StartedAt time.Time `json:"startedAt"`
	EndedAt   time.Time `json:"endedAt,omitzero"`
	// Outcome is completed, blocked, stopped, rejected, cancelled, or running.
	Outcome   string `json:"outcome"`
	Reason    string `json:"reason,omitempty"`
	BlockedAt string `json:"blockedAt,omitempty"` // the phase, where findings closed the gate
	StoppedAt string `json:"stoppedAt,omitempty"` // the phase, where something failed or a person said no

	Verdicts        map[string]string     `json:"verdicts"` // userName -> verdict, at the start
	Findings        []directory.Finding   `json:"findings"`
	Phases          []Phase               `json:"phases"`
	SignIns         []SignIn              `json:"signIns"`
	Decisions       []Decision            `json:"decisions"`
	Acceptances     []Acceptance          `json:"acceptances,omitempty"`
	Attestations    []Attestation         `json:"attestations,omitempty"`
	WhereUsersExist *phase.Figure         `json:"whereUsersExist,omitempty"`
	After           *After                `json:"after,omitempty"`
	Reads           []Read                `json:"reads"`
	WaitedForLimits float64               `json:"waitedForLimits"` // seconds
	WaitedForFusion float64               `json:"waitedForFusion"` // seconds
	Failures        []ledger.FailedChange `json:"failures,omitempty"`
	// Invitations tell how many people were invited to Fusion, and how many of them
	// had set a password by the last read; nil: nobody was invited.
	Invitations *Invitations `json:"invitations,omitempty"`
	// ChangedByOthers are changes that this cutover made and that did not last:
	// somebody else has changed the same thing since. Where it is wanted still,
	// the next plan has it, with an approval of its own.
	ChangedByOthers []directory.Change `json:"changedByOthers,omitempty"`
	// RolledBack is how much of what each phase did was undone, the last phase
	// first; only where there was a rollback.
	RolledBack []RolledBack `json:"rolledBack,omitempty"`
}

// Phase is how a phase ended.
type Phase struct {
	Name    string  `json:"name"`
	Outcome string  `json:"outcome"`
	Planned int     `json:"planned"`
	Applied int     `json:"applied"`
	Skipped int     `json:"skipped"`
	Failed  int     `json:"failed"`
	Seconds float64 `json:"seconds"`
	Detail  string  `json:"detail,omitempty"`
}

// SignIn is a sign-in that was really made, or another proof.
type SignIn struct {
	Phase   string    `json:"phase"`
	User    string    `json:"user"`
	Prover  string    `json:"prover"`
	Proof   string    `json:"proof"`
	Outcome string    `json:"outcome"`
	Reason  string    `json:"reason,omitempty"`
	At      time.Time `json:"at"`
}

// Decision is what a person decided; Automatic marks what a rehearsal decided
// for itself.
type Decision struct {
	Phase     string    `json:"phase"`
	Verb      string    `json:"verb"`
	Hash      string    `json:"hash"`
	By        string    `json:"by"`
	Automatic bool      `json:"automatic,omitempty"`
	Note      string    `json:"note,omitempty"`
	At        time.Time `json:"at"`
	Gate      string    `json:"gate,omitempty"`     // the kind of gate
	Allow     int       `json:"allow,omitempty"`    // the number that it named, where a limit was crossed
	SignedBy  string    `json:"signedBy,omitempty"` // fingerprint of the approver's key
}

// Build tells what the ledger holds of a cutover, by its key there.
func Build(ctx context.Context, l *ledger.Ledger, key string) (Report, error) {
	r := Report{
		Cutover: key, Outcome: "running",
		Findings: []directory.Finding{}, Phases: []Phase{}, SignIns: []SignIn{}, Decisions: []Decision{}, Reads: []Read{},
	}
	verdicts, err := l.Verdicts(ctx, key)
	if err != nil {
		return r, err
	}
	r.Verdicts = verdicts
	for _, add := range []func(context.Context, *ledger.Ledger, string) error{r.addPhases, r.addSignIns, r.addDecisions, r.addAccepted, r.addReads, r.addValues, r.addOthers, r.addInvitations, r.addEnd, r.addRollback} {
		if err := add(ctx, l, key); err != nil {
			return r, err
		}
	}
	return r, nil
}

// End is how a cutover ended, as the ledger keeps it.
type End struct {
	Outcome, Reason, Phase           string
	StartedAt, EndedAt               time.Time
	WaitedForLimits, WaitedForFusion float64 // seconds
}

func (r *Report) addEnd(ctx context.Context, l *ledger.Ledger, key string) error {
	var end End
	found, err := value(ctx, l, key, ValueEnd, &end)
	if err != nil || !found {
		return err
	}
	r.Outcome, r.Reason, r.StartedAt, r.EndedAt = end.Outcome, end.Reason, end.StartedAt, end.EndedAt
	r.WaitedForLimits, r.WaitedForFusion = end.WaitedForLimits, end.WaitedForFusion
	if end.Outcome == "blocked" {
		r.BlockedAt = end.Phase
	} else {
		r.StoppedAt = end.Phase
	}
	return nil
}

func (r *Report) addPhases(ctx context.Context, l *ledger.Ledger, key string) error {
	had, err := l.Phases(ctx, key)
	if err != nil {
		return err
	}
	for _, p := range had {
		r.Phases = append(r.Phases, Phase(p))
		plan, err := l.LatestPlan(ctx, key, p.Name, false)
		if errors.Is(err, ledger.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		failed, err := l.Failures(ctx, plan.ID, 50)
		if err != nil {
			return err
		}
		r.Failures = append(r.Failures, failed...)
	}
	return nil
}

func (r *Report) addSignIns(ctx context.Context, l *ledger.Ledger, key string) error {
	had, err := l.SignIns(ctx, key)
	for _, s := range had {
		r.SignIns = append(r.SignIns, SignIn{s.Phase, s.User, s.Prover, s.Kind, s.Outcome, s.Reason, s.At})
	}
	return err
}

func (r *Report) addDecisions(ctx context.Context, l *ledger.Ledger, key string) error {
	had, err := l.Decisions(ctx, key)
	for _, d := range had {
		r.Decisions = append(r.Decisions, Decision{d.Phase, d.Verb, d.Hash, d.By, d.Automatic, d.Note, d.At, d.Gate, d.Allow, d.SignedBy})
	}
	return err
}

func (r *Report) addReads(ctx context.Context, l *ledger.Ledger, key string) error {
	had, err := reads(ctx, l, key)
	r.Reads = had
	return err
}

func (r *Report) addValues(ctx context.Context, l *ledger.Ledger, key string) error {
	var whole forecast.Whole
	if _, err := value(ctx, l, key, ValueForecast, &whole); err != nil {
		return err
	}
	r.Findings = append(r.Findings, whole.Findings...)
	var figure phase.Figure
	found, err := value(ctx, l, key, ValueFigure, &figure)
	if err != nil {
		return err
	}
	if found {
		r.WhereUsersExist = &figure
	}
	var after After
	if found, err = value(ctx, l, key, ValueAfter, &after); found {
		r.After = &after
	}
	return err
}

func value(ctx context.Context, l *ledger.Ledger, key, name string, v any) (bool, error) {
	b, found, err := l.Value(ctx, key, name)
	if err != nil || !found {
		return false, err
	}
	return true, json.Unmarshal(b, v)
}
