package simulator_test

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

// The simulator is what cutover is measured with, so it must not be what is
// slow or large: 20,000 people in Bulk in under 4 s on two idle cores, and a
// million people in under 2 GB. Once is enough:
//
//	go test ./internal/simulator -run '^$' -bench 'TwentyThousand|AMillion' -benchtime 1x

// BenchmarkTwentyThousandPeopleInBulk makes 20,000 people by 400 Bulk calls over
// HTTP, one after the other, without limits.
func BenchmarkTwentyThousandPeopleInBulk(b *testing.B) {
	const people = 20_000
	var calls []string
	for from := 0; from < people; from += 50 {
		calls = append(calls, fiftyPeople(from))
	}
	for b.Loop() {
		b.StopTimer()
		w := startFor(b, "messy", simulator.Options{})
		w.token(directory.CXIF)
		b.StartTimer()
		for _, call := range calls {
			w.bulkCreates(call)
		}
	}
	seconds := b.Elapsed().Seconds() / float64(b.N)
	b.ReportMetric(people/seconds, "people/s")
	b.ReportMetric(seconds/4, "of-4s")
}

// BenchmarkAMillionPeople makes a million people by Bulk calls over HTTP and
// tells what they hold of the heap, with the order in which lists page.
func BenchmarkAMillionPeople(b *testing.B) {
	const people = 1_000_000
	for b.Loop() {
		w := startFor(b, "messy", simulator.Options{})
		before := heap()
		for from := 0; from < people; from += 50 {
			w.bulkCreates(fiftyPeople(from))
		}
		require.Greater(b, w.list(directory.CXIF, "Users", "count", "1", "sortBy", "id").Body["totalResults"], float64(people))
		held := float64(heap() - before)
		b.ReportMetric(held/people, "bytes/person")
		b.ReportMetric(held/2e9, "of-2GB")
		runtime.KeepAlive(w)
	}
}

// fiftyPeople is a Bulk call that creates people from this number on, each with
// a name and an email of their own.
func fiftyPeople(from int) string {
	var b strings.Builder
	b.WriteString(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[`)
	for i := from; i < from+50; i++ {
		if i > from {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"method":"POST","path":"/Users","bulkId":"%d","data":{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User",`+
			`"urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User"],"userName":"person.%[1]d","displayName":"Given%[1]d Family%[1]d",`+
			`"name":{"givenName":"Given%[1]d","familyName":"Family%[1]d"},"externalId":"%[1]d","active":true,`+
			`"emails":[{"value":"person.%[1]d@riverbend.example","type":"work","primary":true}],`+
			`"urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User":{"isFederatedUser":true}}}`, i)
	}
	b.WriteString(`]}`)
	return b.String()
}

// bulkCreates sends a call, all of whose operations must create.
func (w *world) bulkCreates(call string) {
	w.t.Helper()
	req, err := http.NewRequest(http.MethodPost, w.URL(directory.CXIF)+"/admin/v1/Bulk", strings.NewReader(call))
	require.NoError(w.t, err)
	req.Header.Set("Content-Type", "application/scim+json")
	req.Header.Set("Authorization", "Bearer "+w.token(directory.CXIF))
	resp, err := w.client().Do(req)
	require.NoError(w.t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	require.NoError(w.t, err)
	require.Equal(w.t, 50, strings.Count(string(body), `"status":"201"`))
}

// heap is how many bytes are in use, once what is not has gone.
func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
