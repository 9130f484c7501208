package spool

import (
	"iter"
	"sync"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Side is the people of a domain in a spool.
type Side struct {
	outline directory.Outline
	byName  *list
	byEmail func() (*list, error) // sorted when it is first asked for: most worlds of a forecast never are
	// Users is how many there are.
	Users int
}

// People spools a domain: people may come in any order. Who has no id, because
// a plan would make them, gets one that no domain gives.
func (d *Dir) People(people reconcile.People, outline directory.Outline) (*Side, error) {
	s := &Side{outline: outline}
	names := d.newSorter()
	var key, record []byte
	for p, err := range people {
		if err != nil {
			return nil, err
		}
		if p.ID == "" {
			p.ID = "new:" + p.UserName
		}
		s.Users++
		record = appendPerson(record[:0], p)
		key = appendKey(key[:0], directory.Fold(p.UserName), p.ID)
		if err := names.add(key, record); err != nil {
			return nil, err
		}
	}
	var err error
	if s.byName, err = names.finish(); err != nil {
		return nil, err
	}
	s.byEmail = sync.OnceValues(func() (*list, error) { return d.emails(s.byName) })
	return s, nil
}

// emails sorts those who have an email by it, then as they were.
func (d *Dir) emails(byName *list) (*list, error) {
	emails := d.newSorter()
	var key, record []byte
	for p, err := range records(byName, personIn) {
		if err != nil {
			return nil, err
		}
		if p.Email == "" {
			continue
		}
		key, record = appendKey(key[:0], directory.Fold(p.Email)), appendPerson(record[:0], p)
		if err := emails.add(key, record); err != nil {
			return nil, err
		}
	}
	return emails.finish()
}

// With is the same people with another outline.
func (s *Side) With(outline directory.Outline) *Side {
	other := *s
	other.outline = outline
	return &other
}

// Outline implements reconcile.Side.
func (s *Side) Outline() directory.Outline { return s.outline }

// ByName implements reconcile.Side.
func (s *Side) ByName() reconcile.People { return records(s.byName, personIn) }

// ByEmail implements reconcile.Side.
func (s *Side) ByEmail() reconcile.People {
	return func(yield func(directory.Person, error) bool) {
		l, err := s.byEmail()
		if err != nil {
			yield(directory.Person{}, err)
			return
		}
		records(l, personIn)(yield)
	}
}

// appendKey makes a key that sorts by its parts in turn: no name holds a zero byte.
func appendKey(b []byte, parts ...string) []byte {
	for _, p := range parts {
		b = append(append(b, p...), 0)
	}
	return b
}

// Names is names of people in a spool, in the order in which they were added.
type Names struct{ in *list }

// Names begins a list of names.
func (d *Dir) Names() (*Names, error) {
	l, err := d.newList()
	return &Names{l}, err
}

// Add adds a name.
func (n *Names) Add(name string) error { return n.in.add([]byte(name)) }

// Seal ends the writing.
func (n *Names) Seal() error { return n.in.finish() }

// All streams the names.
func (n *Names) All() iter.Seq2[string, error] {
	return records(n.in, func(record string) string { return record })
}
