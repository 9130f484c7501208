package conformance

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/ledger"
)

func readBacks(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	half := begin(t, ctx, l)
	id := begin(t, ctx, l)
	require.NoError(t, l.PutUsers(ctx, id, []directory.User{{ID: "1", UserName: "ann"}, {ID: "2", UserName: "bob"}}))
	require.NoError(t, l.PutOutline(ctx, id, directory.Outline{
		Groups: []directory.Group{{ID: "g", Name: "Desk"}}, Roles: []directory.Role{{App: "CCS", Name: "AppUser"}, {App: "CCS", Name: "Other"}},
		SSO: directory.SSO{PolicyID: "p", Rules: []directory.Rule{{ID: "r", Name: "<default>", Active: true}}},
	}))
	require.NoError(t, l.CompleteSnapshot(ctx, id))
	require.NoError(t, l.CompleteSnapshot(ctx, id))
	for range 2 {
		got, err := l.ReadBacks(ctx, "NAME")
		require.NoError(t, err)
		require.Len(t, got, 1, "half of a read is none")
		require.Equal(t, id, got[0].Snapshot)
		require.Equal(t, [3]int{2, 1, 2}, [3]int{got[0].Users, got[0].Groups, got[0].Roles})
		require.Equal(t, directory.Utilities, got[0].Domain)
		require.JSONEq(t, `{"policyId":"p","rules":[{"id":"r","name":"<default>","active":true,"local":null,"saml":null}],"metadata":{}}`, string(got[0].Settings))
		require.False(t, got[0].CompletedAt.Before(got[0].TakenAt))
		require.NoError(t, l.DropSnapshots(ctx, "NAME", nil))
	}
	_, err := l.Snapshot(ctx, half)
	require.ErrorIs(t, err, ledger.ErrNotFound)
	others, err := l.ReadBacks(ctx, "another")
	require.NoError(t, err)
	require.Empty(t, others)
}

func planOrigin(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	plan := planOf(t, ctx, l, create("ann"))
	want := ledger.Origin{ConfigHash: "c", Reads: map[directory.Domain]int64{directory.Fusion: 3, directory.Utilities: 4}}
	require.NoError(t, l.PutPlanOrigin(ctx, plan, want))
	require.NoError(t, l.PutPlanOrigin(ctx, plan, ledger.Origin{ConfigHash: "another"}))
	got, err := l.PlanOrigin(ctx, plan)
	require.NoError(t, err)
	require.Equal(t, want, got)
	got, err = l.PlanOrigin(ctx, plan+1)
	require.NoError(t, err)
	require.Equal(t, ledger.Origin{}, got)
}

func outcomes(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	var all []directory.Change
	for i := range 2500 {
		all = append(all, create(fmt.Sprintf("User%04d", i)))
	}
	grant := directory.Change{Step: 1, Domain: directory.CXIF, Kind: directory.AddGrant, User: "USER0007", Target: "App/Role"}
	plan := planOf(t, ctx, l, append(all, grant)...)
	fence := claim(t, ctx, l, plan, 10)[0].Fence
	_, err := l.Record(ctx, plan, fence, []ledger.Record{
		{Seq: 8, State: ledger.StateApplied, ResourceID: "res", RequestID: "req", Detail: "note"}, {Seq: 9, State: ledger.StateFailed, Detail: "no"},
	})
	require.NoError(t, err)
	_, err = l.BeginPlan(ctx, "NAME", "migrate", false) // not sealed
	require.NoError(t, err)

	seq := 0
	for o, err := range l.Outcomes(ctx, plan) {
		require.NoError(t, err)
		seq++
		require.Equal(t, seq, o.Seq)
		require.Equal(t, plan, o.Plan)
	}
	require.Equal(t, 2501, seq)
	for _, err := range l.Outcomes(ctx, plan+100) {
		require.ErrorIs(t, err, ledger.ErrNotFound)
	}
	got, err := l.OutcomesOf(ctx, plan, []string{"user0007", "User0008", "nobody"})
	require.NoError(t, err)
	require.Len(t, got, 3)
	require.False(t, got[0].RecordedAt.IsZero())
	got[0].RecordedAt = got[2].RecordedAt
	require.Equal(t, ledger.Outcome{Plan: plan, Seq: 8, Change: all[7], State: "applied", Attempts: 1, Detail: "note", ResourceID: "res", RequestID: "req"}, got[0])
	require.Equal(t, "failed", got[1].State)
	require.Equal(t, grant, got[2].Change)
	require.Equal(t, "planned", got[2].State)

	plans, err := l.Plans(ctx, "NAME")
	require.NoError(t, err)
	require.Len(t, plans, 1, "a plan that is not sealed is none")
	require.Equal(t, plan, plans[0].ID)
}

