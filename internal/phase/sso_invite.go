package phase

import (
	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// firstWave is the step of the first wave of invitations. The steps of the
// switch are below it: invitations are a plan of their own, before it.
const firstWave = 11

// invitations plans a mail to everybody who is to sign in to Fusion, by a password
// of their own, and has none there: in waves, a step each. It tells whether there are any. Nobody
// is invited twice: who has not acted is on the lockout list, for a person to see.
func (p *ssoPlan) invitations() (found bool, err error) {
	if p.in.SSO.InviteWave <= 0 {
		return false, nil
	}
	rules, n := p.in.Rules, 0
	shown, err := p.showsPasswords()
	if err != nil {
		return false, err
	}
	if !shown {
		p.finding(directory.Finding{Name: PasswordsNotShown, Domain: directory.Fusion, User: rules.TestUser, Blocking: true,
			Detail: "was given a password by cutover, and Fusion does not show that it has one: so it shows nobody's, and who needs an invitation cannot be told. " +
				"Write invitations: {by: person}, and see to it that people can sign in"})
		return false, p.err
	}
	for pair, err := range reconcile.Join(p.in.World[directory.Utilities].ByName(), p.in.World[directory.Fusion].ByName()) {
		if err != nil {
			return false, err
		}
		u, hub := pair.Left, pair.Right
		switch {
		case u == nil || hub == nil || !u.Active || hub.PasswordSet || hub.Federated || directory.Equal(u.UserName, rules.TestUser),
			rules.ExcludedFromUtilities(*u), !rules.InScope(directory.Utilities, *hub),
			p.in.Invited != nil && p.in.Invited(hub.ID):
			continue
		case hub.Email == "":
			p.finding(directory.Finding{Name: InvitationWithoutEmail, Domain: directory.Fusion, User: hub.UserName, Blocking: true,
				Detail: "has no password in Fusion and no email there, so cannot be invited",
				Fixes:  []string{reconcile.Fix(directory.Fusion, hub.UserName, "set: {email: EMAIL}"), reconcile.Fix(directory.Utilities, u.UserName, "exclude: true")}})
			continue
		}
		p.change(directory.Change{
			Step: firstWave + n/p.in.SSO.InviteWave, Domain: directory.Fusion, Kind: directory.InviteUser, User: hub.UserName,
			Why: "firstSignIn: invitation",
		})
		n++
	}
	if n > 0 && p.in.Forecast {
		p.shift = firstWave + n/p.in.SSO.InviteWave
	}
	return n > 0, p.err
}

// Findings of invitations.
const (
	InvitationWithoutEmail = "invitation-without-email"
	PasswordsNotShown      = "passwords-not-shown"
)

// showsPasswords tells whether Fusion shows of users that a password was set. A
// domain need not, and then an invitation would reset the passwords of everybody;
// the test user, whom cutover gave one, is the sample. Before it is there nothing
// is known, and nothing speaks against it.
func (p *ssoPlan) showsPasswords() (bool, error) {
	if p.in.Forecast {
		return true, nil
	}
	sample, there, err := personNamed(p.in.World[directory.Fusion], p.in.Rules.TestUser)
	return !there || sample.PasswordSet, err
}

// IsInvitation tells whether a step of a plan of sso-on is a wave of invitations.
func IsInvitation(phase string, step int) bool { return phase == ssoOn.Name && step >= firstWave }
