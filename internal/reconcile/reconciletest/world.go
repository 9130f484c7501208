// Package reconciletest holds worlds in memory for tests of the pure core and of
// the phases: from people given, or from an estate as a domain's API returns it.
// It is for tests only and knows no client, ledger or workflow.
package reconciletest

import (
	"cmp"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Side is a domain in memory.
type Side struct {
	People []directory.Person // in any order
	Rest   directory.Outline
}

// ByName implements reconcile.Side.
func (s *Side) ByName() reconcile.People {
	return stream(slices.SortedFunc(slices.Values(s.People), byName))
}

// ByEmail implements reconcile.Side.
func (s *Side) ByEmail() reconcile.People {
	have := slices.DeleteFunc(slices.Clone(s.People), func(p directory.Person) bool { return p.Email == "" })
	slices.SortFunc(have, func(a, b directory.Person) int {
		return cmp.Or(cmp.Compare(directory.Fold(a.Email), directory.Fold(b.Email)), byName(a, b))
	})
	return stream(have)
}

// Outline implements reconcile.Side.
func (s *Side) Outline() directory.Outline { return s.Rest }

// Person finds somebody by userName, byte for byte.
func (s *Side) Person(userName string) (directory.Person, bool) {
	i := slices.IndexFunc(s.People, func(p directory.Person) bool { return p.UserName == userName })
	if i < 0 {
		return directory.Person{}, false
	}
	return s.People[i], true
}

func byName(a, b directory.Person) int {
	return cmp.Compare(directory.Fold(a.UserName), directory.Fold(b.UserName))
}

func stream(people []directory.Person) reconcile.People {
	return func(yield func(directory.Person, error) bool) {
		for _, p := range people {
			if !yield(p, nil) {
				return
			}
		}
	}
}

// Changes streams changes as the ledger does for one domain: by folded user.
func Changes(changes []directory.Change, domain directory.Domain) reconcile.Changes {
	own := slices.DeleteFunc(slices.Clone(changes), func(c directory.Change) bool { return c.Domain != domain })
	slices.SortStableFunc(own, func(a, b directory.Change) int {
		return cmp.Compare(directory.Fold(a.User), directory.Fold(b.User))
	})
	return func(yield func(directory.Change, error) bool) {
		for _, c := range own {
			if !yield(c, nil) {
				return
			}
		}
	}
}

// Apply is the world that changes of people would leave. Settings stay as they are.
func Apply(w reconcile.World, changes []directory.Change) (reconcile.World, error) {
	out := reconcile.World{}
	for d, side := range w {
		next := &Side{Rest: side.Outline()}
		for p, err := range reconcile.Project(d, side.ByName(), Changes(changes, d)) {
			if err != nil {
				return nil, err
			}
			next.People = append(next.People, p)
		}
		out[d] = next
	}
	return out, nil
}

// Sink keeps what a planner writes down.
type Sink struct {
	Changes  []directory.Change
	Findings []directory.Finding
}

// Change implements reconcile.Sink.
func (s *Sink) Change(c directory.Change) error {
	s.Changes = append(s.Changes, c)
	return nil
}

// Finding implements reconcile.Sink.
func (s *Sink) Finding(f directory.Finding) error {
	s.Findings = append(s.Findings, f)
	return nil
}

// Blocking are the findings that close the gate.
func (s *Sink) Blocking() []directory.Finding {
	return slices.DeleteFunc(slices.Clone(s.Findings), func(f directory.Finding) bool { return !f.Blocking })
}

// Hash is the hash of the plan.
func (s *Sink) Hash(phase string) string {
	h := reconcile.NewHasher(phase)
	for _, c := range s.Changes {
		h.Add(c)
	}
	return h.Sum()
}
