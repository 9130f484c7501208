package identitydomain_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/identitydomain"
)

const (
	userExt   = "urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User"
	userState = "urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User"
	password  = "urn:ietf:params:scim:schemas:oracle:idcs:extension:passwordState:User"
)

func TestAUserIsReadWithAllThatCutoverKnowsOfUsers(t *testing.T) {
	f := newFake(t)
	f.on("GET /admin/v1/Users", func(call) (int, any) {
		return 200, list(object{"id": "u1", "userName": "Ann", "name": object{"givenName": "A", "familyName": "B"}, "displayName": "A B", "active": true,
			"externalId": "x", "meta": object{"version": "v1"}, "emails": []any{
				object{"value": "r@x", "type": "recovery", "primary": false}, object{"value": "p@x", "type": "home", "primary": true}},
			userExt: object{"isFederatedUser": true}, userState: object{"locked": object{"on": true, "reason": 1}},
			password: object{"lastSuccessfulSetDate": "2026-01-01T00:00:00Z"}}, object{"id": "u2", "userName": "bare", "active": false})
	})
	page, err := f.client().Users(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, identitydomain.UserPage{Total: 2, Users: []directory.User{
		{ID: "u1", UserName: "Ann", GivenName: "A", FamilyName: "B", DisplayName: "A B", Email: "p@x", Active: true, Federated: true,
			ExternalID: "x", Locked: true, LockReason: 1, PasswordSet: true, Version: "v1"},
		{ID: "u2", UserName: "bare"},
	}}, page)
	q, err := url.ParseQuery(f.sent("GET")[0].query)
	require.NoError(t, err)
	require.Equal(t, []string{"id", "ascending", "1000", "1"}, []string{q.Get("sortBy"), q.Get("sortOrder"), q.Get("count"), q.Get("startIndex")})
	require.Contains(t, q.Get("attributes"), userState+":locked")
}

func TestUsersAreReadToTheLastHoweverFewAPageHolds(t *testing.T) {
	f := newFake(t)
	f.on("GET /admin/v1/Users", func(c call) (int, any) {
		start, _ := strconv.Atoi(c.r.URL.Query().Get("startIndex"))
		items := []any{}
		for i := start; i <= 7 && len(items) < 3; i++ {
			items = append(items, object{"id": fmt.Sprint(i), "userName": fmt.Sprint("u", i), "active": true})
		}
		return 200, object{"totalResults": 7, "Resources": items}
	})
	c := f.client()
	var seen []string
	for start := 1; start != 0; {
		page, err := c.Users(t.Context(), start)
		require.NoError(t, err)
		for _, u := range page.Users {
			seen = append(seen, u.ID)
		}
		start = page.Next
	}
	require.Equal(t, []string{"1", "2", "3", "4", "5", "6", "7"}, seen)
}

func TestMembersAreReadPageByPageAndOnlyUsersCount(t *testing.T) {
	f := newFake(t)
	pages := map[string][]any{
		"members[startIndex=1&count=1000]": {object{"value": "u1", "type": "User"}, object{"value": "g", "type": "Group"}},
		"members[startIndex=3&count=1000]": {object{"value": "u2"}},
		"members[startIndex=4&count=1000]": {},
	}
	f.on("GET /admin/v1/Groups/g 1", func(c call) (int, any) {
		members, known := pages[c.r.URL.Query().Get("attributes")]
		require.True(t, known, c.query)
		return 200, object{"id": "g 1", "members": members}
	})
	c := f.client()
	var ids []string
	for start := 1; start != 0; {
		page, err := c.Members(t.Context(), "g 1", start)
		require.NoError(t, err)
		ids, start = append(ids, page.UserIDs...), page.Next
	}
	require.Equal(t, []string{"u1", "u2"}, ids)
}

func TestRolesBearTheNamesOfTheirApps(t *testing.T) {
	f := newFake(t)
	f.on("GET /admin/v1/AppRoles", func(call) (int, any) {
		return 200, list(object{"id": "r1", "displayName": "AppUser", "app": object{"value": "a1", "display": "CCS"}},
			object{"id": "r2", "displayName": "Other", "app": object{"value": "a2"}})
	})
	f.on("GET /admin/v1/Apps", func(call) (int, any) {
		return 200, list(object{"id": "a1", "displayName": "CCS"}, object{"id": "a2", "displayName": "Two"})
	})
	roles, err := f.client().Roles(t.Context())
	require.NoError(t, err)
	require.Equal(t, []identitydomain.AppRole{
		{ID: "r1", AppID: "a1", Role: directory.Role{App: "CCS", Name: "AppUser"}}, {ID: "r2", AppID: "a2", Role: directory.Role{App: "Two", Name: "Other"}}}, roles)
}

