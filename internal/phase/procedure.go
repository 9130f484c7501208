package phase

// Procedure is the guide's chapter "Configure User Synchronization", in its
// order: set up SSO, test it, turn it off, move the people, sync them to
// Utilities, give them access there, the same for CXIF, turn SSO on. In another
// order people lose access.
var Procedure = []Phase{
	check,
	ssoSetup, ssoTest, ssoOff,
	migrate,
	syncUtilities, accessUtilities,
	syncCXIF, accessCXIF,
	ssoOn, tidy,
	verify,
}
