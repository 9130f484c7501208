package phase

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

func (w *world) inFusion(name string) *directory.Person    { return w.fusion.find(name) }
func (w *world) inUtilities(name string) *directory.Person { return w.utilities.find(name) }

func (s *side) find(name string) *directory.Person {
	i := slices.IndexFunc(s.people, func(p directory.Person) bool { return p.UserName == name })
	return &s.people[i]
}

// start is Utilities as it is now, to be held against what it becomes.
func (w *world) start() reconcile.Side {
	return &side{people: slices.Clone(w.utilities.people), outline: w.utilities.outline}
}

func TestSSOIsNotTurnedOnWhileItWouldLockOutSomebodyWhoWorks(t *testing.T) {
	for _, c := range []struct {
		reason reconcile.Reason
		breaks func(*world, *Input)
	}{
		{reconcile.ReasonNoHubUser, func(w *world, _ *Input) { w.fusion.people = w.fusion.people[:1] }},
		{reconcile.ReasonHubNameDiffers, func(w *world, _ *Input) { w.inFusion("bob").UserName = "Bob" }},
		{reconcile.ReasonHubInactive, func(w *world, _ *Input) { w.inFusion("bob").Active = false }},
		{reconcile.ReasonHubSomeoneElse, func(w *world, _ *Input) { w.inFusion("bob").Email = "another@riverbend.example" }},
		{reconcile.ReasonUtilitiesInactive, func(w *world, _ *Input) { w.inUtilities("bob").Active = false }},
		{reconcile.ReasonOUAFLogin, func(w *world, in *Input) {
			w.inFusion("bob").UserName, w.inUtilities("bob").UserName = "bob2", "bob2"
			in.Rules.Utilities = map[string]reconcile.Resolution{"bob": {Rename: "bob2"}}
		}},
		{reconcile.ReasonNoWayIntoHub, func(w *world, _ *Input) { w.fusion.outline.SSO.IdPs[0].Enabled = false }},
		{reconcile.ReasonNoWayIntoHub, func(_ *world, in *Input) { in.SSO.ByCorporateIdP = false }},
		{reconcile.ReasonRoleLost, func(w *world, _ *Input) { w.inUtilities("bob").Roles = nil }},
	} {
		w := setUp(t)
		in := input(w)
		in.Start = w.start()
		c.breaks(w, &in)
		got := plan(t, ssoOn, in)
		require.Len(t, got.blocking(), 1, c.reason)
		f := got.findings[0]
		require.Equal(t, "locked-out-by-on", f.Name)
		require.True(t, strings.HasPrefix(f.User, "bob"))
		require.Equal(t, []string{string(c.reason)}, f.Reasons)
		require.Contains(t, f.Detail, "cutover accept", "it says what can be done")
		require.NotContains(t, f.Detail, string(c.reason), "and in words")
	}
}

func TestWhoIsRenamedIsNamedByBothNamesWithWhatAttestsIt(t *testing.T) {
	w := setUp(t)
	in := input(w)
	in.Start = w.start()
	w.inFusion("bob").UserName, w.inUtilities("bob").UserName = "bob2", "bob2"
	in.Renames = map[string]reconcile.Resolution{"bob": {SamePerson: "bob2"}}
	f := plan(t, ssoOn, in).findings[0]
	require.Equal(t, "bob2", f.User)
	require.Equal(t, "bob", f.Other)
	require.Equal(t, []string{`resolutions: {utilities: {"bob": {same-person: "bob2", ouafLoginChanged: true}}}`}, f.Fixes)
	in.Renames["bob"] = reconcile.Resolution{SamePerson: "bob2", OUAFLoginChanged: true}
	require.Empty(t, plan(t, ssoOn, in).findings)
}

