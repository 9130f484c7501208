package spool

import (
	"errors"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Joined is People of users without groups and roles, in any order, and of what
// they belong to, in the order of their ids: one for each of them.
func (d *Dir) Joined(users, belongings reconcile.People, outline directory.Outline) (*Side, error) {
	byID := d.newSorter()
	var record []byte
	for u, err := range users {
		if err != nil {
			return nil, err
		}
		record = appendPerson(record[:0], u)
		if err := byID.add([]byte(u.ID), record); err != nil {
			return nil, err
		}
	}
	l, err := byID.finish()
	if err != nil {
		return nil, err
	}
	return d.People(joined(l, belongings), outline)
}

// joined gives each user of a list their groups and roles.
func joined(users *list, belongings reconcile.People) reconcile.People {
	return func(yield func(directory.Person, error) bool) {
		c, err := users.cursor()
		if err != nil {
			yield(directory.Person{}, err)
			return
		}
		defer c.close()
		decode := people()
		for b, err := range belongings {
			if err != nil {
				yield(b, err)
				return
			}
			at, more, err := c.next()
			if err == nil && (!more || string(at.key) != b.ID) {
				err = errUnlike
			}
			if err != nil {
				yield(directory.Person{}, err)
				return
			}
			p := decode(string(at.record))
			if p.Groups, p.Roles = b.Groups, b.Roles; !yield(p, nil) {
				return
			}
		}
		_, more, err := c.next()
		if err == nil && more {
			err = errUnlike
		}
		if err != nil {
			yield(directory.Person{}, err)
		}
	}
}

// errUnlike refuses to take somebody of whom nothing was read for somebody who
// holds nothing.
var errUnlike = errors.New("the users of a domain and what they belong to are not from the same read; read the domain again")
