package simulator

import (
	"cmp"
	"iter"
	"slices"
	"sync"
)

// entry is one stored resource of any kind.
type entry interface {
	rid() string
	rseq() uint64 // order of creation
}

// shelf keeps the resources of a kind in the order of creation and, when
// somebody asks for it, by id. The caller holds the domain's lock: to change
// it for writing, to read it at least for reading.
type shelf[T entry] struct {
	byID map[string]T
	all  []T

	mu     sync.Mutex // readers share the sorting
	sorted []T
	fresh  []T // created since the last sorting
}

func newShelf[T entry]() *shelf[T] { return &shelf[T]{byID: map[string]T{}} }

func (s *shelf[T]) find(id string) (T, bool) {
	e, ok := s.byID[id]
	return e, ok
}

func (s *shelf[T]) len() int { return len(s.all) }

// put adds a new resource. One that is there is changed in place instead, so
// that the order stands.
func (s *shelf[T]) put(e T) {
	s.byID[e.rid()] = e
	s.all = append(s.all, e)
	s.fresh = append(s.fresh, e)
}

func (s *shelf[T]) drop(e T) {
	delete(s.byID, e.rid())
	if at, ok := slices.BinarySearchFunc(s.all, e.rseq(), bySeq[T]); ok {
		s.all = slices.Delete(s.all, at, at+1)
	}
	if at, ok := slices.BinarySearchFunc(s.sorted, e.rid(), byID[T]); ok {
		s.sorted = slices.Delete(s.sorted, at, at+1)
		return
	}
	s.fresh = slices.DeleteFunc(s.fresh, func(f T) bool { return f.rid() == e.rid() })
}

// byIDs is everything in the order of ids: what a stable paging sorts by.
func (s *shelf[T]) byIDs() []T {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.fresh) == 0 {
		return s.sorted
	}
	slices.SortFunc(s.fresh, func(a, b T) int { return cmp.Compare(a.rid(), b.rid()) })
	merged := make([]T, 0, len(s.sorted)+len(s.fresh))
	a, b := s.sorted, s.fresh
	for len(a) > 0 && len(b) > 0 {
		if a[0].rid() < b[0].rid() {
			merged, a = append(merged, a[0]), a[1:]
		} else {
			merged, b = append(merged, b[0]), b[1:]
		}
	}
	s.sorted = append(append(merged, a...), b...)
	s.fresh = nil
	return s.sorted
}

func bySeq[T entry](e T, seq uint64) int { return cmp.Compare(e.rseq(), seq) }
func byID[T entry](e T, id string) int   { return cmp.Compare(e.rid(), id) }

// each yields everything in the order of creation.
func (s *shelf[T]) each() iter.Seq[entry] {
	return func(yield func(entry) bool) {
		for _, e := range s.all {
			if !yield(e) {
				return
			}
		}
	}
}

// window is a page of everything, in the order of creation or of ids.
func (s *shelf[T]) window(sortedByID bool, from, n int) []entry {
	all := s.all
	if sortedByID {
		all = s.byIDs()
	}
	from = min(from, len(all))
	page := make([]entry, 0, min(n, len(all)-from))
	for _, e := range all[from:min(from+n, len(all))] {
		page = append(page, e)
	}
	return page
}

func (s *shelf[T]) get(id string) (entry, bool) {
	e, ok := s.byID[id]
	if !ok {
		return nil, false // no nil of type T, which would be an entry all the same
	}
	return e, true
}
