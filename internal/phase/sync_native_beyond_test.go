package phase

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

func TestPeopleOutsideTheScopeAreListedAndCloseTheGateOnceTheFirstRunMadeOne(t *testing.T) {
	for _, c := range []struct {
		why    string
		runs   int
		came   bool
		accept bool
		block  bool
	}{
		{"nothing has run", 0, false, false, false},
		{"the first run made nobody outside", 1, false, false, false},
		{"the first run made somebody outside", 1, true, false, true},
		{"and a person accepts that", 1, true, true, false},
	} {
		n := newNatively()
		n.many(2, "in", "Agent")
		n.many(2, "out")
		n.ran(c.runs, false)
		if c.came {
			add(n.fusion, "came")
			add(n.cxif, "came").Active = false // no orphan
		}
		n.in.SSO.Native.AcceptBeyond = c.accept
		users, block := about(t, n.plan(t).Findings, "native-creates")
		require.Equal(t, []string{"out1", "out2"}, users, c.why)
		require.Equal(t, c.block, block, c.why)
	}
}

func TestWhoWasThereBeforeTheFirstRunDidNotComeByIt(t *testing.T) {
	n := newNatively()
	n.many(2, "in", "Agent")
	n.many(1, "out")
	add(n.fusion, "there.before")
	add(n.cxif, "There.Before").Active = false
	n.ran(1, false)
	plan := n.plan(t)
	_, block := about(t, plan.Findings, "native-creates")
	require.False(t, block)
	start, _ := started(t, plan.Changes)
	require.Equal(t, "probe", start.After["run"], "it is not known yet")
	n.in.Before = nil // nobody knows any more
	start, _ = started(t, n.plan(t).Changes)
	require.Equal(t, "probe", start.After["run"])
}

func TestWhomTheFirstRunMadeOutsideTheScopeIsAnOrphanUnlessThatIsAccepted(t *testing.T) {
	n := newNatively()
	n.many(1, "out")
	n.ran(1, false)
	add(n.fusion, "came")
	add(n.cxif, "came")
	users, block := about(t, n.plan(t).Findings, "orphan")
	require.Equal(t, []string{"came"}, users)
	require.True(t, block)
	n.in.SSO.Native.AcceptBeyond = true
	users, _ = about(t, n.plan(t).Findings, "orphan")
	require.Empty(t, users, "whoever is in Fusion may be here")
	add(n.cxif, "stranger")
	users, _ = about(t, n.plan(t).Findings, "orphan")
	require.Equal(t, []string{"stranger"}, users)
}

func TestWhomCutoverLeavesAloneASynchronizationWouldOverwrite(t *testing.T) {
	for why, c := range map[string]struct {
		estate func(*natively)
		what   string // it would overwrite; empty: nothing
	}{
		"excluded, and otherwise in Fusion": {func(n *natively) {
			n.rules.ExcludeCXIF = reconcile.Exclusion{UserNames: []string{"ann"}}
			add(n.fusion, "ann", "Agent").FamilyName = "Other"
			add(n.cxif, "ann")
		}, "familyName"},
		"excluded, and inactive in Fusion": {func(n *natively) {
			n.rules.ExcludeCXIF = reconcile.Exclusion{UserNames: []string{"ann"}}
			add(n.fusion, "ann").Active = false
			add(n.cxif, "ann")
		}, "active"},
		"excluded, and the same": {func(n *natively) {
			n.rules.ExcludeCXIF = reconcile.Exclusion{UserNames: []string{"ann"}}
			add(n.fusion, "ann", "Agent")
			add(n.cxif, "ann")
		}, ""},
		"excluded, and not in Fusion": {func(n *natively) {
			n.rules.ExcludeCXIF = reconcile.Exclusion{UserNames: []string{"ann"}}
			add(n.cxif, "ann")
		}, ""},
		"out of scope": {func(n *natively) {
			f := add(n.fusion, "ann")
			f.GivenName, f.Email = "Anna", "anna@x"
			add(n.cxif, "ann")
			n.rules.OrphansCXIF = "keep"
		}, "email, givenName"},
		"kept out of scope by a person": {func(n *natively) {
			n.rules.CXIF = map[string]reconcile.Resolution{"ann": {OutOfScope: true}}
			add(n.fusion, "ann", "Agent").FamilyName = "Other"
			add(n.cxif, "ann")
			n.rules.OrphansCXIF = "keep"
		}, "familyName"},
		"kept inactive": {func(n *natively) {
			n.rules.CXIF = map[string]reconcile.Resolution{"ann": {KeepInactive: true}}
			add(n.fusion, "ann", "Agent").FamilyName = "Other"
			add(n.cxif, "ann").Active = false
		}, "active"}, // the name is cutover's own will
		"in scope, and to be woken": {func(n *natively) {
			add(n.fusion, "ann", "Agent").FamilyName = "Other"
			add(n.cxif, "ann").Active = false
		}, ""},
		"in conflict": {func(n *natively) {
			add(n.fusion, "ann", "Agent").FamilyName = "Other"
			add(n.cxif, "ANN")
		}, "familyName"},
	} {
		n := newNatively()
		c.estate(n)
		findings := n.plan(t).Findings
		users, block := about(t, findings, "native-overwrites")
		if c.what == "" {
			require.Empty(t, users, why)
			continue
		}
		require.Len(t, users, 1, why)
		require.True(t, directory.Equal("ann", users[0]), why)
		require.True(t, block, why)
		for _, f := range findings {
			if f.Name == "native-overwrites" {
				require.Contains(t, f.Detail, "would overwrite "+c.what+" by what Fusion has", why)
				require.Len(t, f.Records, 2, why)
			}
		}
		n.in.SSO.Native.AcceptBeyond = true
		_, block = about(t, n.plan(t).Findings, "native-overwrites")
		require.False(t, block, "accepted: %s", why)
		n.in.SSO.Native.AcceptBeyond = false
		n.ran(1, true)
		users, _ = about(t, n.plan(t).Findings, "native-overwrites")
		require.Empty(t, users, "it has run: %s", why)
	}
}

