package conformance

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

func configurations(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	_, err := l.Configuration(ctx, "abc")
	require.ErrorIs(t, err, ledger.ErrNotFound)
	require.ErrorContains(t, err, "abc")

	require.NoError(t, l.PutConfiguration(ctx, "abc", []byte(`{"a":1}`)))
	require.NoError(t, l.PutConfiguration(ctx, "abc", []byte(`{"a":1}`)), "the same again is no harm")
	require.NoError(t, l.PutConfiguration(ctx, "abc", []byte(`{"a":1,"dir":"elsewhere"}`)))
	moved, err := l.Configuration(ctx, "abc")
	require.NoError(t, err)
	require.JSONEq(t, `{"a":1,"dir":"elsewhere"}`, string(moved), "the latest place of the secrets counts")
	require.NoError(t, l.PutConfiguration(ctx, "abc", []byte(`{"a":1}`)))
	require.Error(t, l.PutConfiguration(ctx, "", []byte(`{}`)))
	body, err := l.Configuration(ctx, "abc")
	require.NoError(t, err)
	require.JSONEq(t, `{"a":1}`, string(body))
}

func cutovers(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	_, err := l.Cutover(ctx, "spring")
	require.ErrorIs(t, err, ledger.ErrNotFound)

	c := ledger.Cutover{Name: "spring", ConfigHash: "abc", StartedBy: "ann", StartedAt: noon, Run: 1}
	require.NoError(t, l.PutCutover(ctx, c))
	got, err := l.Cutover(ctx, "spring")
	require.NoError(t, err)
	require.Equal(t, c, got)
	require.True(t, got.EndedAt.IsZero(), "it runs")

	c.ConfigHash, c.Outcome, c.Reason, c.EndedAt, c.Run = "def", "done", "all is well", noon.Add(time.Hour), 2
	require.NoError(t, l.PutCutover(ctx, c))
	got, err = l.Cutover(ctx, "spring")
	require.NoError(t, err)
	require.Equal(t, c, got)
	require.Error(t, l.PutCutover(ctx, ledger.Cutover{}), "a cutover has a name")
}

func decisions(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	first := ledger.Decision{ID: "1", Cutover: "spring", Phase: "migrate", Hash: "h", Verb: "approve", By: "ann", Note: "fine", At: noon}
	fresh, err := l.PutDecision(ctx, first)
	require.NoError(t, err)
	require.True(t, fresh)

	again := first
	again.Verb = "reject"
	fresh, err = l.PutDecision(ctx, again)
	require.NoError(t, err)
	require.False(t, fresh)

	second := ledger.Decision{ID: "0", Cutover: "spring", Phase: "sso-on", Verb: "reject", Automatic: true, At: noon.Add(time.Second),
		Gate: "limit", Allow: 120, Signature: "-----BEGIN SSH SIGNATURE-----", SignedBy: "SHA256:abc"}
	elsewhere := first
	elsewhere.Cutover = "spring#2"
	for _, d := range []ledger.Decision{second, elsewhere} {
		fresh, err = l.PutDecision(ctx, d)
		require.NoError(t, err)
		require.True(t, fresh)
	}
	got, err := l.Decisions(ctx, "spring")
	require.NoError(t, err)
	require.Equal(t, []ledger.Decision{first, second}, got)

	_, err = l.PutDecision(ctx, ledger.Decision{Cutover: "spring"})
	require.Error(t, err, "without an id nothing tells it from the next")
}

func phases(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	stopped := ledger.PhaseRecord{Name: "migrate", Outcome: ledger.PhaseStopped, Planned: 3, Applied: 1, Failed: 1, Skipped: 1, Seconds: 1.5, Detail: "one was refused"}
	off := ledger.PhaseRecord{Name: "check", Outcome: ledger.PhaseOff}
	done := stopped
	done.Outcome, done.Applied, done.Failed, done.Detail = ledger.PhaseDone, 2, 0, ""
	for _, p := range []ledger.PhaseRecord{stopped, off, done} {
		require.NoError(t, l.PutPhase(ctx, "spring", p))
	}
	got, err := l.Phases(ctx, "spring")
	require.NoError(t, err)
	require.Equal(t, []ledger.PhaseRecord{done, off}, got)
	none, err := l.Phases(ctx, "autumn")
	require.NoError(t, err)
	require.Empty(t, none)
}

func signIns(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	failed := ledger.SignIn{Phase: "sso-test", User: "cutover.test", Prover: "robot", Kind: "test-user-sso", Outcome: "failed", Reason: "no assertion", Automatic: true, At: noon}
	ok := failed
	ok.Outcome, ok.Reason, ok.Prover, ok.Automatic = "ok", "", "person", false
	for _, s := range []ledger.SignIn{failed, ok, ok} {
		require.NoError(t, l.PutSignIn(ctx, "spring", s))
	}
	require.NoError(t, l.PutSignIn(ctx, "autumn", ok))
	got, err := l.SignIns(ctx, "spring")
	require.NoError(t, err)
	require.Equal(t, []ledger.SignIn{failed, ok, ok}, got)
}

func verdicts(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	require.NoError(t, l.PutVerdicts(ctx, "spring", map[string]string{"ann": "matched", "Bob": "new"}))
	half, err := l.Verdicts(ctx, "spring")
	require.NoError(t, err)
	require.Empty(t, half, "half of them would look like all")

	require.NoError(t, l.PutVerdicts(ctx, "spring", map[string]string{"ann": "renamed", "cy": "new"}))
	require.NoError(t, l.SealVerdicts(ctx, "spring"))
	require.NoError(t, l.SealVerdicts(ctx, "spring"))
	require.NoError(t, l.PutVerdicts(ctx, "spring", map[string]string{"ann": "matched", "dee": "new"}), "later sets are ignored")
	got, err := l.Verdicts(ctx, "spring")
	require.NoError(t, err)
	require.Equal(t, map[string]string{"ann": "renamed", "Bob": "new", "cy": "new"}, got)
	none, err := l.Verdicts(ctx, "autumn")
	require.NoError(t, err)
	require.Empty(t, none)
}

func bindings(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	b := ledger.Binding{Domain: directory.Utilities, User: "Ann", Resolution: "rename", ResourceID: "id-1"}
	require.NoError(t, l.PutBinding(ctx, b))
	b.ResourceID = "id-2"
	require.NoError(t, l.PutBinding(ctx, b))
	got, found, err := l.Binding(ctx, directory.Utilities, "ANN", "rename")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "id-1", got.ResourceID)
	for _, other := range []struct {
		domain           directory.Domain
		user, resolution string
	}{{directory.Fusion, "ann", "rename"}, {directory.Utilities, "bob", "rename"}, {directory.Utilities, "ann", "set"}} {
		_, found, err = l.Binding(ctx, other.domain, other.user, other.resolution)
		require.NoError(t, err)
		require.False(t, found)
	}
	require.Error(t, l.PutBinding(ctx, ledger.Binding{Domain: directory.Fusion, User: "ann", Resolution: "set"}))
}

func values(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	_, found, err := l.Value(ctx, "spring", "figure")
	require.NoError(t, err)
	require.False(t, found)
	for _, body := range []string{`{"n":1}`, `{"n":2}`} {
		require.NoError(t, l.PutValue(ctx, "spring", "figure", []byte(body)))
	}
	require.NoError(t, l.PutValue(ctx, "autumn", "figure", nil))
	got, found, err := l.Value(ctx, "spring", "figure")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, `{"n":2}`, string(got))
	_, found, err = l.Value(ctx, "autumn", "figure")
	require.NoError(t, err)
	require.True(t, found)
}
