package command

import (
	"bytes"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/report"
	"cutover/workflows"
)

func TestEveryEndHasItsExitCode(t *testing.T) {
	require.NoError(t, exitOf(workflows.Result{Outcome: workflows.OutcomeCompleted}))
	for outcome, code := range map[string]int{
		workflows.OutcomeBlocked: exitStopped, workflows.OutcomeStopped: exitStopped, workflows.OutcomeRejected: exitRejected,
		workflows.OutcomeCancelled: exitError,
	} {
		var with *exitWith
		err := exitOf(workflows.Result{Outcome: outcome, Phase: "migrate", Reason: "why"})
		if errors.As(err, &with) {
			require.Equal(t, code, with.code, outcome)
			require.True(t, with.said, "how it ended is shown, and not an error of the command")
			continue
		}
		require.ErrorContains(t, err, outcome)
		require.Equal(t, exitError, code, outcome)
	}
}

func TestWhereACutoverWaitsTheAnswerCanBeCopied(t *testing.T) {
	s := workflows.Status{Name: "pilot", Phase: "migrate", Stage: workflows.StageGate, Gate: &workflows.Gate{
		Kind: workflows.GateApprove, Phase: "migrate", Hash: "0123456789abcdef", Question: "May these 2 changes be made?",
	}}
	require.Equal(t, "pilot waits at migrate: May these 2 changes be made?\n"+
		"  cutover approve pilot --phase migrate --hash 0123456789ab --state /var/pilot", headline(s, paint{}, " --state /var/pilot"))
	s.Gate.Kind, s.Gate.Question = workflows.GateStopped, "the domain is down"
	require.Equal(t, "pilot has stopped at migrate: the domain is down\n"+
		"  cutover resume pilot   (reads again)\n"+
		"  cutover reject pilot --phase migrate   (ends it)", headline(s, paint{}, ""))
	s.Gate = nil
	require.Equal(t, "pilot is at migrate (approve)", headline(s, paint{}, ""))
	s.Result = &workflows.Result{Outcome: workflows.OutcomeStopped, Phase: "migrate", Reason: "the domain is down"}
	require.Equal(t, "pilot has ended: stopped at migrate: the domain is down", headline(s, paint{}, ""))
}

func TestAChangeIsALineThatSaysWhatHappensToWhom(t *testing.T) {
	for want, c := range map[string]directory.Change{
		"+ fusion (through Fusion Applications): user ana  [verdict: create]": {
			Domain: directory.Fusion, Via: directory.ViaFusionApplications, Kind: directory.CreateUser, User: "ana", Why: "verdict: create"},
		`~ utilities: user ana: userName "ana" to "ana.b"  [rename]`: {
			Domain: directory.Utilities, Kind: directory.UpdateUser, User: "ana",
			Before: directory.Attributes{"userName": "ana"}, After: directory.Attributes{"userName": "ana.b"}, Why: "rename"},
		"- utilities: user test  [tidy]":       {Domain: directory.Utilities, Kind: directory.DeleteUser, User: "test", Why: "tidy"},
		"+ utilities: ana in Clerks  [access]": {Domain: directory.Utilities, Kind: directory.AddMember, User: "ana", Target: "Clerks", Why: "access"},
		"+ cxif: ana gets App/Role  [access]":  {Domain: directory.CXIF, Kind: directory.AddGrant, User: "ana", Target: "App/Role", Why: "access"},
		"- utilities: rule/SSO test  [tidy]":   {Domain: directory.Utilities, Kind: directory.DropSetting, Target: "rule/SSO test", Why: "tidy"},
		`+ fusion: app/A: entityId "x"  [sso]`: {Domain: directory.Fusion, Kind: directory.PutSetting, Target: "app/A", After: directory.Attributes{"entityId": "x"}, Why: "sso"},
	} {
		require.Equal(t, want, describe(c))
	}
}

func TestAFindingSaysWhomItIsAboutAndEveryWayOut(t *testing.T) {
	var out bytes.Buffer
	printFindings(&out, []directory.Finding{
		{Phase: "migrate", Name: "missing-email", Domain: directory.Utilities, User: "ana", Detail: "has no primary email", Fixes: []string{"A", "B"}, Blocking: true},
		{Phase: "sso-on", Name: "another-idp", Detail: "Another one is offered."},
	})
	require.Equal(t, ""+
		"finding missing-email, migrate: ana in utilities: has no primary email\n"+
		"    resolve it by  A\n"+
		"               or  B\n"+
		"note another-idp, sso-on: Another one is offered.\n", out.String())
}

func TestALongValueIsCutWhereAPersonReadsIt(t *testing.T) {
	long := string(bytes.Repeat([]byte("é"), 100))
	require.Equal(t, "short", cut("short"))
	require.Len(t, []rune(cut(long)), longest)
	require.Contains(t, cut(long), "...")
}

func TestWhatAProofToldIsShownWhereThePhaseWaits(t *testing.T) {
	var out bytes.Buffer
	printOpen(&out, report.Open{Told: []report.SignIn{{Proof: "front-rule-redirect", Outcome: "told", Reason: "A page comes first."}}})
	require.Equal(t, "front-rule-redirect (told): A page comes first.\n", out.String())
}
