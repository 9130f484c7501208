package wayback_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
	"cutover/internal/wayback"
)

// estate is Fusion and Utilities before SSO, with somebody by whom it is offered
// or not.
func estate(local bool, idps ...directory.IdP) reconcile.World {
	rule := directory.Rule{ID: directory.DefaultRuleID, Name: directory.DefaultRuleName, Active: true, Local: []string{}, SAML: []string{}}
	if local {
		rule.Local = []string{directory.UserNamePassword}
	}
	for _, i := range idps {
		rule.SAML = append(rule.SAML, i.ID)
	}
	return reconcile.World{
		directory.Fusion: &reconciletest.Side{Rest: directory.Outline{SSO: directory.SSO{Metadata: directory.Metadata{IdPEntityID: "https://fusion/fed"}}}},
		directory.Utilities: &reconciletest.Side{Rest: directory.Outline{SSO: directory.SSO{
			PolicyID: directory.DefaultPolicyID, Rules: []directory.Rule{rule}, IdPs: idps,
		}}},
	}
}

// turned carries changes of settings out.
func turned(w reconcile.World, changes ...directory.Change) reconcile.World {
	out := reconcile.World{}
	for d, side := range w {
		own := slices.DeleteFunc(slices.Clone(changes), func(c directory.Change) bool { return c.Domain != d })
		out[d] = &reconciletest.Side{People: side.(*reconciletest.Side).People, Rest: phase.ProjectSSO(side.Outline(), slices.Values(own))}
	}
	return out
}

func put(step int, d directory.Domain, target string, before, after directory.Attributes) directory.Change {
	return directory.Change{Step: step, Domain: d, Kind: directory.PutSetting, Target: target, Before: before, After: after, Why: "test"}
}

func offer(local, saml string) directory.Attributes {
	return directory.Attributes{"local": local, "saml": saml}
}

const (
	none  = `[]`
	local = `["UserNamePassword"]`
	byIdP = `["Fusion"]`
)

// setUp is what sso-setup, sso-test, sso-off and sso-on do to settings, in short.
func setUp() [][]directory.Change {
	u, f := directory.Utilities, directory.Fusion
	return [][]directory.Change{
		{
			put(1, f, "app/Oracle Utilities", nil, directory.Attributes{"entityId": "https://utilities:443/fed"}),
			put(1, u, "idp/Fusion", nil, directory.Attributes{"entityId": "https://fusion/fed", "enabled": "true"}),
			put(2, f, "app-status/Oracle Utilities", directory.Attributes{"active": "false"}, directory.Attributes{"active": "true"}),
			put(3, u, "condition/Keep", nil, directory.Attributes{"attribute": "user.userName", "operator": "in", "value": `["bg"]`}),
			put(4, u, "rule/Keep", nil, directory.Attributes{"local": local, "saml": none, "condition": "Keep"}),
			put(5, u, "policy/default", directory.Attributes{"rules": `["default"]`}, directory.Attributes{"rules": `["Keep","default"]`}),
		},
		{
			put(1, u, "condition/Test", nil, directory.Attributes{"attribute": "user.userName", "operator": "eq", "value": "t"}),
			put(2, u, "rule/Test", nil, directory.Attributes{"local": none, "saml": byIdP, "condition": "Test"}),
			put(3, u, "policy/default", directory.Attributes{"rules": `["Keep","default"]`}, directory.Attributes{"rules": `["Keep","Test","default"]`}),
		},
		{
			put(1, u, "policy/default", directory.Attributes{"rules": `["Keep","Test","default"]`}, directory.Attributes{"rules": `["Keep","default"]`}),
			{Step: 2, Domain: u, Kind: directory.DropSetting, Target: "rule/Test", Why: "test"},
			{Step: 3, Domain: u, Kind: directory.DropSetting, Target: "condition/Test", Why: "test"},
		},
		{
			put(2, u, "rule/default", offer(local, none), offer(local, byIdP)),
			put(3, u, "rule/default", offer(local, byIdP), offer(none, byIdP)),
		},
	}
}

// there carries out phases and records them.
func there(w reconcile.World, phases [][]directory.Change) (reconcile.World, *record) {
	r := &record{}
	for i, changes := range phases {
		r.applied([]string{"sso-setup", "sso-test", "sso-off", "sso-on"}[i], changes, nil)
		for _, c := range changes {
			w = turned(w, c)
		}
	}
	return w, r
}

func targets(p *plan) []string {
	var out []string
	for _, c := range p.Changes {
		out = append(out, string(c.Kind)+" "+c.Target)
	}
	return out
}

