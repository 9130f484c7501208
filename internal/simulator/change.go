package simulator

import (
	"reflect"
	"slices"
)

// create makes a resource of what a client sent.
func (d *domain) create(k *kind, o object) (entry, error) {
	o, err := k.taken(o)
	if err != nil {
		return nil, err
	}
	switch k.plain() {
	case kindUsers:
		return d.createUser(o)
	case kindGroups:
		return d.createGroup(o)
	case kindGrants:
		return d.createGrant(o)
	}
	return d.createSetting(k, o)
}

// patch changes a resource by the operations of a PATCH.
func (d *domain) patch(k *kind, e entry, body object) error {
	if !slices.Contains(list(body, "schemas"), any(schemaPatch)) {
		return missing("schemas with " + schemaPatch)
	}
	ops, err := readPatch(body)
	if err != nil {
		return err
	}
	if g, ok := e.(*group); ok {
		_, err := d.patchGroup(g, ops)
		return err
	}
	if k == kindSchemas {
		return d.patchCustom(e.(*setting), ops)
	}
	o, err := patch(d.body(e), ops, k)
	if err != nil {
		return err
	}
	if reflect.DeepEqual(o, d.body(e)) {
		return nil // what adds nothing is no change (RFC 7644 section 3.5.2.1)
	}
	return d.update(e, o)
}

// put replaces a resource: what the service keeps and what is immutable stays,
// and the rest is as sent.
func (d *domain) put(k *kind, e entry, body object) error {
	if body == nil {
		return invalid("The request has no body; send the whole resource.")
	}
	if k == kindSchemas {
		body = without(body, "id", "meta") // Oracle's example has another id
	}
	if err := k.checkSchemas(body); err != nil {
		return err
	}
	everyMember := len(d.users.all) + 1 // a PUT is no read: its own limit is that of a group
	shown, err := d.show(k, e, selection{sets: map[string]bool{"all": true}}, &everyMember)
	if err != nil {
		return err
	}
	next, err := k.root.take(body, replacing, standing{shown, d.body(e)}, "", false)
	if err != nil {
		return err
	}
	if g, ok := e.(*group); ok {
		m := &membership{group: g}
		if _, _, there := field(next, "members"); there {
			m.remove(nil)
			if err := m.add(d, list(next, "members")); err != nil {
				return err
			}
		}
		_, err := d.updateGroup(g, next, m)
		return err
	}
	return d.update(e, next)
}

func (d *domain) update(e entry, o object) error {
	var err error
	switch e := e.(type) {
	case *user:
		_, err = d.updateUser(e, o)
	case *setting:
		_, err = d.updateSetting(e, o)
	case *grant:
		// All that can change is what is kept as it came.
		e.created, e.version = text(inner(o, "meta"), "created"), d.newVersion()
		e.rest = grantFrom(without(o, "meta")).rest
	}
	return err
}

// remove deletes a resource.
func (d *domain) remove(e entry) error {
	switch e := e.(type) {
	case *user:
		d.removeUser(e)
	case *group:
		d.removeGroup(e)
	case *grant:
		d.grants.remove(e)
	case *setting:
		return d.removeSetting(e)
	}
	return nil
}
