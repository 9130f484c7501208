package phase

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
)

const agents = "Agents"

// inviting is an input in which people first sign in by invitation.
func inviting(w *world, wave int) Input {
	in := input(w)
	in.SSO.ByCorporateIdP, in.SSO.InviteWave = false, wave
	in.Rules.ScopeUtilities = []string{agents}
	return in
}

// agent is somebody in Fusion who is in the scope of Utilities.
func agent(name string) directory.Person {
	p := person(name)
	p.Groups = []string{agents}
	return p
}

func TestWhoHasNoPasswordInFusionIsInvitedAndTheSwitchIsNotPlannedYet(t *testing.T) {
	for name, c := range map[string]struct {
		change func(u, hub *directory.Person, in *Input)
		not    bool
	}{
		"who works in Utilities":           {change: func(_, _ *directory.Person, _ *Input) {}},
		"who has no role yet":              {change: func(u, _ *directory.Person, _ *Input) { u.Roles = nil }},
		"not who has a password":           {change: func(_, hub *directory.Person, _ *Input) { hub.PasswordSet = true }, not: true},
		"not who signs in elsewhere":       {change: func(_, hub *directory.Person, _ *Input) { hub.Federated = true }, not: true},
		"not who is inactive in Fusion":    {change: func(_, hub *directory.Person, _ *Input) { hub.Active = false }, not: true},
		"not who is inactive in Utilities": {change: func(u, _ *directory.Person, _ *Input) { u.Active = false }, not: true},
		"not who is out of scope":          {change: func(_, hub *directory.Person, _ *Input) { hub.Groups = nil }, not: true},
		"not who is excluded":              {change: func(u, hub *directory.Person, _ *Input) { u.UserName, hub.UserName = "svc-x", "svc-x" }, not: true},
		"not who was invited":              {change: func(_, _ *directory.Person, in *Input) { in.Invited = func(u string) bool { return u == "id-eve" } }, not: true},
		"not where cutover invites nobody": {change: func(_, _ *directory.Person, in *Input) { in.SSO.InviteWave = 0 }, not: true},
		"not who has no email":             {change: func(_, hub *directory.Person, _ *Input) { hub.Email = "" }, not: true},
		"not where no passwords are shown": {change: func(_, _ *directory.Person, in *Input) {
			tester := person("cutover.test")
			in.World[directory.Fusion].(*side).people = append(in.World[directory.Fusion].(*side).people, tester)
		}, not: true},
		"not the test user":                   {change: func(_, _ *directory.Person, in *Input) { in.Rules.TestUser = "eve" }, not: true},
		"not once the phase has been carried": {change: func(_, _ *directory.Person, in *Input) { in.Done = done("sso-on") }, not: true},
	} {
		t.Run(name, func(t *testing.T) {
			w := setUp(t)
			u, hub := worker("eve"), agent("eve")
			w.fusion.people = slices.DeleteFunc(w.fusion.people, func(p directory.Person) bool { return p.UserName != "cutover.test" })
			w.utilities.people = slices.DeleteFunc(w.utilities.people, func(p directory.Person) bool { return p.UserName == "ann" || p.UserName == "bob" })
			in := inviting(w, 10)
			c.change(&u, &hub, &in)
			w.utilities.people, w.fusion.people = append(w.utilities.people, u), append(w.fusion.people, hub)
			got := plan(t, ssoOn, in)
			invites := slices.DeleteFunc(slices.Clone(got.changes), func(c directory.Change) bool { return c.Kind != directory.InviteUser })
			if c.not {
				require.Empty(t, invites)
				return
			}
			require.Equal(t, []directory.Change{{Step: firstWave, Domain: directory.Fusion, Kind: directory.InviteUser, User: "eve", Why: "firstSignIn: invitation"}}, got.changes)
			require.Empty(t, got.blocking(), "whether they have acted is asked afterwards")
			require.Empty(t, ssoOn.Proofs(in, firstWave), "nothing is switched, so nothing is to be proven")

			in.Forecast = true
			require.Greater(t, len(plan(t, ssoOn, in).changes), 1, "a forecast shows the switch too")
		})
	}
}

func TestEverybodyIsInOneWaveAndNoWaveIsTooLarge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, wave := rapid.IntRange(0, 40).Draw(t, "people"), rapid.IntRange(1, 9).Draw(t, "wave")
		w := bare()
		w.fusion.people, w.utilities.people = nil, nil
		for i := range n {
			name := fmt.Sprintf("user%02d", i)
			w.fusion.people, w.utilities.people = append(w.fusion.people, agent(name)), append(w.utilities.people, worker(name))
		}
		p, err := newSSOPlan("sso-on", inviting(w, wave), &collected{})
		require.NoError(t, err)
		got := &collected{}
		p.sink = got
		found, err := p.invitations()
		require.NoError(t, err)
		require.Equal(t, n > 0, found)
		sizes, users := map[int]int{}, map[string]bool{}
		for _, c := range got.changes {
			require.True(t, IsInvitation("sso-on", c.Step))
			sizes[c.Step]++
			users[c.User] = true
		}
		require.Len(t, users, n)
		require.Len(t, sizes, (n+wave-1)/wave)
		for _, size := range sizes {
			require.LessOrEqual(t, size, wave)
		}
	})
}
