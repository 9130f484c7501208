package phase

import (
	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// tidy removes what was only for the test: the rule for the test user, and the
// test user. It runs at every end, also after a rejection or a failure, so it
// plans from what it finds and asks for nothing that another phase has done.
var tidy = Phase{
	Name:    "tidy",
	Title:   "Remove what was only for the test",
	Guide:   "faas2e-test-sso-setup.html",
	Reads:   ssoReads,
	People:  true, // is the test user there?
	Settles: true,
	Plan:    planTidy,
}

func planTidy(in Input, sink reconcile.Sink) error {
	p, err := newSSOPlan("tidy", in, sink)
	if err != nil {
		return err
	}
	p.dropTestRule(1)
	for _, d := range ssoReads {
		if err := p.deleteTestUser(4, d); err != nil {
			return err
		}
	}
	return p.err
}

// deleteTestUser plans the end of the test user in a domain. Somebody of its
// name who may be another is not touched: cutover deletes its own user only. One
// that is inactive was deactivated where deleting is refused, and stays.
func (p *ssoPlan) deleteTestUser(step int, d directory.Domain) error {
	t := p.in.SSO.TestUser
	have, there, err := personNamed(p.in.World[d], t.UserName)
	if err != nil || !there || !have.Active {
		return err
	}
	doubt := ""
	switch {
	case have.ExternalID == TestUserMark: // ours, whatever it was given since
	case !isTestUser(have, t):
		doubt = "has another email"
	case len(have.Groups) > 0 || len(have.Roles) > 0:
		doubt = "has the test user's email, but belongs to groups or holds roles, which cutover never gives it"
	}
	if doubt != "" {
		p.finding(directory.Finding{
			Name: "test-user-in-doubt", Domain: d, User: have.UserName, Blocking: true,
			Detail: "The user who bears the test user's name " + doubt + ", so cutover does not delete it. " +
				"Delete it or take its roles away by hand, or give the test user another name.",
			Fixes: []string{"sso: {testUser: {userName: A-NAME-THAT-NOBODY-HAS}}"},
		})
		return p.err
	}
	c := directory.Change{Step: step, Domain: d, Kind: directory.DeleteUser, User: have.UserName, Why: "the test user was only for the test"}
	if d == directory.Fusion {
		c.Via = directory.ViaFusionApplications
	}
	p.change(c)
	return p.err
}
