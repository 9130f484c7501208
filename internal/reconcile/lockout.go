package reconcile

import (
	"slices"

	"cutover/internal/directory"
)

// Reason is why somebody could not work any more. The names are part of the
// product's interface: findings carry them, and a person accepts by them.
type Reason string

// The reasons of matching.md, "Nobody may lose access".
const (
	// Of an active Fusion user and an active Utilities user of the same userName,
	// byte for byte:
	ReasonNoHubUser         Reason = "no-hub-user"           // Fusion has no user of this name
	ReasonHubNameDiffers    Reason = "hub-name-differs"      // Fusion spells it in another case
	ReasonHubInactive       Reason = "hub-inactive"          // Fusion's user is not active
	ReasonHubSomeoneElse    Reason = "hub-someone-else"      // Fusion's user of this name is another person
	ReasonNoUtilitiesUser   Reason = "no-utilities-user"     // the user of Utilities is gone since the start
	ReasonUtilitiesInactive Reason = "utilities-inactive"    // ... or was switched off since
	ReasonOUAFLogin         Reason = "ouaf-login-unattested" // renamed, and nobody attests that OUAF's Login ID was changed too
	// Of signing in to Fusion:
	ReasonNoWayIntoHub Reason = "no-way-into-hub"
	// Of access:
	ReasonRoleLost Reason = "role-lost" // holds less than at the start
	// Of people who sign in locally afterwards: everybody, where SSO goes off, and
	// whoever is left alone, where it comes on.
	ReasonNoLocalSignIn Reason = "no-local-sign-in"
)

// LockedOut is somebody who works today and could not afterwards. Person is
// their user in Utilities; where that is gone, as it was at the start.
type LockedOut struct {
	Person  directory.Person
	Was     string   // userName at the start, where it was another
	Reasons []Reason // in the order above
}

// Ways is how a domain's default rule lets people sign in: by the domain's own
// password page, and by an identity provider that is not local.
type Ways struct{ Local, IdP bool }

// Lockout is what the lists of those are made from whom a switch of single
// sign-on would lock out.
//
// Somebody can work today who is active, is not locked by an administrator
// (other locks pass by themselves and are reported only), can sign in the way
// that Utilities offers, and holds a role of its app. Cutover's own test user
// and the emergency administrator are on no list: the one is nobody, and the
// other is looked at apart.
type Lockout struct {
	Rules     *Rules
	World     World  // Fusion and Utilities as they were read, or as a forecast supposes
	Start     Side   // Utilities before cutover's first write; nil: as it is now
	Emergency string // userName in Utilities
	// Renames are the resolutions of Utilities as the configuration has them, also
	// where another bears the old name by now; nil: those of Rules.
	Renames map[string]Resolution

	Offered Ways // by Utilities now
	Began   Ways // by Utilities at the start
	Hub     Ways // by Fusion
	// Kept tells whether the rule in front keeps the local sign-in for somebody,
	// and offers nothing else.
	Kept func(directory.Person) bool
	// ByCorporateIdP: people first sign in to Fusion by the corporate identity
	// provider there.
	ByCorporateIdP bool
	// ActLater: people have until the gate to set the password by which they sign
	// in to Fusion, so a forecast does not hold its absence against them.
	ActLater bool
}

// watched tells whether a user of Utilities may be on a list at all.
func (l Lockout) watched(u directory.Person) bool {
	return !directory.Equal(u.UserName, l.Rules.TestUser) && !directory.Equal(u.UserName, l.Emergency)
}

// employed tells of everything that working takes but a way to sign in.
func (l Lockout) employed(o directory.Outline, u directory.Person) bool {
	return u.Active && !u.LockedByAdmin() && l.holdsSomething(o, u)
}

func (l Lockout) holdsSomething(o directory.Outline, u directory.Person) bool {
	app := l.Rules.AccessUtilities.App
	return slices.ContainsFunc(o.RolesOf(u), func(r directory.Role) bool { return app == "" || r.App == app })
}

func (l Lockout) kept(u directory.Person) bool { return l.Kept != nil && l.Kept(u) }

// locally tells whether somebody can sign in locally now: a federated user has
// no password in Utilities. That no password was ever set is not held against
// anybody, because a domain need not say when one was.
func (l Lockout) locally(u directory.Person) bool {
	return !u.Federated && (l.Offered.Local || l.kept(u))
}

// bySSO tells whether somebody can sign in by SSO now: Fusion's user of the same
// name, byte for byte, is who they become.
func (l Lockout) bySSO(u directory.Person, hub *directory.Person) bool {
	return l.Offered.IdP && !l.kept(u) && hub != nil && hub.Active && hub.UserName == u.UserName
}

// intoHub tells whether an active user of Fusion can authenticate there: by a
// password they set themselves, also one that an invitation led to, or by the
// corporate identity provider where that is the way that was chosen.
func (l Lockout) intoHub(hub directory.Person) bool {
	return l.Hub.Local && hub.PasswordSet && !hub.LockedByAdmin() || l.ByCorporateIdP && l.Hub.IdP
}
