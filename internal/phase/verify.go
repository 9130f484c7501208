package phase

// verify ends the procedure. It changes nothing: each phase has read again and
// found nothing left, and what remains is to show where users exist, the guide's
// Figure 7-2, from fresh reads (WhereUsersExist).
var verify = Phase{
	Name:   "verify",
	Title:  "Show where users exist",
	Guide:  "faas1-configure-user-synchronization.html",
	Reads:  everyDomain,
	People: true,
}