// letsPeopleIn demands that after every change somebody's way in is left.
func letsPeopleIn(t *testing.T, w reconcile.World, changes []directory.Change) reconcile.World {
	t.Helper()
	for _, c := range changes {
		w = turned(w, c)
		sso := w[directory.Utilities].Outline().SSO
		rule, ok := sso.Default()
		require.True(t, ok)
		in := rule.OffersLocal()
		for _, i := range sso.IdPs {
			in = in || i.Enabled && slices.Contains(rule.SAML, i.ID)
		}
		require.True(t, in, "after %s %s nobody gets in", c.Kind, c.Target)
	}
	return w
}

func TestLocalSignInComesBackFirstAndAloneAndWhatWasSetUpGoesLast(t *testing.T) {
	start := estate(true)
	w, r := there(start, setUp())
	back := r.back(t, w)
	require.Empty(t, back.Findings)
	require.Equal(t, []string{
		"setting.put rule/default", "setting.put rule/default", "setting.put policy/default", "setting.drop rule/Keep", "setting.drop condition/Keep",
		"setting.drop idp/Fusion", "setting.put app-status/Oracle Utilities", "setting.drop app/Oracle Utilities",
	}, targets(back))
	first, second := back.Changes[0], back.Changes[1]
	require.Equal(t, offer(local, byIdP), first.After)
	require.True(t, wayback.BringsLocalBack(first))
	require.False(t, wayback.BringsLocalBack(second))
	require.Less(t, first.Step, second.Step, "it is read back before SSO goes")
	end := letsPeopleIn(t, w, back.Changes)
	for d := range start {
		a, b := start[d].Outline().SSO, end[d].Outline().SSO
		require.Equal(t, [4]int{len(a.Rules), len(a.Apps), len(a.IdPs), len(a.Conditions)}, [4]int{len(b.Rules), len(b.Apps), len(b.IdPs), len(b.Conditions)})
	}
	again := r.back(t, end)
	require.Empty(t, again.Changes)
	require.Empty(t, again.Findings)
	require.Empty(t, back.undoes[0], "the rule is undone with its last change")
	require.Len(t, back.undoes[1], 2)
}

func TestAWayBackThatStopsAfterAnyChangeOfASettingGoesOn(t *testing.T) {
	start := estate(true)
	w, r := there(start, setUp())
	all := r.back(t, w)
	for i := range all.Changes {
		half := turned(w)
		for _, c := range all.Changes[:i] {
			half = turned(half, c)
		}
		rest := r.back(t, half)
		require.Empty(t, rest.Findings, "after %d", i)
		require.Equal(t, targets(all)[i:], targets(rest), "after %d", i)
	}
}

func TestWhereSSOWasTheOnlyWayInLocalSignInGoesLastOfAll(t *testing.T) {
	fusion := directory.IdP{ID: "p1", Name: "Fusion", EntityID: "https://fusion/fed", Enabled: true}
	u := directory.Utilities
	off := []directory.Change{
		put(1, u, "rule/default", offer(none, byIdP), offer(local, byIdP)),
		put(2, u, "rule/default", offer(local, byIdP), offer(local, none)),
		put(3, u, "policy/default", directory.Attributes{"rules": `["default"]`}, directory.Attributes{"rules": `["default"]`}),
	}
	w, r := there(estate(false, fusion), [][]directory.Change{off[:2]})
	back := r.back(t, w)
	letsPeopleIn(t, w, back.Changes)
	require.Equal(t, []directory.Attributes{offer(local, byIdP), {"local": none}}, []directory.Attributes{back.Changes[0].After, {"local": back.Changes[1].After["local"]}})

	w = turned(w, directory.Change{Domain: u, Kind: directory.DropSetting, Target: "idp/Fusion"})
	back = r.back(t, w)
	letsPeopleIn(t, w, back.Changes)
	require.NotEmpty(t, back.Findings, "local sign-in stays where nothing else lets anybody in")
}

func TestWhatOthersStillReferToIsLeftAndSaid(t *testing.T) {
	w, r := there(estate(true), setUp())
	// Somebody has put another identity provider into the rule, and a rule of theirs into the policy.
	w = turned(w, put(1, directory.Utilities, "idp/Theirs", nil, directory.Attributes{"entityId": "https://theirs", "enabled": "true"}),
		put(1, directory.Utilities, "rule/default", nil, offer(none, `["Fusion","Theirs"]`)),
		put(1, directory.Utilities, "rule/Theirs", nil, directory.Attributes{"local": local, "saml": none, "condition": "Keep"}))
	back := r.back(t, w)
	names := map[string]int{}
	for _, f := range back.Findings {
		names[f.Name]++
	}
	require.Equal(t, map[string]int{wayback.FindingChanged: 1, wayback.FindingUsed: 4}, names)
	require.Equal(t, []string{"setting.put policy/default", "setting.drop rule/Keep"}, targets(back))
	require.Contains(t, back.Findings[0].Detail, `saml is "[\"Fusion\",\"Theirs\"]" now, and cutover left it as "[\"Fusion\"]"`)
}
