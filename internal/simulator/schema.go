package simulator

import (
	"strings"

	"cutover/internal/simulator/characteristics"
)

// node is an attribute of a kind, or the kind itself, or one of its
// extensions, with what is below it by name. The simulator never writes it.
type node struct {
	*characteristics.Attribute
	sub   map[string]*node // by the usual name, and by the one in lower case
	needs []*node          // those below that a client must give
	quiet bool             // everything below is returned by default: it can be shown as it is
	open  bool             // nothing is known of what is below: all of it is let through
}

// root makes the tree of a resource. Its own attribute is never asked for.
func root(r *characteristics.Resource) *node {
	n := branch(&characteristics.Attribute{Name: r.Name, Type: characteristics.Complex, Mutability: characteristics.ReadWrite,
		Returned: characteristics.Default, Sub: r.Attributes})
	for _, e := range r.Extensions {
		n.put(branch(&characteristics.Attribute{Name: e.Schema, Type: characteristics.Complex, Mutability: mutabilityOf(e.Attributes),
			Returned: characteristics.Default, Sub: e.Attributes}))
	}
	return n
}

// mutabilityOf is readOnly for an extension that holds nothing else.
func mutabilityOf(as characteristics.Attributes) characteristics.Mutability {
	for _, a := range as {
		if a.Mutability != characteristics.ReadOnly {
			return characteristics.ReadWrite
		}
	}
	return characteristics.ReadOnly
}

func branch(a *characteristics.Attribute) *node {
	n := &node{Attribute: a, sub: map[string]*node{}, quiet: true}
	for _, s := range a.Sub {
		n.put(branch(s))
	}
	return n
}

func (n *node) put(s *node) {
	n.sub[s.Name], n.sub[strings.ToLower(s.Name)] = s, s
	n.quiet = n.quiet && s.quiet && (s.Returned == characteristics.Default || s.Returned == characteristics.Always)
	if s.Required && s.Mutability != characteristics.ReadOnly {
		n.needs = append(n.needs, s)
	}
}

// find is what is below under a name, case aside, or nil.
func (n *node) find(name string) *node {
	if s, ok := n.sub[name]; ok {
		return s
	}
	return n.sub[strings.ToLower(name)]
}

// resolve finds the attribute and, where one is named, the sub-attribute of a
// path. Not ok: there is none. Below an open node everything is, as nil.
func (k *kind) resolve(p attrPath) (a, s *node, ok bool) { return k.root.resolve(p) }

func (n *node) resolve(p attrPath) (a, s *node, ok bool) {
	if p.urn != "" {
		if n = n.find(p.urn); n == nil || p.name == "" {
			return n, nil, n != nil
		}
	}
	if a = n.find(p.name); a == nil {
		return nil, nil, n.open
	}
	if p.sub == "" {
		return a, nil, true
	}
	if s = a.find(p.sub); s == nil {
		return nil, nil, a.open || a.Type == characteristics.Any
	}
	return a, s, true
}
