package spool

import (
	"bytes"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Among streams those of a side, by name, whom a plan's changes of a domain are
// about. The others are passed over by their keys, and never taken apart.
func (s *Side) Among(plan *Changes, d directory.Domain) reconcile.People {
	return func(yield func(directory.Person, error) bool) {
		wanted := plan.byUser[d]
		if wanted == nil {
			return
		}
		records(func() (cursor, error) {
			lists, err := s.byName()
			if err != nil {
				return nil, err
			}
			rows, err := lists.cursor()
			if err != nil {
				return nil, err
			}
			names, err := wanted.cursor()
			if err != nil {
				rows.close()
				return nil, err
			}
			return &among{cursor: rows, names: front{cursor: names}}, nil
		}, people())(yield)
	}
}

// among is the rows of a cursor whose names are among other rows' names.
type among struct {
	cursor
	names front
}

func (a *among) close() {
	a.cursor.close()
	a.names.close()
}

func (a *among) next() (row, bool, error) {
	for {
		at, more, err := a.cursor.next()
		if err != nil || !more {
			return row{}, false, err
		}
		for {
			wanted, more, err := a.names.peek()
			if err != nil || !more {
				return row{}, false, err
			}
			c := bytes.Compare(nameIn(wanted.key), nameIn(at.key))
			if c == 0 {
				return at, true, nil // and whoever shares the name is next
			}
			if c > 0 {
				break
			}
			a.names.taken()
		}
	}
}

// nameIn is the folded name with which a key begins.
func nameIn(key []byte) []byte { return key[:bytes.IndexByte(key, 0)+1] }
