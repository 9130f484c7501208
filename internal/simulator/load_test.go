package simulator_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

// BenchmarkBulkCreates makes people in Bulk, fifty a call, over HTTP.
func BenchmarkBulkCreates(b *testing.B) {
	w := startFor(b, "messy", simulator.Options{})
	made := 0
	for b.Loop() {
		ops := make([]m, 50)
		for i := range ops {
			ops[i] = op("POST", "/Users", fmt.Sprint(i), newUser(fmt.Sprint("p", made)))
			made++
		}
		r := w.admin(directory.CXIF, "POST", "/Bulk", bulk(ops...))
		require.Equal(b, 200, r.Status)
	}
	b.ReportMetric(float64(made)/b.Elapsed().Seconds(), "users/s")
}

// BenchmarkLookups finds fifty people by name, the way a client looks before it writes.
func BenchmarkLookups(b *testing.B) {
	w := startFor(b, "clean", simulator.Options{})
	all := w.list(directory.Utilities, "Users", "count", "50").resources()
	filter := ""
	for i, u := range all {
		if i > 0 {
			filter += " or "
		}
		filter += fmt.Sprintf("userName eq %q", u.(m)["userName"])
	}
	for b.Loop() {
		r := w.admin(directory.Utilities, "POST", "/Users/.search", m{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:SearchRequest"}, "filter": filter, "count": 50})
		require.Len(b, r.resources(), 50)
	}
}
