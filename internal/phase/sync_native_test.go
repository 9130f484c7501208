package phase

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
	"cutover/internal/reconcile/reconciletest"
)

func TestTheFirstRunIsForOnePersonAndTheAppIsOffAgainAfterIt(t *testing.T) {
	n := newNatively()
	n.many(3, "in", "Agent")
	n.many(3, "out")
	plan := n.plan(t)
	require.Equal(t, []string{
		"1 cutover setting.put sync/Fusion people",
		"2 cutover setting.put sync-source/Fusion people",
		"3 cutover setting.put sync-status/Fusion people true",
		"4 native user.create in1",
		"5 native sync.start Fusion people: probe, 2 created, 0 deleted",
		"6 cutover setting.put sync-status/Fusion people false",
	}, said(plan.Changes))
	require.Empty(t, plan.Blocking())
	require.Equal(t, directory.Attributes{"provisioning": "true", "authoritative": "true", "synchronization": "true", "mailsNewPeople": "false"}, plan.Changes[0].After)
	require.Equal(t, directory.Attributes{
		"host": "fusion.example", "baseUri": "/admin/v1/", "client": "cutover-sync", "scope": "urn:opc:idm:__myscopes__",
		"tokenUrl": "https://fusion.example/oauth2/v1/token",
	}, plan.Changes[1].After, "the rest is as the template has it")
	require.Equal(t, directory.Attributes{"host": ""}, plan.Changes[1].Before, "nobody has read an app that is not there")
}

func TestTheFirstRunMayMakeOneInScopeAndOneBesides(t *testing.T) {
	for _, c := range []struct {
		in, out int
		may     string
	}{{0, 0, "0"}, {1, 0, "1"}, {5, 0, "1"}, {0, 1, "1"}, {0, 5, "1"}, {1, 1, "2"}, {5, 5, "2"}} {
		n := newNatively()
		n.many(c.in, "in", "Agent")
		n.many(c.out, "out")
		start, is := started(t, n.plan(t).Changes)
		require.True(t, is, "an app that is new is tried, whoever is missing")
		require.Equal(t, directory.Attributes{"creates": c.may, "deletes": "0", "by": "a person", "run": "probe"}, start.After, "%d and %d", c.in, c.out)
	}
}

func TestEveryRunChangesWhomItFindsAndTheFirstPlanSaysSo(t *testing.T) {
	n := newNatively()
	for _, name := range []string{"ann", "bob"} {
		add(n.fusion, name, "Agent").FamilyName = "Other"
		add(n.cxif, name)
	}
	require.Equal(t, []string{"4 native user.update ann", "4 native user.update bob"}, said(ofPeople(n.plan(t).Changes)))
	n.many(2, "in", "Agent")
	require.Equal(t, []string{"4 native user.update ann", "4 native user.update bob", "4 native user.create in1"}, said(ofPeople(n.plan(t).Changes)), "and it makes one")
}

func TestARequestStartsTheRunWhereOneIsKnown(t *testing.T) {
	n := newNatively()
	n.in.SSO.Native.ByRequest = true
	start, is := started(t, n.plan(t).Changes)
	require.True(t, is)
	require.Equal(t, "a request", start.After["by"])
}

func TestOnlyWhatTheTemplateHasOtherwiseIsWrittenBesides(t *testing.T) {
	n := newNatively()
	n.in.SSO.Native.Port, n.in.SSO.Native.TLS = "8443", "false"
	source := n.plan(t).Changes[1].After
	require.Equal(t, "8443", source["port"])
	require.Equal(t, "false", source["tls"])
}

func TestAnAppOfTheNameThatIsSomethingElseIsLeftAlone(t *testing.T) {
	n := newNatively()
	n.cxif.Rest.SSO.Apps = []directory.App{{ID: "a", Name: "FUSION PEOPLE", EntityID: "https://elsewhere", Active: true}}
	plan := n.plan(t)
	require.Equal(t, map[string]string{"sync-app-taken": ""}, names(plan.Blocking()))
	for _, c := range plan.Changes {
		require.NotEqual(t, 1, c.Step, "no second app of the name is made")
	}
}

func TestAnAppOfAnotherPortIsBroughtBackToThatOfTheTemplate(t *testing.T) {
	n := newNatively()
	n.connect(true)
	n.cxif.Rest.SSO.Apps[0].Sync.Port, n.cxif.Rest.SSO.Apps[0].Sync.TLS = "8443", "false"
	plan := n.plan(t)
	require.Equal(t, "sync-source/Fusion people", plan.Changes[0].Target)
	require.Equal(t, []string{"443", "true"}, []string{plan.Changes[0].After["port"], plan.Changes[0].After["tls"]})
	require.Equal(t, []string{"8443", "false"}, []string{plan.Changes[0].Before["port"], plan.Changes[0].Before["tls"]})
	for _, shown := range []string{"", "443"} { // a domain may show the template's own or not
		n.connect(true)
		n.cxif.Rest.SSO.Apps[0].Sync.Port = shown
		require.Empty(t, n.plan(t).Changes)
	}
}

