package spool

import (
	"encoding/binary"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Changes is the changes of a plan in a spool. It is written, sealed and read.
type Changes struct {
	dir     *Dir
	inOrder *list
	sorting map[directory.Domain]*sorter // until it is sealed
	byUser  map[directory.Domain]*list
	// Count is how many changes there are.
	Count int
	// People tells for each domain that has changes whether any is about a person.
	People map[directory.Domain]bool
	// Settings are the changes of each domain that are about no person, in the order
	// in which they were added: there are few of them, however many people there are.
	Settings map[directory.Domain][]directory.Change

	key, record []byte
}

// Changes begins the changes of a plan.
func (d *Dir) Changes() (*Changes, error) {
	l, err := d.newList()
	if err != nil {
		return nil, err
	}
	return &Changes{
		dir: d, inOrder: l, sorting: map[directory.Domain]*sorter{}, byUser: map[directory.Domain]*list{},
		People: map[directory.Domain]bool{}, Settings: map[directory.Domain][]directory.Change{},
	}, nil
}

// Add adds the next change.
func (c *Changes) Add(change directory.Change) error {
	c.Count++
	c.record = appendChange(c.record[:0], change)
	if err := c.inOrder.add(nil, c.record); err != nil {
		return err
	}
	c.People[change.Domain] = c.People[change.Domain] || change.User != ""
	if change.User == "" {
		c.Settings[change.Domain] = append(c.Settings[change.Domain], change)
		return nil
	}
	s := c.sorting[change.Domain]
	if s == nil {
		s = c.dir.newSorter()
		c.sorting[change.Domain] = s
	}
	c.key = appendKey(c.key[:0], directory.Fold(change.User))
	c.key = binary.BigEndian.AppendUint64(c.key, uint64(c.Count))
	return s.add(c.key, c.record)
}

// Seal ends the writing.
func (c *Changes) Seal() error {
	if err := c.inOrder.finish(); err != nil {
		return err
	}
	for d, s := range c.sorting {
		var err error
		if c.byUser[d], err = s.finish(); err != nil {
			return err
		}
	}
	c.sorting, c.key, c.record = nil, nil, nil
	return nil
}

// All streams the changes in the order in which they were added.
func (c *Changes) All() reconcile.Changes { return records(c.inOrder.cursor, changeIn) }

// ByUser streams the changes of one domain that are about people, in the order
// of Fold(User), then in that in which they were added.
func (c *Changes) ByUser(d directory.Domain) reconcile.Changes {
	l := c.byUser[d]
	if l == nil {
		return func(func(directory.Change, error) bool) {}
	}
	return records(l.cursor, changeIn)
}
