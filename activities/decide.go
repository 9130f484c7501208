package activities

import (
	"cmp"
	"context"
	"errors"
	"os"
	"time"

	"cutover/internal/approval"
	"cutover/internal/config"
)

// DecisionParams is a person's decision on its way to the ledger.
type DecisionParams struct {
	Decision   Decision
	Name       string // the cutover's name, which a signature names
	ConfigHash string
	Since      time.Time // when the gate opened: approvals given to another gate do not count here
}

// DecisionResult says whether the decision counts.
type DecisionResult struct {
	Refused     string    // why it does not; the ledger has not taken it
	Given, Need int       // of an approval: how many different people have given it, and how many it takes
	Until       time.Time // when the approval ceases to hold, unless it has had its first effect; zero: never
}

// Enough tells whether the decision takes effect.
func (r DecisionResult) Enough() bool { return r.Refused == "" && r.Given >= r.Need }

// verbApprove is the verb to which the rules of approval apply.
const verbApprove = "approve"

// RecordDecision writes a decision down before its first effect, if it counts.
func (a *Activities) RecordDecision(ctx context.Context, in DecisionParams) (DecisionResult, error) {
	d := in.Decision
	d.At = time.Now()
	if d.Verb != verbApprove {
		_, err := a.Ledger.PutDecision(ctx, d)
		return DecisionResult{}, err
	}
	e, err := a.estate(ctx, in.ConfigHash)
	if err != nil {
		return DecisionResult{}, err
	}
	rule := ruleOf(e.Config.Approvals, d.Phase)
	cut, err := a.Ledger.Cutover(ctx, in.Name)
	if err != nil {
		return DecisionResult{}, err
	}
	given, err := a.given(ctx, d, in.Since)
	if err != nil {
		return DecisionResult{}, err
	}
	if d.Signature != "" {
		d.SignedBy, err = e.verify(d, in.Name)
	}
	if err == nil {
		err = rule.Admit(d.By, cut.StartedBy, d.SignedBy != "", given, d.At)
	}
	var no *approval.Refusal
	if errors.As(err, &no) {
		return DecisionResult{Refused: no.Words}, nil
	}
	if err != nil {
		return DecisionResult{}, err
	}
	if _, err := a.Ledger.PutDecision(ctx, d); err != nil {
		return DecisionResult{}, err
	}
	valid := rule.Valid(append(given, approval.Given{By: d.By, At: d.At}), d.At)
	return DecisionResult{Given: len(valid), Need: rule.Needs(), Until: rule.Until(valid)}, nil
}

// given are the approvals that this gate has had; one that is written a second
// time, after its first answer was lost, is not its own predecessor.
func (a *Activities) given(ctx context.Context, d Decision, since time.Time) ([]approval.Given, error) {
	had, err := a.Ledger.Decisions(ctx, d.Cutover)
	var out []approval.Given
	for _, o := range had {
		if o.ID != d.ID && o.Verb == d.Verb && o.Gate == d.Gate && o.Phase == d.Phase && o.Hash == d.Hash && !o.At.Before(since) {
			out = append(out, approval.Given{By: o.By, At: o.At})
		}
	}
	return out, err
}

// verify sees whose signature an approval bears.
func (e *Estate) verify(d Decision, name string) (string, error) {
	file := e.Config.Approvals.AllowedSigners
	if file == "" {
		return "", &approval.Refusal{Words: "the approval is signed, but the configuration names no file of allowed signers (approvals.allowedSigners)"}
	}
	allowed, err := os.ReadFile(e.Secrets.Beside(file))
	if err != nil {
		return "", problem(FailureConfiguration, "the file of allowed signers (approvals.allowedSigners) cannot be read by the worker: correct it, then approve again")
	}
	return approval.Verify(approval.Statement{Cutover: name, Gate: d.Gate, Phase: d.Phase, Hash: d.Hash, By: d.By, Allow: d.Allow}, d.Signature, allowed)
}

// ruleOf is the rule for the approvals of a phase.
func ruleOf(c config.Approvals, phase string) approval.Rule {
	r, own := c.Phases[phase]
	if !own {
		r = c.Default
	}
	return approval.Rule{By: r.By, Count: cmp.Or(r.Count, 1), NotStarter: r.NotStarter, ValidFor: r.ValidFor, Signed: r.Signed}
}
