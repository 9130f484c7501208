package conformance

import (
	"strings"

	"cutover/internal/simulator/characteristics"
)

// patch checks the operations of a PATCH. What is immutable is refused where it
// stands for itself: without state nobody knows whether it has a value, and the
// service refuses it then.
func (c *checker) patch(r *characteristics.Resource, o object) {
	c.schemas(o, patchOp)
	c.only(o, "schemas", "Operations")
	ops, _ := o["Operations"].([]any)
	if len(ops) == 0 {
		c.wrong("a PATCH has operations")
	}
	for _, e := range ops {
		op, _ := e.(object)
		c.only(op, "op", "path", "value")
		c.operation(r, op)
	}
}

func (c *checker) operation(r *characteristics.Resource, o object) {
	op, _ := o["op"].(string)
	path, _ := o["path"].(string)
	value, given := o["value"]
	op = strings.ToLower(op)
	if op != "add" && op != "replace" && op != "remove" {
		c.wrong("an operation is add, replace or remove, and not %q", op)
		return
	}
	if path == "" {
		c.wrong("an operation has a path (it is mandatory in the SDK)")
		return
	}
	l, ok := c.locate(r, path)
	if !ok {
		return
	}
	if l.attribute == nil {
		within, isObject := value.(object)
		if op != "remove" && !isObject {
			c.wrong("%s of %s needs an object", op, path)
		}
		c.attributesOf(l.extension.Attributes, within, path+":", false)
		return
	}
	for _, a := range []*characteristics.Attribute{l.attribute, l.part} {
		if a == nil {
			continue
		}
		if a.Mutability == characteristics.ReadOnly || a.Mutability == characteristics.Immutable {
			c.wrong("%s is %s", path, a.Mutability)
			return
		}
	}
	switch {
	case op == "remove":
		if given {
			c.wrong("remove of %s has a value", path)
		}
		if l.last().Required && !l.filtered && (l.part == nil || !l.attribute.Multi) {
			c.wrong("%s is required and cannot be removed", path)
		}
	case !given || value == nil:
		c.wrong("%s of %s has no value", op, path)
	case l.part == nil && l.filtered:
		c.single(l.attribute, value, path, false)
	case l.part == nil && !l.attribute.Multi:
		c.single(l.attribute, value, path, false)
	default:
		c.value(l.last(), value, path, true)
	}
}
