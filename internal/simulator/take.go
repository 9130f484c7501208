package simulator

import (
	"cmp"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cutover/internal/simulator/characteristics"
)

// taking is how the values of a request are read: POST silently ignores those
// of readOnly attributes; PUT and PATCH refuse them (Oracle's SDK, on the body
// of every such request). A PUT may carry them all the same where they are
// what stands already, so that a resource can be read, changed and put back.
type taking int

const (
	creating taking = iota
	replacing
	patching
)

// standing is what a PUT replaces: as a client sees it, and as it is stored,
// which lacks what is derived. Empty: nothing is known of it.
type standing struct{ shown, stored object }

func (s standing) below(name string) standing {
	shown, _ := s.shown[name].(object)
	stored, _ := s.stored[name].(object)
	return standing{shown, stored}
}

// take reads a resource, or the value of a complex attribute, as a client sent
// it: in the usual spelling, without what is no value. What it returns is new.
// partial: what is required may be missing.
func (n *node) take(o object, how taking, had standing, path string, partial bool) (object, error) {
	out := make(object, len(o))
	for name, v := range o {
		if v == nil {
			continue
		}
		s := n.find(name)
		if s == nil {
			if !n.open {
				return nil, unknown(path + name)
			}
			out[name] = clone(v)
			continue
		}
		if s.Mutability == characteristics.ReadOnly {
			if how == creating || how == replacing && (had.shown == nil || stands(v, had.shown[s.Name])) {
				continue
			}
			return nil, fixed(path+s.Name, s)
		}
		if how == patching && s.Mutability == characteristics.Immutable && (had.stored[s.Name] != nil || s.Returned == characteristics.Never) {
			return nil, fixed(path+s.Name, s)
		}
		if _, twice := out[s.Name]; twice {
			return nil, invalid("Attribute %s is given twice.", path+s.Name)
		}
		taken, err := s.value(v, how, had.below(s.Name), path+s.Name, partial)
		if err != nil {
			return nil, err
		}
		if taken != nil {
			out[s.Name] = taken
		}
	}
	if how == replacing {
		if err := n.keep(out, had.stored, path); err != nil {
			return nil, err
		}
	}
	if partial {
		return out, nil
	}
	return out, n.complete(out, path)
}

// keep carries over what a PUT cannot replace: what the service keeps, and what
// is immutable and has a value, which the request may repeat.
func (n *node) keep(out, stored object, path string) error {
	for name, v := range stored {
		s := n.find(name)
		if s == nil {
			continue
		}
		switch s.Mutability {
		case characteristics.ReadOnly:
			out[name] = v
		case characteristics.Immutable:
			if given, ok := out[name]; ok && !stands(given, v) {
				return fixed(path+name, s)
			}
			out[name] = v
		default:
			// An extension that the request leaves out may hold some of these.
			below, ok := v.(object)
			if _, given := out[name]; given || !ok || !strings.HasPrefix(name, "urn:") {
				continue
			}
			kept := object{}
			if err := s.keep(kept, below, path+name+s.dot()); err != nil {
				return err
			}
			if len(kept) > 0 {
				out[name] = kept
			}
		}
	}
	return nil
}

// complete refuses what lacks a required attribute.
func (n *node) complete(o object, path string) error {
	var lacking []string
	id := messageMissing
	for _, s := range n.needs {
		if _, ok := o[s.Name]; !ok {
			lacking, id = append(lacking, path+s.Name), cmp.Or(s.Missing, messageMissing)
		}
	}
	if len(lacking) == 0 {
		return nil
	}
	slices.Sort(lacking)
	r := missing(strings.Join(lacking, ", "))
	if len(lacking) == 1 {
		r.messageID = id
	}
	return r
}

// value reads what a client sent for an attribute as a whole; nil is no value
// (RFC 7643 section 2.5).
func (n *node) value(v any, how taking, had standing, path string, partial bool) (any, error) {
	if !n.Multi {
		return n.one(v, how, had, path, partial)
	}
	given, ok := v.([]any)
	if !ok {
		return nil, mistyped(path, "a list of "+n.Type)
	}
	taken := make([]any, 0, len(given))
	for _, e := range given {
		// What stands is not told apart by element: readOnly parts of an
		// element that is put back are passed over.
		one, err := n.one(e, how, standing{}, path, false)
		if err != nil {
			return nil, err
		}
		if one != nil {
			taken = append(taken, one)
		}
	}
	if len(taken) == 0 {
		return nil, nil
	}
	return taken, nil
}

// one reads a single value, or one of many.
func (n *node) one(v any, how taking, had standing, path string, partial bool) (any, error) {
	switch n.Type {
	case characteristics.Any:
		return clone(v), nil
	case characteristics.Complex:
		o, ok := v.(object)
		if !ok {
			return nil, mistyped(path, "an object")
		}
		out, err := n.take(o, how, had, path+n.dot(), partial)
		if err != nil || len(out) == 0 {
			return nil, err
		}
		return out, nil
	case characteristics.Boolean:
		if _, ok := v.(bool); !ok {
			return nil, mistyped(path, "true or false")
		}
	case characteristics.Integer, characteristics.Decimal:
		if f, ok := v.(float64); !ok || n.Type == characteristics.Integer && f != math.Trunc(f) {
			return nil, mistyped(path, "a number of type "+n.Type)
		}
	default:
		s, ok := v.(string)
		if !ok {
			return nil, mistyped(path, "a string")
		}
		if s == "" && !n.MayBeEmpty {
			return nil, nil
		}
		return n.spelt(s, path)
	}
	return v, nil
}

// spelt checks a string against the attribute's enumeration or form. Values of
// an enumeration compare without case unless they are caseExact.
func (n *node) spelt(s, path string) (any, error) {
	if n.Type == characteristics.DateTime {
		if _, err := time.Parse(time.RFC3339, s); err != nil {
			return nil, mistyped(path, "a date and time such as 2026-11-02T08:00:00Z")
		}
	}
	if length := utf8.RuneCountInString(s); length < n.MinLength || n.MaxLength > 0 && length > n.MaxLength {
		return nil, mistyped(path, fmt.Sprintf("a string of %d to %d characters", n.MinLength, n.MaxLength))
	}
	if len(n.Values) == 0 {
		return s, nil
	}
	for _, known := range n.Values {
		if s == known || !n.Exact && strings.EqualFold(s, known) {
			return known, nil
		}
	}
	r := invalid("%s is one of %s.", path, strings.Join(n.Values, ", "))
	r.scimType = "invalidValue"
	return nil, r
}

// dot is what stands between the path of an attribute and what is below it.
func (n *node) dot() string {
	if strings.HasPrefix(n.Name, "urn:") {
		return ":"
	}
	return "."
}

// stands tells whether a value that a client put back says nothing but what is
// there: an object may leave parts out.
func stands(given, had any) bool {
	g, isObject := given.(object)
	if !isObject {
		return reflect.DeepEqual(given, had)
	}
	h, _ := had.(object)
	for name, v := range g {
		if _, there, ok := field(h, name); !ok || !stands(v, there) {
			return false
		}
	}
	return true
}

func unknown(path string) *refusal {
	r := invalid("There is no attribute %s.", path)
	r.scimType = "invalidSyntax"
	return r
}

func mistyped(path, want string) *refusal {
	r := invalid("%s is %s.", path, want)
	r.scimType = "invalidValue"
	return r
}

func fixed(path string, n *node) *refusal {
	r := invalid("Attribute %s is %s and cannot be changed.", path, n.Mutability)
	r.scimType = "mutability"
	return r
}