func TestWhoIsLeftAloneKeepsALocalSignInOrIsOnTheList(t *testing.T) {
	w := setUp(t)
	w.utilities.people = append(w.utilities.people, worker("svc-joined"))
	require.Equal(t, []string{"locked-out-by-on svc-joined"}, plan(t, ssoOn, input(w)).blocking(), "no rule in front knows this one")
	w.carryOut(t, ssoSetup, asItIs)
	require.Empty(t, plan(t, ssoOn, input(w)).blocking())
}

func TestANameThatIsAcceptedForEveryReasonStopsNothing(t *testing.T) {
	w := setUp(t)
	w.inFusion("bob").Active, w.inFusion("bob").UserName = false, "BOB"
	in := input(w)
	in.Accepted = func(phase, user, reason string) string {
		if phase == "sso-on" && user == "bob" && reason == string(reconcile.ReasonHubInactive) {
			return "ann"
		}
		return ""
	}
	require.Equal(t, []string{"locked-out-by-on bob"}, plan(t, ssoOn, in).blocking(), "another reason came, which nobody has accepted")
	w.inFusion("BOB").UserName = "bob"
	c := plan(t, ssoOn, in)
	require.Empty(t, c.blocking())
	require.Equal(t, "ann", c.findings[0].AcceptedBy)
	require.Contains(t, c.findings[0].Detail, "accepted by ann")
}

func TestAForecastDoesNotHoldAgainstPeopleWhatTheyHaveUntilTheGateToDo(t *testing.T) {
	w := setUp(t)
	in := input(w)
	in.SSO.ByCorporateIdP = false
	in.Forecast = true
	require.Empty(t, plan(t, ssoOn, in).blocking(), "a password can be set until then")
	in = input(w)
	in.Forecast = true
	w.fusion.outline.SSO.IdPs[0].Enabled = false
	require.Equal(t, []string{"locked-out-by-on bob"}, plan(t, ssoOn, in).blocking(), "an identity provider is there or not")
}

func TestSSOIsNotTurnedOnWithoutAnEmergencyAdministrator(t *testing.T) {
	for finding, breaks := range map[string]func(*world){
		"not-found-emergency":         func(w *world) { w.utilities.people = w.utilities.people[:3] },
		"emergency-inactive":          func(w *world) { w.inUtilities("bg-admin").Active = false },
		"emergency-locked":            func(w *world) { w.inUtilities("bg-admin").Locked = true },
		"emergency-federated":         func(w *world) { w.inUtilities("bg-admin").Federated = true },
		"emergency-not-administrator": func(w *world) { w.inUtilities("bg-admin").Roles = []directory.Role{appUser} },
	} {
		w := setUp(t)
		breaks(w)
		require.Equal(t, []string{finding + " bg-admin"}, plan(t, ssoOn, input(w)).blocking())
	}
	w := setUp(t)
	w.inUtilities("bg-admin").Roles, w.inUtilities("bg-admin").Groups = nil, []string{"Break Glass"}
	w.utilities.outline.GroupRoles = map[string][]directory.Role{"Break Glass": {administrator}}
	require.Empty(t, plan(t, ssoOn, input(w)).blocking(), "a role that a group gives is held")
}

func TestSSOIsNotTurnedOnWithoutTheWordOfTheOwnerOfEveryAccountThatIsLeftAlone(t *testing.T) {
	w := setUp(t)
	in := input(w)
	in.SSO.Attested = []string{"bg-*", "svc-data*"}
	require.Equal(t, []string{"integration-account-unattested svc-meter"}, plan(t, ssoOn, in).blocking())
	w.inUtilities("svc-meter").Active = false
	require.Empty(t, plan(t, ssoOn, in).blocking(), "an account that is switched off needs no way in")
}

func TestTheTestUserAndTheEmergencyAdministratorAreOnNoList(t *testing.T) {
	w := setUp(t)
	w.inUtilities("bg-admin").Roles = append(w.inUtilities("bg-admin").Roles, appUser)
	w.utilities.people = append(w.utilities.people, worker("cutover.test"))
	c := plan(t, ssoOn, input(w))
	require.Empty(t, c.blocking())
}
