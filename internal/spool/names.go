package spool

import "iter"

// Names is names of people in a spool, in the order in which they were added.
type Names struct{ in *list }

// Names begins a list of names.
func (d *Dir) Names() (*Names, error) {
	l, err := d.newList()
	return &Names{l}, err
}

// Add adds a name.
func (n *Names) Add(name string) error { return n.in.add(nil, []byte(name)) }

// Seal ends the writing.
func (n *Names) Seal() error { return n.in.finish() }

// All streams the names.
func (n *Names) All() iter.Seq2[string, error] {
	return records(n.in.cursor, func(record string) string { return record })
}
