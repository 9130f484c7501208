package phase

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

func TestTheTestUserIsMadeInBothDomainsAndMarkedAsOurs(t *testing.T) {
	c := plan(t, ssoTest, input(setUp(t)))
	hub, target := c.changes[0], c.changes[1]
	require.Equal(t, directory.ViaFusionApplications, hub.Via)
	require.Equal(t, directory.Attributes{
		"userName": "cutover.test", "givenName": "Cutover", "familyName": "Test", "displayName": "Cutover Test",
		"email": "cutover.test@riverbend.example", "active": "true",
	}, hub.After)
	require.Empty(t, target.Via)
	require.Equal(t, TestUserMark, target.After["externalId"])
	require.Equal(t, "true", target.After["federated"], "SSO is its only way in")
}

func TestATestUserFromBeforeIsUsedAndWokenUp(t *testing.T) {
	w := setUp(t)
	w.carryOut(t, ssoTest, asItIs)
	w.fusion.people[2].Active = false
	c := plan(t, ssoTest, input(w))
	require.Equal(t, []string{"1 fusion user.update cutover.test"}, c.lines())
	require.Equal(t, directory.ViaFusionApplications, c.changes[0].Via)
}

func TestSomebodyElseOfTheTestUsersNameIsNeitherUsedNorDeleted(t *testing.T) {
	w := setUp(t)
	other := person("Cutover.Test")
	other.Email = "someone@riverbend.example"
	w.fusion.people = append(w.fusion.people, other)
	for _, ph := range []Phase{ssoTest, ssoOn} {
		require.Equal(t, []string{"test-user-taken Cutover.Test"}, plan(t, ph, input(w)).blocking(), ph.Name)
	}
	c := plan(t, tidy, input(w))
	require.Equal(t, []string{"test-user-in-doubt Cutover.Test"}, c.blocking())
	require.Empty(t, c.changes)
}

func TestTidyDeletesTheTestUserAndWhatWasLeftOfTheTest(t *testing.T) {
	w := setUp(t)
	w.carryOut(t, ssoTest, asItIs)
	c := w.carryOut(t, tidy, asItIs) // as after a rejection at sso-test
	require.Equal(t, []string{
		"1 utilities setting.put policy/default", "2 utilities setting.drop rule/SSO test", "3 utilities setting.drop condition/SSO test",
		"4 fusion user.delete cutover.test", "4 utilities user.delete cutover.test",
	}, c.lines())
	require.Equal(t, directory.ViaFusionApplications, c.changes[3].Via)
	require.Empty(t, c.changes[4].Via)
	require.Equal(t, []string{"Keep local sign-in", "default"}, w.utilities.outline.SSO.Order())
}

func TestTidyGoesOnWhereAnInterruptedOneStood(t *testing.T) {
	w := setUp(t)
	w.carryOut(t, ssoTest, asItIs)
	whole := plan(t, tidy, input(w)).changes
	for n := range whole {
		w := setUp(t)
		w.carryOut(t, ssoTest, asItIs)
		w.apply(whole[:n]...)
		w.carryOut(t, tidy, asItIs)
		require.Empty(t, w.utilities.outline.SSO.Spare)
		require.Len(t, w.utilities.outline.SSO.Conditions, 1)
		require.Len(t, w.utilities.people, 4)
	}
}

func TestTidyHasNothingToDoWhereNothingWasTested(t *testing.T) {
	for _, w := range []*world{bare(), setUp(t)} {
		c := plan(t, tidy, input(w))
		require.Empty(t, c.changes)
		require.Empty(t, c.findings)
	}
}

func TestTidyDeletesAMarkedUserWhateverItWasGivenAndAnUnmarkedOneOnlyBare(t *testing.T) {
	w := setUp(t)
	w.carryOut(t, ssoTest, asItIs)
	w.utilities.people[4].Roles = []directory.Role{{App: "CCS-PROD", Name: "AppUser"}}
	require.Empty(t, plan(t, tidy, input(w)).blocking(), "the mark in Utilities says that it is ours")
	w.fusion.people[2].Groups = []string{"Representatives"}
	require.Equal(t, []string{"test-user-in-doubt cutover.test"}, plan(t, tidy, input(w)).blocking())
}

func TestATestUserThatCouldOnlyBeDeactivatedIsTidiedUp(t *testing.T) {
	w := setUp(t)
	w.carryOut(t, ssoTest, asItIs)
	for _, d := range []*side{w.fusion, w.utilities} {
		for i, p := range d.people {
			if p.UserName == "cutover.test" {
				d.people[i].Active = false
			}
		}
	}
	for _, line := range plan(t, tidy, input(w)).lines() {
		require.NotContains(t, line, "user.delete")
	}
}