func TestAnAppThatIsThereIsAdoptedAndPutRight(t *testing.T) {
	n := newNatively()
	n.many(1, "in", "Agent")
	n.connect(false)
	app := &n.cxif.Rest.SSO.Apps[0]
	app.Name, app.Sync.MailsNewPeople, app.Sync.Host = "FUSION PEOPLE", true, "old.example"
	plan := n.plan(t)
	require.Equal(t, []string{
		"1 cutover setting.put sync/FUSION PEOPLE", "2 cutover setting.put sync-source/FUSION PEOPLE", "3 cutover setting.put sync-status/FUSION PEOPLE true",
		"4 native user.create in1", "5 native sync.start FUSION PEOPLE: probe, 1 created, 0 deleted", "6 cutover setting.put sync-status/FUSION PEOPLE false",
	}, said(plan.Changes))
	require.Equal(t, "true", plan.Changes[0].Before["mailsNewPeople"])
	require.Equal(t, "old.example", plan.Changes[1].Before["host"])
}

func TestWhereTheFirstRunShowedNothingCutoverMakesAllButOne(t *testing.T) {
	n := newNatively()
	n.many(3, "in", "Agent")
	n.many(2, "out")
	add(n.fusion, "changed", "Agent").FamilyName = "Other"
	add(n.cxif, "changed")
	n.ran(1, false)
	plan := n.plan(t)
	require.Equal(t, []string{
		"3 cutover setting.put sync-status/Fusion people true",
		"4 native user.update changed", "4 cutover user.create in2", "4 cutover user.create in3", "4 native user.create in1",
		"5 native sync.start Fusion people: probe, 2 created, 0 deleted",
		"6 cutover setting.put sync-status/Fusion people false",
	}, said(plan.Changes))
	require.Empty(t, plan.Blocking())
}

func TestARunIsForEverybodyOnceItIsKnownWhatItDoes(t *testing.T) {
	for why, c := range map[string]struct {
		in, out int
		came    bool
		accept  bool
		runs    int
		may     string
	}{
		"it made whoever was left, and nobody else": {in: 0, out: 2, runs: 2},
		"nobody is outside the scope":               {in: 3, out: 0, runs: 1, may: "3"},
		"it made somebody outside":                  {in: 3, out: 2, came: true, runs: 1, may: "3"},
		"a person accepts whatever it does":         {in: 3, out: 2, accept: true, runs: 1, may: "6"}, // and the test user
	} {
		n := newNatively()
		n.many(c.in, "in", "Agent")
		n.many(c.out, "out")
		add(n.fusion, "changed", "Agent").FamilyName = "Other"
		add(n.cxif, "changed")
		n.ran(c.runs, false)
		if c.came {
			add(n.fusion, "came")
			add(n.cxif, "came")
		}
		n.in.SSO.Native.AcceptBeyond = c.accept
		plan := n.plan(t)
		people := ofPeople(plan.Changes)
		require.Len(t, people, c.in+1, why)
		for _, p := range people {
			require.Equal(t, directory.ViaNativeSync, p.Via, why)
		}
		start, is := started(t, plan.Changes)
		require.True(t, is, why)
		require.Equal(t, "full", start.After["run"], why)
		require.Equal(t, "0", start.After["deletes"], why)
		if c.may != "" {
			require.Equal(t, c.may, start.After["creates"], why)
		}
		require.NotContains(t, said(plan.Changes), "6 cutover setting.put sync-status/Fusion people false", "it stays on: %s", why)
	}
}

func TestNobodyIsRunForWhereNothingIsLeft(t *testing.T) {
	n := newNatively()
	n.many(2, "out")
	n.ran(2, false)
	require.Equal(t, []string{"3 cutover setting.put sync-status/Fusion people true"}, said(n.plan(t).Changes), "whoever comes later comes by it")
	n.connect(true)
	require.Empty(t, n.plan(t).Changes)
}

func TestWhatTheRunForEverybodyLeftCutoverDoesItself(t *testing.T) {
	n := newNatively()
	n.many(2, "in", "Agent")
	n.many(2, "out")
	add(n.fusion, "changed", "Agent").FamilyName = "Other"
	add(n.cxif, "changed")
	n.ran(2, true)
	plan := n.plan(t)
	require.Equal(t, []string{"7 cutover user.update changed", "7 cutover user.create in1", "7 cutover user.create in2"}, said(plan.Changes))
	require.Empty(t, plan.Findings, "what it would do beyond the scope has been seen")
}

