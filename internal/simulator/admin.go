package simulator

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"cutover/internal/simulator/characteristics"
)

// operation is one request to a resource, or one of a Bulk.
type operation struct {
	method  string
	path    string // as the journal shows it
	kind    *kind
	changer bool // AppStatusChanger, UserStatusChanger
	reset   bool // UserPasswordResetter
	search  bool
	id      string
	query   url.Values
	body    object
	ifMatch string
	seen    string // If-None-Match
	client  client
}

// writes tells whether the journal has it.
func (op operation) writes() bool {
	return !op.search && op.method != http.MethodGet && op.method != http.MethodHead
}

// parseTarget reads what is asked for from a path below /admin/v1.
func parseTarget(op operation, path string) (operation, error) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	name := parts[0]
	at := kindNamed(name)
	switch name {
	case kindAppStatus.name:
		at, op.kind, op.changer = kindAppStatus, kindApps, true
	case kindUserStatus.name:
		at, op.kind, op.changer = kindUserStatus, kindUsers, true
	case kindPasswordReset.name:
		at, op.kind, op.reset = kindPasswordReset, kindUsers, true
	default:
		op.kind = at
	}
	if name == "Me" {
		return op, refuse(http.StatusNotImplemented, "The alias Me of whoever asks is not part of this simulator (RFC 7644 section 3.11).")
	}
	if op.kind == nil || len(parts) > 2 {
		return op, refuse(http.StatusNotFound, "There is no resource type at this path.")
	}
	if len(parts) == 2 {
		op.id = parts[1]
	}
	if op.kind == kindSchemas && strings.EqualFold(op.id, schemaCustom) {
		op.id = schemaCustom
	}
	if op.id == ".search" {
		op.search, op.id = true, ""
	}
	method := op.method
	if op.search && method == http.MethodPost {
		method = characteristics.Search
	}
	if !at.offers(method, op.id != "") || op.search && method != characteristics.Search {
		return op, notPossible(op.method, at.possible(op)...)
	}
	return op, nil
}

// possible are the methods of what an operation is about.
func (k *kind) possible(op operation) []string {
	if op.search {
		return []string{http.MethodPost}
	}
	var all []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if k.offers(method, op.id != "") {
			all = append(all, method)
		}
	}
	return all
}

// serveAdmin answers everything below /admin/v1.
func (d *domain) serveAdmin(w http.ResponseWriter, r *http.Request) {
	path := strings.TrimPrefix(r.URL.Path, "/admin/v1")
	bulk := strings.Trim(path, "/") == "Bulk"
	op := operation{method: r.Method, path: r.URL.Path, query: r.URL.Query(), ifMatch: r.Header.Get("If-Match"), seen: r.Header.Get("If-None-Match")}
	group := groupOthers
	if bulk {
		group = groupBulk
	}
	body, err := readBody(w, r)
	if err == nil {
		err = d.limits.admit(group)
	}
	if err == nil {
		op.client, err = d.clients.authenticate(r, body)
	}
	if err == nil && !bulk {
		told, ok, refusal := d.discovery(r.Method, path, op.query)
		if ok && refusal == nil {
			d.tell(w, r, told)
			return
		}
		if err = refusal; err == nil {
			op, err = parseTarget(op, path)
		}
	}
	if err == nil && len(body) > 0 {
		if !isJSON(r.Header.Get("Content-Type")) {
			err = refuse(http.StatusUnsupportedMediaType, "Send application/scim+json or application/json.")
		} else {
			op.body, err = decode(body)
		}
	}
	if err != nil {
		d.refused(op, err)
		failed(err).write(w)
		return
	}
	if bulk {
		d.serveBulk(w, r, op)
		return
	}
	if !pause(r.Context(), d.latency) {
		return
	}
	a, done := d.execute(r.Context(), op)
	if !done || !pause(r.Context(), d.latency) {
		return
	}
	a.write(w)
}

// refused writes a request to the journal that did not get as far as a resource.
func (d *domain) refused(op operation, err error) {
	if op.writes() && !strings.HasSuffix(op.path, "/.search") {
		d.journal.record(entryLine{Domain: string(d.name), Client: op.client.id, Method: op.method, Path: op.path,
			Status: asRefusal(err).status})
	}
}

