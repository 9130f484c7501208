// Package conformance holds a request to an identity domain against the
// documents: the models of Oracle's SDK (package characteristics) and the list
// of other documented calls. It knows no state, and shares no code with the
// simulator that answers the requests, so that what one of them lets through
// the other may find. It does no input or output.
package conformance

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"cutover/internal/simulator/characteristics"
)

// Request is what a client sent.
type Request struct {
	Method string
	Path   string
	Query  string // raw
	Media  string // Content-Type
	Body   []byte
}

// Schemas of the messages of SCIM (RFC 7644 section 3).
const (
	patchOp = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
	search  = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
	bulk    = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"
)

// maxBulk is how many operations a Bulk holds (oracle.md 2.2).
const maxBulk = 50

const admin = "/admin/v1/"

// calls are the documented ones that are no resources of the SDK, with where
// they are documented. * is one segment.
var calls = map[string]string{
	"POST /oauth2/v1/token":         "oracle.md 2.1",
	"POST /admin/v1/Bulk":           "oracle.md 2.5",
	"GET /admin/v1/SigningCert/jwk": "oracle.md 2.9",
	"GET /fed/v1/metadata":          "oracle.md 2.9",
	"POST /fed/v1/sp/sso":           "oracle.md 1.2a, the assertion consumer",

	"GET /job/v1/JobHistories":                "oracle.md 2.8",
	"GET /job/v1/ManagedObjectSyncJobReports": "oracle.md 2.7",
}

// jobs are the documented types of a job (oracle.md 2.8).
var jobs = []string{"UserImport", "GroupImport", "AppRoleImport", "UserExport", "GroupExport", "AppRoleExport", "Import", "Export"}

// Exceptions are calls that no document has, and that are let through all the
// same because whoever checks names them. Its zero value has none.
type Exceptions struct {
	// JobTypes are stand-ins for the types of jobs: how an import by an app is
	// started is documented for the console only (oracle.md 2.7, 4).
	JobTypes []string
}

// pages are where browsers go in a sign-in. Their paths are no API: where one
// begins and ends is a setting (signInPath, consolePath), and in between a
// client is led by redirects and forms.
var pages = []string{"/ui/", "/fed/"}

// Check lists what is wrong with a request; nothing is wrong with one that has
// an empty list. There are no exceptions.
func Check(r Request) []string { return Exceptions{}.Check(r) }

// Check is as the function of this name, but for the exceptions.
func (x Exceptions) Check(r Request) []string {
	if r.Method == "POST" && r.Path == "/job/v1/JobSchedules" {
		return checkJob(r, slices.Concat(jobs, x.JobTypes))
	}
	if _, ok := calls[r.Method+" "+r.Path]; ok && r.Path != admin+"Bulk" {
		return nil
	}
	if slices.ContainsFunc(pages, func(p string) bool { return strings.HasPrefix(r.Path, p) }) {
		return nil
	}
	path, ok := strings.CutPrefix(r.Path, admin)
	if !ok {
		return []string{fmt.Sprintf("%s %s is not documented", r.Method, r.Path)}
	}
	c := &checker{where: r.Method + " /" + path}
	var body any
	if len(r.Body) > 0 {
		if err := json.Unmarshal(r.Body, &body); err != nil {
			c.wrong("the body is no JSON")
			return c.found
		}
		if media, _, _ := strings.Cut(r.Media, ";"); media != "application/scim+json" && media != "application/json" {
			c.wrong("the content type is %q", r.Media)
		}
	}
	if path == "Bulk" {
		c.bulk(r.Method, body)
		return c.found
	}
	c.one(r.Method, path, r.Query, body)
	return c.found
}

type object = map[string]any

// checker collects what is wrong with one request.
type checker struct {
	where string
	found []string
}

func (c *checker) wrong(format string, args ...any) {
	c.found = append(c.found, c.where+": "+fmt.Sprintf(format, args...))
}

