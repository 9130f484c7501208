package simulator

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strings"

	"cutover/internal/directory"
	"cutover/internal/simulator/characteristics"
)

// schemaCustom is the one schema that a domain's administrators may change: it holds
// the attributes of users that they define (Oracle's page "Customizing User
// Schemas", and the pages below it, whose rules this file has).
const schemaCustom = "urn:ietf:params:scim:schemas:idcs:extension:custom:User"

// maxLength is the most characters a custom attribute can be given.
const maxLength = 4000

// own is a kind as this domain has it.
func (d *domain) own(k *kind) *kind {
	if k == kindUsers {
		return d.people.Load()
	}
	return k
}

// custom is the custom schema as it is now.
func (d *domain) custom() object {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.customSchema()
}

func (d *domain) customSchema() object {
	s, ok := d.settings[kindSchemas].find(schemaCustom)
	if !ok {
		return object{"id": schemaCustom}
	}
	return s.body
}

// reshape gives the people of the domain the attributes of the custom schema.
func (d *domain) reshape(schema object) {
	var as characteristics.Attributes
	required := false
	for _, o := range objects(schema, "attributes") {
		a := customAttribute(o)
		required = required || a.Required
		as = append(as, a)
	}
	k := *kindUsers
	k.of = kindUsers
	k.extensions = append(slices.Clone(kindUsers.extensions), schemaCustom)
	grown := *kindUsers.root
	grown.sub, grown.needs = maps.Clone(grown.sub), slices.Clone(grown.needs)
	grown.put(branch(&characteristics.Attribute{Name: schemaCustom, Type: characteristics.Complex, Required: required,
		Mutability: characteristics.ReadWrite, Returned: characteristics.Default, Sub: as}))
	k.root = &grown
	d.people.Store(&k)
}

func customAttribute(o object) *characteristics.Attribute {
	a := &characteristics.Attribute{Name: text(o, "name"), Type: characteristics.String, Multi: truth(o, "multiValued", false), Required: truth(o, "required", false),
		Mutability: cmp.Or(characteristics.Mutability(text(o, "mutability")), characteristics.ReadWrite),
		Returned:   cmp.Or(characteristics.Returned(text(o, "returned")), characteristics.Default), Exact: truth(o, "caseExact", true),
		NoFilter: !truth(o, "idcsSearchable", false), Description: text(o, "description"), MinLength: whole(o, "idcsMinLength"), MaxLength: whole(o, "idcsMaxLength")}
	for _, v := range list(o, "canonicalValues") {
		if s, ok := v.(string); ok {
			a.Values = append(a.Values, s)
		}
	}
	return a
}

// patchCustom changes the custom schema. Attributes that are added or replaced are
// known by their names: one that is there is replaced, and what is not named stays;
// what is replaced must be there.
func (d *domain) patchCustom(s *setting, ops []patchOp) error {
	o := clone(s.body).(object)
	for _, op := range named(ops) {
		var err error
		p, unreadable := parsePath(op.path, kindSchemas)
		if op.op == "remove" || unreadable != nil || !p.is("attributes", "") {
			if o, err = patch(o, []patchOp{op}, kindSchemas); err != nil {
				return err
			}
			continue
		}
		given, err := kindSchemas.root.find("attributes").value(asList(op.value), patching, standing{}, "attributes", false)
		if err != nil {
			return err
		}
		all := list(o, "attributes")
		for _, g := range asList(given) {
			a, _ := g.(object)
			at := slices.IndexFunc(all, func(had any) bool { return strings.EqualFold(text(had.(object), "name"), text(a, "name")) })
			switch {
			case text(a, "name") == "":
				return missing("attributes.name")
			case at >= 0:
				all[at] = a
			case op.op == "replace":
				return invalid("The schema has no attribute %s to replace; add it.", text(a, "name"))
			default:
				all = append(all, a)
			}
		}
		o["attributes"] = all
	}
	return d.update(s, o)
}

// named are operations of which each names its attribute: one without a path has
// attributes as its value.
func named(ops []patchOp) []patchOp {
	var all []patchOp
	for _, op := range ops {
		given, ok := op.value.(object)
		if op.path != "" || !ok {
			all = append(all, op)
			continue
		}
		for name, v := range given {
			all = append(all, patchOp{op: op.op, path: name, value: v})
		}
	}
	return all
}

// fixedOfCustom is what cannot be changed of an attribute that is there: another
// value is ignored.
var fixedOfCustom = []string{"type", "idcsSearchable", "uniqueness", "caseExact", "idcsSensitive", "multiValued", "required"}

