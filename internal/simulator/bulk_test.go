package simulator_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

func op(method, path, bulkID string, data any) m {
	o := m{"method": method, "path": path}
	if bulkID != "" {
		o["bulkId"] = bulkID
	}
	if data != nil {
		o["data"] = data
	}
	return o
}

func bulk(ops ...m) m {
	all := make([]any, len(ops))
	for i, o := range ops {
		all[i] = o
	}
	return m{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:BulkRequest"}, "Operations": all}
}

func TestTheOperationsOfABulkSucceedAndFailEachForItself(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	old := w.create(directory.CXIF, "Users", newUser("old"))
	gone := w.create(directory.CXIF, "Users", newUser("gone"))
	r := w.admin(directory.CXIF, "POST", "/Bulk", bulk(
		op("POST", "/Users", "a", newUser("ada")),
		op("POST", "/Users", "b", newUser("ADA")),
		op("POST", "/Groups", "g", of("Groups", m{"displayName": "New", "members": []any{member("bulkId:a")}})),
		op("PATCH", "/Users/"+old, "", patchOf(m{"op": "replace", "path": "active", "value": false})),
		op("PATCH", "/Users/bulkId:a", "", patchOf(m{"op": "replace", "path": "displayName", "value": "Ada"})),
		op("DELETE", "/Users/"+gone, "", nil),
		op("POST", "/Users", "c", m{"userName": "bulkId:nothing"}),
		op("GET", "/Users", "", nil),
		op("POST", "/admin/v1/Users", "", newUser("x")),
	))
	require.Equal(t, 200, r.Status, r.Raw)
	var statuses []any
	results := r.Body["Operations"].([]any)
	for _, o := range results {
		statuses = append(statuses, o.(m)["status"])
	}
	require.Equal(t, []any{"201", "409", "201", "200", "200", "204", "400", "405", "400"}, statuses)
	ada := w.idOf(directory.CXIF, "Users", `userName eq "ada"`)
	require.Equal(t, w.URL(directory.CXIF)+"/admin/v1/Users/"+ada, results[0].(m)["location"])
	require.NotContains(t, results[0], "response")
	require.Equal(t, "409", results[1].(m)["response"].(m)["status"])
	require.Equal(t, w.URL(directory.CXIF)+"/admin/v1/Users/"+old, results[3].(m)["location"])
	require.Equal(t, "Ada", w.admin(directory.CXIF, "GET", "/Users/"+ada, nil).text("displayName"))
	require.Equal(t, 1.0, w.list(directory.CXIF, "Groups", "filter", `members.value eq "`+ada+`"`).Body["totalResults"])
}

func TestABulkHoldsFiftyOperationsAndAMegabyte(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	ops := make([]m, 51)
	for i := range ops {
		ops[i] = op("POST", "/Users", "", newUser(fmt.Sprint("p", i)))
	}
	require.Equal(t, 413, w.admin(directory.CXIF, "POST", "/Bulk", bulk(ops...)).Status)
	require.Equal(t, 0.0, w.list(directory.CXIF, "Users", "filter", `userName eq "p0"`).Body["totalResults"])
	require.Equal(t, 200, w.admin(directory.CXIF, "POST", "/Bulk", bulk(ops[:50]...)).Status)
	require.Equal(t, 200, w.admin(directory.CXIF, "POST", "/Bulk", bulk()).Status, "none is a list too")
	require.Equal(t, 400, w.admin(directory.CXIF, "POST", "/Bulk", m{"schemas": bulk()["schemas"]}).Status, "no list is none")
	require.Equal(t, 400, w.admin(directory.CXIF, "POST", "/Bulk", m{"Operations": []any{ops[0]}}).Status, "it says what it is")
	ops[0]["data"].(m)["title"] = string(make([]byte, 1<<20))
	require.Equal(t, 413, w.admin(directory.CXIF, "POST", "/Bulk", bulk(ops[0])).Status)
}

func TestASecondBulkInTheSameDomainIsRefusedWhileOneRuns(t *testing.T) {
	w := start(t, "messy", simulator.Options{Latency: 400 * time.Millisecond})
	send := func(d directory.Domain, name string) reply {
		return w.admin(d, "POST", "/Bulk", bulk(op("POST", "/Users", "", newUser(name))))
	}
	w.token(directory.CXIF)
	w.token(directory.Utilities)
	replies := make(chan reply, 3)
	for i := range 2 {
		go func() { replies <- send(directory.CXIF, fmt.Sprint("p", i)) }()
	}
	go func() { replies <- send(directory.Utilities, "p") }()
	statuses := map[int]int{}
	for range 3 {
		select {
		case r := <-replies:
			statuses[r.Status]++
		case <-time.After(20 * time.Second):
			t.Fatal("a Bulk call did not come back")
		}
	}
	require.Equal(t, map[int]int{200: 2, 429: 1}, statuses)
	require.Equal(t, 200, send(directory.CXIF, "later").Status)
}

func TestWhatIsAskedByAClientThatIsGoneIsNotCarriedOut(t *testing.T) {
	w := start(t, "messy", simulator.Options{Latency: 600 * time.Millisecond, CopyDelay: time.Millisecond})
	token := w.token(directory.CXIF)
	gone := func(target string, body any) {
		ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
		defer cancel()
		req := w.request(ctx, "POST", target, body, "Authorization", "Bearer "+token)
		if target[:len(w.URL(directory.CXIF))] != w.URL(directory.CXIF) {
			req.SetBasicAuth(w.FusionApplicationsLogin())
		}
		_, err := w.client().Do(req)
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
	gone(w.URL(directory.CXIF)+"/admin/v1/Users", newUser("ghost"))
	gone(w.URL(directory.CXIF)+"/admin/v1/Bulk", bulk(op("POST", "/Users", "", newUser("ghost"))))
	gone(w.FusionApplicationsURL()+"/hcmRestApi/scim/Users", m{"userName": "ghost", "name": m{"familyName": "Ghost"}})
	// The next requests take their second too, so those of the ghost are over by then.
	require.Equal(t, 0.0, w.list(directory.CXIF, "Users", "filter", `userName eq "ghost"`).Body["totalResults"])
	require.Equal(t, 0.0, w.apps("GET", "/Users?filter="+escape(`userName eq "ghost"`), nil).Body["totalResults"])
}

func TestWhatTookEffectStaysThoughTheClientLeftBeforeTheAnswer(t *testing.T) {
	w := start(t, "messy", simulator.Options{Latency: time.Second})
	token := w.token(directory.CXIF)
	ctx, cancel := context.WithTimeout(context.Background(), 750*time.Millisecond)
	defer cancel()
	_, err := w.client().Do(w.request(ctx, "POST", w.URL(directory.CXIF)+"/admin/v1/Users", newUser("early"), "Authorization", "Bearer "+token))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Equal(t, 1.0, w.list(directory.CXIF, "Users", "filter", `userName eq "early"`).Body["totalResults"])
}
