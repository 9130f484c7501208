package spool

import (
	"encoding/binary"
	"errors"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Joined is People of users without groups and roles, in any order, and of what
// they belong to, in the order of their ids: one for each of them.
func (d *Dir) Joined(users, belongings reconcile.People, outline directory.Outline) (*Side, error) {
	byID, n := d.newSorter(), 0
	var key, record []byte
	for u, err := range users {
		if err != nil {
			return nil, err
		}
		n++
		key = nameKey(key[:0], &u)
		record = appendUser(append(binary.AppendUvarint(record[:0], uint64(len(key))), key...), u.User)
		if err := byID.add([]byte(u.ID), record); err != nil {
			return nil, err
		}
	}
	l, err := byID.finish()
	if err != nil {
		return nil, err
	}
	byName, err := d.join(l, belongings)
	if err != nil {
		return nil, err
	}
	return d.side(byName, n, outline)
}

// join sorts by name the users of a list by id, each with groups and roles. What
// is written of them is taken over as it is.
func (d *Dir) join(users *list, belongings reconcile.People) (*sorter, error) {
	c, err := users.cursor()
	if err != nil {
		return nil, err
	}
	defer c.close()
	byName := d.newSorter()
	var record []byte
	for b, err := range belongings {
		if err != nil {
			return nil, err
		}
		at, more, err := c.next()
		if err != nil {
			return nil, err
		}
		if !more || string(at.key) != b.ID {
			return nil, errUnlike
		}
		length, n := binary.Uvarint(at.record)
		key, user := at.record[n:n+int(length)], at.record[n+int(length):]
		record = appendBelongings(append(record[:0], user...), b)
		if err := byName.add(key, record); err != nil {
			return nil, err
		}
	}
	_, more, err := c.next()
	if err == nil && more {
		err = errUnlike
	}
	return byName, err
}

// errUnlike refuses to take somebody of whom nothing was read for somebody who
// holds nothing.
var errUnlike = errors.New("the users of a domain and what they belong to are not from the same read; read the domain again")
