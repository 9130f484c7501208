package reconcile

import (
	"iter"

	"cutover/internal/directory"
)

// Place is where somebody exists, under one name, case aside: nil where not.
type Place struct {
	Name                    string // as the first domain of the guide's order writes it
	Fusion, Utilities, CXIF *directory.Person
	Verdict                 string // on the Utilities user
	InUtilities, InCXIF     bool   // in scope of it
}

// Places streams everyone of all domains that were read, in the order of folded names.
func (s *Settled) Places() iter.Seq2[Place, error] {
	return func(yield func(Place, error) bool) {
		for p, err := range join(s.known(), s.inCXIF(), func(b []byte, p Place) []byte { return directory.AppendFold(b, p.Name) }) {
			if err != nil {
				yield(Place{}, err)
				return
			}
			place := p.left
			switch {
			case place == nil:
				place = p.right
			case p.right != nil:
				place.CXIF = p.right.CXIF
			}
			if !yield(*place, nil) {
				return
			}
		}
	}
}

// known are the people of Fusion and Utilities.
func (s *Settled) known() iter.Seq2[Place, error] {
	return func(yield func(Place, error) bool) {
		for c, err := range s.inUtilities() {
			p := Place{Fusion: c.Fusion, Utilities: c.Target, Verdict: c.judgement.Verdict, InUtilities: c.InScope}
			if p.Utilities != nil {
				p.Name = p.Utilities.UserName
			}
			if p.Fusion != nil {
				p.Name, p.InCXIF = p.Fusion.UserName, s.InScope(directory.CXIF, *p.Fusion)
			}
			if !yield(p, err) || err != nil {
				return
			}
		}
	}
}

func (s *Settled) inCXIF() iter.Seq2[Place, error] {
	return func(yield func(Place, error) bool) {
		side := s.base[directory.CXIF]
		if side == nil {
			return
		}
		for p, err := range side.ByName() {
			if !yield(Place{Name: p.UserName, CXIF: &p}, err) || err != nil {
				return
			}
		}
	}
}