// execute carries an operation out. Not done: the client was gone before it
// could take effect, so it did not.
func (d *domain) execute(ctx context.Context, op operation) (a answer, done bool) {
	if !op.writes() {
		d.mu.RLock()
		defer d.mu.RUnlock()
		op.kind = d.own(op.kind)
		a, err := d.broken.answer(d, op)
		if err != nil {
			return failed(err), true
		}
		return d.behind(op, a), true
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if ctx.Err() != nil {
		return answer{}, false
	}
	op.kind = d.own(op.kind) // as it is at the moment at which the operation takes effect
	keys := d.keys(op.method, op.kind, op.id, op.body)
	a, err := d.weathered(ctx, op)
	if err != nil {
		a = failed(err)
	}
	// Under the lock, so that the journal has the order in which things took effect.
	d.journal.record(entryLine{Domain: string(d.name), Client: op.client.id, Method: op.method, Path: op.path,
		Status: a.status, Keys: keys})
	return a, true
}

// read answers GET and .search; under the lock for reading.
func (d *domain) read(op operation) (answer, error) {
	if err := d.authorize(op.client, op.kind, false); err != nil {
		return answer{}, err
	}
	if op.id == "" {
		var q query
		var err error
		if op.search {
			q, err = queryOfSearch(op.body, op.kind)
		} else {
			q, err = queryOf(op.query, op.kind)
		}
		if err != nil {
			return answer{}, err
		}
		page, err := d.list(op.kind, q)
		if err != nil {
			return answer{}, err
		}
		shown, total := page["itemsPerPage"].(int), page["totalResults"].(int)
		return answer{status: http.StatusOK, body: page, next: next(q.start, shown, total)}, nil
	}
	e, ok := d.collection(op.kind).get(op.id)
	if !ok {
		return answer{}, notFound(op.kind.name, op.id)
	}
	a, err := d.shown(op, e, http.StatusOK)
	if err == nil && op.seen != "" && tag(op.seen) == a.version {
		return answer{status: http.StatusNotModified, version: a.version}, nil // RFC 7644 section 3.14
	}
	return a, err
}

// tag is a version as it comes in a header, in the standard's form or in Oracle's.
func tag(header string) string {
	return strings.Trim(strings.TrimPrefix(header, "W/"), `"`)
}

// shown is the answer that carries a resource.
func (d *domain) shown(op operation, e entry, status int) (answer, error) {
	want, err := newSelection(op.query["attributes"], op.query["attributeSets"], op.kind)
	if err != nil {
		return answer{}, err
	}
	budget := maxMembers
	o, err := d.show(op.kind, e, want, &budget)
	return answer{status: status, body: o, version: d.version(e), location: d.location(op.kind, e)}, err
}

func (d *domain) location(k *kind, e entry) string {
	return d.url + "/admin/v1/" + k.name + "/" + e.rid()
}

// change carries a writing operation out; under the lock.
func (d *domain) change(op operation) (answer, error) {
	if err := d.authorize(op.client, op.kind, true); err != nil {
		return answer{}, err
	}
	if _, err := newSelection(op.query["attributes"], op.query["attributeSets"], op.kind); err != nil {
		return answer{}, err
	}
	if op.query.Get("forceDelete") == "true" {
		return answer{}, refuse(http.StatusNotImplemented, "forceDelete is not part of this simulator; delete what refers to the resource first.")
	}
	if op.changer {
		o, err := d.setActive(op.kind, op.id, op.body)
		return answer{status: http.StatusOK, body: o}, err
	}
	if op.reset {
		o, err := d.resetPassword(op.id, op.body)
		return answer{status: http.StatusOK, body: o}, err
	}
	if op.method == http.MethodPost {
		e, err := d.create(op.kind, op.body)
		if err != nil {
			return answer{}, err
		}
		return d.shown(op, e, http.StatusCreated)
	}
	e, ok := d.collection(op.kind).get(op.id)
	if !ok && op.kind == kindSchemas && schemaNamed(op.id) != nil {
		return answer{}, refuse(http.StatusForbidden, "The schema %s cannot be changed; only %s can, which holds the attributes that administrators define.", op.id, schemaCustom)
	}
	if !ok {
		return answer{}, notFound(op.kind.name, op.id)
	}
	if m := tag(op.ifMatch); m != "" && m != "*" && m != d.version(e) {
		return answer{}, refuse(http.StatusPreconditionFailed, "The resource was changed since it was read: If-Match does not hold. Read it again.")
	}
	var err error
	switch op.method {
	case http.MethodDelete:
		if err = d.remove(e); err == nil {
			return answer{status: http.StatusNoContent}, nil
		}
	case http.MethodPatch:
		err = d.patch(op.kind, e, op.body)
	case http.MethodPut:
		err = d.put(op.kind, e, op.body)
	}
	if err != nil {
		return answer{}, err
	}
	return d.shown(op, e, http.StatusOK)
}
