package conformance

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"cutover/internal/simulator/characteristics"
)

// resource checks the whole of a resource, as POST and PUT send it.
func (c *checker) resource(r *characteristics.Resource, o object) {
	named := map[string]bool{}
	schemas, _ := o["schemas"].([]any)
	for _, s := range schemas {
		urn := fmt.Sprint(s)
		named[urn] = true
		if urn != r.Schema && r.Extension(urn) == nil {
			c.wrong("schemas names %s, which the resource does not have", urn)
		}
	}
	if !named[r.Schema] {
		c.wrong("schemas does not name %s", r.Schema)
	}
	own := object{}
	for name, v := range o {
		if !strings.HasPrefix(name, "urn:") {
			own[name] = v
			continue
		}
		e := r.Extension(name)
		within, ok := v.(object)
		switch {
		case e == nil:
			c.wrong("there is no extension %s", name)
		case !ok:
			c.wrong("the extension %s is no object", name)
		default:
			if !named[name] {
				c.wrong("schemas does not name the extension %s", name)
			}
			c.attributesOf(e.Attributes, within, name+":", true)
		}
	}
	c.attributesOf(r.Attributes, own, "", true)
}

// attributesOf checks the value of a complex attribute; whole: what is required
// must be there.
func (c *checker) attributesOf(as characteristics.Attributes, o object, path string, whole bool) {
	for name, v := range o {
		a := byName(as, name)
		if a == nil {
			c.wrong("there is no attribute %s%s", path, name)
			continue
		}
		if a.Mutability == characteristics.ReadOnly {
			c.wrong("%s%s is read-only", path, name)
			continue
		}
		c.value(a, v, path+name, whole)
	}
	if !whole {
		return
	}
	for _, a := range as {
		_, given := o[a.Name]
		if a.Required && a.Mutability != characteristics.ReadOnly && (!given || o[a.Name] == nil || o[a.Name] == "" && !a.MayBeEmpty) {
			c.wrong("%s%s is required and missing", path, a.Name)
		}
	}
}

// byName finds an attribute in its exact spelling: a domain compares without
// case, and still a client has no reason to write it otherwise.
func byName(as characteristics.Attributes, name string) *characteristics.Attribute {
	if a := as.Find(name); a != nil && a.Name == name {
		return a
	}
	return nil
}

func (c *checker) value(a *characteristics.Attribute, v any, path string, whole bool) {
	if !a.Multi {
		c.single(a, v, path, whole)
		return
	}
	list, ok := v.([]any)
	if !ok {
		c.wrong("%s is no list", path)
		return
	}
	for _, e := range list {
		c.single(a, e, path, true)
	}
}

func (c *checker) single(a *characteristics.Attribute, v any, path string, whole bool) {
	ok := true
	switch a.Type {
	case characteristics.Any:
	case characteristics.Complex:
		var o object
		if o, ok = v.(object); ok {
			c.attributesOf(a.Sub, o, path+".", whole)
		}
	case characteristics.Boolean:
		_, ok = v.(bool)
	case characteristics.Integer:
		f, isNumber := v.(float64)
		ok = isNumber && f == math.Trunc(f)
	case characteristics.Decimal:
		_, ok = v.(float64)
	case characteristics.DateTime:
		s, _ := v.(string)
		_, err := time.Parse(time.RFC3339, s)
		ok = err == nil
	default:
		var s string
		s, ok = v.(string)
		if ok && len(a.Values) > 0 && !slices.Contains(a.Values, s) {
			c.wrong("%s is %q and not one of %v", path, s, a.Values)
		}
	}
	if !ok {
		c.wrong("%s is not of type %s", path, a.Type)
	}
}
