package phase

import "cutover/internal/directory"

// accessUtilities gives everyone in scope the app roles of the Utilities
// environment (the guide's "Assign User Access in Customer Cloud Service"), by
// the groups that stand for their Fusion roles, or directly.
var accessUtilities = Phase{
	Name:   "access-utilities",
	Title:  "Give people their access in Utilities",
	Guide:  "2c-assign-user-access-ccs.html",
	Reads:  []directory.Domain{directory.Fusion, directory.Utilities},
	People: true,
	Plan:   accessTo("access-utilities", directory.Utilities),
}