// one checks a request to a resource, or one operation of a Bulk.
func (c *checker) one(method, path, query string, body any) {
	endpoint, id, onOne := strings.Cut(path, "/")
	r := characteristics.At(endpoint)
	if r == nil {
		c.wrong("the path is not documented")
		return
	}
	if id == ".search" && method == "POST" {
		method, onOne = characteristics.Search, false
	}
	if strings.Contains(id, "/") || onOne && id == "" || !r.Offers(method, onOne) {
		c.wrong("the call is not documented")
		return
	}
	c.query(r, method, query)
	sent, isObject := body.(object)
	if needsBody := method != "GET" && method != "DELETE"; needsBody != (body != nil) || needsBody && !isObject {
		c.wrong("there is a body where there is none, or none where there is one, or it is no object")
		return
	}
	switch method {
	case "POST", "PUT":
		c.resource(r, sent)
	case "PATCH":
		c.patch(r, sent)
	case characteristics.Search:
		c.searched(r, sent)
	}
}

func (c *checker) bulk(method string, body any) {
	sent, _ := body.(object)
	ops, _ := sent["Operations"].([]any)
	if method != "POST" || len(ops) == 0 || len(ops) > maxBulk {
		c.wrong("a Bulk is a POST of 1 to %d operations", maxBulk)
		return
	}
	c.schemas(sent, bulk)
	c.only(sent, "schemas", "Operations")
	for i, o := range ops {
		op, _ := o.(object)
		method, _ := op["method"].(string)
		path, _ := op["path"].(string)
		within := &checker{where: fmt.Sprintf("%s, operation %d, %s %s", c.where, i+1, method, path)}
		within.only(op, "method", "path", "bulkId", "data", "version")
		if rest, ok := strings.CutPrefix(path, "/"); !ok || !slices.Contains([]string{"POST", "PUT", "PATCH", "DELETE"}, method) {
			within.wrong("an operation has a method that writes and a path below the base")
		} else {
			within.one(method, rest, "", op["data"])
		}
		c.found = append(c.found, within.found...)
	}
}

// only refuses what a message does not have.
func (c *checker) only(o object, names ...string) {
	for name := range o {
		if !slices.Contains(names, name) {
			c.wrong("the message has no %s", name)
		}
	}
}

// schemas checks a message, which has one schema.
func (c *checker) schemas(o object, want string) {
	given, _ := o["schemas"].([]any)
	if len(given) != 1 || given[0] != want {
		c.wrong("schemas is not %s alone", want)
	}
}

func (c *checker) query(r *characteristics.Resource, method, query string) {
	v, err := url.ParseQuery(query)
	if err != nil {
		c.wrong("the query cannot be read")
		return
	}
	allowed := []string{"attributes", "attributeSets"}
	if method == "GET" {
		allowed = append(allowed, "filter", "sortBy", "sortOrder", "startIndex", "count", "page", "limit")
	}
	if method == "DELETE" {
		allowed = []string{"forceDelete"}
	}
	for name, values := range v {
		if !slices.Contains(allowed, name) {
			c.wrong("the parameter %s is not documented", name)
		}
		for _, value := range values {
			switch name {
			case "attributes":
				c.attributes(r, value)
			case "filter":
				c.filter(r, value)
			case "sortBy":
				c.sortBy(r, value)
			}
		}
	}
}

func (c *checker) searched(r *characteristics.Resource, o object) {
	c.schemas(o, search)
	c.only(o, "schemas", "attributes", "attributeSets", "filter", "sortBy", "sortOrder", "startIndex", "count")
	if list, ok := o["attributes"].([]any); ok {
		for _, a := range list {
			c.attributes(r, fmt.Sprint(a))
		}
	}
	if f, ok := o["filter"].(string); ok {
		c.filter(r, f)
	}
	if s, ok := o["sortBy"].(string); ok {
		c.sortBy(r, s)
	}
}
