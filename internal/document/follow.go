package document

import (
	"iter"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// follow tells of people, asked for in the order of their folded names, whether
// a plan concerns them: changes come in the same order.
func follow(changes reconcile.Changes) (concerned func(userName string) (bool, error), stop func()) {
	next, stop := iter.Pull2(changes)
	at, err, more := next()
	return func(userName string) (bool, error) {
		name := directory.Fold(userName)
		for more && err == nil && directory.Fold(at.User) < name {
			at, err, more = next()
		}
		return more && err == nil && directory.Fold(at.User) == name, err
	}, stop
}
