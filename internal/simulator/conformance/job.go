package conformance

import (
	"encoding/json"
	"slices"
)

const jobSchedule = "urn:ietf:params:scim:schemas:oracle:idcs:JobSchedule"

// checkJob checks the start of a job (oracle.md 2.8). What its parameters must be
// is not documented in a form that could be held here; that they are texts is.
func checkJob(r Request, types []string) []string {
	c := &checker{where: r.Method + " " + r.Path}
	var o object
	if err := json.Unmarshal(r.Body, &o); err != nil {
		c.wrong("the body is no JSON object")
		return c.found
	}
	c.schemas(o, jobSchedule)
	c.only(o, "schemas", "jobType", "runNow", "runAt", "parameters")
	if kind, _ := o["jobType"].(string); !slices.Contains(types, kind) {
		c.wrong("the job type %q is not documented", kind)
	}
	parameters, _ := o["parameters"].([]any)
	for _, p := range parameters {
		one, _ := p.(object)
		c.only(one, "name", "value")
		name, _ := one["name"].(string)
		if _, ok := one["value"].(string); !ok || name == "" {
			c.wrong("a parameter has a name and a value, both texts")
		}
	}
	return c.found
}
