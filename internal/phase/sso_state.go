package phase

import "cutover/internal/directory"

// How Utilities' default rule lets people sign in. The switch phases plan from
// the state that they find, so that a second run converges.
const (
	StateLocalOnly = "local only"
	StateBoth      = "both offered"
	StateSSOOnly   = "SSO only"
	// StateNeither is a default rule that is not there, or that offers neither
	// the local sign-in nor our identity provider: people sign in by something
	// that cutover does not know, or not at all.
	StateNeither = "neither offered"
)

// SwitchState says how the default rule lets people sign in. It looks at the
// lists of the rule, not at whether the identity provider is enabled: enabling
// it is the business of the phases, and the lists are what the guide switches.
func SwitchState(sso directory.SSO, idpName string) string {
	rule, ok := sso.Default()
	if !ok {
		return StateNeither
	}
	offered := offersIdP(sso, rule, idpName)
	switch {
	case rule.OffersLocal() && offered:
		return StateBoth
	case rule.OffersLocal():
		return StateLocalOnly
	case offered:
		return StateSSOOnly
	}
	return StateNeither
}

// offersIdP tells whether the rule lists the identity provider of this name.
func offersIdP(sso directory.SSO, rule directory.Rule, name string) bool {
	for _, idp := range sso.IdPs {
		if idp.Name != name {
			continue
		}
		for _, id := range rule.SAML {
			if id == idp.ID {
				return true
			}
		}
	}
	return false
}

// turnsOff tells whether SSO has to be off while people are moved: always where
// the local sign-in is still there, and only on request where SSO is already
// the only way in. Then joiners are moved behind it instead.
func turnsOff(in Input, state string) bool {
	switch state {
	case StateLocalOnly, StateBoth:
		return true
	case StateSSOOnly:
		return in.PeopleWork && in.SSO.TakeDown
	}
	return false
}

// isDone tells whether an earlier walk of this very cutover finished the phase.
func isDone(in Input, name string) bool { return in.Done != nil && in.Done(name) }