func renames(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	update := func(user string, after directory.Attributes) directory.Change {
		return directory.Change{Step: 1, Domain: directory.Utilities, Kind: directory.UpdateUser, User: user, After: after}
	}
	for range 2 {
		planOf(t, ctx, l, create("cy"), update("ann", directory.Attributes{"userName": "Ann.Lee"}), update("bob", directory.Attributes{"email": "b@x.example"}))
	}
	got, err := l.Renames(ctx, "NAME")
	require.NoError(t, err)
	require.Equal(t, []ledger.Rename{{Domain: directory.Utilities, From: "ann", To: "Ann.Lee"}}, got)
}

func verdictsByName(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	want := map[string]string{"": "missing-email"}
	for i := range 2100 {
		want[fmt.Sprint("user", i)] = "create"
	}
	require.NoError(t, l.PutVerdicts(ctx, "NAME", want))
	read := func() map[string]string {
		got, last := map[string]string{}, ""
		for v, err := range l.VerdictsByName(ctx, "NAME") {
			require.NoError(t, err)
			require.GreaterOrEqual(t, v.User, last)
			got[v.User], last = v.Verdict, v.User
		}
		return got
	}
	require.Empty(t, read(), "half of them would look like all")
	require.NoError(t, l.SealVerdicts(ctx, "NAME"))
	require.Equal(t, want, read())
}

func everythingElse(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	require.NoError(t, l.PutValue(ctx, "NAME", "b", []byte("2")))
	require.NoError(t, l.PutValue(ctx, "NAME", "a", []byte("1")))
	require.NoError(t, l.PutValue(ctx, "another", "c", []byte("3")))
	values, err := l.Values(ctx, "NAME")
	require.NoError(t, err)
	require.Equal(t, []ledger.Value{{Key: "a", Body: []byte("1")}, {Key: "b", Body: []byte("2")}}, values)

	b := ledger.Binding{Domain: directory.Fusion, User: "ann", Resolution: "reactivate", ResourceID: "1"}
	require.NoError(t, l.PutBinding(ctx, b))
	bindings, err := l.Bindings(ctx)
	require.NoError(t, err)
	require.Equal(t, []ledger.Binding{b}, bindings)

	require.NoError(t, l.PutCutover(ctx, ledger.Cutover{Name: "b"}))
	require.NoError(t, l.PutCutover(ctx, ledger.Cutover{Name: "a"}))
	known, err := l.CutoverNames(ctx)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b"}, known)
}

func personIn(t *testing.T, l *ledger.Ledger) {
	ctx := within(t)
	id := begin(t, ctx, l)
	require.NoError(t, l.PutUsers(ctx, id, []directory.User{{ID: "1", UserName: "Ann"}}))
	require.NoError(t, l.PutMembers(ctx, id, "Desk", []string{"1"}))
	require.NoError(t, l.PutRoles(ctx, id, directory.Role{App: "CCS", Name: "AppUser"}, []string{"1"}))
	_, _, err := l.PersonIn(ctx, id, "ann")
	require.ErrorIs(t, err, ledger.ErrIncomplete)
	require.NoError(t, l.CompleteSnapshot(ctx, id))
	p, found, err := l.PersonIn(ctx, id, "aNN")
	require.NoError(t, err)
	require.True(t, found)
	require.Equal(t, "Ann", p.UserName)
	require.Equal(t, []string{"Desk"}, p.Groups)
	require.Equal(t, []directory.Role{{App: "CCS", Name: "AppUser"}}, p.Roles)
	_, found, err = l.PersonIn(ctx, id, "bob")
	require.NoError(t, err)
	require.False(t, found)
}
