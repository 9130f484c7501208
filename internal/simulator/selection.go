package simulator

import (
	"regexp"
	"strconv"
	"strings"
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

// apply reduces a resource to what is wanted.
func (s selection) apply(o object, k *kind) object {
	if len(s.paths) == 0 && len(s.sets) == 0 {
		return k.usual(o)
	}
	seen := object{}
	for name, v := range o {
		key := strings.ToLower(name)
		switch {
		case k.always[key], s.sets["all"], s.sets["request"] && k.onRequest[key], s.sets["default"] && !k.onRequest[key]:
			seen[name] = v
		}
	}
	for _, p := range s.paths {
		s.pick(seen, o, p)
	}
	return seen
}

// usual is what a resource shows when nothing is asked for: all but what is
// returned on request.
func (k *kind) usual(o object) object {
	for name := range k.onRequest {
		if stored, _, ok := field(o, name); ok {
			return without(o, stored) // no kind stores more than one of them
		}
	}
	return o
}

func (s selection) pick(to, from object, p attrPath) {
	if p.urn != "" {
		name, v, _ := field(from, p.urn)
		ext, ok := v.(object)
		if !ok {
			return
		}
		if p.name == "" {
			to[name] = ext
			return
		}
		part, _ := to[name].(object)
		if part == nil {
			part = object{}
		}
		s.pick(part, ext, attrPath{name: p.name, sub: p.sub})
		if len(part) > 0 {
			to[name] = part
		}
		return
	}
	name, v, ok := field(from, p.name)
	if !ok {
		return
	}
	if p.sub == "" {
		to[name] = v
		return
	}
	switch v := v.(type) {
	case object:
		part, _ := to[name].(object)
		part = without(part)
		if stored, sub, ok := field(v, p.sub); ok {
			part[stored] = sub
		}
		if len(part) > 0 {
			to[name] = part
		}
	case []any:
		before, _ := to[name].([]any)
		parts := make([]any, len(v))
		for i, e := range v {
			var part object
			if i < len(before) {
				part, _ = before[i].(object)
			}
			part = without(part)
			if c, ok := e.(object); ok {
				if stored, sub, ok := field(c, p.sub); ok {
					part[stored] = sub
				}
			}
			parts[i] = part
		}
		to[name] = parts
	}
}