func TestASynchronizationThatShowedNothingInTwoRunsIsLookedAtByAPerson(t *testing.T) {
	n := newNatively()
	n.many(1, "in", "Agent")
	n.many(3, "out")
	n.ran(1, false)
	require.Empty(t, n.plan(t).Blocking(), "the second run is to show it")
	n.ran(2, false)
	plan := n.plan(t)
	require.Equal(t, map[string]string{"native-undecided": ""}, names(plan.Blocking()))
	require.Contains(t, plan.Blocking()[0].Detail, "3 people outside the scope")
	n.in.SSO.Native.AcceptBeyond = true
	require.Empty(t, n.plan(t).Blocking())
}

func TestWhoWasMadeFederatedSignsInLocallyAgainAfterTheRunForEverybody(t *testing.T) {
	for _, c := range []struct {
		why          string
		full, accept bool
		block, again bool
	}{
		{"a first run shows it", false, false, true, false},
		{"it is accepted", false, true, false, false},
		{"everybody has come", true, false, false, true},
	} {
		n := newNatively()
		for _, name := range []string{"ann", "bob", "new"} {
			add(n.fusion, name, "Agent")
		}
		add(n.cxif, "ann").ID = "1"
		bob := add(n.cxif, "bob")
		bob.ID, bob.Federated = "2", true
		n.ran(1, c.full)
		n.cxif.People[0].Federated = true
		add(n.cxif, "new").Federated = true
		n.in.SSO.Native.AcceptBeyond = c.accept
		plan := n.plan(t)
		users, block := about(t, plan.Findings, "native-federates")
		if c.again {
			require.Empty(t, users, c.why)
			require.Equal(t, []directory.Change{{
				Step: 7, Domain: directory.CXIF, Kind: directory.UpdateUser, User: "ann", Why: "the native synchronization made them federated",
				Before: directory.Attributes{"federated": "true"}, After: directory.Attributes{"federated": "false"},
			}}, plan.Changes, c.why)
			continue
		}
		require.Len(t, users, 1, c.why)
		require.Equal(t, c.block, block, c.why)
		require.Empty(t, ofPeople(plan.Changes), c.why)
	}
}

func TestWhoLostAPasswordIsTold(t *testing.T) {
	n := newNatively()
	for _, name := range []string{"ann", "bob", "cid"} {
		add(n.fusion, name, "Agent")
		p := add(n.cxif, name)
		p.ID, p.PasswordSet = name, true
	}
	n.ran(2, true)
	n.cxif.People[0].PasswordSet = false
	n.cxif.People[1].ID, n.cxif.People[1].PasswordSet = "another", false
	require.Equal(t, map[string]string{"native-took-password": "ann"}, names(n.plan(t).Blocking()), "another person of the name has lost nothing")
	n.in.Before = nil
	require.Empty(t, n.plan(t).Findings)
}

func TestTheTestUserIsTakenOutOfCXIFAgainAndStaysInUtilities(t *testing.T) {
	n := newNatively()
	n.emergency("bg-admin")
	test := add(n.fusion, "cutover.test")
	n.ran(2, true)
	n.cxif.People, n.utilities.People = append(n.cxif.People, *test), append(n.utilities.People, *test)
	plan := n.plan(t)
	require.Equal(t, []string{"7 cutover user.delete cutover.test"}, said(plan.Changes))
	require.Empty(t, plan.Findings)
	n.utilities.Rest.SSO.Apps = n.cxif.Rest.SSO.Apps
	n.in.Before = n.utilities
	require.Empty(t, n.planOf(t, syncUtilities).Changes)

	n.ran(0, false) // nothing has run: they came by somebody else
	n.in.Before = nil
	require.NotContains(t, said(n.plan(t).Changes), "7 cutover user.delete cutover.test")
}

func TestWhoBearsTheTestUsersNameAndIsAnotherIsNotDeleted(t *testing.T) {
	n := newNatively()
	n.ran(2, true)
	add(n.cxif, "cutover.test").Email = "somebody@x"
	plan := n.plan(t)
	require.Empty(t, plan.Changes)
	require.Equal(t, map[string]string{"test-user-in-doubt": "cutover.test"}, names(plan.Blocking()))
}
