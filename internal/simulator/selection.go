package simulator

import (
	"regexp"
	"strconv"
	"strings"

	"cutover/internal/simulator/characteristics"
)

// selection is what a request wants to see of each resource: attributes and
// attributeSets (oracle.md 2.3).
type selection struct {
	paths []attrPath      // nil: by sets
	sets  map[string]bool // all, always, request, default, never
	pages map[string]page // of lists returned on request, by lower-case name
}

// page is a part of a multi-valued attribute: members[startIndex=1&count=1000].
type page struct{ start, count int }

func (p page) cut(n int) (from, to int) {
	if p.count < 0 {
		return 0, n
	}
	from = min(max(p.start-1, 0), n)
	return from, min(from+p.count, n)
}

var everything = page{start: 1, count: -1}

var paged = regexp.MustCompile(`^([\w]+)\[\s*startIndex=(\d+)\s*(?:&|%26|,)\s*count=(\d+)\s*\]$`)

// newSelection reads the lists of attributes and of attribute sets. Each may
// hold several, separated by commas.
func newSelection(attributes, sets []string, k *kind) (selection, error) {
	s := selection{sets: map[string]bool{}, pages: map[string]page{}}
	for _, name := range splitOutside(sets) {
		switch name = strings.ToLower(name); name {
		case "all", "always", "request", "default", "never":
			s.sets[name] = true
		default:
			return s, invalid("attributeSets knows all, always, request, default and never, not %q.", name)
		}
	}
	for _, name := range splitOutside(attributes) {
		if m := paged.FindStringSubmatch(name); m != nil {
			start, _ := strconv.Atoi(m[2])
			count, _ := strconv.Atoi(m[3])
			s.pages[strings.ToLower(m[1])] = page{start: max(start, 1), count: count}
			name = m[1]
		}
		p, err := parsePath(name, k)
		if err != nil {
			return s, err
		}
		s.paths = append(s.paths, p)
	}
	return s, nil
}

// splitOutside splits at commas that are not within brackets.
func splitOutside(lists []string) []string {
	var all []string
	for _, l := range lists {
		depth, from := 0, 0
		for i := 0; i <= len(l); i++ {
			if i == len(l) || l[i] == ',' && depth == 0 {
				if name := strings.TrimSpace(l[from:i]); name != "" {
					all = append(all, name)
				}
				from = i + 1
				continue
			}
			switch l[i] {
			case '[':
				depth++
			case ']':
				depth--
			}
		}
	}
	return all
}

// wants tells whether a list that is returned on request only is asked for.
func (s selection) wants(name string) (page, bool) {
	asked := s.sets["all"] || s.sets["request"]
	for _, p := range s.paths {
		asked = asked || p.urn == "" && strings.EqualFold(p.name, name)
	}
	if p, ok := s.pages[strings.ToLower(name)]; ok {
		return p, asked
	}
	return everything, asked
}

// apply reduces a resource to what is wanted. What is returned never is not
// there, whatever is asked for.
func (s selection) apply(o object, k *kind) object {
	if len(s.paths) == 0 && len(s.sets) == 0 {
		return k.root.shown(o, usual)
	}
	seen := k.root.shown(o, s.sees)
	for _, p := range s.paths {
		s.pick(seen, o, p, k.root)
	}
	return seen
}

// usual is what is seen when nothing is asked for.
func usual(r characteristics.Returned) bool {
	return r == characteristics.Default || r == characteristics.Always
}

// sees tells whether what is returned so is seen by the sets alone.
func (s selection) sees(r characteristics.Returned) bool {
	switch r {
	case characteristics.Always:
		return true
	case characteristics.Default:
		return s.sets["all"] || s.sets["default"]
	case characteristics.Request:
		return s.sets["all"] || s.sets["request"]
	}
	return false
}

// shown is what is seen of an object: attributes as they are returned, and of
// complex ones the parts that are. It is new at the top level. Where only what
// is always returned is seen, an extension with none of it is not.
func (n *node) shown(o object, sees func(characteristics.Returned) bool) object {
	out := make(object, len(o))
	for name, v := range o {
		s := n.find(name)
		switch {
		case s == nil:
			if sees(characteristics.Default) {
				out[name] = v
			}
		case !sees(s.Returned):
			if below, ok := v.(object); ok && strings.HasPrefix(name, "urn:") {
				if part := s.shown(below, sees); len(part) > 0 {
					out[name] = part
				}
			}
		case s.quiet:
			out[name] = v
		default:
			if part := s.parts(v, sees); part != nil {
				out[name] = part
			}
		}
	}
	return out
}

// parts is what is seen of the value of a complex attribute that is seen
// itself: what its parts are returned by, or by default, decides. nil: nothing.
func (n *node) parts(v any, sees func(characteristics.Returned) bool) any {
	within := func(r characteristics.Returned) bool { return usual(r) || sees(r) }
	switch v := v.(type) {
	case object:
		if part := n.shown(v, within); len(part) > 0 {
			return part
		}
		return nil
	case []any:
		all := make([]any, len(v))
		for i, e := range v {
			all[i] = e
			if c, ok := e.(object); ok {
				all[i] = n.shown(c, within)
			}
		}
		return all
	}
	return v
}

// pick puts what a path names onto what is seen, and of the elements or parts
// around it what is always returned.
func (s selection) pick(to, from object, p attrPath, n *node) {
	if p.urn != "" {
		name, v, _ := field(from, p.urn)
		ext, ok := v.(object)
		below := n.find(p.urn)
		if !ok || below == nil {
			return
		}
		if p.name == "" {
			// Who names an extension names all that it has.
			if part := below.shown(ext, func(r characteristics.Returned) bool { return r != characteristics.Never }); len(part) > 0 {
				to[name] = part
			}
			return
		}
		part := without(inner(to, name))
		s.pick(part, ext, attrPath{name: p.name, sub: p.sub}, below)
		if len(part) > 0 {
			to[name] = part
		}
		return
	}
	name, v, ok := field(from, p.name)
	below := n.find(p.name)
	if !ok || below == nil || below.Returned == characteristics.Never {
		return
	}
	if p.sub == "" {
		if part := below.parts(v, usual); part != nil {
			to[name] = part
		}
		return
	}
	switch v := v.(type) {
	case object:
		if part := below.pickSub(inner(to, name), v, p.sub); len(part) > 0 {
			to[name] = part
		}
	case []any:
		before, _ := to[name].([]any)
		parts := make([]any, len(v))
		for i, e := range v {
			var had object
			if i < len(before) {
				had, _ = before[i].(object)
			}
			c, _ := e.(object)
			parts[i] = below.pickSub(had, c, p.sub)
		}
		to[name] = parts
	}
}

// pickSub is what was seen of a complex value, with one part more and with
// those that are always returned.
func (n *node) pickSub(had, from object, sub string) object {
	part := without(had)
	for name, v := range from {
		s := n.find(name)
		if strings.EqualFold(name, sub) && (s == nil || s.Returned != characteristics.Never) || s != nil && s.Returned == characteristics.Always {
			part[name] = v
		}
	}
	return part
}
