package pack_test

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/evidence"
	"cutover/internal/ledger"
	"cutover/internal/pack"
	"cutover/internal/reconcile"
)

var noon = time.Date(2026, 4, 3, 12, 0, 0, 0, time.UTC)

// filled is a ledger with one of everything.
func filled(t *testing.T) *ledger.Ledger {
	t.Helper()
	ctx := t.Context()
	l, err := ledger.OpenTemp(ctx)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	require.NoError(t, l.PutConfiguration(ctx, "first", []byte(`{"dir":"/home/x","config":{"emergency":{"utilities":"bg-admin","password":"command:vault read s3cr3t"}}}`)))
	require.NoError(t, l.PutConfiguration(ctx, "second", []byte(`{"dir":"/home/x","config":{"emergency":{"password":"env:EM"}}}`)))
	require.NoError(t, l.PutCutover(ctx, ledger.Cutover{Name: "spring", ConfigHash: "first", StartedBy: "root", StartedAt: noon, Run: 1}))
	require.NoError(t, l.PutVerdicts(ctx, "spring", map[string]string{"ann": "create", "bob": "excluded"}))
	require.NoError(t, l.SealVerdicts(ctx, "spring"))
	for range 2 {
		s, err := l.BeginSnapshot(ctx, "spring", "check", directory.Utilities)
		require.NoError(t, err)
		require.NoError(t, l.PutOutline(ctx, s.ID, directory.Outline{SSO: directory.SSO{PolicyID: "p"}}))
		require.NoError(t, l.CompleteSnapshot(ctx, s.ID))
	}
	planned(t, l, "first", directory.Change{Step: 1, Domain: directory.Fusion, Kind: directory.CreateUser, User: "ann", Why: "verdict: create"})
	claimed, err := l.Claim(ctx, 1, 1, func(directory.Change) int { return 1 }, noon)
	require.NoError(t, err)
	_, err = l.Record(ctx, 1, claimed[0].Fence, []ledger.Record{{Seq: 1, State: ledger.StateApplied, ResourceID: "res-1", RequestID: "req-1"}})
	require.NoError(t, err)
	planned(t, l, "second")
	_, err = l.PutDecision(ctx, ledger.Decision{ID: "d", Cutover: "spring", Phase: "migrate", Hash: "h", Verb: "approve", By: "eve", At: time.Now()})
	require.NoError(t, err)
	require.NoError(t, l.PutSignIn(ctx, "spring", ledger.SignIn{Phase: "sso-on", User: "t", Prover: "robot", Kind: "test-user-sso", Outcome: "ok", At: time.Now()}))
	require.NoError(t, l.PutPhase(ctx, "spring", ledger.PhaseRecord{Name: "migrate", Outcome: "done", Seconds: 1.25}))
	require.NoError(t, l.PutValue(ctx, "spring", "figure", []byte(`{"b":1,"a":2}`)))
	require.NoError(t, l.PutBinding(ctx, ledger.Binding{Domain: directory.Fusion, User: "ann", Resolution: "reactivate", ResourceID: "1"}))
	return l
}

func planned(t *testing.T, l *ledger.Ledger, config string, changes ...directory.Change) {
	t.Helper()
	ctx := t.Context()
	id, err := l.BeginPlan(ctx, "spring", "migrate", false)
	require.NoError(t, err)
	h := reconcile.NewHasher("migrate")
	for _, c := range changes {
		h.Add(c)
	}
	require.NoError(t, l.AddChanges(ctx, id, changes))
	require.NoError(t, l.AddFindings(ctx, id, []directory.Finding{{Phase: "migrate", Name: "note", Detail: "something"}}))
	_, err = l.SealPlan(ctx, id, h.Sum())
	require.NoError(t, err)
	require.NoError(t, l.PutPlanOrigin(ctx, id, ledger.Origin{ConfigHash: config, Reads: map[directory.Domain]int64{directory.Utilities: 1}}))
}

