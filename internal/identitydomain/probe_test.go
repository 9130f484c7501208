package identitydomain_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/identitydomain"
)

// shows answers every read of a probe with nothing, but for what a test has.
func shows(t *testing.T) *fake {
	f := newFake(t)
	f.other = func(call) (int, any) { return 200, list() }
	return f
}

func TestAProbeFindsTheRolesOfItsOwnClient(t *testing.T) {
	f := shows(t)
	f.on("GET /admin/v1/Apps", func(c call) (int, any) {
		if c.r.URL.Query().Get("filter") == "" {
			return 200, list(object{"id": "x"})
		}
		require.Equal(t, `name eq "id"`, c.r.URL.Query().Get("filter"))
		return 200, list(object{"id": "app1", "displayName": "cutover"})
	})
	f.on("GET /admin/v1/AppRoles", func(call) (int, any) {
		return 200, list(object{"id": "r1", "displayName": "User Administrator"}, object{"id": "r2", "displayName": "Security Administrator"})
	})
	f.on("GET /admin/v1/Grants", func(call) (int, any) {
		return 200, list(object{"id": "g1", "grantee": object{"value": "app1", "type": "App"}, "entitlement": object{"attributeName": "appRoles", "attributeValue": "r2"}},
			object{"id": "g2", "grantee": object{"value": "other", "type": "App"}, "entitlement": object{"attributeName": "appRoles", "attributeValue": "r1"}})
	})
	p, err := f.client().Probe(t.Context())
	require.NoError(t, err)
	require.Equal(t, "cutover", p.ClientName)
	require.Equal(t, []string{"Security Administrator"}, p.Roles, "what others hold is not its own")
	require.Empty(t, p.RolesUnknown)
	for _, c := range f.sent("POST PUT PATCH DELETE") {
		require.Regexp(t, `/\.search$`, c.path, "a probe writes nothing")
	}
}

func TestAProbeSaysWhatItMayNotSee(t *testing.T) {
	f := shows(t)
	f.on("GET /admin/v1/Apps", func(call) (int, any) { return 200, list(object{"id": "app1", "displayName": "cutover"}) })
	f.on("GET /admin/v1/Grants", func(call) (int, any) { return 403, nil })
	p, err := f.client().Probe(t.Context())
	require.NoError(t, err)
	require.Equal(t, []string{"Grants"}, p.Refused)
	require.Equal(t, "it may not read its own roles", p.RolesUnknown)
}

func TestAProbeThatFailsSaysWhy(t *testing.T) {
	f := shows(t)
	f.on("GET /admin/v1/Rules", func(call) (int, any) { return 503, nil })
	p, err := f.client().Probe(t.Context())
	require.Equal(t, directory.ProblemUnavailable, peerError(t, err).Problem)
	require.Contains(t, p.Failed, "read Rules: ")
}

func TestAProbeReadsTheClockAndTheScopeOfTheToken(t *testing.T) {
	date := ""
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = []string{date}
		w.Header().Set("Content-Type", "application/json")
		if r.URL.Path == "/oauth2/v1/token" {
			_, _ = w.Write([]byte(`{"access_token":"t","token_type":"Bearer","scope":"urn:opc:idm:t.user.me"}`))
			return
		}
		_, _ = w.Write([]byte(`{"totalResults":0,"Resources":[]}`))
	}))
	defer s.Close()
	client, err := identitydomain.New(identitydomain.Options{Domain: directory.Fusion, URL: s.URL, ClientID: "id", Type: "none",
		Secret: func(context.Context) (string, error) { return "x", nil }})
	require.NoError(t, err)
	date = time.Now().Add(-5 * time.Minute).UTC().Format(http.TimeFormat)
	p, err := client.Probe(t.Context())
	require.NoError(t, err)
	require.InDelta(t, -300, p.Skew.Seconds(), 3)
	require.Positive(t, p.Unsure)
	require.Equal(t, "urn:opc:idm:t.user.me", p.GivenScope)
	require.Equal(t, identitydomain.DefaultScope, p.AskedScope)
	date = "some day"
	p, err = client.Probe(t.Context())
	require.NoError(t, err)
	require.Zero(t, p.Unsure, "what is no date tells nothing")
}
