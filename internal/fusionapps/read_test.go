package fusionapps_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/fusionapps"
)

func TestAccountsAreReadPageByPage(t *testing.T) {
	f := newFake(t)
	f.on("GET /Users", func(c call) (int, any) {
		start, _ := strconv.Atoi(c.r.URL.Query().Get("startIndex"))
		items := []any{}
		for i := start; i <= 5 && len(items) < 2; i++ {
			items = append(items, object{"id": fmt.Sprint(i), "userName": fmt.Sprint("u", i), "active": i != 3, "name": object{"givenName": "G", "familyName": "F"},
				"displayName": "G F", "emails": []any{object{"value": "a@x", "type": "W", "primary": true}}})
		}
		return 200, object{"totalResults": 5, "Resources": items}
	})
	c := f.client()
	var seen []directory.User
	for start := 1; start != 0; {
		page, err := c.Users(t.Context(), start)
		require.NoError(t, err)
		require.Equal(t, 5, page.Total)
		seen, start = append(seen, page.Users...), page.Next
	}
	require.Len(t, seen, 5)
	require.Equal(t, directory.User{ID: "1", UserName: "u1", GivenName: "G", FamilyName: "F", DisplayName: "G F", Email: "a@x", Active: true}, seen[0])
	require.False(t, seen[2].Active)
}

func TestALookupTellsTheRolesThatAnAccountHolds(t *testing.T) {
	f := newFake(t)
	f.on("GET /Users", func(c call) (int, any) {
		require.Equal(t, `userName eq "Ann \"\\" or userName eq "bob"`, c.r.URL.Query().Get("filter"))
		return 200, list(object{"id": "A1", "userName": `ann "\`, "roles": []any{object{"value": "R2"}, object{"value": "R1", "display": "ORA_A"}, object{"value": "gone"}}})
	})
	f.on("GET /Roles", func(c call) (int, any) {
		require.Equal(t, "id,name,displayName", c.r.URL.Query().Get("attributes"), "a role may have ten thousand members")
		return 200, list(object{"id": "R2", "name": "ORA_B", "displayName": "Bee"})
	})
	people, err := f.client().Lookup(t.Context(), []string{`Ann "\`, "bob", `ANN "\`, ""})
	require.NoError(t, err)
	require.Equal(t, map[string]directory.Person{
		`ann "\`: {User: directory.User{ID: "A1", UserName: `ann "\`}, Groups: []string{"ORA_A", "ORA_B"}}}, people)
}

func TestALookupNeverAsksWithAURLThatIsTooLong(t *testing.T) {
	f := newFake(t)
	asked := map[string]bool{}
	f.on("GET /Users", func(c call) (int, any) {
		require.Less(t, len(c.r.URL.RawQuery), 6000)
		for _, part := range strings.Split(c.r.URL.Query().Get("filter"), " or ") {
			asked[part] = true
		}
		return 200, list()
	})
	var names []string
	for i := range 60 {
		names = append(names, fmt.Sprintf("%0200d", i))
	}
	_, err := f.client().Lookup(t.Context(), names)
	require.NoError(t, err)
	require.Len(t, asked, 60)
}

func TestACheckReadsAccountsAndRoles(t *testing.T) {
	f := newFake(t)
	f.on("GET /Users", func(call) (int, any) { return 200, list() })
	f.on("GET /Roles", func(call) (int, any) { return 200, list() })
	require.NoError(t, f.client().Check(t.Context()))
	f.on("GET /Roles", func(call) (int, any) { return 403, nil })
	e := peerError(t, f.client().Check(t.Context()))
	require.Equal(t, directory.ProblemAuth, e.Problem)
	require.Equal(t, "fusion-applications", e.Peer)
	require.NotContains(t, e.Error(), "s3cret")
}

func TestOptionsThatCannotWorkAreRefused(t *testing.T) {
	good := fusionapps.Options{URL: "https://h", UserName: "u", Password: func(context.Context) (string, error) { return "", nil }}
	_, err := fusionapps.New(good)
	require.NoError(t, err)
	for want, spoil := range map[string]func(*fusionapps.Options){
		"user name":         func(o *fusionapps.Options) { o.UserName = "" },
		"requestsPerSecond": func(o *fusionapps.Options) { o.RequestsPerSecond = -1 },
		"bulkOperations":    func(o *fusionapps.Options) { o.BulkOperations = 51 },
		"form https":        func(o *fusionapps.Options) { o.URL = "https://h/hcmRestApi" },
	} {
		o := good
		spoil(&o)
		_, err := fusionapps.New(o)
		require.ErrorContains(t, err, want)
	}
}
