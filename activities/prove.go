package activities

import (
	"context"
	"time"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/phase"
)

// ProveParams asks for a proof.
type ProveParams struct {
	Cutover, Phase, ConfigHash string
	Proof                      phase.Proof
}

// ProveResult is how a proof ended. Reason names nobody.
type ProveResult struct {
	OK     bool
	Prover string
	Reason string
	Waited time.Duration // held back by our own pacing
	// Ask is what a person shall do, where the proof is theirs: AwaitSignIn sees
	// whether they did. Since is what the domains say of that user before.
	Ask    string                      `json:",omitempty"`
	Within time.Duration               `json:",omitempty"`
	Since  map[directory.Domain]string `json:",omitempty"`
}

// Prove sees something for real, such as a sign-in, and writes down how it
// ended and by which prover. A proof that fails is a result, not an error.
func (a *Activities) Prove(ctx context.Context, in ProveParams) (ProveResult, error) {
	defer beating(ctx).stop()
	e, err := a.estate(ctx, in.ConfigHash)
	if err != nil {
		return ProveResult{}, err
	}
	before := e.waited()
	if in.Proof.SignsIn() && e.Config.SSO.Prover == config.ProverPerson {
		return a.askPerson(ctx, e, in, "")
	}
	s, err := a.prove(ctx, e, in)
	if err != nil {
		return ProveResult{}, err
	}
	s.Phase, s.Kind, s.At = in.Phase, string(in.Proof), time.Now()
	if err := a.Ledger.PutSignIn(ctx, in.Cutover, s); err != nil {
		return ProveResult{}, err
	}
	if in.Proof.SignsIn() && s.Outcome == outcomeUnclear {
		return a.askPerson(ctx, e, in, s.Reason)
	}
	return ProveResult{OK: passed(in.Proof, s.Outcome), Prover: s.Prover, Reason: s.Reason, Waited: e.waited() - before}, nil
}

func (a *Activities) prove(ctx context.Context, e *Estate, in ProveParams) (ledger.SignIn, error) {
	switch in.Proof {
	case phase.NobodyLockedOut:
		return a.nobodyLockedOut(ctx, e, in)
	case phase.SyncConnection:
		return e.syncConnection(ctx)
	}
	return a.Prover.Prove(ctx, e, in.Proof)
}

// passed tells whether the walk may go on. People can sign in by a page that is
// not what was hoped for, and by one that no program can read: a person is told.
func passed(p phase.Proof, outcome string) bool {
	if p == phase.FrontRuleRedirect {
		return outcome != "failed"
	}
	return outcome == "ok"
}
