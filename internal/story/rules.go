package story

import "cutover/internal/reconcile"

// rules says, for each verdict, the rule that gave it: the first that fits counts.
var rules = map[string]string{
	reconcile.VerdictExcluded:           "the configuration leaves this person alone",
	reconcile.VerdictExcludedInScope:    "is to be left alone, and Fusion's user of the same name is in scope, so a sync would change this one",
	reconcile.VerdictInactive:           "was not active in Utilities at the start, and nobody is woken who was switched off",
	reconcile.VerdictInactiveInScope:    "was not active in Utilities, and Fusion's user of the same name is active and in scope, so a sync would wake this one",
	reconcile.VerdictLockedByAdmin:      "was locked by an administrator, and gets no new way in unnoticed",
	reconcile.VerdictUsernameCollision:  "somebody else bears the same userName in Fusion",
	reconcile.VerdictHubInactive:        "is in Fusion, but not active there, and could not sign in",
	reconcile.VerdictUsernameCase:       "is written otherwise in Fusion; the name must be the same byte for byte",
	reconcile.VerdictMatched:            "is the Fusion user of the same userName: the emails agree, or the names where there is no email",
	reconcile.VerdictMissingEmail:       "nobody in Fusion bears the name, and nobody is created there without a primary email",
	reconcile.VerdictMissingFamilyName:  "nobody in Fusion bears the name, and nobody is created there without a family name",
	reconcile.VerdictDuplicateEmail:     "shares the email with somebody else in Utilities",
	reconcile.VerdictEmailAmbiguous:     "the email is that of several Fusion users, or of one whose userName somebody else bears in Utilities",
	reconcile.VerdictUsernameDiffers:    "has the email of a Fusion user of another name: one person under two names",
	reconcile.VerdictUsernameNotAllowed: "the userName has a character that a domain does not allow, or is too long",
	reconcile.VerdictCreate:             "nobody in Fusion bears the name or the email, and nothing speaks against creating this person there",
}