// usualOfCustom is what the service says of an attribute that does not say it.
var usualOfCustom = object{"type": characteristics.String, "multiValued": false, "required": false, "caseExact": true, "uniqueness": "none",
	"mutability": string(characteristics.ReadWrite), "returned": string(characteristics.Default), "idcsSearchable": false, "idcsValuePersisted": true}

// attributeName is the form of an attribute's name (RFC 7643 section 2.1).
var attributeName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9$_-]*$`)

// checkCustom completes and validates the custom schema as it shall be: names,
// display names and headings of columns are unique, every attribute is a string, and
// none goes that somebody has a value of.
func (d *domain) checkCustom(o, old object) error {
	o["id"], o["meta"] = schemaCustom, old["meta"] // no part of the SDK's model
	had := map[string]object{}
	for _, a := range objects(old, "attributes") {
		had[directory.Fold(text(a, "name"))] = a
	}
	taken := map[string]bool{}
	for _, a := range objects(o, "attributes") {
		name := text(a, "name")
		if !attributeName.MatchString(name) {
			return invalid("attributes.name is %q; it begins with a letter, and letters, digits, $, _ and - follow.", name)
		}
		before := had[directory.Fold(name)]
		if err := completeCustom(a, before); err != nil {
			return err
		}
		for _, of := range append([]string{"name " + name, "idcsDisplayName " + text(a, "idcsDisplayName")}, headingsOfCustom(a)...) {
			if key := directory.Fold(of); taken[key] && of != "idcsDisplayName " {
				return invalid("Two attributes of the schema have the %s; it is unique.", of)
			} else {
				taken[key] = true
			}
		}
		delete(had, directory.Fold(name))
	}
	for _, gone := range had {
		if who := d.holderOf(text(gone, "name")); who != nil {
			return invalid("The attribute %s cannot go: the user %s has a value of it. Take the values away first.", text(gone, "name"), who.name)
		}
	}
	return nil
}

func completeCustom(a, before object) error {
	for _, name := range fixedOfCustom {
		if before != nil {
			delete(a, name)
			if v, ok := before[name]; ok {
				a[name] = v
			}
		}
	}
	for name, v := range usualOfCustom {
		if _, given := a[name]; !given {
			a[name] = v
		}
	}
	name := text(a, "name")
	_, bounded := a["idcsMaxLength"]
	_, begun := a["idcsMinLength"]
	shortest, longest := whole(a, "idcsMinLength"), whole(a, "idcsMaxLength")
	switch {
	case text(a, "type") != characteristics.String:
		return invalid("The attribute %s is of type %s; a custom attribute is a string.", name, text(a, "type"))
	case text(a, "uniqueness") != "none":
		return invalid("The attribute %s shall be unique; unique custom attributes are not part of this simulator.", name)
	case begun && shortest < 1:
		return invalid("idcsMinLength of %s is less than 1.", name)
	case bounded && (longest < 2 || longest > maxLength || longest < shortest):
		return invalid("idcsMaxLength of %s is not between 2, or its idcsMinLength, and %d.", name, maxLength)
	}
	for _, v := range list(before, "canonicalValues") {
		if !slices.Contains(list(a, "canonicalValues"), v) {
			return invalid("canonicalValues of %s lack %v, which was there.", name, v)
		}
	}
	for _, m := range objects(a, "idcsCsvAttributeNameMappings") {
		if truth(a, "multiValued", false) && text(m, "multiValueDelimiter") == "" {
			return missing("attributes.idcsCsvAttributeNameMappings.multiValueDelimiter of " + name)
		}
	}
	return nil
}

func headingsOfCustom(a object) []string {
	var all []string
	for _, m := range objects(a, "idcsCsvAttributeNameMappings") {
		if h := text(m, "columnHeaderName"); h != "" {
			all = append(all, "columnHeaderName "+h)
		}
	}
	return all
}

// holderOf is somebody who has a value of a custom attribute; nil: nobody.
func (d *domain) holderOf(name string) *user {
	for _, u := range d.users.all {
		if _, _, has := field(inner(u.rest, schemaCustom), name); has {
			return u
		}
	}
	return nil
}

// columns are those of a users' file in this domain: the usual ones, and those that
// the custom schema maps its attributes to. The caller holds the lock.
func (d *domain) columns() []column {
	all := slices.Clone(userColumns)
	for _, a := range objects(d.customSchema(), "attributes") {
		for _, m := range objects(a, "idcsCsvAttributeNameMappings") {
			if h := text(m, "columnHeaderName"); h != "" {
				all = append(all, column{heading: h, urn: schemaCustom, attr: text(a, "name"), between: text(m, "multiValueDelimiter")})
			}
		}
	}
	return all
}
