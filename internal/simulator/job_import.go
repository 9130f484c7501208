package simulator

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

const (
	schemaGroupExt    = "urn:ietf:params:scim:schemas:oracle:idcs:extension:group:Group"
	schemaRequestable = "urn:ietf:params:scim:schemas:oracle:idcs:extension:requestable:Group"
)

// importFile carries a file out row by row, each as a request of its own would be.
func (d *domain) importFile(ctx context.Context, j *job) (succeeded, failures int, err error) {
	known, needed := roleHeadings, roleHeadings[:3]
	switch jobKinds[j.kind] {
	case kindUsers:
		known, needed = nil, []string{"User ID", "Last Name", "First Name", "Work Email"}
		d.mu.RLock()
		for _, c := range d.columns() {
			known = append(known, c.heading)
		}
		d.mu.RUnlock()
	case kindGroups:
		known, needed = groupHeadings, groupHeadings[:1]
	}
	d.mu.RLock()
	content := d.jobs.files[j.parameters["fileLocation"]]
	d.mu.RUnlock()
	rows, err := readRows(content, known, needed)
	if err != nil {
		return 0, 0, err
	}
	tally := map[string]object{} // what a summary says, by role
	for _, r := range rows {
		if ctx.Err() != nil {
			break
		}
		var ok bool
		switch jobKinds[j.kind] {
		case kindUsers:
			ok = d.importUser(ctx, j, r)
		case kindGroups:
			ok = d.importGroup(ctx, j, r)
		default:
			ok = d.importRole(ctx, j, r, tally)
		}
		if ok {
			succeeded++
		} else {
			failures++
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, told := range tally {
		d.report(j, "AppRoleMembershipImportSummaryJobReports", object{"type": "info", "message": "-"}, "AppRoleMembershipImportSummary", told)
	}
	return succeeded, failures, nil
}

// done is what became of a row: of the request that it stands for.
type done struct {
	method string
	answer answer
}

func (r done) ok() bool { return r.answer.status < 300 }

func (r done) status() string {
	what := "Creation"
	if r.method == http.MethodPatch {
		what = "Update"
	}
	if r.ok() {
		return what + " Succeeded"
	}
	return what + " Failed"
}

// response is the answer as a report quotes it.
func (r done) response() string {
	o := object{"method": r.method, "status": r.answer.status}
	if r.answer.location != "" {
		o["location"] = r.answer.location
	}
	if !r.ok() {
		o["response"] = r.answer.body
	}
	b, err := json.Marshal(o)
	if err != nil {
		return "" // strings and numbers only
	}
	return string(b)
}

func (r done) message(what string) string {
	if r.ok() {
		return what + " Imported Successfully."
	}
	o, _ := r.answer.body.(object)
	return text(o, "detail")
}

func (r done) kind() string {
	if r.ok() {
		return "info"
	}
	return "error"
}

// ask carries a request of a job out, as if its client had sent it.
func (d *domain) ask(ctx context.Context, j *job, method string, k *kind, id string, body object) done {
	path := "/admin/v1/" + k.name
	if id != "" {
		path += "/" + id
	}
	// What JSON makes of it is what a request would have brought.
	b, err := json.Marshal(body)
	if err == nil {
		body, err = decode(b)
	}
	if err != nil {
		return done{method, failed(err)}
	}
	a, _ := d.execute(ctx, operation{method: method, path: path, kind: k, id: id, body: body, client: j.client})
	return done{method, a}
}

func patchOf(ops ...any) object { return object{"schemas": []any{schemaPatch}, "Operations": ops} }

func replaceOf(path string, value any) object {
	return object{"op": "replace", "path": path, "value": value}
}

func (d *domain) importGroup(ctx context.Context, j *job, r row) bool {
	name := r.cells["Display Name"]
	d.mu.RLock()
	existing := d.groups.byName[foldName(name)]
	held := map[string]bool{}
	id := ""
	if existing != nil {
		id = existing.id
		for _, u := range existing.members {
			held[u.id] = true
		}
	}
	var members []any
	total, missed := 0, 0
	for _, m := range strings.Split(r.cells["User Members"], membersBetween) {
		if m = strings.TrimSpace(m); m == "" {
			continue
		}
		total++
		u, ok := d.userNamed(m)
		if !ok {
			missed++
		} else if !held[u.id] {
			held[u.id] = true
			members = append(members, object{"type": "User", "value": u.id})
		}
	}
	d.mu.RUnlock()
	extensions := object{}
	if v := r.cells["Description"]; v != "" {
		extensions[schemaGroupExt] = object{"description": v}
	}
	if v := r.cells["Requestable"]; v != "" {
		extensions[schemaRequestable] = object{"requestable": strings.EqualFold(v, "true")}
	}
	var result done
	if id == "" {
		body := object{"schemas": []any{kindGroups.schema}, "displayName": name}
		for urn, e := range extensions {
			body["schemas"] = append(list(body, "schemas"), urn)
			body[urn] = e
		}
		if len(members) > 0 {
			body["members"] = members
		}
		result = d.ask(ctx, j, http.MethodPost, kindGroups, "", body)
	} else {
		var ops []any
		if len(members) > 0 {
			ops = append(ops, object{"op": "add", "path": "members", "value": members})
		}
		for urn, e := range extensions {
			for attr, v := range e.(object) {
				ops = append(ops, replaceOf(urn+":"+attr, v))
			}
		}
		result = done{http.MethodPatch, answer{status: http.StatusOK}}
		if len(ops) > 0 {
			result = d.ask(ctx, j, http.MethodPatch, kindGroups, id, patchOf(ops...))
		}
	}
	if !result.ok() {
		missed = total
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.report(j, "GroupImportDetailedJobReports", object{"type": result.kind(), "message": result.message("Group")}, "groupImportDetailed",
		object{"displayName": name, "description": r.cells["Description"], "members": r.cells["User Members"], "status": result.status(), "requestData": r.text, "responseData": result.response()})
	succ, fail := 1, 0
	if !result.ok() {
		succ, fail = 0, 1
	}
	d.report(j, "GroupImportSummaryJobReports", object{"type": "info", "message": "-"}, "groupImportSummary",
		object{"displayName": name, "description": r.cells["Description"], "succRows": succ, "failRows": fail, "totalMembers": total, "succMembers": total - missed, "failMembers": missed})
	return result.ok()
}

func (d *domain) importRole(ctx context.Context, j *job, r row, tally map[string]object) bool {
	role, grantee, kind, app := r.cells["Entitlement Value"], r.cells["Grantee Name"], r.cells["Grantee Type"], j.parameters["appDisplayName"]
	d.mu.RLock()
	appID, roleID, granteeID := "", "", ""
	for _, s := range d.settings[kindApps].all {
		if text(s.body, "displayName") == app {
			appID = s.id
		}
	}
	for _, s := range d.settings[kindAppRoles].all {
		if text(inner(s.body, "app"), "value") == appID && text(s.body, "displayName") == role {
			roleID = s.id
		}
	}
	switch kind {
	case "User":
		if u, ok := d.userNamed(grantee); ok {
			granteeID = u.id
		}
	case "Group":
		if g := d.groups.byName[foldName(grantee)]; g != nil {
			granteeID = g.id
		}
	}
	d.mu.RUnlock()
	result := done{http.MethodPost, failed(dangling("There is no app %s with a role %s, or no %s %s.", app, role, kind, grantee))}
	if roleID != "" && granteeID != "" && (r.cells["App Name"] == "" || r.cells["App Name"] == app) {
		result = d.ask(ctx, j, http.MethodPost, kindGrants, "", object{"schemas": []any{kindGrants.schema}, "grantMechanism": "ADMINISTRATOR_TO_" + strings.ToUpper(kind),
			"app": object{"value": appID}, "grantee": object{"type": kind, "value": granteeID}, "entitlement": object{"attributeName": "appRoles", "attributeValue": roleID}})
	}
	told := tally[role]
	if told == nil {
		told = object{"AppRoleName": role, "appDisplayName": app, "succRows": 0, "failRows": 0, "totalMembers": 0,
			"succUserMembers": 0, "failUserMembers": 0, "succGroupMembers": 0, "failGroupMembers": 0}
		tally[role] = told
	}
	outcome := "fail"
	if result.ok() {
		outcome = "succ"
	}
	for _, n := range []string{outcome + "Rows", "totalMembers", outcome + kind + "Members"} {
		if count, ok := told[n].(int); ok {
			told[n] = count + 1
		}
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.report(j, "AppRoleMembershipImportDetailedJobReports", object{"type": result.kind(), "message": result.message("AppRole Membership")}, "AppRoleMembershipImportDetailed",
		object{"AppRoleDisplayName": role, "member": grantee, "memberType": kind, "status": result.status(), "requestData": r.text, "responseData": result.response()})
	return result.ok()
}
