package forecast_test

import (
	"encoding/json"
	"io/fs"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/estates"
	"cutover/internal/forecast"
	"cutover/internal/ledger"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
	"cutover/internal/spool"
)

// forecastOf forecasts an estate on a ledger of its own, after a last touch to
// its rules.
func forecastOf(t *testing.T, estate string, touch ...func(*reconcile.Rules)) (forecast.Whole, *ledger.Ledger) {
	t.Helper()
	l, err := ledger.OpenTemp(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	scratch, err := spool.Open(t.Context())
	require.NoError(t, err)
	t.Cleanup(func() { _ = scratch.Close() })
	w, err := reconciletest.FromEstate(estates.FS, estate)
	require.NoError(t, err)
	rules, err := reconciletest.RulesFromEstate(estates.FS, estate)
	require.NoError(t, err)
	for _, f := range touch {
		f(rules)
	}
	snapshots := forecast.Snapshots{}
	for d, side := range w {
		s, err := l.BeginSnapshot(t.Context(), "spring", "check", d)
		require.NoError(t, err)
		require.NoError(t, l.PutPeople(t.Context(), s.ID, side.(*reconciletest.Side).People))
		outline := side.Outline()
		outline.SSO.Metadata = directory.Metadata{
			SPEntityID: "sp-" + string(d), AssertionConsumer: "acs-" + string(d), SPCertificate: "c", IdPEntityID: "idp-" + string(d), IdPSSOURL: "u", IdPCertificate: "c",
		}
		require.NoError(t, l.PutOutline(t.Context(), s.ID, outline))
		require.NoError(t, l.CompleteSnapshot(t.Context(), s.ID))
		snapshots[d] = s.ID
	}
	p := forecast.Planner{Ledger: l, Scratch: scratch, Cutover: "spring", Rules: rules, SSO: phase.SSOSettings{
		AppName: "Oracle Utilities", IdPName: "Fusion", SyncClientName: "cutover-sync", FrontRuleName: "Keep local sign-in",
		TestRuleName: "SSO test", UserAttribute: "user.userName", Emergency: "bg-admin",
		TestUser:       phase.TestUser{UserName: "cutover.test", Email: "cutover.test@riverbend.example", GivenName: "Cutover", FamilyName: "Test"},
		ByCorporateIdP: true, Attested: []string{"*"},
	}}
	whole, err := p.Whole(t.Context(), snapshots, func(string) bool { return false })
	require.NoError(t, err)
	return whole, l
}

func TestTheVerdictsAreInTheLedgerWhenTheForecastIsMade(t *testing.T) {
	_, l := forecastOf(t, "resolved")
	have, err := l.Verdicts(t.Context(), "spring")
	require.NoError(t, err)
	w, err := reconciletest.FromEstate(estates.FS, "resolved")
	require.NoError(t, err)
	rules, err := reconciletest.RulesFromEstate(estates.FS, "resolved")
	require.NoError(t, err)
	want := map[string]string{}
	for j, err := range reconcile.Verdicts(w, rules) {
		require.NoError(t, err)
		want[j.Person.UserName] = j.Verdict
	}
	require.NotEmpty(t, want)
	require.Equal(t, want, have)
}

// expected reads what an estate expects.
func expected(t *testing.T, estate string, into any) {
	t.Helper()
	body, err := fs.ReadFile(estates.FS, estate+"/expected.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(body, into))
}

func TestTheForecastSeesEveryPhaseOnTheWorldThatTheOneBeforeWouldLeave(t *testing.T) {
	for _, estate := range []string{"clean", "resolved"} {
		whole, l := forecastOf(t, estate)
		require.Zero(t, whole.Blocking, whole.Findings)
		require.True(t, whole.PeopleWork)
		var want struct {
			After struct{ UtilitiesCreated, CXIFCreated, CXIFUpdated int }
		}
		expected(t, estate, &want)
		changes := map[string]int{}
		for _, p := range whole.Phases {
			changes[p.Name] = p.Changes
		}
		require.Equal(t, want.After.UtilitiesCreated, changes["sync-utilities"], "whom migrate would create in Fusion is not created in Utilities again")
		require.Equal(t, want.After.CXIFCreated+want.After.CXIFUpdated, changes["sync-cxif"])
		require.Equal(t, 2, changes["sso-on"])
		require.Equal(t, 2, changes["tidy"], "the test user that sso-test would make goes again")
		again, _ := forecastOf(t, estate)
		require.Equal(t, whole.Hash, again.Hash, "the same inputs have the same hash")
		_, err := l.LatestPlan(t.Context(), "spring", "migrate", true)
		require.ErrorIs(t, err, ledger.ErrNotFound, "what is supposed stays out of the record")
	}
}

func TestAForecastWithOpenFindingsNamesTheFirstPhaseThatTheyBlock(t *testing.T) {
	whole, l := forecastOf(t, "messy")
	require.Equal(t, "migrate", whole.BlockedAt)
	require.NotZero(t, whole.Blocking)
	verdicts, err := l.Verdicts(t.Context(), "spring")
	require.NoError(t, err)
	require.Len(t, verdicts, 70)
}
