package simulator

import (
	"encoding/json"
	"strings"
)

// object is a JSON object as it travels. Attribute names compare without case
// (RFC 7643 section 2.1), so it is read with field, never by index alone.
// Objects that are stored are never changed in place: a write makes a new one.
type object = map[string]any

// field finds an attribute, case of its name aside, and the name it is stored under.
func field(o object, name string) (string, any, bool) {
	if v, ok := o[name]; ok {
		return name, v, true
	}
	for k, v := range o {
		if strings.EqualFold(k, name) {
			return k, v, true
		}
	}
	return name, nil, false
}

// text is a string attribute, or "".
func text(o object, name string) string {
	_, v, _ := field(o, name)
	s, _ := v.(string)
	return s
}

// truth is a boolean attribute, or the fallback.
func truth(o object, name string, fallback bool) bool {
	_, v, _ := field(o, name)
	if b, ok := v.(bool); ok {
		return b
	}
	return fallback
}

// whole is a number without a fraction, or 0.
func whole(o object, name string) int {
	_, v, _ := field(o, name)
	f, _ := v.(float64)
	return int(f)
}

// inner is a complex attribute, or nil, which reads as an empty object.
func inner(o object, name string) object {
	_, v, _ := field(o, name)
	c, _ := v.(object)
	return c
}

// list is a multi-valued attribute, or nil.
func list(o object, name string) []any {
	_, v, _ := field(o, name)
	l, _ := v.([]any)
	return l
}

// objects are the complex elements of a multi-valued attribute.
func objects(o object, name string) []object {
	var all []object
	for _, v := range list(o, name) {
		if c, ok := v.(object); ok {
			all = append(all, c)
		}
	}
	return all
}

// clone copies a JSON value deeply, so that a PATCH that fails leaves no trace.
func clone(v any) any {
	switch v := v.(type) {
	case object:
		c := make(object, len(v))
		for k, e := range v {
			c[k] = clone(e)
		}
		return c
	case []any:
		c := make([]any, len(v))
		for i, e := range v {
			c[i] = clone(e)
		}
		return c
	default:
		return v
	}
}

// without is a shallow copy that lacks the named attributes.
func without(o object, names ...string) object {
	c := make(object, len(o))
next:
	for k, v := range o {
		for _, n := range names {
			if strings.EqualFold(k, n) {
				continue next
			}
		}
		c[k] = v
	}
	return c
}

// decode reads a request body that must be one JSON object.
func decode(body []byte) (object, error) {
	var o object
	if err := json.Unmarshal(body, &o); err != nil || o == nil {
		r := invalid("The request body is not a JSON object. Send a SCIM resource or message.")
		r.scimType = "invalidSyntax"
		return nil, r
	}
	return o, nil
}
