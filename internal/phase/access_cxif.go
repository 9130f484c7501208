package phase

import "cutover/internal/directory"

// accessCXIF gives everyone in CXIF's scope the role there (the guide's "Assign
// User Access in CXIF").
var accessCXIF = Phase{
	Name:   "access-cxif",
	Title:  "Give people their access in CXIF",
	Guide:  "assign-user-access-cxif.html",
	Reads:  []directory.Domain{directory.Fusion, directory.CXIF},
	People: true,
	Plan:   accessTo("access-cxif", directory.CXIF),
}
