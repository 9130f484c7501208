package phase

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
)

// natively is a small estate whose targets take over Fusion's people themselves.
type natively struct {
	*small
	in Input
}

const peopleApp = "Fusion people"

func newNatively() *natively {
	n := &natively{small: newSmall()}
	n.fusion.Rest.SSO.Apps = []directory.App{{
		ID: "client", Name: "cutover-sync", Active: true, OAuthClient: true, AllowedGrants: []string{directory.GrantClient}, ClientRoles: []string{directory.RoleUserAdmin},
	}}
	n.in = Input{Rules: n.rules, SSO: nativeSettings()}
	return n
}

func nativeSettings() SSOSettings {
	return SSOSettings{
		SyncClientName: "cutover-sync", Emergency: "bg-admin", TestUser: TestUser{UserName: "cutover.test", Email: "cutover.test@x"},
		Native: NativeSync{On: true, AppName: peopleApp, Host: "fusion.example", TokenURL: "https://fusion.example/oauth2/v1/token"},
	}
}

// many adds people of Fusion, all in these groups.
func (n *natively) many(count int, name string, groups ...string) {
	for i := range count {
		add(n.fusion, fmt.Sprintf("%s%d", name, i+1), groups...)
	}
}

// connect puts the app as wanted into CXIF, active or not.
func (n *natively) connect(active bool) {
	n.cxif.Rest.SSO.Apps = []directory.App{{ID: "app", Name: peopleApp, Active: active, Sync: &directory.Sync{
		Provisioning: true, Authoritative: true, Synchronization: true, Host: "fusion.example", Port: "443", TLS: "true",
		BaseURI: "/admin/v1/", Client: "cutover-sync", Scope: "urn:opc:idm:__myscopes__", TokenURL: "https://fusion.example/oauth2/v1/token",
	}}}
}

// ran is an estate in which so many runs were seen, the first of them beside those
// who are in CXIF now.
func (n *natively) ran(runs int, full bool) {
	n.in.Syncs, n.in.FullSync = runs, full
	n.in.Before = &reconciletest.Side{People: slices.Clone(n.cxif.People)}
	n.connect(full)
}

func (n *natively) plan(t *testing.T) *reconciletest.Sink {
	t.Helper()
	return n.planOf(t, syncCXIF)
}

func (n *natively) planOf(t *testing.T, p Phase) *reconciletest.Sink {
	t.Helper()
	n.in.World = n.world()
	sink := &reconciletest.Sink{}
	require.NoError(t, p.Plan(n.in, sink))
	return sink
}

// said are changes in words, one a line.
func said(changes []directory.Change) []string {
	out := []string{}
	for _, c := range changes {
		by := "cutover"
		if c.Via == directory.ViaNativeSync {
			by = "native"
		}
		line := fmt.Sprintf("%d %s %s %s", c.Step, by, c.Kind, c.User+c.Target)
		switch {
		case c.Kind == directory.StartSync:
			line += fmt.Sprintf(": %s, %s created, %s deleted", c.After["run"], c.After["creates"], c.After["deletes"])
		case c.Kind == directory.PutSetting && c.After["active"] != "":
			line += " " + c.After["active"]
		}
		out = append(out, line)
	}
	return out
}

// ofPeople are the changes that are about somebody.
func ofPeople(changes []directory.Change) []directory.Change {
	return slices.DeleteFunc(slices.Clone(changes), func(c directory.Change) bool { return c.User == "" })
}

// started is the change that starts a run, if the plan has one.
func started(t require.TestingT, changes []directory.Change) (c directory.Change, is bool) {
	starts := slices.DeleteFunc(slices.Clone(changes), func(c directory.Change) bool { return c.Kind != directory.StartSync })
	require.LessOrEqual(t, len(starts), 1)
	if len(starts) == 0 {
		return c, false
	}
	return starts[0], true
}

// about are the users whom findings of a name are about, and whether these block.
func about(t *testing.T, findings []directory.Finding, name string) (users []string, block bool) {
	t.Helper()
	for i, f := range findings {
		if f.Name != name {
			continue
		}
		if len(users) > 0 {
			require.Equal(t, block, f.Blocking, "%d: all of a kind block or none", i)
		}
		users, block = append(users, f.User), f.Blocking
	}
	return users, block
}

// settled applies people and settings of a plan, the native synchronization having
// done exactly what was expected of it.
func settled(t require.TestingT, w reconcile.World, plan []directory.Change) reconcile.World {
	next, err := reconciletest.Apply(w, plan)
	require.NoError(t, err)
	for d, side := range next {
		own := slices.DeleteFunc(slices.Clone(plan), func(c directory.Change) bool { return c.Domain != d })
		s := side.(*reconciletest.Side)
		s.Rest = ProjectSSO(s.Rest, slices.Values(own))
	}
	return next
}
