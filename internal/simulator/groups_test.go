package simulator_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

func member(id string) m { return m{"value": id, "type": "User"} }

func TestMembersOfAGroupAreShownOnlyOnRequestAndInPages(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	id := w.idOf(directory.Utilities, "Groups", `displayName eq "ccs call centre"`)
	require.NotContains(t, w.admin(directory.Utilities, "GET", "/Groups/"+id, nil).Body, "members")
	all := w.admin(directory.Utilities, "GET", "/Groups/"+id+"?attributes=members", nil).Body["members"].([]any)
	require.Greater(t, len(all), 10)
	require.Subset(t, all[0], m{"type": "User"})
	require.NotEmpty(t, all[0].(m)["name"])

	second := url.QueryEscape("displayName,members[startIndex=6&count=5]")
	page := w.admin(directory.Utilities, "GET", "/Groups/"+id+"?attributes="+second, nil)
	require.Equal(t, all[5:10], page.Body["members"])
	beyond := url.QueryEscape("members[startIndex=100000&count=1000]")
	require.Empty(t, w.admin(directory.Utilities, "GET", "/Groups/"+id+"?attributes="+beyond, nil).Body["members"])
	require.Equal(t, all, w.admin(directory.Utilities, "GET", "/Groups/"+id+"?attributeSets=all", nil).Body["members"])
}

func TestGroupsOfAUserAreShownOnlyOnRequest(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	group := w.idOf(directory.Utilities, "Groups", `displayName eq "CCS Supervisors"`)
	r := w.list(directory.Utilities, "Users", "filter", `groups.value eq "`+group+`"`, "attributes", "userName,groups,groups.type")
	require.NotEmpty(t, r.resources())
	for _, u := range r.resources() {
		require.Contains(t, u.(m)["groups"], m{"value": group, "display": "CCS Supervisors", "type": "direct"})
	}
	plain := w.list(directory.Utilities, "Users", "filter", `groups.value eq "`+group+`"`)
	require.Equal(t, len(r.resources()), len(plain.resources()))
	require.NotContains(t, plain.at("Resources.0"), "groups")

	person := r.text("Resources.0.id")
	of := w.list(directory.Utilities, "Groups", "filter", `members.value eq "`+person+`"`)
	require.Contains(t, of.Raw, group)
}

func TestAddingAMemberWhoIsInFailsTheWholePatch(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	a, b := w.create(directory.CXIF, "Users", newUser("a")), w.create(directory.CXIF, "Users", newUser("b"))
	g := w.create(directory.CXIF, "Groups", m{"displayName": "Testers", "members": []any{member(a)}})
	patch := func(ops ...m) reply {
		return w.admin(directory.CXIF, "PATCH", "/Groups/"+g+"?attributes=members", patchOf(ops...))
	}
	members := func() any {
		return w.admin(directory.CXIF, "GET", "/Groups/"+g+"?attributes=members.value", nil).Body["members"]
	}

	require.Equal(t, 409, patch(m{"op": "add", "path": "members", "value": []any{member(b), member(a)}}).Status)
	require.Equal(t, []any{m{"value": a}}, members())
	require.Equal(t, 409, patch(m{"op": "add", "path": "members", "value": []any{member(b), member(b)}}).Status)
	require.Equal(t, 400, patch(m{"op": "add", "path": "members", "value": []any{member("nobody")}}).Status)
	require.Equal(t, 400, patch(m{"op": "add", "path": "members", "value": []any{m{"value": b, "type": "Group"}}}).Status)

	before := w.admin(directory.CXIF, "GET", "/Groups/"+g, nil).Header.Get("ETag")
	r := patch(m{"op": "ADD", "path": "members", "value": []any{member(b)}})
	require.Equal(t, 200, r.Status, r.Raw)
	require.NotEqual(t, before, r.Header.Get("ETag"))
	require.Equal(t, []any{m{"value": a}, m{"value": b}}, members())

	require.Equal(t, 200, patch(m{"op": "remove", "path": `members[value eq "` + a + `"]`}).Status)
	require.Equal(t, []any{m{"value": b}}, members())
	require.Equal(t, 200, patch(m{"op": "remove", "path": "members"}, m{"op": "add", "path": "members", "value": []any{member(a)}}).Status)
	require.Equal(t, []any{m{"value": a}}, members())
	require.Equal(t, 200, patch(m{"op": "replace", "path": "members", "value": []any{member(b)}}, m{"op": "replace", "path": "displayName", "value": "Testing"}).Status)
	require.Equal(t, []any{m{"value": b}}, members())
	require.Equal(t, g, w.idOf(directory.CXIF, "Groups", `displayName eq "testing"`))
}

func TestAGroupNameIsTakenWhateverItsCase(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	require.Equal(t, 409, w.admin(directory.Utilities, "POST", "/Groups", of("Groups", m{"displayName": "ccs BILLING"})).Status)
	require.Equal(t, 400, w.admin(directory.Utilities, "POST", "/Groups", of("Groups", m{})).Status)
}

func TestAGroupHoldsTenThousandAndARequestReturnsAsMany(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	ids := make([]string, 0, 10001)
	for len(ids) < cap(ids) {
		var ops []any
		for i := range min(50, cap(ids)-len(ids)) {
			ops = append(ops, m{"method": "POST", "path": "/Users", "bulkId": fmt.Sprint(i), "data": newUser(fmt.Sprint("p", len(ids)+i))})
		}
		r := w.admin(directory.CXIF, "POST", "/Bulk", m{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:BulkRequest"}, "Operations": ops})
		require.Equal(t, 200, r.Status, r.Raw)
		for _, op := range r.Body["Operations"].([]any) {
			require.Equal(t, "201", op.(m)["status"])
			location := op.(m)["location"].(string)
			ids = append(ids, location[len(location)-32:])
		}
	}
	group := func(name string, ids []string) reply {
		members := make([]any, len(ids))
		for i, id := range ids {
			members[i] = member(id)
		}
		return w.admin(directory.CXIF, "POST", "/Groups", of("Groups", m{"displayName": name, "members": members}))
	}
	require.Equal(t, 400, group("Too many", ids).Status)
	full := group("Full", ids[:10000])
	require.Equal(t, 201, full.Status)
	require.Equal(t, 400, w.admin(directory.CXIF, "PATCH", "/Groups/"+full.text("id"), patchOf(m{"op": "add", "path": "members", "value": []any{member(ids[10000])}})).Status)
	require.Equal(t, 201, group("One more", ids[:1]).Status)

	require.Equal(t, 200, w.admin(directory.CXIF, "GET", "/Groups/"+full.text("id")+"?attributes=members", nil).Status)
	require.Equal(t, 400, w.list(directory.CXIF, "Groups", "attributes", "members").Status, "10,001 members in one request are refused")
	require.Equal(t, 200, w.list(directory.CXIF, "Groups", "attributes", "members[startIndex=1&count=1000]").Status)
}
