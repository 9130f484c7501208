package simulator

import (
	"context"
	"crypto/subtle"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// faRequest is one request to Fusion Applications, or one operation of its Bulk.
type faRequest struct {
	method string
	path   string // whole, for the journal
	kind   *kind
	id     string
	query  url.Values
	body   object
	client string
}

// serve answers everything below /hcmRestApi/scim.
func (f *applications) serve(w http.ResponseWriter, r *http.Request) {
	body, err := readBody(w, r)
	op := faRequest{method: r.Method, path: r.URL.Path, query: r.URL.Query()}
	path := strings.TrimPrefix(r.URL.Path, faBase)
	bulk := path == "/Bulk"
	if err == nil {
		user, password, ok := r.BasicAuth()
		if !ok || user != f.login || subtle.ConstantTimeCompare([]byte(password), []byte(f.password)) != 1 {
			w.Header().Set("WWW-Authenticate", `Basic realm="Fusion Applications"`)
			err = refuse(http.StatusUnauthorized, "Basic authentication failed.")
		} else {
			op.client = user
		}
	}
	if err == nil && !bulk {
		op, err = faTarget(op, path)
	}
	if err == nil && len(body) > 0 {
		op.body, err = decode(body)
	}
	var given []object
	if err == nil && bulk {
		given, err = faOperations(op)
	}
	if err != nil {
		f.refused(op, err)
		faRefusal(err).write(w)
		return
	}
	if !pause(r.Context(), f.latency) {
		return
	}
	var a answer
	done := true
	if bulk {
		a, done = f.runBulk(r.Context(), op.client, given)
	} else {
		a, done = f.execute(r.Context(), op)
	}
	if !done || !pause(r.Context(), f.latency) {
		return
	}
	a.mime = "application/json"
	a.write(w)
}

func faTarget(op faRequest, path string) (faRequest, error) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	switch parts[0] {
	case "Users":
		op.kind = kindAccounts
	case "Roles":
		op.kind = kindFARoles
	}
	if op.kind == nil || len(parts) > 2 {
		return op, refuse(http.StatusNotFound, "There is no resource at this path.")
	}
	if len(parts) == 2 {
		op.id = parts[1]
	}
	possible := []string{http.MethodGet}
	switch {
	case op.id == "" && op.kind == kindAccounts:
		possible = append(possible, http.MethodPost)
	case op.id != "":
		possible = append(possible, http.MethodPatch)
		if op.kind == kindAccounts {
			possible = append(possible, http.MethodDelete)
		}
	}
	if !slices.Contains(possible, op.method) {
		return op, notPossible(op.method, possible...)
	}
	return op, nil
}

func (f *applications) refused(op faRequest, err error) {
	if op.method != http.MethodGet {
		f.record(op, asRefusal(err).status, nil)
	}
}

func (f *applications) record(op faRequest, status int, keys []string) {
	f.journal.record(entryLine{Domain: "fusion-applications", Client: op.client, Method: op.method, Path: op.path, Status: status, Keys: keys})
}