func written(t *testing.T, l *ledger.Ledger) (string, evidence.Written, map[string][]string) {
	t.Helper()
	var b bytes.Buffer
	w, err := pack.Write(t.Context(), l, "spring", &b)
	require.NoError(t, err)
	lines := map[string][]string{}
	_, err = evidence.Verify(bytes.NewReader(b.Bytes()), evidence.Options{Head: w.Head, Each: func(l evidence.Line) error {
		lines[l.Kind] = append(lines[l.Kind], string(l.Body))
		return nil
	}})
	require.NoError(t, err)
	return b.String(), w, lines
}

func TestAPackHoldsOneOfEverythingThatTheLedgerHolds(t *testing.T) {
	text, w, lines := written(t, filled(t))
	require.Equal(t, map[string]int{
		"header": 1, "cutover": 1, "configuration": 2, "verdict": 2, "read": 2, "plan": 2, "finding": 2, "change": 1, "read-back": 1,
		"decision": 1, "sign-in": 1, "phase": 1, "value": 1, "binding": 1,
	}, w.Kinds)
	require.NotContains(t, text, "s3cr3t")
	require.NotContains(t, text, "/home/x")
	require.Contains(t, lines["configuration"][0], `"command:(not shown)"`)
	require.Contains(t, lines["configuration"][1], `"env:EM"`)
	for kind, want := range map[string]string{
		"change":    `"requestId":"req-1","resourceId":"res-1","seq":1,"state":"applied"`,
		"plan":      `"configuration":"first","findings":1,"fromReads":{"utilities":1}`,
		"read-back": `"applied":1,"byPlan":2,"failed":0,"fromReads":{"utilities":1},"leftToChange":0,"phase":"migrate","plan":1`,
		"decision":  `"by":"eve"`, "sign-in": `"prover":"robot"`, "value": `{"key":"figure","value":{"a":2,"b":1}}`, "binding": `"resourceId":"1"`,
	} {
		require.Contains(t, lines[kind][0], want)
	}
	require.Contains(t, lines["read"][0], `"settings":{"metadata":{},"policyId":"p","rules":null}`)
	require.Contains(t, lines["read"][1], `"settingsAsInRead":1`)
}

func TestTheSameLedgerGivesTheSamePack(t *testing.T) {
	l := filled(t)
	first, w, _ := written(t, l)
	second, again, _ := written(t, l)
	require.Equal(t, first, second)
	require.Equal(t, w, again)
	require.NoError(t, l.PutSignIn(t.Context(), "spring", ledger.SignIn{User: "t", Outcome: "failed", At: time.Now()}))
	_, later, _ := written(t, l)
	require.NotEqual(t, w.Head, later.Head)
}

func TestALedgerThatWasTamperedWithGivesNoPackThatVerifies(t *testing.T) {
	l := filled(t)
	id, err := l.BeginPlan(t.Context(), "spring", "sync-cxif", false)
	require.NoError(t, err)
	require.NoError(t, l.AddChanges(t.Context(), id, []directory.Change{{Step: 1, Domain: directory.CXIF, Kind: directory.CreateUser, User: "mallory"}}))
	_, err = l.SealPlan(t.Context(), id, "a hash that somebody approved for something else")
	require.NoError(t, err)
	var b bytes.Buffer
	_, err = pack.Write(t.Context(), l, "spring", &b)
	require.NoError(t, err)
	_, err = evidence.Verify(&b, evidence.Options{})
	var tampered *evidence.Tampered
	require.ErrorAs(t, err, &tampered)
	require.Contains(t, tampered.Why, "sync-cxif")
}

func TestACutoverThatNobodyKnowsHasNoEvidence(t *testing.T) {
	var b bytes.Buffer
	_, err := pack.Write(t.Context(), filled(t), "autumn", &b)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	require.Empty(t, b.String())
}

func TestEveryFieldOfADecisionIsInThePack(t *testing.T) {
	_, _, lines := written(t, filled(t))
	raw, err := json.Marshal(ledger.Decision{})
	require.NoError(t, err)
	var had, got map[string]any
	require.NoError(t, json.Unmarshal(raw, &had))
	require.NoError(t, json.Unmarshal([]byte(lines["decision"][0]), &got))
	require.Len(t, got, len(had))
}
