package activities

import (
	"context"
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"

	"cutover/internal/config"
	"cutover/internal/directory"
	"cutover/internal/ledger"
	"cutover/internal/phase"
)

// outcomeUnclear repeats a word of internal/signin, which the activities need
// not know: no program can go on at this page, and nothing is wrong yet.
const outcomeUnclear = "unclear"

// proverPerson is how a person's proof is written down.
const proverPerson = "a person and the domains' own record"

// recordsOf lists the domains whose record must show a sign-in that is proven:
// by SSO a user signs in to both.
func recordsOf(p phase.Proof) []directory.Domain {
	if p == phase.TestUserBySSO {
		return []directory.Domain{directory.Fusion, directory.Utilities}
	}
	return []directory.Domain{directory.Utilities}
}

// who is the user of a proof, and in words that name nobody.
func (e *Estate) who(p phase.Proof) (userName, words string) {
	if p == phase.TestUserBySSO {
		return e.SSO.TestUser.UserName, "the test user (sso.testUser)"
	}
	return e.SSO.Emergency, "the emergency administrator (emergency.utilities), with the local password"
}

// askPerson reads what the domains say before, and says what a person shall do.
// Why is why no program can do it; empty: it is configured so.
func (a *Activities) askPerson(ctx context.Context, e *Estate, in ProveParams, why string) (ProveResult, error) {
	name, words := e.who(in.Proof)
	before := e.waited()
	since, err := e.lastSignIns(ctx, in.Proof, name)
	if err != nil {
		return ProveResult{}, err
	}
	ask := fmt.Sprintf("open %s in a fresh private window and sign in as %s; cutover goes on by itself when the domain says that they did",
		strings.TrimRight(e.Config.Utilities.URL, "/")+e.Config.SSO.SignInPath, words)
	if why != "" {
		ask = strings.TrimSuffix(why, ".") + "; so a person has to: " + ask
	}
	return ProveResult{Prover: proverPerson, Ask: ask, Within: e.Config.SSO.SignInWithin, Since: since, Waited: e.waited() - before}, nil
}

func (e *Estate) lastSignIns(ctx context.Context, p phase.Proof, name string) (map[directory.Domain]string, error) {
	dates := map[directory.Domain]string{}
	for _, d := range recordsOf(p) {
		dom, err := e.domain(d)
		if err != nil {
			return nil, err
		}
		if dates[d], err = dom.LastSignIn(ctx, name); err != nil {
			return nil, err
		}
	}
	return dates, nil
}

// AwaitSignInParams asks whether a person did what they were asked.
type AwaitSignInParams struct {
	ProveParams
	Since map[directory.Domain]string
	// Late: the time is up, so what is there now is the result.
	Late bool
}

// AwaitSignIn looks whether the domains' own records say that the user has
// signed in since. It fails as "not yet" until they do; asked late, it says what
// was not seen.
func (a *Activities) AwaitSignIn(ctx context.Context, in AwaitSignInParams) (ProveResult, error) {
	defer beating(ctx).stop()
	e, err := a.estate(ctx, in.ConfigHash)
	if err != nil {
		return ProveResult{}, err
	}
	name, _ := e.who(in.Proof)
	before := e.waited()
	now, err := e.lastSignIns(ctx, in.Proof, name)
	if err != nil {
		return ProveResult{}, err
	}
	var unseen []string
	for _, d := range recordsOf(in.Proof) {
		if now[d] == "" || now[d] == in.Since[d] {
			unseen = append(unseen, string(d))
		}
	}
	if len(unseen) > 0 && !in.Late {
		return ProveResult{}, temporal.NewApplicationErrorWithOptions("not yet: no new sign-in in the record of "+strings.Join(unseen, " and "), FailureNotYet,
			temporal.ApplicationErrorOptions{NextRetryDelay: signInPoll(e.Config.SSO), Category: temporal.ApplicationErrorCategoryBenign})
	}
	s := ledger.SignIn{Phase: in.Phase, Kind: string(in.Proof), User: name, Prover: proverPerson, Outcome: "ok", At: time.Now()}
	if len(unseen) > 0 {
		s.Outcome, s.Reason = "failed", notSeen(in.Proof, unseen)
	}
	if err := a.Ledger.PutSignIn(ctx, in.Cutover, s); err != nil {
		return ProveResult{}, err
	}
	return ProveResult{OK: s.Outcome == "ok", Prover: s.Prover, Reason: s.Reason, Waited: e.waited() - before}, nil
}

// signInPoll is how often to look. A configuration that an older cutover stored
// does not say.
func signInPoll(s config.SSO) time.Duration {
	if s.SignInPoll <= 0 {
		return 5 * time.Second
	}
	return s.SignInPoll
}

// notSeen says what the records lack.
func notSeen(p phase.Proof, unseen []string) string {
	switch {
	case p == phase.TestUserBySSO && len(unseen) == 1 && unseen[0] == string(directory.Fusion):
		return "Utilities says that the user signed in, and Fusion does not: it was by the local sign-in, or with a session that was open in Fusion already."
	case p == phase.TestUserBySSO && len(unseen) == 1:
		return "Fusion says that the user signed in, and Utilities does not: the sign-in did not come back to Utilities, or was not accepted there."
	}
	return "Nobody signed in in time, as far as " + strings.Join(unseen, " and ") + " says. If somebody did, the domain shows no dates of sign-ins, and sso.prover has to be robot or browser."
}
