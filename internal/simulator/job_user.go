package simulator

import (
	"context"
	"net/http"
	"slices"
	"strings"
)

// importUser makes somebody, or changes who has this user name already. An empty
// cell leaves what is there.
func (d *domain) importUser(ctx context.Context, j *job, r row) bool {
	name := r.cells["User ID"]
	d.mu.RLock()
	existing, found := d.userNamed(name)
	have, id := object{}, ""
	if found {
		have, id = existing.object(), existing.id
	}
	values, why := d.valuesOf(r)
	d.mu.RUnlock()
	for attr, added := range r.many(have, strings.EqualFold(j.parameters["replaceExistingMultiValuedValues"], "true")) {
		values[attr] = added
	}
	var result done
	switch {
	case why != nil:
		result = done{http.MethodPost, failed(why)}
	case id == "":
		body := object{"schemas": []any{schemaUser, schemaUserExt}}
		for path, v := range values {
			put(body, path, v)
		}
		for _, extension := range []string{schemaEnterprise, schemaCustom} {
			if body[extension] != nil {
				body["schemas"] = append(list(body, "schemas"), extension)
			}
		}
		result = d.ask(ctx, j, http.MethodPost, kindUsers, "", body)
	default:
		var ops []any
		for path, v := range values {
			if path != "userName" { // whom the row is about
				ops = append(ops, replaceOf(path, v))
			}
		}
		result = done{http.MethodPatch, answer{status: http.StatusOK}}
		if len(ops) > 0 {
			result = d.ask(ctx, j, http.MethodPatch, kindUsers, id, patchOf(ops...))
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.report(j, "UserImportJobReports", object{"type": result.kind(), "message": result.message("User")}, "UserImport",
		object{"userId": name, "firstName": r.cells["First Name"], "lastName": r.cells["Last Name"], "email": r.cells["Work Email"],
			"status": result.status(), "requestData": r.text, "responseData": result.response()})
	return result.ok()
}

// valuesOf are the attributes of one value that a row has, by path.
func (d *domain) valuesOf(r row) (object, error) {
	values := object{}
	for _, c := range d.columns() {
		cell := r.cells[c.heading]
		if cell == "" || c.kind != "" {
			continue
		}
		path := c.attr
		if c.urn != "" {
			path = c.urn + ":" + path
		}
		if c.sub != "" {
			path += "." + c.sub
		}
		values[path] = cell
		switch {
		case c.flag && !strings.EqualFold(cell, "true") && !strings.EqualFold(cell, "false"):
			return nil, invalid("%s is TRUE or FALSE.", c.heading)
		case c.flag:
			values[path] = strings.EqualFold(cell, "true")
		case c.between != "":
			var all []any
			for _, v := range strings.Split(cell, c.between) {
				all = append(all, v)
			}
			values[path] = all
		case c.attr == "manager":
			m, ok := d.userNamed(cell)
			if !ok {
				return nil, dangling("There is no user %s, who is named as manager.", cell)
			}
			values[path] = object{"value": m.id}
		}
	}
	return values, nil
}

// many are the attributes of many values that a row has: what was there with what
// the row adds, or that alone where it replaces.
func (r row) many(have object, replace bool) object {
	all := object{}
	for _, c := range userColumns {
		cell := r.cells[c.heading]
		if cell == "" || c.kind == "" || c.kind == primaryType {
			continue
		}
		values, begun := all[c.attr].([]any)
		if !begun && !replace {
			for _, v := range objects(have, c.attr) {
				values = append(values, without(v))
			}
		}
		same := slices.IndexFunc(values, func(v any) bool {
			o := v.(object)
			return text(o, "type") == c.kind && (c.sub != "value" || text(o, "value") == cell)
		})
		if same < 0 {
			values = append(values, object{"type": c.kind})
			same = len(values) - 1
		}
		values[same].(object)[c.sub] = cell
		all[c.attr] = values
	}
	r.choosePrimary(list(all, "emails"))
	return all
}

// choosePrimary makes the address of the type that the row names the primary one,
// or else the first, where there is none.
func (r row) choosePrimary(emails []any) {
	chosen := -1
	for i, e := range emails {
		o := e.(object)
		if r.cells[primaryType] == "" && truth(o, "primary", false) {
			return
		}
		if strings.EqualFold(text(o, "type"), r.cells[primaryType]) { // what the row adds stands last
			chosen = i
		}
	}
	if r.cells[primaryType] == "" && len(emails) > 0 {
		chosen = 0
	}
	for i, e := range emails {
		e.(object)["primary"] = i == chosen
	}
}

// put sets the value of a path in a body that is made.
func put(body object, path string, v any) {
	at := body
	if i := strings.LastIndexByte(path, ':'); i > 0 {
		urn := path[:i]
		if at[urn] == nil {
			at[urn] = object{}
		}
		at, path = at[urn].(object), path[i+1:]
	}
	if attr, sub, ok := strings.Cut(path, "."); ok {
		if at[attr] == nil {
			at[attr] = object{}
		}
		at, path = at[attr].(object), sub
	}
	at[path] = v
}
