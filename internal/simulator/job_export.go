package simulator

import (
	"slices"
	"strconv"
	"strings"
)

// export writes a file, and a report that names it.
func (d *domain) export(j *job) (written, failures int, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	headings, rows, err := d.exported(j)
	if err == nil && len(rows) > maxRows {
		err = invalid("An export holds %d rows at most; narrow it with a filter.", maxRows)
	}
	if err != nil {
		return 0, 0, err
	}
	name := "files/export/" + d.now().UTC().Format("200601021504") + "/" + j.asked + "_" + text(j.history, "id") + ".csv"
	d.jobs.files[name] = writeRows(headings, rows)
	d.report(j, "JobReports", object{"type": "info", "message": "fileName", "name": name}, "", nil)
	return len(rows), 0, nil
}

func (d *domain) exported(j *job) (headings []string, rows [][]string, err error) {
	k := jobKinds[j.kind]
	q := query{start: 1, count: maxRows + 1}
	if f := j.parameters["filter"]; f != "" {
		if q.filter, err = parseFilter(f, d.own(k)); err != nil {
			return nil, nil, err
		}
	}
	entries, _ := d.find(k, q)
	switch k {
	case kindUsers:
		columns := slices.DeleteFunc(d.columns(), func(c column) bool { return c.hidden || !j.wants(c) })
		for _, c := range columns {
			headings = append(headings, c.heading)
		}
		for _, e := range entries {
			rows = append(rows, d.userRow(e.(*user), columns))
		}
		return headings, rows, nil
	case kindGroups:
		for _, e := range entries {
			rows = append(rows, groupRow(e.(*group)))
		}
		return groupHeadings, rows, nil
	}
	for _, e := range entries {
		if r := d.roleRow(e.(*grant)); r != nil && (j.parameters["appDisplayName"] == "" || j.parameters["appDisplayName"] == r[3]) {
			rows = append(rows, r)
		}
	}
	return roleHeadings, rows, nil
}

// wants tells whether a column is asked for: by its attribute, or by that with the
// part of it.
func (j *job) wants(c column) bool {
	name := c.attr
	if c.urn != "" {
		name = c.urn + ":" + c.attr
	}
	named := func(parameter string) bool {
		return slices.ContainsFunc(strings.Split(j.parameters[parameter], ","), func(s string) bool {
			s = strings.TrimSpace(s)
			return strings.EqualFold(s, name) || strings.EqualFold(s, name+"."+c.sub)
		})
	}
	if c.attr == "password" { // only a hash could be shown, and none is kept in that form
		return false
	}
	if j.parameters["attributesToGet"] != "" {
		return named("attributesToGet")
	}
	return !named("attributesToExclude")
}

func (d *domain) userRow(u *user, columns []column) []string {
	o := u.object()
	out := make([]string, len(columns))
	for i, c := range columns {
		at := o
		if c.urn != "" {
			at = inner(o, c.urn)
		}
		switch {
		case c.heading == primaryType:
			for _, e := range objects(o, "emails") {
				if truth(e, "primary", false) {
					out[i] = text(e, "type")
				}
			}
		case c.kind != "":
			for _, v := range objects(at, c.attr) {
				if text(v, "type") == c.kind {
					out[i] = text(v, c.sub)
				}
			}
		case c.flag:
			out[i] = strings.ToUpper(strconv.FormatBool(truth(at, c.attr, c.attr == "active")))
		case c.attr == "manager":
			if m, ok := d.users.find(text(inner(at, "manager"), "value")); ok {
				out[i] = m.name
			}
		case c.between != "":
			var all []string
			for _, v := range list(at, c.attr) {
				if s, ok := v.(string); ok {
					all = append(all, s)
				}
			}
			out[i] = strings.Join(all, c.between)
		case c.sub != "":
			out[i] = text(inner(at, c.attr), c.sub)
		default:
			out[i] = text(at, c.attr)
		}
	}
	return out
}

func groupRow(g *group) []string {
	names := make([]string, len(g.members))
	for i, u := range g.members {
		names[i] = u.name
	}
	return []string{g.name(), text(inner(g.body, schemaGroupExt), "description"), strings.Join(names, membersBetween),
		strings.ToUpper(strconv.FormatBool(truth(inner(g.body, schemaRequestable), "requestable", false)))}
}

// roleRow is a role that is granted to a user or a group; nil: something else.
func (d *domain) roleRow(g *grant) []string {
	name := ""
	switch g.kind {
	case "User":
		if u, ok := d.users.find(g.grantee); ok {
			name = u.name
		}
	case "Group":
		if held, ok := d.groups.find(g.grantee); ok {
			name = held.name()
		}
	}
	if name == "" || g.role == "" {
		return nil
	}
	return []string{d.settingLabel(kindAppRoles, g.role), name, g.kind, d.settingLabel(kindApps, g.app)}
}
