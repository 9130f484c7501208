package phase

import (
	"iter"
	"slices"

	"cutover/internal/directory"
)

// Whatever changes how people sign in can take somebody's way in away. The lists
// are of people who can work today: active and not locked by an administrator.

// worksToday tells whether the switch matters to a user of Utilities.
func (p *ssoPlan) worksToday(u directory.Person) bool {
	return u.Active && !u.LockedByAdmin() && !directory.Equal(u.UserName, p.in.SSO.TestUser.UserName) &&
		!directory.Equal(u.UserName, p.in.SSO.Emergency) && !p.in.Rules.ExcludedFromUtilities(u)
}

// lockedOutByOff names who signs in by SSO today and has no local sign-in to go
// back to: a federated user has no password in Utilities.
func (p *ssoPlan) lockedOutByOff() error {
	if p.state() == StateLocalOnly {
		return nil // nobody signs in by SSO
	}
	for u, err := range p.in.World[directory.Utilities].ByName() {
		if err != nil {
			return err
		}
		if !u.Federated || !p.worksToday(u) {
			continue
		}
		p.finding(directory.Finding{
			Name: "locked-out-by-off", User: u.UserName, Blocking: true,
			Detail: "This user signs in to Utilities by SSO and is federated, so has no password there: with SSO off there is no way in. " +
				"Make the user a local one in Utilities, with a password, until the people are moved.",
		})
	}
	return p.err
}

// frontTakesAway names who would fall under the rule in front and has no local
// sign-in to fall back on, where SSO is what they use today. Who is under that
// rule already loses nothing.
func (p *ssoPlan) frontTakesAway() func(directory.Person) {
	var under []string
	if r, ok := p.utilities.RuleNamed(p.in.SSO.FrontRuleName); ok {
		c, _ := p.utilities.ConditionByID(r.Condition)
		under, _ = directory.DecodeList(c.Value)
	}
	under = folded(under)
	return func(u directory.Person) {
		_, already := slices.BinarySearch(under, directory.Fold(u.UserName))
		if already || p.state() == StateLocalOnly || !u.Active || !u.Federated || u.LockedByAdmin() {
			return
		}
		p.finding(directory.Finding{
			Name: "locked-out-by-front-rule", User: u.UserName, Blocking: true,
			Detail: "This user is left alone, so keeps the local sign-in of Utilities only; but the user is federated, has no password there, " +
				"and signs in by SSO today. Make the user a local one in Utilities, with a password, or do not exclude the user.",
		})
	}
}

// lockedOutByOn names who could not sign in once SSO is the only way: who has no
// active user in Fusion of the same name, byte for byte, because the name is
// what Fusion says to Utilities. The forecast does not repeat what the verdicts
// say of people who are still to be moved; the list is for the gate itself, from
// fresh reads, when somebody may have joined Utilities since.
func (p *ssoPlan) lockedOutByOn() error {
	if !isDone(p.in, "check") {
		return nil
	}
	next, stop := iter.Pull2(p.in.World[directory.Fusion].ByName())
	defer stop()
	hub, err, more := next()
	for u, uerr := range p.in.World[directory.Utilities].ByName() {
		if uerr != nil {
			return uerr
		}
		name := directory.Fold(u.UserName)
		for more && err == nil && directory.Fold(hub.UserName) < name {
			hub, err, more = next()
		}
		if err != nil {
			return err
		}
		if !p.worksToday(u) {
			continue
		}
		why := ""
		switch {
		case !more || directory.Fold(hub.UserName) != name:
			why = "has no user of this name in Fusion"
		case hub.UserName != u.UserName:
			why = "has another spelling of this name in Fusion"
		case !hub.Active:
			why = "is not active in Fusion"
		default:
			continue
		}
		p.finding(directory.Finding{
			Name: "locked-out-by-on", User: u.UserName, Blocking: true,
			Detail: "This user works in Utilities today and " + why + ", so SSO as the only way in would lock the user out. " +
				"Bring the user to Fusion with another `cutover reload`, or leave the user alone.",
			Fixes: []string{"exclude: true"},
		})
	}
	return p.err
}
