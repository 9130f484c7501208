package activities

// For tests of the words that a history may hold.
var (
	Seal    = seal
	GivenUp = givenUp
)
