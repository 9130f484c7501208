package simulator

import (
	"strings"

	filter "github.com/scim2/filter-parser/v2"
)

// attrPath names an attribute: core ("userName", "name.familyName"), of an
// extension ("urn:…:User:isFederatedUser"), or elements of a multi-valued one
// (`emails[type eq "work"].value`); RFC 7644 section 3.10.
type attrPath struct {
	urn   string // schema of the extension; empty: core
	name  string // empty with a urn: the whole extension
	sub   string
	where *condition // nil: every element
}

// is tells whether the path is this core attribute, case aside; sub "" matches
// both the attribute and its sub-attribute "value".
func (p attrPath) is(name, sub string) bool {
	if p.urn != "" || p.where != nil || !strings.EqualFold(p.name, name) {
		return false
	}
	return strings.EqualFold(p.sub, sub) || sub == "value" && p.sub == ""
}

func (p attrPath) String() string {
	s := p.name
	if p.urn != "" {
		s = strings.TrimSuffix(p.urn+":"+p.name, ":")
	}
	if p.sub != "" {
		s += "." + p.sub
	}
	return s
}

// splitURN takes the schema off a path. The core schema of the kind counts as
// no schema; a path that is a known extension as a whole has no rest.
func splitURN(s string, k *kind) (urn, rest string) {
	if len(s) < 4 || !strings.EqualFold(s[:4], "urn:") {
		return "", s
	}
	for _, known := range append([]string{k.schema}, k.extensions...) {
		if len(s) < len(known) || !strings.EqualFold(s[:len(known)], known) {
			continue
		}
		switch tail := s[len(known):]; {
		case tail == "" && known != k.schema:
			return known, ""
		case strings.HasPrefix(tail, ":") || strings.HasPrefix(tail, "."):
			if known == k.schema {
				return "", tail[1:]
			}
			return known, tail[1:]
		}
	}
	// A schema that is not in the catalogue: it ends at the last colon outside
	// of a value filter.
	head, _, _ := strings.Cut(s, "[")
	at := strings.LastIndex(head, ":")
	return s[:at], s[at+1:]
}

// parsePath reads the path of a PATCH operation, of sortBy or of attributes.
func parsePath(s string, k *kind) (attrPath, error) {
	urn, rest := splitURN(s, k)
	if rest == "" && urn != "" {
		return attrPath{urn: urn}, nil
	}
	plain, within := apart(unescape(rest), false)
	parsed, err := filter.ParsePath([]byte(plain))
	if err != nil {
		return attrPath{}, invalidPath(s, k)
	}
	p := attrPath{urn: urn, name: parsed.AttributePath.AttributeName, sub: parsed.AttributePath.SubAttributeName()}
	if sub := parsed.SubAttributeName(); sub != "" {
		p.sub = sub
	}
	if parsed.ValueExpression != nil {
		c := &compiler{k: k, within: within}
		a, _, _ := k.resolve(attrPath{urn: p.urn, name: p.name})
		if p.where, err = c.ofElements(a); err != nil {
			return attrPath{}, err
		}
	}
	return p, nil
}

func invalidPath(s string, k *kind) *refusal {
	r := invalid("%q is not an attribute path of %s.", s, k.name)
	r.scimType = "invalidPath"
	return r
}

// values reads what a path denotes in an object. Elements of a multi-valued
// complex attribute stand for their "value" where no sub-attribute is named.
func (p attrPath) values(o object) []any {
	if p.urn != "" {
		o = inner(o, p.urn)
	}
	if o == nil {
		return nil
	}
	if p.name == "" {
		return []any{o}
	}
	_, v, ok := field(o, p.name)
	if !ok || v == nil {
		return nil
	}
	elements, many := v.([]any)
	if !many {
		elements = []any{v}
	}
	var found []any
	for _, e := range elements {
		c, complex := e.(object)
		if !complex {
			if p.sub == "" {
				found = append(found, e)
			}
			continue
		}
		if p.where != nil && !p.where.holds(c) {
			continue
		}
		sub := p.sub
		if sub == "" {
			sub = "value"
		}
		if _, s, ok := field(c, sub); ok {
			found = append(found, s)
		} else if p.sub == "" {
			found = append(found, c)
		}
	}
	return found
}
