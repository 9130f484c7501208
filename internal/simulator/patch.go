package simulator

import (
	"reflect"
	"strings"

	filter "github.com/scim2/filter-parser/v2"

	"cutover/internal/simulator/characteristics"
)

// patchOp is one operation of a PATCH (RFC 7644 section 3.5.2). Oracle's SDK
// sends op in capitals; any case is understood.
type patchOp struct {
	op    string // add, remove, replace
	path  string // empty: value is an object of attributes
	value any
}

func readPatch(o object) ([]patchOp, error) {
	given := objects(o, "Operations")
	if len(given) == 0 {
		return nil, missing("Operations")
	}
	ops := make([]patchOp, len(given))
	for i, g := range given {
		_, value, _ := field(g, "value")
		ops[i] = patchOp{op: strings.ToLower(text(g, "op")), path: text(g, "path"), value: value}
		switch ops[i].op {
		case "add", "replace":
		case "remove":
			if ops[i].path == "" {
				r := invalid("A remove operation needs a path.")
				r.scimType = "noTarget"
				return nil, r
			}
		default:
			return nil, invalid("PATCH operation %d has no op of add, remove, replace.", i+1)
		}
	}
	return ops, nil
}

// patch carries operations out on a copy of o. All of them or none.
func patch(o object, ops []patchOp, k *kind) (object, error) {
	o = clone(o).(object)
	for _, op := range ops {
		if op.path == "" {
			if err := patchAttributes(o, op, k); err != nil {
				return nil, err
			}
			continue
		}
		p, err := parsePath(op.path, k)
		if err != nil {
			return nil, err
		}
		if err := patchOne(o, op, p, k); err != nil {
			return nil, err
		}
	}
	return o, nil
}

// patchAttributes carries out an operation without a path: its value holds
// attributes, and an extension as an object.
func patchAttributes(o object, op patchOp, k *kind) error {
	given, ok := op.value.(object)
	if !ok {
		return invalid("A PATCH operation without a path needs an object as value.")
	}
	for name, v := range given {
		one := patchOp{op: op.op, path: name, value: v}
		ext, isExt := v.(object)
		if strings.HasPrefix(strings.ToLower(name), "urn:") && isExt {
			for attribute, e := range ext {
				one.value = e
				if err := patchOne(o, one, attrPath{urn: name, name: attribute}, k); err != nil {
					return err
				}
			}
			continue
		}
		p, err := parsePath(name, k)
		if err != nil {
			return err
		}
		if err := patchOne(o, one, p, k); err != nil {
			return err
		}
	}
	return nil
}

func patchOne(o object, op patchOp, p attrPath, k *kind) error {
	a, sub, ok := k.resolve(p)
	if !ok {
		return invalidPath(p.String(), k)
	}
	if a != nil {
		if r := k.locked(p, a, sub, o); r != nil {
			return r
		}
		var err error
		if op, err = patchedValue(op, p, a, sub, o); err != nil || op.op == "" {
			return err
		}
		p = p.spelt(k, a, sub)
	}
	target := o
	if p.urn != "" {
		name, v, _ := field(o, p.urn)
		ext, _ := v.(object)
		if ext == nil {
			if op.op == "remove" {
				return nil
			}
			ext = object{}
			o[name] = ext
		}
		if p.name == "" {
			return patchComplex(o, name, ext, op)
		}
		target = ext
	}
	name, current, _ := field(target, p.name)
	elements, many := current.([]any)
	switch {
	case p.where != nil:
		return patchElements(target, a, elements, op, p)
	case p.sub != "" && many:
		for _, e := range elements {
			if c, ok := e.(object); ok {
				assign(c, p.sub, op)
			}
		}
		return nil
	case p.sub != "":
		c, _ := current.(object)
		if c == nil {
			if op.op == "remove" {
				return nil
			}
			c = object{}
			target[name] = c
		}
		assign(c, p.sub, op)
		return nil
	case op.op == "add" && (many || isList(op.value)):
		target[name] = appendNew(elements, asList(op.value), p, k)
		return nil
	}
	if c, ok := current.(object); ok && op.op != "remove" {
		return patchComplex(target, name, c, op)
	}
	assign(target, name, op)
	return nil
}

