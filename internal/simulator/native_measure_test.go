package simulator

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

// BenchmarkAMillionAccounts pulls a million people into an empty domain, and tells
// what they and their accounts hold of the heap there, and how long pages of all
// accounts take.
func BenchmarkAMillionAccounts(b *testing.B) {
	const people = 1_000_000
	for b.Loop() {
		fusion, target := newDomain(directory.Fusion, 1, time.Now), newDomain(directory.CXIF, 1, time.Now)
		for n := range people {
			o := object{"schemas": userSchemas, "id": fusion.newID(), "userName": "person." + strconv.Itoa(n), "displayName": "Person " + strconv.Itoa(n), "active": true,
				"name":   object{"givenName": "Person", "familyName": strconv.Itoa(n)},
				"emails": []any{object{"value": fmt.Sprintf("person.%d@riverbend.example", n), "type": "work", "primary": true}}}
			u := userFrom(o)
			u.seq = fusion.nextSeq()
			fusion.users.store(u)
		}
		fusion.users.byIDs()
		before := heap()
		begun := time.Now()
		p := &pull{d: target, how: &puller{fusion: fusion}, app: "app", run: 1, creates: -1, deactivates: -1}
		require.NoError(b, p.all(context.Background()))
		b.ReportMetric(time.Since(begun).Seconds(), "import-s")
		require.Equal(b, people, p.tally.created)
		b.ReportMetric(float64(heap()-before)/float64(people), "B/person")
		filter, err := parseFilter(`app.value eq "app"`, kindAccountInfos)
		require.NoError(b, err)
		begun = time.Now()
		for start := 1; start <= people; start += maxCount {
			q := query{filter: filter, sortBy: attrPath{name: "id"}, sorted: true, start: start, count: maxCount}
			page, err := target.list(kindAccountInfos, q)
			require.NoError(b, err)
			require.Equal(b, people, page["totalResults"])
		}
		b.ReportMetric(time.Since(begun).Seconds(), "pages-s")
		runtime.KeepAlive(fusion)
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