// execute carries one request out; not done: its client was gone before.
func (f *applications) execute(ctx context.Context, op faRequest) (answer, bool) {
	if op.method == http.MethodGet {
		f.mu.RLock()
		defer f.mu.RUnlock()
		a, err := f.read(op)
		if err != nil {
			return faRefusal(err), true
		}
		return a, true
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if ctx.Err() != nil {
		return answer{}, false
	}
	keys := f.keys(op)
	a, err := f.weathered(ctx, op)
	if err != nil {
		a = faRefusal(err)
	}
	f.record(op, a.status, keys)
	return a, true
}

func (f *applications) read(op faRequest) (answer, error) {
	if op.id == "" {
		q, err := queryOf(op.query, op.kind)
		if err != nil {
			return answer{}, err
		}
		return answer{status: http.StatusOK, body: f.list(op.kind, q)}, nil
	}
	e, ok := f.collection(op.kind).get(op.id)
	if !ok {
		return answer{}, notFound(op.kind.name, op.id)
	}
	want, err := newSelection(op.query["attributes"], nil, op.kind)
	return answer{status: http.StatusOK, body: want.apply(f.body(e), op.kind)}, err
}

func (f *applications) change(op faRequest) (answer, error) {
	if op.method == http.MethodPost {
		a, err := f.createAccount(op.body)
		if err != nil {
			return answer{}, err
		}
		return answer{status: http.StatusCreated, body: a.object(f), location: f.location(a)}, nil
	}
	e, ok := f.collection(op.kind).get(op.id)
	if !ok {
		return answer{}, notFound(op.kind.name, op.id)
	}
	switch e := e.(type) {
	case *faRole:
		changes, err := memberChanges(op.body)
		if err == nil {
			err = f.changeMembers(e, changes)
		}
		return answer{status: http.StatusNoContent}, err
	case *account:
		if op.method == http.MethodDelete {
			f.removeAccount(e)
			return answer{status: http.StatusNoContent}, nil
		}
		err := f.updateAccount(e, op.body)
		return answer{status: http.StatusOK, body: e.object(f), location: f.location(e)}, err
	}
	return answer{}, notFound(op.kind.name, op.id)
}

func (f *applications) location(a *account) string { return f.url + faBase + "/Users/" + a.id }

// keys are the natural keys of what a request is about, before it.
func (f *applications) keys(op faRequest) []string {
	if op.kind == kindAccounts {
		if a, ok := f.accounts.find(op.id); ok {
			return []string{"user:" + a.userName}
		}
		if op.id != "" {
			return []string{"user:" + op.id}
		}
		return []string{"user:" + text(op.body, "userName")}
	}
	role := op.id
	if r, ok := f.roles.find(op.id); ok {
		role = r.name
	}
	var keys []string
	for _, m := range objects(op.body, "members") {
		member := text(m, "value")
		if a, ok := f.accounts.find(member); ok {
			member = a.userName
		}
		keys = append(keys, "member:"+role+"/"+member)
	}
	return keys
}

func faOperations(op faRequest) ([]object, error) {
	given := objects(op.body, "Operations")
	switch {
	case op.method != http.MethodPost:
		return nil, notPossible(op.method, http.MethodPost)
	case len(given) == 0:
		return nil, invalid("The request has no Operations.")
	case len(given) > maxBulk:
		return nil, refuse(http.StatusRequestEntityTooLarge, "A Bulk call holds %d operations at most, not %d.", maxBulk, len(given))
	}
	return given, nil
}

// runBulk carries out the operations of a Bulk, each for itself, in their order.
func (f *applications) runBulk(ctx context.Context, client string, given []object) (answer, bool) {
	if ctx.Err() != nil {
		return answer{}, false
	}
	results := make([]any, len(given))
	for i, g := range given {
		op := faRequest{method: strings.ToUpper(text(g, "method")), path: faBase + text(g, "path"), client: client, body: inner(g, "data")}
		op, err := faTarget(op, text(g, "path"))
		if err == nil && op.method == http.MethodGet {
			err = refuse(http.StatusMethodNotAllowed, "A Bulk call holds writing operations only.")
		}
		var a answer
		if err != nil {
			f.refused(op, err)
			a = faRefusal(err)
		} else {
			a, _ = f.execute(context.Background(), op) // the client was there when the call began
		}
		result := object{"method": op.method, "status": bulkStatus(a)}
		if id := text(g, "bulkId"); id != "" {
			result["bulkId"] = id
		}
		if a.location != "" {
			result["location"] = a.location
		} else if op.id != "" {
			result["location"] = f.url + faBase + "/" + op.kind.name + "/" + op.id
		}
		results[i] = result
	}
	return answer{status: http.StatusOK, body: object{"Operations": results}}, true
}
