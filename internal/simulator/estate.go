package simulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"cutover/internal/directory"
)

// loadEstate fills the three domains from an estate: a directory with
// fusion.json, utilities.json and cxif.json, each with lists of resources as
// the API returns them, and cutover.json.
func loadEstate(estate fs.FS, domains map[directory.Domain]*domain) error {
	if estate == nil {
		return errors.New("no estate was named; give the directory of one")
	}
	for _, name := range directory.Domains {
		file := string(name) + ".json"
		f, err := estate.Open(file)
		if err != nil {
			return fmt.Errorf("the estate cannot be loaded: %w; an estate has fusion.json, utilities.json, cxif.json and cutover.json", err)
		}
		err = domains[name].load(f)
		_ = f.Close()
		if err != nil {
			return fmt.Errorf("%s of the estate cannot be loaded: %w", file, err)
		}
	}
	return nil
}

// needs are the kinds that a kind's resources refer to.
var needs = map[*kind][]*kind{
	kindGroups:   {kindUsers},
	kindAppRoles: {kindApps},
	kindGrants:   {kindUsers, kindGroups, kindApps, kindAppRoles},
}

// load reads one file, resource by resource, because it may hold a million.
// What refers to kinds that come later in the file waits for them.
func (d *domain) load(r io.Reader) error {
	dec := json.NewDecoder(r)
	if err := expect(dec, json.Delim('{')); err != nil {
		return err
	}
	waiting, there := map[*kind][]object{}, map[*kind]bool{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		k := kindNamed(fmt.Sprint(t))
		if k == nil || !slices.Contains(stored, k) {
			return fmt.Errorf("%q is no type of resource", t)
		}
		ready := !slices.ContainsFunc(needs[k], func(n *kind) bool { return !there[n] })
		err = d.loadList(dec, func(o object) error {
			if !ready {
				waiting[k] = append(waiting[k], o)
				return nil
			}
			return d.loadOne(k, o)
		})
		if err != nil {
			return fmt.Errorf("%s: %w", k.name, err)
		}
		there[k] = true
	}
	for _, k := range stored {
		for _, o := range waiting[k] {
			if err := d.loadOne(k, o); err != nil {
				return fmt.Errorf("%s: %w", k.name, err)
			}
		}
	}
	return nil
}

func (d *domain) loadList(dec *json.Decoder, each func(object) error) error {
	if err := expect(dec, json.Delim('[')); err != nil {
		return err
	}
	for dec.More() {
		var o object
		if err := dec.Decode(&o); err != nil {
			return err
		}
		if text(o, "id") == "" {
			return errors.New("a resource has no id")
		}
		if err := each(o); err != nil {
			return err
		}
	}
	return expect(dec, json.Delim(']'))
}

func expect(dec *json.Decoder, want json.Delim) error {
	t, err := dec.Token()
	if err != nil {
		return fmt.Errorf("it is no JSON: %w", err)
	}
	if t != want {
		return fmt.Errorf("expected %v, found %v", want, t)
	}
	return nil
}

func (d *domain) loadUser(o object) error {
	u := userFrom(o)
	if u.name == "" {
		return fmt.Errorf("the user %s has no userName", u.id)
	}
	if _, taken := d.userNamed(u.name); taken {
		return fmt.Errorf("two users have the userName of user %s, case aside", u.id)
	}
	u.seq = d.nextSeq()
	d.users.store(u)
	d.seeded[u.id] = true
	return nil
}

func (d *domain) loadOne(k *kind, o object) error {
	id := text(o, "id")
	if _, taken := d.collection(k).get(id); taken {
		return fmt.Errorf("two resources have the id %s", id)
	}
	switch k {
	case kindUsers:
		return d.loadUser(o)
	case kindGroups:
		g := &group{id: id, seq: d.nextSeq(), body: without(o, "members")}
		m := &membership{group: g}
		if err := m.add(d, list(o, "members")); err != nil {
			return fmt.Errorf("the group %q: %s", g.name(), asRefusal(err).detail)
		}
		if d.groups.byName[directory.Fold(g.name())] != nil {
			return fmt.Errorf("two groups have the name %q, case aside", g.name())
		}
		d.groups.store(g)
		m.commit()
	case kindGrants:
		g := grantFrom(o)
		if err := d.checkGrant(g); err != nil {
			return fmt.Errorf("the grant %s: %s", id, asRefusal(err).detail)
		}
		if d.grants.byKey[g.composite()] != nil {
			return fmt.Errorf("the grant %s is there twice", id)
		}
		g.seq = d.nextSeq()
		d.grants.store(g)
	case kindSchemas:
		return d.loadCustom(o)
	default:
		if k == kindFactors && id != theFactors {
			return fmt.Errorf("the settings of multi-factor authentication are %s, not %s", theFactors, id)
		}
		d.hideProperties(id, o)
		d.settings[k].put(&setting{id: id, kind: k, seq: d.nextSeq(), body: o})
	}
	return nil
}
