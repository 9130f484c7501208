package phase

import (
	"strings"

	"cutover/internal/reconcile"
)

// word is a reason in words, and what a person can do about it.
type word struct{ why, do string }

var lockoutWords = map[reconcile.Reason]word{
	reconcile.ReasonNoHubUser:         {"Fusion has no user of this name", "Bring the user to Fusion with a `cutover reload`, which goes through migrate again."},
	reconcile.ReasonHubNameDiffers:    {"Fusion spells the name in another case, and case counts", "Rename the user in Utilities to Fusion's spelling."},
	reconcile.ReasonHubInactive:       {"the user is not active in Fusion", "Make the user active there."},
	reconcile.ReasonHubSomeoneElse:    {"Fusion's user of this name is another person", "Rename one of the two."},
	reconcile.ReasonNoUtilitiesUser:   {"the user was there at the start and is gone from Utilities", "Bring the user back, unless the person has left."},
	reconcile.ReasonUtilitiesInactive: {"the user was active at the start and is not active in Utilities any more", "Make the user active there, unless the person has left."},
	reconcile.ReasonOUAFLogin: {"the user is renamed, and nobody attests that OUAF's Login ID was changed to the same",
		"Change the Login ID, then write ouafLoginChanged: true beside the rename and `cutover reload`."},
	reconcile.ReasonRoleLost: {"the user holds less in Utilities than at the start", "Give the user back the roles held then."},
}

// because says every reason in words, and then what to do.
func (p *ssoPlan) because(list string, out reconcile.LockedOut) string {
	var why, do []string
	for _, r := range out.Reasons {
		w, known := lockoutWords[r]
		switch {
		case r == reconcile.ReasonNoLocalSignIn:
			w = noLocalSignIn(list, out.Person.Federated)
		case r == reconcile.ReasonNoWayIntoHub:
			w = p.noWayIntoHub()
		case !known:
			w.why = string(r)
		}
		why = append(why, w.why)
		if w.do != "" {
			do = append(do, w.do)
		}
	}
	do = append(do, "Or accept it by name: `cutover accept`, then `cutover resume`.")
	return enumerate(why) + ". " + strings.Join(do, " ")
}

func noLocalSignIn(list string, federated bool) word {
	switch {
	case !federated:
		return word{"the account is left alone, and no rule in front keeps its local sign-in", "Let sso-setup put it into that rule with a `cutover reload`."}
	case list == LockedOutByOff:
		return word{"the user is federated, so has no password there", "Make the user a local one in Utilities, with a password, until the people are moved."}
	}
	return word{"the user is federated, so has no password there", "Make the user a local one in Utilities, with a password, or do not exclude the user."}
}

func (p *ssoPlan) noWayIntoHub() word {
	if p.in.SSO.ByCorporateIdP {
		return word{"the user cannot sign in to Fusion, because the default identity provider rule there offers no enabled identity provider but its own",
			"Let that rule offer the corporate identity provider."}
	}
	return word{"the user has not set a password in Fusion yet", "Have the user act on the invitation, or sign in with the one-time password and change it."}
}

// enumerate joins words as a sentence does.
func enumerate(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}