func TestGrantsThatFollowFromAMembershipAreNotCounted(t *testing.T) {
	f := newFake(t)
	f.on("GET /admin/v1/Grants", func(call) (int, any) {
		entitlement := object{"attributeName": "appRoles", "attributeValue": "r1"}
		return 200, list(
			object{"id": "g1", "grantMechanism": "ADMINISTRATOR_TO_USER", "grantee": object{"value": "u1", "type": "User"}, "app": object{"value": "a1"}, "entitlement": entitlement},
			object{"id": "g2", "grantMechanism": "GROUP_MEMBERSHIP", "grantee": object{"value": "u2", "type": "User"}, "app": object{"value": "a1"}, "entitlement": entitlement},
			object{"id": "g3", "grantMechanism": "ADMINISTRATOR_TO_GROUP", "grantee": object{"value": "x", "type": "Group"}, "app": object{"value": "a1"}})
	})
	page, err := f.client().Grants(t.Context(), 1)
	require.NoError(t, err)
	require.Equal(t, identitydomain.GrantPage{Total: 3, IDs: []string{"g1", "g2", "g3"}, Grants: []identitydomain.Grant{
		{ID: "g1", Mechanism: "ADMINISTRATOR_TO_USER", GranteeType: "User", GranteeID: "u1", AppID: "a1", RoleID: "r1"},
		{ID: "g3", Mechanism: "ADMINISTRATOR_TO_GROUP", GranteeType: "Group", GranteeID: "x", AppID: "a1"}}}, page)
}

func TestACheckReadsALittleOfEverything(t *testing.T) {
	f := newFake(t)
	f.other = func(call) (int, any) { return 200, list() }
	require.NoError(t, f.client().Check(t.Context()))
	var paths []string
	for _, c := range f.sent("GET") {
		paths = append(paths, c.path)
	}
	require.Equal(t, []string{"/admin/v1/Users", "/admin/v1/Apps", "/admin/v1/Rules"}, paths)
	f.on("GET /admin/v1/Rules", func(call) (int, any) { return 403, nil })
	e := peerError(t, f.client().Check(t.Context()))
	require.Equal(t, "read rules", e.Op)
	require.Equal(t, directory.ProblemAuth, e.Problem)
}

func TestOptionsThatCannotWorkAreRefusedBeforeAnythingIsSent(t *testing.T) {
	good := identitydomain.Options{Domain: directory.Fusion, URL: "https://h", ClientID: "id", Secret: func(context.Context) (string, error) { return "", nil }}
	_, err := identitydomain.New(good)
	require.NoError(t, err)
	for want, spoil := range map[string]func(*identitydomain.Options){
		"name":           func(o *identitydomain.Options) { o.Domain = "" },
		"form https":     func(o *identitydomain.Options) { o.URL = "https://h/ui" },
		"clientSecret":   func(o *identitydomain.Options) { o.Secret = nil },
		"external-user":  func(o *identitydomain.Options) { o.Type = "huge" },
		"percentage":     func(o *identitydomain.Options) { o.Share = 101 },
		"bulkOperations": func(o *identitydomain.Options) { o.BulkOperations = 51 },
		"deadline":       func(o *identitydomain.Options) { o.RequestTimeout = -time.Second },
	} {
		o := good
		spoil(&o)
		_, err := identitydomain.New(o)
		require.ErrorContains(t, err, want)
	}
}

func TestTheTransportOfTheOptionsCarriesEveryRequest(t *testing.T) {
	f := newFake(t)
	newStore(f)
	counter := &counting{}
	_, err := f.client(func(o *identitydomain.Options) { o.HTTP = counter }).SSO(t.Context())
	require.NoError(t, err)
	require.Equal(t, len(f.sent("GET"))+1, counter.n, "and the token's")
}

type counting struct{ n int }

func (c *counting) RoundTrip(r *http.Request) (*http.Response, error) {
	c.n++
	return http.DefaultTransport.RoundTrip(r)
}

func TestRequestsAreHeldBackToThePublishedLimits(t *testing.T) {
	f := newFake(t)
	f.other = func(call) (int, any) { return 200, list() }
	c := f.client(func(o *identitydomain.Options) { o.Type, o.Share = "apps", 50 })
	for range 7 {
		_, err := c.Users(t.Context(), 1)
		require.NoError(t, err)
	}
	require.Positive(t, c.Waited())
}
