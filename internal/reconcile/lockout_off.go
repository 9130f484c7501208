package reconcile

import (
	"iter"

	"cutover/internal/directory"
)

// Off yields whom turning SSO off would lock out, in the order of folded names:
// who works today by SSO and has no local sign-in to go back to.
func (l Lockout) Off() iter.Seq2[LockedOut, error] {
	return func(yield func(LockedOut, error) bool) {
		utilities := l.World[directory.Utilities]
		outline := utilities.Outline()
		for p, err := range Join(utilities.ByName(), l.World[directory.Fusion].ByName()) {
			if err != nil {
				yield(LockedOut{}, err)
				return
			}
			u := p.Left
			if u == nil || !u.Federated || !l.watched(*u) || !l.bySSO(*u, p.Right) || !l.employed(outline, *u) {
				continue
			}
			if !yield(LockedOut{Person: *u, Reasons: []Reason{ReasonNoLocalSignIn}}, nil) {
				return
			}
		}
	}
}
