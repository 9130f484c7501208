package simulator_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

// held is an API key as Oracle's SDK holds one.
func held(k simulator.APIKey) common.ConfigurationProvider {
	return common.NewRawConfigurationProvider(k.Tenancy, k.User, "us-ashburn-1", k.Fingerprint, string(k.PEM), nil)
}

// signer signs as Oracle's SDK does; what a test wants otherwise it changes after.
func signer(k simulator.APIKey) common.HTTPRequestSigner { return common.DefaultRequestSigner(held(k)) }

func (w *world) dated(method, path string, body any, at time.Time) *http.Request {
	req := w.request(w.t.Context(), method, w.URL(directory.CXIF)+path, body)
	req.Header.Set("Date", at.UTC().Format(http.TimeFormat))
	return req
}

func TestARequestThatIsSignedOtherwiseAnswers401(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	k, err := w.APIKey(directory.CXIF)
	require.NoError(t, err)
	elsewhere, err := w.APIKey(directory.Utilities)
	require.NoError(t, err)
	now := time.Now()
	group := m{"schemas": []string{schemaOf["Groups"]}, "displayName": "Testers"}
	signed := func(s common.HTTPRequestSigner, req *http.Request) *http.Request {
		require.NoError(t, s.Sign(req))
		return req
	}
	own := signer(k)
	changed := func(change func(*http.Request)) *http.Request {
		req := signed(own, w.dated("POST", "/admin/v1/Groups", group, now))
		change(req)
		return req
	}
	for why, req := range map[string]*http.Request{
		"covers neither date":  signed(common.RequestSigner(held(k), []string{"(request-target)", "host"}, nil), w.dated("GET", "/admin/v1/Users", nil, now)),
		"date is more than 5m": signed(own, w.dated("GET", "/admin/v1/Users", nil, now.Add(-6*time.Minute))),
		"the key is not known": signed(signer(elsewhere), w.dated("GET", "/admin/v1/Users", nil, now)),
		"not that of the body": changed(func(r *http.Request) {
			r.Body = io.NopCloser(bytes.NewReader([]byte(strings.Repeat(" ", int(r.ContentLength)))))
		}),
		"or the signature is not of it":         changed(func(r *http.Request) { r.URL.RawQuery = "attributes=id" }),
		"does not cover x-content-sha256":       signed(common.RequestSignerExcludeBody(held(k)), w.dated("POST", "/admin/v1/Groups", group, now)),
		"content-type is signed and was not":    changed(func(r *http.Request) { r.Header.Del("Content-Type") }),
		"version 1 and algorithm rsa-sha256":    changed(func(r *http.Request) { r.Header.Set("Authorization", `Signature keyId="x"`) }),
		"x-content-sha256 is not that of the b": changed(func(r *http.Request) { r.Header.Set("X-Content-Sha256", "x") }),
	} {
		got := w.send(req)
		require.Equal(t, 401, got.Status, why)
		require.Contains(t, got.text("detail"), why)
	}
	require.Equal(t, 201, w.send(changed(func(*http.Request) {})).Status)
	dated := w.dated("GET", "/admin/v1/Users?count=1", nil, now.Add(-time.Hour))
	dated.Header.Set("X-Date", now.UTC().Format(http.TimeFormat))
	byXDate := common.RequestSigner(held(k), []string{"x-date", "(request-target)", "host"}, nil)
	require.Equal(t, 200, w.send(signed(byXDate, dated)).Status, "x-date comes before date")
}

func TestAUserWhoSignsMayWhatTheirRolesAllow(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	made := w.admin(directory.CXIF, "POST", "/Users", m{"schemas": []string{schemaOf["Users"]}, "userName": "ops", "name": m{"familyName": "Ops"},
		"emails": []any{m{"value": "ops@riverbend.example", "type": "work", "primary": true}}})
	require.Equal(t, 201, made.Status, made.Raw)
	k, err := w.APIKeyOf(directory.CXIF, "ops")
	require.NoError(t, err)
	ask := func(method, path string, body any) reply {
		req := w.dated(method, path, body, time.Now())
		require.NoError(t, signer(k).Sign(req))
		return w.send(req)
	}
	require.Equal(t, 403, ask("GET", "/admin/v1/Users", nil).Status)
	role := w.idOf(directory.CXIF, "AppRoles", `app.value eq "IDCSAppId" and displayName eq "User Administrator"`)
	given := w.admin(directory.CXIF, "POST", "/Grants", m{"schemas": []string{schemaOf["Grants"]}, "grantMechanism": "ADMINISTRATOR_TO_USER", "app": m{"value": "IDCSAppId"},
		"grantee": m{"type": "User", "value": made.text("id")}, "entitlement": m{"attributeName": "appRoles", "attributeValue": role}})
	require.Equal(t, 201, given.Status, given.Raw)
	self := ask("GET", "/admin/v1/Users?filter="+escape(`ocid eq "`+k.User+`"`), nil)
	require.Equal(t, "ops", self.text("Resources.0.userName"))
	require.Equal(t, 403, ask("DELETE", "/admin/v1/Apps/x", nil).Status)
	require.Equal(t, 200, w.admin(directory.CXIF, "PATCH", "/Users/"+made.text("id"), m{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
		"Operations": []any{m{"op": "replace", "path": "active", "value": false}}}).Status)
	require.Equal(t, 401, ask("GET", "/admin/v1/Users", nil).Status, "an inactive user signs no more")
}
