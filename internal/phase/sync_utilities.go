package phase

import "cutover/internal/directory"

// syncUtilities brings Fusion's people in scope into Utilities (the guide's
// "Synchronize Users Between Fusion and Customer Cloud Service"). Whoever is in
// conflict is not touched, so that nobody's data lands on another person.
var syncUtilities = Phase{
	Name:    "sync-utilities",
	Title:   "Bring Fusion's people to Utilities",
	Guide:   "faas1d-sync-users-between-fa-ccs.html",
	Reads:   []directory.Domain{directory.Fusion, directory.Utilities},
	People:  true,
	SyncsTo: directory.Utilities,
	Plan:    syncTo("sync-utilities", directory.Utilities),
	Proofs:  nativeProofs(directory.Utilities),
}
