package simulator

import "strings"

// keys are the natural keys of what an operation is about, as it stands before
// the operation: a journal must be readable without ids. The caller holds the
// lock. An id of nothing stays an id.
func (d *domain) keys(method string, k *kind, id string, o object) []string {
	e, found := d.collection(k).get(id)
	if id != "" && !found {
		return []string{k.label + ":" + id}
	}
	switch e := e.(type) {
	case *user:
		return []string{"user:" + e.name}
	case *group:
		if method == "PATCH" {
			return d.patchKeys(e, o)
		}
		return []string{"group:" + e.name()}
	case *grant:
		return []string{d.grantKey(e)}
	case *setting:
		return []string{k.label + ":" + nameOf(k, e.body)}
	}
	switch k.plain() {
	case kindUsers:
		return []string{"user:" + text(o, "userName")}
	case kindGrants:
		return []string{d.grantKey(grantFrom(o))}
	case kindGroups:
		keys := []string{"group:" + text(o, "displayName")}
		for _, m := range objects(o, "members") {
			keys = append(keys, "member:"+text(o, "displayName")+"/"+d.userLabel(text(m, "value")))
		}
		return keys
	}
	return []string{k.label + ":" + nameOf(k, o)}
}

// patchKeys are one key a member, and the group's own for anything else.
func (d *domain) patchKeys(g *group, o object) []string {
	var keys []string
	own := false
	for _, op := range objects(o, "Operations") {
		p, err := parsePath(text(op, "path"), kindGroups)
		if err != nil || p.urn != "" || !strings.EqualFold(p.name, "members") {
			own = true
			continue
		}
		if p.where != nil || strings.EqualFold(text(op, "op"), "remove") {
			for _, u := range g.members {
				if p.where == nil || p.where.holds(memberObject(u)) {
					keys = append(keys, "member:"+g.name()+"/"+u.name)
				}
			}
			continue
		}
		_, value, _ := field(op, "value")
		for _, m := range asList(value) {
			c, _ := m.(object)
			keys = append(keys, "member:"+g.name()+"/"+d.userLabel(text(c, "value")))
		}
	}
	if own || len(keys) == 0 {
		keys = append(keys, "group:"+g.name())
	}
	return keys
}

func (d *domain) userLabel(id string) string {
	if u, ok := d.users.find(id); ok {
		return u.name
	}
	return id
}

func (d *domain) settingLabel(k *kind, id string) string {
	if s, ok := d.settings[k].find(id); ok {
		return nameOf(k, s.body)
	}
	return id
}

func (d *domain) grantKey(g *grant) string {
	grantee := g.grantee
	switch g.kind {
	case "User":
		grantee = d.userLabel(g.grantee)
	case "Group":
		if e, ok := d.groups.find(g.grantee); ok {
			grantee = e.name()
		}
	case "App":
		grantee = d.settingLabel(kindApps, g.grantee)
	}
	return "grant:" + d.settingLabel(kindApps, g.app) + "/" + d.settingLabel(kindAppRoles, g.role) + "/" + grantee
}
