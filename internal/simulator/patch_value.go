package simulator

import "cutover/internal/simulator/characteristics"

// patchedValue is an operation with its value checked and in the usual
// spelling; s is nil where the path names an attribute as a whole. A value that
// is none (RFC 7643 section 2.5) removes, or, added, does nothing: an operation
// without an op.
func patchedValue(op patchOp, p attrPath, a, s *node, o object) (patchOp, error) {
	if op.op != "remove" && op.value != nil {
		taken, err := takePatch(op, p, a, s, o)
		if err != nil {
			return op, err
		}
		op.value = taken
		if taken != nil {
			return op, nil
		}
		if op.op == "add" {
			return patchOp{}, nil
		}
	}
	of := a
	if s != nil {
		of = s
	}
	if of.Required && p.where == nil && (s == nil || !a.Multi) {
		r := invalid("Attribute %s is required and cannot be removed.", p)
		r.scimType = "mutability"
		return op, r
	}
	op.op = "remove"
	return op, nil
}

func takePatch(op patchOp, p attrPath, a, s *node, o object) (any, error) {
	path := p.String()
	switch {
	case s != nil && s.Multi:
		return s.value(asList(op.value), patching, standing{}, path, false)
	case s != nil:
		return s.one(op.value, patching, standing{}, path, false)
	case a.Multi && p.where == nil:
		return a.value(asList(op.value), patching, standing{}, path, false)
	}
	// A part of a complex attribute, or of some elements, may be given alone.
	now := standing{}
	if !a.Multi && a.Type == characteristics.Complex {
		within := o
		if p.urn != "" && p.name != "" {
			within = inner(o, p.urn)
		}
		now.stored = inner(within, a.Name)
	}
	return a.one(op.value, patching, now, path, true)
}

// spelt is the path in the usual spelling.
func (p attrPath) spelt(k *kind, a, s *node) attrPath {
	if p.urn != "" {
		p.urn = k.root.find(p.urn).Name
	}
	if p.name != "" {
		p.name = a.Name
	}
	if s != nil {
		p.sub = s.Name
	}
	return p
}
