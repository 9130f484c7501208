package spool

import (
	"encoding/binary"
	"maps"
	"slices"

	"cutover/internal/directory"
)

// A record is fields one after another: numbers as varints, strings with their
// lengths before them. It is read as one string, of which the fields are parts,
// so that a person costs few allocations.

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendPerson(b []byte, p directory.Person) []byte {
	flags := uint64(0)
	for i, set := range []bool{p.Active, p.Federated, p.Locked, p.PasswordSet} {
		if set {
			flags |= 1 << i
		}
	}
	b = binary.AppendUvarint(b, flags)
	b = binary.AppendVarint(b, int64(p.LockReason))
	for _, s := range []string{p.ID, p.UserName, p.GivenName, p.FamilyName, p.DisplayName, p.Email, p.ExternalID, p.Version} {
		b = appendString(b, s)
	}
	b = binary.AppendUvarint(b, uint64(len(p.Groups)))
	for _, g := range p.Groups {
		b = appendString(b, g)
	}
	b = binary.AppendUvarint(b, uint64(len(p.Roles)))
	for _, r := range p.Roles {
		b = appendString(appendString(b, r.App), r.Name)
	}
	return b
}

// decoder takes a record apart. Only this package writes what it reads.
type decoder struct{ rest string }

func (d *decoder) number() int {
	n, shift := uint64(0), 0
	for i := 0; ; i++ {
		c := d.rest[i]
		n |= uint64(c&0x7f) << shift
		if shift += 7; c < 0x80 {
			d.rest = d.rest[i+1:]
			return int(n)
		}
	}
}

// signed reads what AppendVarint wrote.
func (d *decoder) signed() int {
	n := uint64(d.number())
	return int(int64(n>>1) ^ -int64(n&1))
}

func (d *decoder) text() string {
	n := d.number()
	s := d.rest[:n]
	d.rest = d.rest[n:]
	return s
}

func personIn(record string) directory.Person {
	d := decoder{record}
	var p directory.Person
	flags := d.number()
	p.Active, p.Federated, p.Locked, p.PasswordSet = flags&1 != 0, flags&2 != 0, flags&4 != 0, flags&8 != 0
	p.LockReason = d.signed()
	p.ID, p.UserName, p.GivenName, p.FamilyName = d.text(), d.text(), d.text(), d.text()
	p.DisplayName, p.Email, p.ExternalID, p.Version = d.text(), d.text(), d.text(), d.text()
	if n := d.number(); n > 0 {
		p.Groups = make([]string, n)
		for i := range p.Groups {
			p.Groups[i] = d.text()
		}
	}
	if n := d.number(); n > 0 {
		p.Roles = make([]directory.Role, n)
		for i := range p.Roles {
			p.Roles[i] = directory.Role{App: d.text(), Name: d.text()}
		}
	}
	return p
}

func appendChange(b []byte, c directory.Change) []byte {
	b = binary.AppendUvarint(b, uint64(c.Step))
	for _, s := range []string{string(c.Domain), c.Via, string(c.Kind), c.User, c.Target, c.Why} {
		b = appendString(b, s)
	}
	return appendAttributes(appendAttributes(b, c.Before), c.After)
}

func appendAttributes(b []byte, a directory.Attributes) []byte {
	b = binary.AppendUvarint(b, uint64(len(a)))
	for _, k := range slices.Sorted(maps.Keys(a)) {
		b = appendString(appendString(b, k), a[k])
	}
	return b
}

func changeIn(record string) directory.Change {
	d := decoder{record}
	return directory.Change{
		Step: d.number(), Domain: directory.Domain(d.text()), Via: d.text(), Kind: directory.Kind(d.text()),
		User: d.text(), Target: d.text(), Why: d.text(), Before: d.attributes(), After: d.attributes(),
	}
}

func (d *decoder) attributes() directory.Attributes {
	n := d.number()
	if n == 0 {
		return nil
	}
	a := make(directory.Attributes, n)
	for range n {
		k := d.text()
		a[k] = d.text()
	}
	return a
}
