package phase

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// facts are of a world in which everything is in order.
func facts() Facts {
	probe := func(roles ...string) directory.Probe {
		return directory.Probe{URL: "https://d", Type: "apps", ClientID: "id", ClientName: "cutover", Roles: roles, AskedScope: rightScope, Unsure: time.Second}
	}
	return Facts{
		Domains: map[directory.Domain]directory.Probe{
			directory.Fusion: probe("Application Administrator"), directory.Utilities: probe("User Administrator", "Security Administrator"),
			directory.CXIF: probe(directory.RoleDomainAdmin),
		},
		Applications: directory.ApplicationsProbe{URL: "https://fa", Accounts: 3, Unsure: time.Second},
		Off:          map[string]string{},
	}
}

// amiss are the looks that are not in order.
func amiss(f Facts) []string {
	out := []string{}
	for _, l := range LooksAtFacts(f, SSOSettings{}) {
		if l.Standing != Fine {
			out = append(out, fmt.Sprintf("%s %s %s: %s", l.Standing, l.Area, l.Where, l.How))
		}
	}
	return out
}

// change changes what was seen of one domain.
func (f Facts) change(d directory.Domain, how func(*directory.Probe)) {
	p := f.Domains[d]
	how(&p)
	f.Domains[d] = p
}

func TestNothingIsAmissWhereTheRolesCoverWhatIsWritten(t *testing.T) {
	require.Empty(t, amiss(facts()))
}

func TestEveryRoleThatIsTakenAwayIsMissed(t *testing.T) {
	for d, p := range facts().Domains {
		for i := range p.Roles {
			f := facts()
			f.change(d, func(p *directory.Probe) {
				p.Roles = append(append([]string{}, p.Roles[:i]...), p.Roles[i+1:]...)
			})
			found := amiss(f)
			require.Len(t, found, 1, "%s without %s", d, p.Roles[i])
			require.Contains(t, found[0], "wrong rights "+string(d))
		}
	}
}

func TestWhatAPhaseThatIsSwitchedOffWouldWriteNobodyNeeds(t *testing.T) {
	f := facts()
	f.change(directory.CXIF, func(p *directory.Probe) { p.Roles = nil })
	require.Len(t, amiss(f), 1)
	f.Off["sync-cxif"], f.Off["access-cxif"] = "no CXIF here", "no CXIF here"
	require.Empty(t, amiss(f))
}

func TestWhoInvitesPeopleNeedsToResetPasswordsInFusion(t *testing.T) {
	c := &checking{in: Input{Facts: new(facts()), SSO: SSOSettings{InviteWave: 5}}}
	c.rights()
	require.Equal(t, Wrong, c.looks[0].Standing)
	require.Contains(t, c.looks[0].How, "UserPasswordResetter, which sso-on will")
	require.Contains(t, c.looks[0].Do[0], "> User Administrator")
}

func TestRolesThatCannotBeSeenAreSaidToBeUnknownAndStopNothing(t *testing.T) {
	f := facts()
	f.change(directory.Utilities, func(p *directory.Probe) { p.Roles, p.RolesUnknown = nil, "it may not read its own roles" })
	found := amiss(f)
	require.Len(t, found, 1)
	require.Contains(t, found[0], "unknown rights utilities: it may not read its own roles: it may read, and must be able to write IdentityProviders")
}

func TestATokenForLessThanWasAskedForIsTold(t *testing.T) {
	for given, want := range map[string]int{"": 0, rightScope: 0, rightScope + " other": 0, "urn:opc:idm:t.user.me": 1} {
		f := facts()
		f.change(directory.CXIF, func(p *directory.Probe) { p.GivenScope = given })
		require.Len(t, amiss(f), want, given)
	}
}

