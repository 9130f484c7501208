package spool

import (
	"bytes"
	"container/heap"
	"os"
	"slices"
	"sync"
)

// budget is how many bytes a sorter holds before it writes a run.
const budget = 4 << 20

// held is what a sorter holds. Sorters pass it on, for to make it anew and let
// it grow costs more than the sorting.
type held struct {
	data    []byte
	entries []entry
}

var spare = sync.Pool{New: func() any { return &held{data: make([]byte, 0, budget+bufferSize)} }}

// sorter sorts records by keys, by runs on disk where they are many. Records of
// equal keys stay in the order in which they came.
type sorter struct {
	dir   *Dir
	limit int
	*held
	runs []*list // each sorted
}

type entry struct{ at, key, record int } // where in data, and the two lengths

func (d *Dir) newSorter() *sorter { return &sorter{dir: d, limit: budget, held: spare.Get().(*held)} }

func (s *sorter) add(key, record []byte) error {
	s.entries = append(s.entries, entry{len(s.data), len(key), len(record)})
	s.data = append(append(s.data, key...), record...)
	if len(s.data) < s.limit {
		return nil
	}
	return s.run()
}

func (s *sorter) key(e entry) []byte    { return s.data[e.at : e.at+e.key] }
func (s *sorter) record(e entry) []byte { return s.data[e.at+e.key : e.at+e.key+e.record] }

func (s *sorter) sort() {
	by := func(a, b entry) int { return bytes.Compare(s.key(a), s.key(b)) }
	if !slices.IsSortedFunc(s.entries, by) {
		slices.SortStableFunc(s.entries, by)
	}
}

// run writes what is held as a run.
func (s *sorter) run() error {
	s.sort()
	l, err := s.dir.newList()
	if err != nil {
		return err
	}
	s.runs = append(s.runs, l)
	for _, e := range s.entries {
		if err := l.add(s.key(e), s.record(e)); err != nil {
			return err
		}
	}
	s.data, s.entries = s.data[:0], s.entries[:0]
	return l.finish()
}

// finish returns the rows in order. The sorter is of no more use.
func (s *sorter) finish() (*list, error) {
	defer func() {
		s.data, s.entries = s.data[:0], s.entries[:0]
		spare.Put(s.held)
		s.held = nil
	}()
	out, err := s.dir.newList()
	if err != nil {
		return nil, err
	}
	if len(s.runs) == 0 {
		s.sort()
		for _, e := range s.entries {
			if err := out.add(s.key(e), s.record(e)); err != nil {
				return nil, err
			}
		}
		return out, out.finish()
	}
	if err := s.run(); err != nil {
		return nil, err
	}
	return out, s.merge(out)
}

func (s *sorter) merge(out *list) error {
	var heads heads
	for i, l := range s.runs {
		r, err := l.reader()
		if err != nil {
			return err
		}
		defer r.close()
		h := &head{reader: r, run: i}
		more, err := h.move()
		if err != nil {
			return err
		}
		if more {
			heads = append(heads, h)
		}
	}
	heap.Init(&heads)
	for len(heads) > 0 {
		if err := out.add(heads[0].at.key, heads[0].at.record); err != nil {
			return err
		}
		more, err := heads[0].move()
		if err != nil {
			return err
		}
		if more {
			heap.Fix(&heads, 0)
		} else {
			heap.Pop(&heads)
		}
	}
	if err := out.finish(); err != nil {
		return err
	}
	for _, l := range s.runs {
		if err := os.Remove(l.f.Name()); err != nil { // its readers have it open still
			return err
		}
	}
	return nil
}

// head is where a run stands.
type head struct {
	*reader
	run int
	at  row
}

// move goes on to the next row and tells whether there is one.
func (h *head) move() (more bool, err error) {
	h.at, more, err = h.next()
	return more, err
}

type heads []*head

func (h heads) Len() int      { return len(h) }
func (h heads) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h heads) Less(i, j int) bool {
	a, b := h[i], h[j]
	c := bytes.Compare(a.at.key, b.at.key)
	return c < 0 || c == 0 && a.run < b.run
}
func (h *heads) Push(x any) { *h = append(*h, x.(*head)) }
func (h *heads) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
