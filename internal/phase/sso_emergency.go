package phase

import (
	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// emergencyFinding says what is wrong with the account that brings the local
// sign-in back, and false where nothing is. It is the same in every phase that
// looks.
func emergencyFinding(in Input, phase string) (directory.Finding, bool, error) {
	name := in.SSO.Emergency
	if name == "" {
		return directory.Finding{}, false, nil // the configuration is refused without it
	}
	side := in.World[directory.Utilities]
	p, there, err := personNamed(side, name)
	if err != nil {
		return directory.Finding{}, false, err
	}
	f := directory.Finding{Phase: phase, Domain: directory.Utilities, User: name, Blocking: true}
	switch {
	case !there:
		f.Name, f.Detail = "not-found-emergency", "is named under emergency.utilities, and Utilities has no such user"
	case !p.Active:
		f.Name, f.Detail = "emergency-inactive", "is the emergency account, and is not active in Utilities"
	case p.Locked:
		f.Name, f.Detail = "emergency-locked", "is the emergency account, and is locked in Utilities"
	case p.Federated:
		f.Name, f.Detail = "emergency-federated", "is the emergency account, and is federated in Utilities, so has no password there: make it a local user with a password"
	case !in.Rules.ExcludedFromUtilities(p):
		f.Name, f.Detail = "emergency-not-excluded", "is the emergency account, and is not excluded: the sign-in by password must stay theirs"
		f.Fixes = []string{"exclude: {utilities: {userNames: [" + p.UserName + "]}}"}
	case !side.Outline().Holds(p, domainAdministrator(side.Outline())):
		f.Name, f.Detail = "emergency-not-administrator", "is the emergency account, and does not hold the role Identity Domain Administrator in Utilities, so could put nothing right: grant it there"
	default:
		return directory.Finding{}, false, nil
	}
	return f, true, nil
}

// domainAdministrator is the role that may change everything in a domain.
func domainAdministrator(o directory.Outline) directory.Role {
	app := "Oracle Identity Cloud Service"
	for _, a := range o.SSO.Apps {
		if a.ID == directory.AdminApp {
			app = a.Name
		}
	}
	return directory.Role{App: app, Name: directory.RoleDomainAdmin}
}

// emergencyHolds demands an emergency administrator who can put things right.
func (p *ssoPlan) emergencyHolds() error {
	f, wrong, err := emergencyFinding(p.in, p.phase)
	if err != nil {
		return err
	}
	if wrong {
		p.finding(f)
	}
	return p.err
}

// attested demands, for every active account that is left alone, the word of its
// owner that it has a way in once SSO is the only one for people. The emergency
// administrator's is proven by a sign-in.
func (p *ssoPlan) attested() error {
	covered := reconcile.Exclusion{UserNames: p.in.SSO.Attested}
	for u, err := range p.in.World[directory.Utilities].ByName() {
		if err != nil {
			return err
		}
		if !u.Active || !p.in.Rules.ExcludedFromUtilities(u) || covered.Covers(u) ||
			directory.Equal(u.UserName, p.in.SSO.Emergency) || directory.Equal(u.UserName, p.in.SSO.TestUser.UserName) {
			continue
		}
		p.finding(directory.Finding{
			Name: "integration-account-unattested", User: u.UserName, Blocking: true,
			Detail: "is left alone, and its owner has not attested how it signs in once SSO is the only way in for people: ask the owner, and write the answer down under attest",
			Fixes:  []string{"attest: [{who: " + reconcile.Quote(u.UserName) + ", what: HOW-IT-SIGNS-IN, by: WHOSE-WORD, on: YYYY-MM-DD}]"},
		})
	}
	return p.err
}