func TestAClockIsToldFromHalfAMinuteOnAndStopsFromThreeMinutesOn(t *testing.T) {
	for skew, want := range map[time.Duration]string{
		29 * time.Second: "", -31 * time.Second: "", // it may be off by a second
		-40 * time.Second: "warning clocks fusion: is 40s behind this machine's", 3 * time.Minute: "warning clocks fusion: is 3m0s ahead of this machine's",
		4 * time.Minute: "wrong clocks fusion: is 4m0s ahead of this machine's: a sign-in by SAML fails when clocks are minutes apart",
	} {
		f := facts()
		f.change(directory.Fusion, func(p *directory.Probe) { p.Skew = skew })
		if want == "" {
			require.Empty(t, amiss(f), skew)
			continue
		}
		require.Equal(t, []string{want}, amiss(f))
	}
	f := facts()
	f.change(directory.Fusion, func(p *directory.Probe) { p.Unsure = 0 })
	require.Equal(t, []string{"unknown clocks fusion: its answers carry no date"}, amiss(f))
}

func TestADomainThatDoesNotAnswerIsToldOnce(t *testing.T) {
	f := facts()
	f.change(directory.Utilities, func(p *directory.Probe) { *p = directory.Probe{Failed: "get a token: refused"} })
	require.Equal(t, []string{"wrong reach utilities: get a token: refused"}, amiss(f))
}

// crowd is so many people of Fusion whose role has a group in Utilities.
func crowd(n int) *small {
	s := newSmall()
	for i := range n {
		add(s.fusion, fmt.Sprintf("p%02d", i), "Agent")
		add(s.utilities, fmt.Sprintf("p%02d", i))
	}
	return s
}

func TestAGroupTakesNoMoreThanItHasRoomFor(t *testing.T) {
	for _, c := range []struct {
		already, room            int
		grants                   bool
		members, direct, blocked int
	}{
		{already: 0, room: 0, members: 7},
		{already: 0, room: 7, members: 7},
		{already: 0, room: 5, members: 5, blocked: 1},
		{already: 0, room: 5, grants: true, members: 5, direct: 2},
		{already: 4, room: 5, grants: true, members: 1, direct: 6},
		{already: 5, room: 5, grants: true, direct: 7},
	} {
		s := crowd(7)
		for i := range c.already {
			add(s.utilities, fmt.Sprintf("q%02d", i), "Agents")
		}
		s.rules.AccessUtilities.Members, s.rules.AccessUtilities.OverGrants = c.room, c.grants
		plan := s.plan(t, accessUtilities)
		kinds := map[directory.Kind]int{}
		for _, change := range plan.Changes {
			kinds[change.Kind]++
		}
		require.Equal(t, c.members, kinds[directory.AddMember], "%+v", c)
		require.Equal(t, c.direct, kinds[directory.AddGrant], "%+v", c)
		require.Len(t, plan.Blocking(), c.blocked, "%+v", c)
		if c.room > 0 && c.room < 7 {
			require.Contains(t, names(plan.Findings), GroupOverLimit)
		}
	}
}

func TestWhoHoldsTheRolesDirectlyBecauseAGroupIsFullIsNotPlannedAgain(t *testing.T) {
	s := crowd(3)
	s.rules.AccessUtilities.Members, s.rules.AccessUtilities.OverGrants = 1, true
	w, plans := run(t, s.world(), s.rules, accessUtilities)
	require.Len(t, plans["access-utilities"].Changes, 3)
	_, plans = run(t, w, s.rules, accessUtilities)
	require.Empty(t, plans["access-utilities"].Changes)
	require.Empty(t, plans["access-utilities"].Findings)
}

func TestARoleForWebServicesIsToldByItsNameUnlessItIsNamed(t *testing.T) {
	a := reconcile.Access{Roles: []string{"AppUser", "AppWebServices", "Web Services Access"}}
	require.Equal(t, []string{"AppWebServices", "Web Services Access"}, webServiceRoles(a))
	a.WebServices = []string{"AppUser"}
	require.Equal(t, []string{"AppUser"}, webServiceRoles(a))
	a.WebServices = []string{}
	require.Empty(t, webServiceRoles(a))
}
