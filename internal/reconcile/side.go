package reconcile

import (
	"cmp"
	"maps"
	"slices"

	"cutover/internal/directory"
)

// visible leaves cutover's own test user out of a world: it gets no verdict and
// is never an orphan, in scope or counted.
func (r *Rules) visible(w World) World {
	out := World{}
	for d, side := range w {
		out[d] = side
		if r.TestUser != "" {
			out[d] = without{side, r.TestUser}
		}
	}
	return out
}

// without is a side without one user.
type without struct {
	Side
	userName string
}

func (s without) ByName() People  { return s.filter(s.Side.ByName()) }
func (s without) ByEmail() People { return s.filter(s.Side.ByEmail()) }

func (s without) filter(in People) People {
	return func(yield func(directory.Person, error) bool) {
		for p, err := range in {
			if err == nil && directory.Equal(p.UserName, s.userName) {
				continue
			}
			if !yield(p, err) {
				return
			}
		}
	}
}

// revised is a side in which a few people are as a resolution makes them. The
// few are held in memory; the rest stream through.
type revised struct {
	Side
	people map[string]directory.Person // by folded userName in Side
}

func (s revised) ByName() People {
	return s.merge(s.Side.ByName(), s.sorted(comparePeople))
}

func (s revised) ByEmail() People {
	few := s.sorted(func(a, b directory.Person) int {
		return cmp.Or(cmp.Compare(directory.Fold(a.Email), directory.Fold(b.Email)), comparePeople(a, b))
	})
	few = slices.DeleteFunc(few, func(p directory.Person) bool { return p.Email == "" })
	return s.merge(s.Side.ByEmail(), few, func(p directory.Person) string { return directory.Fold(p.Email) })
}

func comparePeople(a, b directory.Person) int { return cmp.Compare(nameKey(a), nameKey(b)) }

func (s revised) sorted(by func(a, b directory.Person) int) []directory.Person {
	return slices.SortedFunc(maps.Values(s.people), by)
}

// merge yields the people of the stream who are not revised and, in their
// places by the given keys, those who are. Among equal keys names decide.
func (s revised) merge(in People, few []directory.Person, keys ...func(directory.Person) string) People {
	before := func(a, b directory.Person) bool {
		for _, key := range keys {
			if c := cmp.Compare(key(a), key(b)); c != 0 {
				return c < 0
			}
		}
		return comparePeople(a, b) < 0
	}
	return func(yield func(directory.Person, error) bool) {
		few := few
		for p, err := range in {
			if err != nil {
				yield(p, err)
				return
			}
			if _, isRevised := s.people[nameKey(p)]; isRevised {
				continue
			}
			for len(few) > 0 && before(few[0], p) {
				if !yield(few[0], nil) {
					return
				}
				few = few[1:]
			}
			if !yield(p, nil) {
				return
			}
		}
		for _, p := range few {
			if !yield(p, nil) {
				return
			}
		}
	}
}
