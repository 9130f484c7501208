package spool

import (
	"bytes"
	"slices"
	"sync"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// layers are lists in one order, one over the other: where several have a key,
// the uppermost counts, and a row without a record says that nobody is there.
type layers []*list

// cursor reads what counts.
func (l layers) cursor() (cursor, error) {
	at, err := l[0].cursor()
	if err != nil {
		return nil, err
	}
	for _, upper := range l[1:] {
		over, err := upper.cursor()
		if err != nil {
			at.close()
			return nil, err
		}
		at = &covered{under: front{cursor: at}, over: front{cursor: over}}
	}
	return at, nil
}

// covered is a cursor with a layer over it.
type covered struct{ under, over front }

func (c *covered) close() {
	c.under.close()
	c.over.close()
}

func (c *covered) next() (row, bool, error) {
	for {
		under, isUnder, err := c.under.peek()
		if err != nil {
			return row{}, false, err
		}
		over, isOver, err := c.over.peek()
		switch {
		case err != nil || !isUnder && !isOver:
			return row{}, false, err
		case isUnder && (!isOver || bytes.Compare(under.key, over.key) < 0):
			c.under.taken()
			return under, true, nil
		case isUnder && bytes.Equal(under.key, over.key):
			c.under.taken() // another is there instead, or nobody
		default:
			if c.over.taken(); len(over.record) > 0 {
				return over, true, nil
			}
		}
	}
}

// front is a cursor of which the next row can be looked at before it is taken.
type front struct {
	cursor
	at         row
	here, more bool // whether at was read, and whether there was one
}

func (f *front) peek() (at row, more bool, err error) {
	if !f.here {
		if f.at, f.more, err = f.cursor.next(); err != nil {
			return row{}, false, err
		}
		f.here = true
	}
	return f.at, f.more, nil
}

func (f *front) taken() { f.here = false }

// layer is the people whom a plan changes, in both orders.
type layer struct{ byName, byEmail *list }

// Over is a side as a plan would leave it: those whom it changes, over everybody
// else as they lie in s. It costs what the plan changes, not what the domain holds.
func (s *Side) Over(altered reconcile.Alterations, outline directory.Outline) *Side {
	made := sync.OnceValues(func() (layer, error) { return s.dir.layer(altered) })
	over := func(below func() (layers, error), upper func(layer) *list) func() (layers, error) {
		return func() (layers, error) {
			lists, err := below()
			if err != nil {
				return nil, err
			}
			l, err := made()
			return append(slices.Clip(lists), upper(l)), err
		}
	}
	return &Side{
		dir: s.dir, outline: outline, Users: s.Users,
		byName:  over(s.byName, func(l layer) *list { return l.byName }),
		byEmail: over(s.byEmail, func(l layer) *list { return l.byEmail }),
	}
}

// layer sorts those who are altered.
func (d *Dir) layer(altered reconcile.Alterations) (made layer, err error) {
	names, emails := d.newSorter(), d.newSorter()
	var record []byte
	for a, err := range altered {
		if err != nil {
			return layer{}, err
		}
		if record = record[:0]; a.After != nil {
			identify(a.After)
			record = appendPerson(record, *a.After)
		}
		if err := names.move(nameKey, a, record); err != nil {
			return layer{}, err
		}
		if err := emails.move(emailKey, a, record); err != nil {
			return layer{}, err
		}
	}
	if made.byName, err = names.finish(); err != nil {
		return layer{}, err
	}
	made.byEmail, err = emails.finish()
	return made, err
}

// move adds somebody in an order: gone from where they were, and there where
// they are now.
func (s *sorter) move(order order, a reconcile.Alteration, record []byte) error {
	was, now := order.of(a.Before), order.of(a.After)
	if was != nil && !bytes.Equal(was, now) {
		if err := s.add(was, nil); err != nil {
			return err
		}
	}
	if now == nil {
		return nil
	}
	return s.add(now, record)
}
