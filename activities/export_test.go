package activities

// For tests of the words that a history may hold, and of the times of waves.
var (
	Seal    = seal
	GivenUp = givenUp
	Spaced  = spaced
	HeldUp  = heldUp
	// NextWave is when the next wave of invitations may go out.
	NextWave = nextWave
	// Fill adds to writes what a plan never holds.
	Fill = (*Estate).fill
	// MarkSync notes how a domain stood before a synchronization is started.
	MarkSync = (*Activities).markSync
)
