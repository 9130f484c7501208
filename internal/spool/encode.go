package spool

import (
	"encoding/binary"
	"maps"
	"slices"
	"strings"

	"cutover/internal/directory"
)

// A record is fields one after another: numbers as varints, strings with their
// lengths before them. It is read as one string, of which the fields are parts,
// so that a person costs few allocations.

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendPerson(b []byte, p directory.Person) []byte {
	return appendBelongings(appendUser(b, p.User), p)
}

func appendUser(b []byte, p directory.User) []byte {
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
	return b
}

func appendBelongings(b []byte, p directory.Person) []byte {
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

// belongings are groups and roles; who belongs to the same shares them.
type belongings struct {
	groups []string
	roles  []directory.Role
}

// mostShared is how many different belongings a stream keeps to share them: of
// many people few belong to what nobody else does, and memory stays bounded.
const mostShared = 1000

// people takes the records of one stream apart.
func people() func(record string) directory.Person {
	shared := map[string]belongings{}
	return func(record string) directory.Person {
		d := decoder{record}
		p := directory.Person{User: d.user()}
		b, known := shared[d.rest] // the rest of a record is what its person belongs to
		if !known {
			held := strings.Clone(d.rest)
			d.rest = held // what is shared must not keep a whole record
			if b = d.belongings(); len(shared) < mostShared {
				shared[held] = b
			}
		}
		p.Groups, p.Roles = b.groups, b.roles
		return p
	}
}

func (d *decoder) user() (u directory.User) {
	flags := d.number()
	u.Active, u.Federated, u.Locked, u.PasswordSet = flags&1 != 0, flags&2 != 0, flags&4 != 0, flags&8 != 0
	u.LockReason = d.signed()
	u.ID, u.UserName, u.GivenName, u.FamilyName = d.text(), d.text(), d.text(), d.text()
	u.DisplayName, u.Email, u.ExternalID, u.Version = d.text(), d.text(), d.text(), d.text()
	return u
}

func (d *decoder) belongings() (b belongings) {
	if n := d.number(); n > 0 {
		b.groups = make([]string, n)
		for i := range b.groups {
			b.groups[i] = d.text()
		}
	}
	if n := d.number(); n > 0 {
		b.roles = make([]directory.Role, n)
		for i := range b.roles {
			b.roles[i] = directory.Role{App: d.text(), Name: d.text()}
		}
	}
	return b
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
