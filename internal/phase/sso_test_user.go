package phase

import (
	"cutover/internal/directory"
)

// The test user is cutover's own: made for the tests, in both domains under the
// same name, and deleted by tidy. The guide tests with such a user and never
// with an administrator, whom a failing test could lock out.

// testUsers plans the test user to be there and active, in Fusion by Fusion
// Applications and in Utilities without a password, so that SSO is its only way in.
func (p *ssoPlan) testUsers(step int) error {
	const why = "the test user signs in by SSO, so that nobody else has to try it first"
	t := p.in.SSO.TestUser
	for _, d := range ssoReads {
		have, there, err := personNamed(p.in.World[d], t.UserName)
		if err != nil {
			return err
		}
		c := directory.Change{Step: step, Domain: d, User: t.UserName, Why: why}
		if d == directory.Fusion {
			c.Via = directory.ViaFusionApplications
		}
		switch {
		case !there:
			c.Kind, c.After = directory.CreateUser, t.attributes(d)
			p.change(c)
		case !isTestUser(have, t):
			p.finding(testUserTaken(d, have))
		case !have.Active:
			c.Kind, c.Before, c.After = directory.UpdateUser, directory.Attributes{"active": "false"}, directory.Attributes{"active": "true"}
			p.change(c)
		}
	}
	return p.err
}

// attributes are the test user as it is made in a domain. The mark goes where
// cutover itself writes: Fusion Applications brings its own external ids.
func (t TestUser) attributes(d directory.Domain) directory.Attributes {
	a := directory.Attributes{
		"userName": t.UserName, "givenName": t.GivenName, "familyName": t.FamilyName, "displayName": t.GivenName + " " + t.FamilyName,
		"email": t.Email, "active": "true",
	}
	if d == directory.Utilities {
		a["federated"], a["externalId"] = "true", TestUserMark
	}
	return a
}

// isTestUser tells whether a user of the test user's name is the test user.
func isTestUser(p directory.Person, t TestUser) bool {
	return p.ExternalID == TestUserMark || p.Email != "" && directory.Equal(p.Email, t.Email)
}