// patchComplex merges into a complex attribute (add), replaces or removes it.
func patchComplex(o object, name string, current object, op patchOp) error {
	given, ok := op.value.(object)
	switch {
	case op.op == "remove":
		delete(o, name)
	case !ok:
		return invalid("Attribute %s is complex and needs an object as value.", name)
	default:
		// RFC 7644 section 3.5.2.3: a replace of a complex attribute replaces
		// the sub-attributes that are given.
		for sub, v := range given {
			assign(current, sub, patchOp{op: op.op, value: v})
		}
	}
	return nil
}

// patchElements works on the elements of a multi-valued attribute that a
// filter selects.
func patchElements(o object, a *node, elements []any, op patchOp, p attrPath) error {
	name, kept := p.name, []any(nil)
	found := 0
	for _, e := range elements {
		c, ok := e.(object)
		if !ok || !p.where.holds(c) {
			kept = append(kept, e)
			continue
		}
		found++
		switch {
		case op.op == "remove" && p.sub == "":
			continue
		case p.sub != "":
			assign(c, p.sub, op)
		default:
			given, ok := op.value.(object)
			if !ok {
				return invalid("An element of %s is complex and needs an object as value.", name)
			}
			for sub, v := range given {
				if n := a.find(sub); n != nil && n.Mutability == characteristics.Immutable && c[sub] != nil && c[sub] != v {
					return fixed(name+"."+sub, n)
				}
				assign(c, sub, patchOp{op: op.op, value: v})
			}
		}
		if p.sub != "" && op.op == "remove" && strings.EqualFold(p.sub, "value") {
			continue // an element without a value is no element
		}
		kept = append(kept, c)
	}
	if found == 0 {
		switch op.op {
		case "replace":
			r := invalid("No element of %s matches the filter of the path.", name)
			r.scimType = "noTarget"
			return r
		case "add":
			c := p.where.described()
			if p.sub != "" {
				assign(c, p.sub, op)
			} else if given, ok := op.value.(object); ok {
				for sub, v := range given {
					c[sub] = v
				}
			}
			kept = append(kept, c)
		}
	}
	if len(kept) == 0 {
		delete(o, name)
		return nil
	}
	o[name] = onePrimary(kept)
	return nil
}

// described makes the element that the filter of an add describes: its
// equalities.
func (c *condition) described() object {
	o := object{}
	if c.op == filter.EQ && c.path.urn == "" {
		o[c.path.name] = c.value
	}
	if c.logic == "and" {
		for _, p := range c.parts {
			for k, v := range p.described() {
				o[k] = v
			}
		}
	}
	return o
}

// assign sets or removes one attribute. An empty value is no value (RFC 7643
// section 2.5).
func assign(o object, name string, op patchOp) {
	name, _, _ = field(o, name)
	if op.op == "remove" || op.value == nil || op.value == "" {
		delete(o, name)
		return
	}
	if l, ok := op.value.([]any); ok && len(l) == 0 {
		delete(o, name)
		return
	}
	o[name] = clone(op.value)
}

func isList(v any) bool {
	_, ok := v.([]any)
	return ok
}

func asList(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	return []any{v}
}

// appendNew adds elements that are not there yet. The return of a rule merges
// by name (oracle.md 2.9).
func appendNew(have, more []any, p attrPath, k *kind) []any {
	all := append([]any(nil), have...)
	a, _, _ := k.resolve(attrPath{urn: p.urn, name: p.name})
next:
	for _, m := range more {
		m = clone(m)
		for i, h := range all {
			if reflect.DeepEqual(written(h, a), m) {
				continue next
			}
			if k == kindRules && p.is("return", "") {
				ho, _ := h.(object)
				mo, _ := m.(object)
				if n := text(mo, "name"); n != "" && n == text(ho, "name") {
					all[i] = m
					continue next
				}
			}
		}
		all = append(all, m)
	}
	return onePrimary(all)
}

// written is an element of the attribute a without what is readOnly: as a client wrote it.
func written(e any, a *node) any {
	o, ok := e.(object)
	if !ok || a == nil {
		return e
	}
	o = without(o)
	for name := range o {
		if s := a.find(name); s != nil && s.Mutability == characteristics.ReadOnly {
			delete(o, name)
		}
	}
	return o
}

// onePrimary keeps primary true on one element at most (RFC 7643 section 2.4):
// the last that has it.
func onePrimary(elements []any) []any {
	var named []object
	for _, e := range elements {
		if c, ok := e.(object); ok && truth(c, "primary", false) {
			named = append(named, c)
		}
	}
	if len(named) < 2 {
		return elements
	}
	for _, c := range named[:len(named)-1] {
		c["primary"] = false
	}
	return elements
}
