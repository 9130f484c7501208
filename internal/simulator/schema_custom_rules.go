package simulator

import (
	"cmp"
	"regexp"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/simulator/characteristics"
)

// The rules that a custom schema must keep, after Oracle's pages "Validations Performed
// When Adding Attributes" and "… Updating Attributes".

// fixedOfCustom is what cannot be changed of an attribute that is there: another
// value is ignored.
var fixedOfCustom = []string{"type", "idcsSearchable", "uniqueness", "caseExact", "idcsSensitive", "multiValued", "required"}

// usualOfCustom is what the service says of an attribute that does not say it.
var usualOfCustom = object{"type": characteristics.String, "multiValued": false, "required": false, "caseExact": true, "uniqueness": "none",
	"mutability": string(characteristics.ReadWrite), "returned": string(characteristics.Default), "idcsSearchable": false, "idcsValuePersisted": true}

// attributeName is the form of an attribute's name (RFC 7643 section 2.1), but for $,
// which the parser of paths does not take.
var attributeName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)

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
	for _, c := range userColumns {
		taken[directory.Fold("columnHeaderName "+c.heading)] = true
	}
	for _, a := range objects(o, "attributes") {
		name := text(a, "name")
		if !attributeName.MatchString(name) {
			return invalid("attributes.name is %q; it begins with a letter, and letters, digits, _ and - follow.", name)
		}
		before := had[directory.Fold(name)]
		if err := completeCustom(a, before); err != nil {
			return err
		}
		for _, of := range append([]string{"name " + name, "idcsDisplayName " + text(a, "idcsDisplayName")}, headingsOfCustom(a)...) {
			if key := directory.Fold(of); taken[key] && of != "idcsDisplayName " {
				return invalid("Two attributes have the %s; it is unique.", of)
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

// mostCharacters are those of a custom attribute, and fewCharacters those of one that
// was made for no more (Oracle's pages on editing a custom schema attribute, and on
// the validations of an update: the limit is that of the column that it got).
const (
	mostCharacters = 4000
	fewCharacters  = 40
)

// completeCustom gives an attribute what it does not say, and what cannot be changed
// of it as it was before; nil: it is new.
func completeCustom(a, before object) error {
	if before != nil {
		a["name"] = before["name"]
		for _, name := range fixedOfCustom {
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
	switch {
	case text(a, "type") != characteristics.String:
		return invalid("The attribute %s is of type %s; a custom attribute is a string.", name, text(a, "type"))
	case text(a, "uniqueness") != "none":
		return invalid("The attribute %s shall be unique; unique custom attributes are not part of this simulator.", name)
	case before == nil && truth(a, "required", false) && text(a, "mutability") == string(characteristics.ReadOnly):
		return invalid("The attribute %s is required and readOnly: nobody could have it.", name)
	}
	if err := checkLength(a, before); err != nil {
		return err
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

// checkLength refuses limits that no value fits, or that one that is there might not.
func checkLength(a, before object) error {
	name := text(a, "name")
	_, bounded := a["idcsMaxLength"]
	_, begun := a["idcsMinLength"]
	shortest, longest := whole(a, "idcsMinLength"), cmp.Or(whole(a, "idcsMaxLength"), mostCharacters)
	room := mostCharacters
	if before != nil {
		had := cmp.Or(whole(before, "idcsMaxLength"), mostCharacters)
		if had <= fewCharacters {
			room = fewCharacters
		}
		if longest < had {
			return invalid("idcsMaxLength of %s was %d, and cannot become less.", name, had)
		}
		if shortest > max(1, whole(before, "idcsMinLength")) {
			return invalid("idcsMinLength of %s was %d, and cannot become more.", name, whole(before, "idcsMinLength"))
		}
	}
	switch {
	case begun && shortest < 1:
		return invalid("idcsMinLength of %s is less than 1.", name)
	case bounded && whole(a, "idcsMaxLength") < 2 || longest > room || longest < shortest:
		return invalid("idcsMaxLength of %s is not between 2, or its idcsMinLength, and %d.", name, room)
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
