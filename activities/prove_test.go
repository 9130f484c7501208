package activities_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/activities"
	"cutover/internal/config"
	"cutover/internal/ledger"
	"cutover/internal/phase"
)

// by is a stage whose configuration names who proves sign-ins.
type by struct {
	*stage
	prover string
}

func (b by) Open(ctx context.Context, hash string) (*activities.Estate, error) {
	e, err := b.stage.Open(ctx, hash)
	if err == nil {
		e.Config.SSO.Prover = b.prover
	}
	return e, err
}

// sees is a prover to whom everything looks the same.
type sees ledger.SignIn

func (s sees) Prove(context.Context, *activities.Estate, phase.Proof) (ledger.SignIn, error) {
	return ledger.SignIn(s), nil
}

func TestWhatSomebodyUnknownMeetsIsWrittenDownAndNeedsNobody(t *testing.T) {
	for outcome, passes := range map[string]bool{"ok": true, "told": true, "unclear": true, "failed": false} {
		for _, prover := range []string{config.ProverPerson, "robot"} {
			t.Run(outcome+" by "+prover, func(t *testing.T) {
				s := newStage(t, &domain{})
				env, acts := s.attempt(t)
				acts.Estates, acts.Prover = by{s, prover}, sees{Prover: "cutover", Outcome: outcome, Reason: "as it is."}
				v, err := env.ExecuteActivity(acts.Prove, activities.ProveParams{Cutover: "spring", Phase: "sso-on", ConfigHash: "config", Proof: phase.FrontRuleRedirect})
				require.NoError(t, err)
				var got activities.ProveResult
				require.NoError(t, v.Get(&got))
				require.Equal(t, activities.ProveResult{OK: passes, Prover: "cutover", Reason: "as it is."}, got, "no person is asked to sign in")

				had, err := s.ledger.SignIns(t.Context(), "spring")
				require.NoError(t, err)
				require.Len(t, had, 1)
				require.Equal(t, []string{"sso-on", "", "cutover", "front-rule-redirect", outcome, "as it is."},
					[]string{had[0].Phase, had[0].User, had[0].Prover, had[0].Kind, had[0].Outcome, had[0].Reason})
			})
		}
	}
}

func TestASignInThatIsUnclearIsAskedOfAPerson(t *testing.T) {
	s := newStage(t, &domain{})
	env, acts := s.attempt(t)
	acts.Estates, acts.Prover = by{s, "robot"}, sees{Prover: "robot", Outcome: "unclear", Reason: "An unknown page."}
	v, err := env.ExecuteActivity(acts.Prove, activities.ProveParams{Cutover: "spring", Phase: "sso-on", ConfigHash: "config", Proof: phase.EmergencyLocal})
	require.NoError(t, err)
	var got activities.ProveResult
	require.NoError(t, v.Get(&got))
	require.False(t, got.OK)
	require.Contains(t, got.Ask, "An unknown page; so a person has to")
}
