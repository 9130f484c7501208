package phase

import "cutover/internal/directory"

// syncCXIF brings Fusion's people in CXIF's scope into CXIF (the guide's
// "Synchronize Users from Fusion to the CXIF Identity Domain"). Whoever is
// inactive there and in scope is made active; userNames are never changed.
var syncCXIF = Phase{
	Name:    "sync-cxif",
	Title:   "Bring Fusion's people to CXIF",
	Guide:   "faas1f-sync-users-from-fa-cxif-id.html",
	Reads:   []directory.Domain{directory.Fusion, directory.CXIF},
	People:  true,
	SyncsTo: directory.CXIF,
	Plan:    syncTo("sync-cxif", directory.CXIF),
	Proofs:  nativeProofs(directory.CXIF),
}
