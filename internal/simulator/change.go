package simulator

import (
	"reflect"
	"strings"
)

// create makes a resource of what a client sent.
func (d *domain) create(k *kind, o object) (entry, error) {
	if o == nil {
		return nil, invalid("The request has no body; send the resource.")
	}
	o = clone(o).(object)
	switch k {
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
	ops, err := readPatch(body)
	if err != nil {
		return err
	}
	if g, ok := e.(*group); ok {
		_, err := d.patchGroup(g, ops)
		return err
	}
	o, err := patch(d.body(e), ops, k)
	if err != nil {
		return err
	}
	return d.update(e, o)
}

// put replaces a resource: what the service keeps stays, and the rest is as sent.
func (d *domain) put(k *kind, e entry, body object) error {
	if body == nil {
		return invalid("The request has no body; send the whole resource.")
	}
	old := d.body(e)
	next := without(body)
	for name, v := range body {
		if why, locked := k.locked(attrPath{name: name}); locked {
			if _, had, ok := field(old, name); ok && !reflect.DeepEqual(had, v) || !ok && why == "readOnly" {
				r := invalid("Attribute %s of %s is %s and cannot be changed.", name, k.name, why)
				r.scimType = "mutability"
				return r
			}
		}
	}
	for name, v := range old {
		if _, locked := k.locked(attrPath{name: name}); locked || strings.EqualFold(name, "schemas") {
			delete(next, name)
			next[name] = v
		}
	}
	next = clone(next).(object)
	if ext, ok := old[schemaUserExt].(object); ok && k == kindUsers {
		name, v, _ := field(next, schemaUserExt)
		sent, _ := v.(object)
		sent = without(sent)
		if status, ok := ext["status"]; ok {
			sent["status"] = status
		}
		next[name] = sent
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
		err = invalid("A grant cannot be changed; delete it and make another.")
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
