package simulator

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// maxBulk is how many operations a Bulk call may hold (oracle.md 2.2).
const maxBulk = 50

// serveBulk answers POST /admin/v1/Bulk (oracle.md 2.5). One call runs at a
// time in a domain; what happens to a second one is not documented: here it
// gets 429.
func (d *domain) serveBulk(w http.ResponseWriter, r *http.Request, op operation) {
	given := objects(op.body, "Operations")
	_, operations, _ := field(op.body, "Operations")
	var err error
	switch {
	case op.method != http.MethodPost:
		err = notPossible(op.method, http.MethodPost)
	case !isList(operations) || len(given) < len(asList(operations)): // Oracle's migration scripts send none where there is nothing to do
		err = missing("Operations")
	case !slices.Contains(list(op.body, "schemas"), any(schemaBulkAsked)):
		err = missing("schemas with " + schemaBulkAsked)
	case len(given) > maxBulk:
		err = refuse(http.StatusRequestEntityTooLarge, "A Bulk call holds %d operations at most, not %d.", maxBulk, len(given))
	default:
		select {
		case d.heavy <- struct{}{}:
		default:
			err = refuse(http.StatusTooManyRequests, "Another Bulk call, an import, an export or a full synchronization is running in this domain; only one can run at a time.")
		}
	}
	if err != nil {
		d.refused(op, err)
		failed(err).write(w)
		return
	}
	defer func() { <-d.heavy }()
	if !pause(r.Context(), d.latency) {
		return
	}
	results := d.runBulk(r.Context(), op.client, given)
	if results == nil || !pause(r.Context(), d.latency) {
		return
	}
	answer{status: http.StatusOK, body: object{"schemas": []any{schemaBulk}, "Operations": results}}.write(w)
}

// runBulk carries the operations out, each for itself, in their order; nil:
// the client was gone before the first.
func (d *domain) runBulk(ctx context.Context, c client, given []object) []any {
	if ctx.Err() != nil {
		return nil
	}
	made := map[string]string{} // ids by bulkId
	results := make([]any, 0, len(given))
	for _, g := range given {
		method, bulkID := strings.ToUpper(text(g, "method")), text(g, "bulkId")
		result := object{"method": method}
		if bulkID != "" {
			result["bulkId"] = bulkID
		}
		a := d.runOne(c, method, g, made)
		result["status"] = strconv.Itoa(a.status)
		if a.location != "" {
			result["location"] = a.location
		}
		if a.status >= 400 {
			result["response"] = a.body
		} else if bulkID != "" && a.location != "" {
			made[bulkID] = a.location[strings.LastIndexByte(a.location, '/')+1:]
		}
		results = append(results, result)
	}
	return results
}

func (d *domain) runOne(c client, method string, g object, made map[string]string) answer {
	path := text(g, "path")
	op := operation{method: method, path: "/admin/v1" + path, client: c, ifMatch: text(g, "version")}
	err := func() (err error) {
		if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "/admin/") {
			return invalid("The path of an operation is relative to /admin/v1, such as /Users.")
		}
		if op, err = parseTarget(op, path); err != nil {
			return err
		}
		if op.search || method == http.MethodGet {
			return refuse(http.StatusMethodNotAllowed, "A Bulk call holds writing operations only.")
		}
		if id, ok := strings.CutPrefix(op.id, "bulkId:"); ok {
			if op.id, ok = made[id]; !ok {
				return dangling("No earlier operation made bulkId %s.", id)
			}
			op.path = "/admin/v1/" + op.kind.name + "/" + op.id
		}
		_, data, _ := field(g, "data")
		resolved, missing := resolve(data, made)
		if missing != "" {
			return dangling("No earlier operation made bulkId %s.", missing)
		}
		op.body, _ = resolved.(object)
		return nil
	}()
	if err != nil {
		d.refused(op, err)
		return failed(err)
	}
	// The call as a whole checked that its client was there.
	a, _ := d.execute(context.Background(), op)
	if op.id != "" && a.location == "" {
		a.location = d.url + "/admin/v1/" + op.kind.name + "/" + op.id
	}
	return a
}

// resolve replaces references to resources that the same call made, "bulkId:x",
// by their ids (RFC 7644 section 3.7.2).
func resolve(v any, made map[string]string) (resolved any, missing string) {
	switch v := v.(type) {
	case string:
		ref, ok := strings.CutPrefix(v, "bulkId:")
		if !ok {
			return v, ""
		}
		id, ok := made[ref]
		if !ok {
			return nil, ref
		}
		return id, ""
	case object:
		for k, e := range v {
			if v[k], missing = resolve(e, made); missing != "" {
				return nil, missing
			}
		}
	case []any:
		for i, e := range v {
			if v[i], missing = resolve(e, made); missing != "" {
				return nil, missing
			}
		}
	}
	return v, ""
}
