package simulator

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"cutover/internal/simulator/characteristics"
)

// schemaCustom is the one schema that a domain's administrators may change: it holds
// the attributes of users that they define (Oracle's page "Customizing User
// Schemas", and the pages below it).
const schemaCustom = "urn:ietf:params:scim:schemas:idcs:extension:custom:User"

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
	return kindSchemas.root.shown(d.customSchema(), usual)
}

func (d *domain) customSchema() object {
	s, _ := d.settings[kindSchemas].find(schemaCustom) // every domain is born with it
	return s.body
}

// reshape gives the people of the domain the attributes of the custom schema.
func (d *domain) reshape(schema object) {
	var as characteristics.Attributes
	required := false
	for _, o := range objects(schema, "attributes") {
		a := customAttribute(o)
		required = required || a.Required && a.Mutability != characteristics.ReadOnly
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
		NoFilter: !truth(o, "idcsSearchable", false), Description: text(o, "description"),
		MinLength: whole(o, "idcsMinLength"), MaxLength: cmp.Or(whole(o, "idcsMaxLength"), mostCharacters)}
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
	for _, op := range eachNamed(ops) {
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
	if reflect.DeepEqual(o, s.body) {
		return nil
	}
	return d.update(s, o)
}

// loadCustom takes the custom schema of an estate.
func (d *domain) loadCustom(o object) error {
	if id := text(o, "id"); id != schemaCustom {
		return fmt.Errorf("the schema %s is not %s, the only one that a domain's administrators change", id, schemaCustom)
	}
	taken, err := kindSchemas.taken(without(o, "id", "meta"))
	if err == nil {
		err = d.checkCustom(taken, object{"meta": o["meta"]})
	}
	if err != nil {
		return fmt.Errorf("the custom schema: %s", asRefusal(err).detail)
	}
	d.settings[kindSchemas].put(&setting{id: schemaCustom, kind: kindSchemas, seq: d.nextSeq(), body: taken})
	d.reshape(taken)
	return nil
}

// eachNamed are operations of which each names its attribute: one without a path has
// attributes as its value.
func eachNamed(ops []patchOp) []patchOp {
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

// columns are those of a users' file in this domain: the usual ones, and those that
// the custom schema maps its attributes to. The caller holds the lock.
func (d *domain) columns() []column {
	all := slices.Clone(userColumns)
	for _, a := range objects(d.customSchema(), "attributes") {
		for _, m := range objects(a, "idcsCsvAttributeNameMappings") {
			if h := text(m, "columnHeaderName"); h != "" {
				c := column{heading: h, urn: schemaCustom, attr: text(a, "name"), hidden: text(a, "returned") == string(characteristics.Never)}
				if truth(a, "multiValued", false) {
					c.between = text(m, "multiValueDelimiter")
				}
				all = append(all, c)
			}
		}
	}
	return all
}
