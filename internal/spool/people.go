package spool

import (
	"sync"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Side is the people of a domain in a spool.
type Side struct {
	dir     *Dir
	outline directory.Outline
	// The orders, each the lists that it is made of. Both are made when they are
	// first asked for: most worlds of a forecast are never read by email, and the
	// last ones not at all.
	byName, byEmail func() (layers, error)
	// Users is how many there were when the domain was spooled, which no plan over
	// it changes.
	Users int
}

// People spools a domain: people may come in any order. Who has no id, because
// a plan would make them, gets one.
func (d *Dir) People(people reconcile.People, outline directory.Outline) (*Side, error) {
	names, users := d.newSorter(), 0
	var key, record []byte
	for p, err := range people {
		if err != nil {
			return nil, err
		}
		users++
		identify(&p)
		key, record = nameKey(key[:0], &p), appendPerson(record[:0], p)
		if err := names.add(key, record); err != nil {
			return nil, err
		}
	}
	return d.side(names, users, outline)
}

// side is the people whom a sorter holds by name.
func (d *Dir) side(names *sorter, users int, outline directory.Outline) (*Side, error) {
	byName, err := names.finish()
	if err != nil {
		return nil, err
	}
	return &Side{
		dir: d, outline: outline, Users: users,
		byName:  func() (layers, error) { return layers{byName}, nil },
		byEmail: sync.OnceValues(func() (layers, error) { return d.emails(byName) }),
	}, nil
}

// emails sorts those who have an email by it.
func (d *Dir) emails(byName *list) (layers, error) {
	emails := d.newSorter()
	var key, record []byte
	for p, err := range records(byName.cursor, people()) {
		if err != nil {
			return nil, err
		}
		if key = emailKey(key[:0], &p); key == nil {
			continue
		}
		record = appendPerson(record[:0], p)
		if err := emails.add(key, record); err != nil {
			return nil, err
		}
	}
	l, err := emails.finish()
	return layers{l}, err
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
func (s *Side) ByName() reconcile.People { return in(s.byName) }

// ByEmail implements reconcile.Side.
func (s *Side) ByEmail() reconcile.People { return in(s.byEmail) }

// in streams an order anew each time.
func in(order func() (layers, error)) reconcile.People {
	return func(yield func(directory.Person, error) bool) {
		open := func() (cursor, error) {
			lists, err := order()
			if err != nil {
				return nil, err
			}
			return lists.cursor()
		}
		ahead(records(open, people()))(yield)
	}
}

// identify gives whoever has no id one that no domain gives.
func identify(p *directory.Person) {
	if p.ID == "" {
		p.ID = "new:" + p.UserName
	}
}

// order makes the key of somebody, after b; nil for who is not in the order.
type order func(b []byte, p *directory.Person) []byte

// nameKey is the order by name.
func nameKey(b []byte, p *directory.Person) []byte {
	return appendKey(b, directory.Fold(p.UserName), p.ID)
}

// emailKey is the order by email, of those who have one.
func emailKey(b []byte, p *directory.Person) []byte {
	if p.Email == "" {
		return nil
	}
	return appendKey(b, directory.Fold(p.Email), directory.Fold(p.UserName), p.ID)
}

// of is the key of somebody who may be nobody.
func (o order) of(p *directory.Person) []byte {
	if p == nil {
		return nil
	}
	return o(nil, p)
}

// appendKey makes a key that sorts by its parts in turn: no name holds a zero byte.
func appendKey(b []byte, parts ...string) []byte {
	for _, p := range parts {
		b = append(append(b, p...), 0)
	}
	return b
}
