package activities

import "cutover/internal/ledger"

// What the workflow hands to the ledger and gets from it, so that it need not
// know the ledger itself.
type (
	// Progress says how far a plan is.
	Progress = ledger.Progress
	// Decision is a person's word.
	Decision = ledger.Decision
	// PhaseRecord is how a phase ended.
	PhaseRecord = ledger.PhaseRecord
)

// How a phase may end.
const (
	PhaseDone        = ledger.PhaseDone
	PhaseNothingToDo = ledger.PhaseNothingToDo
	PhaseOff         = ledger.PhaseOff
	PhaseBlocked     = ledger.PhaseBlocked
	PhaseStopped     = ledger.PhaseStopped
	PhaseRejected    = ledger.PhaseRejected
)
