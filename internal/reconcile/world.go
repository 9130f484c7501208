// Package reconcile is the pure core: who is who, what differs, what a plan
// would leave behind, and the hash of a plan. It works over sorted iterators,
// so that memory stays flat however many people there are. It imports nothing
// of the project but the words of internal/directory: no clock, no I/O, no
// configuration file.
package reconcile

import (
	"iter"

	"cutover/internal/directory"
)

// People is a stream of the people of one domain.
type People = iter.Seq2[directory.Person, error]

// Changes is a stream of changes.
type Changes = iter.Seq2[directory.Change, error]

// Side is one domain as it was read, or as a plan would leave it. Every call of
// ByName and ByEmail reads anew from the start.
type Side interface {
	// ByName yields everyone in the order of Fold(UserName).
	ByName() People
	// ByEmail yields those who have a primary email, in the order of
	// Fold(Email), then Fold(UserName).
	ByEmail() People
	Outline() directory.Outline
}

// World is the domains that a plan is made from.
type World map[directory.Domain]Side

// Sink takes what a planner finds. Changes come in the order of their steps.
type Sink interface {
	Change(directory.Change) error
	Finding(directory.Finding) error
}