func TestAnOrphanIsSwitchedOffAfterTheRunAndNotForAProbe(t *testing.T) {
	n := newNatively()
	n.many(1, "in", "Agent")
	add(n.cxif, "gone")
	n.rules.OrphansCXIF = "deactivate"
	require.NotContains(t, said(n.plan(t).Changes), "7 cutover user.update gone", "there is time for that")
	for _, full := range []bool{false, true} {
		n.ran(1, full)
		plan := n.plan(t)
		require.Contains(t, said(plan.Changes), "7 cutover user.update gone")
		users, block := about(t, plan.Findings, "orphan")
		require.Equal(t, []string{"gone"}, users, "they are told of once")
		require.False(t, block)
	}
}

func TestAnAppThatIsInPlaceIsNotRunWhereNobodyDiffers(t *testing.T) {
	n := newNatively()
	add(n.fusion, "ann", "Agent")
	add(n.cxif, "ann")
	n.many(2, "out")
	n.connect(true)
	require.Empty(t, n.plan(t).Changes)
	users, block := about(t, n.plan(t).Findings, "native-creates")
	require.Equal(t, []string{"out1", "out2"}, users)
	require.False(t, block)
}

func TestAServerThatIsNoIdentityDomainIsWrittenToDirectly(t *testing.T) {
	n := newNatively()
	n.many(2, "in", "Agent")
	n.rules.PlainSCIM = map[directory.Domain]bool{directory.CXIF: true}
	n.fusion.Rest.SSO.Apps = nil // nobody needs a client
	plan := n.plan(t)
	require.Equal(t, []string{"1 cutover user.create in1", "1 cutover user.create in2"}, said(plan.Changes))
	require.Empty(t, plan.Findings)
	n.in.World = n.world()
	require.Empty(t, syncCXIF.Proofs(n.in, stepSyncActive))
}

func TestTheConnectionIsProvenOnceTheAppIsActive(t *testing.T) {
	n := newNatively()
	for step := range stepSyncRest + 1 {
		var want []Proof
		if step == stepSyncActive {
			want = []Proof{SyncConnection}
		}
		require.Equal(t, want, syncUtilities.Proofs(n.in, step), step)
	}
	n.in.SSO.Native.On = false
	require.Empty(t, syncUtilities.Proofs(n.in, stepSyncActive))
}

func TestWithoutAClientInFusionNothingCanBeRead(t *testing.T) {
	n := newNatively()
	for _, apps := range [][]directory.App{nil, {{Name: "cutover-sync"}}, {{Name: "another", OAuthClient: true}}} {
		n.fusion.Rest.SSO.Apps = apps
		require.Equal(t, map[string]string{"no-sync-client": ""}, names(n.plan(t).Blocking()))
	}
}

func TestAClientWithMoreThanTheGuideGivesItIsTold(t *testing.T) {
	n := newNatively()
	n.fusion.Rest.SSO.Apps[0].ClientRoles = []string{directory.RoleUserAdmin, directory.RoleDomainAdmin}
	plan := n.plan(t)
	require.Equal(t, map[string]string{"sync-client-has-more": ""}, names(plan.Findings))
	require.Empty(t, plan.Blocking())
}

func TestAForecastSupposesThatEverybodyComesNatively(t *testing.T) {
	n := newNatively()
	n.many(3, "in", "Agent")
	n.many(2, "out")
	n.in.Forecast = true
	plan := n.plan(t)
	require.Equal(t, []string{
		"1 cutover setting.put sync/Fusion people", "2 cutover setting.put sync-source/Fusion people", "3 cutover setting.put sync-status/Fusion people true",
		"4 native user.create in1", "4 native user.create in2", "4 native user.create in3", "5 native sync.start Fusion people: full, 3 created, 0 deleted",
	}, said(plan.Changes))
	require.Empty(t, plan.Blocking())
}

func TestWhomADomainWouldRefuseIsNotExpectedOfTheSynchronizationEither(t *testing.T) {
	n := newNatively()
	add(n.fusion, "unmailed", "Agent").Email = ""
	n.in.Forecast = true
	plan := n.plan(t)
	require.Empty(t, ofPeople(plan.Changes))
	require.Equal(t, map[string]string{"hub-missing-email": "unmailed"}, names(plan.Blocking()))
}

func TestANativeSynchronizationIsNotPlannedOnADomainThatWasNotRead(t *testing.T) {
	n := newNatively()
	n.in.World = reconcile.World{directory.Fusion: n.fusion}
	require.ErrorContains(t, syncCXIF.Plan(n.in, &reconciletest.Sink{}), "cxif has not been read")
}
