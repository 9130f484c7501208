package simulator_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/scimdomain/scimtest"
	"cutover/internal/simulator"
)

func TestWhatTheDomainSaysItCanDoIsTrue(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	r := w.admin(directory.CXIF, "GET", "/ServiceProviderConfig", nil)
	require.Equal(t, 200, r.Status, r.Raw)
	require.Contains(t, r.Header.Get("Content-Type"), "application/scim+json")
	require.Equal(t, w.URL(directory.CXIF)+"/admin/v1/ServiceProviderConfig", r.text("meta.location"))
	for _, feature := range []string{"patch", "bulk", "filter", "changePassword", "sort", "etag"} {
		require.Equal(t, true, r.at(feature+".supported"), feature)
	}
	most := int(r.at("filter.maxResults").(float64))
	require.Equal(t, 200, w.list(directory.CXIF, "Users", "count", fmt.Sprint(most)).Status)
	require.Equal(t, 400, w.list(directory.CXIF, "Users", "count", fmt.Sprint(most+1)).Status)
	ops := make([]m, int(r.at("bulk.maxOperations").(float64)))
	for i := range ops {
		ops[i] = op("DELETE", "/Users/none", fmt.Sprint(i), nil)
	}
	require.Equal(t, 200, w.admin(directory.CXIF, "POST", "/Bulk", bulk(ops...)).Status)
	require.Equal(t, 413, w.admin(directory.CXIF, "POST", "/Bulk", bulk(append(ops, ops[0])...)).Status)
	require.Equal(t, 1048576.0, r.at("bulk.maxPayloadSize"))
}

func TestEveryResourceTypeNamesSchemasThatAreThere(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	types := w.admin(directory.CXIF, "GET", "/ResourceTypes", nil)
	require.Equal(t, 200, types.Status, types.Raw)
	require.Len(t, types.resources(), 11)
	require.Equal(t, 11.0, types.Body["totalResults"])
	urns := map[any]bool{}
	for _, s := range w.admin(directory.CXIF, "GET", "/Schemas", nil).resources() {
		urns[s.(m)["id"]] = true
	}
	for _, e := range types.resources() {
		rt := e.(m)
		require.True(t, urns[rt["schema"]], rt["name"])
		extensions, _ := rt["schemaExtensions"].([]any)
		for _, x := range extensions {
			require.True(t, urns[x.(m)["schema"]], x)
		}
		require.Equal(t, 200, w.admin(directory.CXIF, "GET", rt["endpoint"].(string)+"?count=1", nil).Status, "the endpoint is there")
		one := w.admin(directory.CXIF, "GET", "/ResourceTypes/"+rt["id"].(string), nil)
		require.Equal(t, rt, one.Body)
	}
}

func TestASchemaSaysOfEachAttributeWhatTheSDKSays(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	r := w.admin(directory.CXIF, "GET", "/Schemas/"+url.PathEscape(schemaOf["Users"]), nil)
	require.Equal(t, 200, r.Status, r.Raw)
	found := map[any]m{}
	for _, a := range r.Body["attributes"].([]any) {
		found[a.(m)["name"]] = a.(m)
	}
	require.Equal(t, m{"name": "userName", "type": "string", "multiValued": false, "description": "User name", "required": true, "caseExact": false,
		"mutability": "readWrite", "returned": "always", "uniqueness": "global", "idcsCsvAttributeNameMappings": []any{m{"columnHeaderName": "User ID"}}}, found["userName"])
	require.Equal(t, "writeOnly", found["password"]["mutability"])
	require.Equal(t, "never", found["password"]["returned"])
	require.NotContains(t, found, "meta", "what is common to all is of no schema")
	require.Contains(t, fmt.Sprint(found["emails"]["subAttributes"]), "canonicalValues:[work home other recovery]")
}

func TestWhatIsToldOfADomainIsOnlyRead(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	for path, filtered := range map[string]int{"/ServiceProviderConfig": 200, "/ResourceTypes": 403, "/Schemas": 403} {
		require.Equal(t, 405, w.admin(directory.CXIF, "POST", path, m{}).Status, path)
		require.Equal(t, filtered, w.admin(directory.CXIF, "GET", path+"?filter="+escape(`id eq "User"`), nil).Status, path)
	}
	require.Equal(t, 404, w.admin(directory.CXIF, "GET", "/Schemas/urn:none", nil).Status)
	require.Equal(t, 404, w.admin(directory.CXIF, "GET", "/ResourceTypes/None", nil).Status)
	req := w.request(t.Context(), "GET", w.URL(directory.CXIF)+"/admin/v1/Schemas", nil)
	require.Equal(t, 401, w.send(req).Status, "not without a token")
}

func TestSCIMMYReadsEverythingByTheSchemasThatTheDomainTells(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	require.Equal(t, 200, w.admin(directory.CXIF, "PUT", customPath, customSchema(division(), branch())).Status)
	w.create(directory.CXIF, "Users", with("ada", m{"schemas": []any{schemaOf["Users"], enterprise, custom}, enterprise: m{"department": "Billing"},
		custom: m{"subDivision": "Metering", "branchAddress": "1 Weir Lane"}}))
	schemas := w.admin(directory.CXIF, "GET", "/Schemas", nil)
	require.Equal(t, 200, schemas.Status, schemas.Raw)
	var resources []any
	for _, kind := range w.admin(directory.CXIF, "GET", "/ResourceTypes", nil).resources() {
		endpoint := strings.TrimPrefix(kind.(m)["endpoint"].(string), "/")
		for _, query := range [][]string{{"count", "1000"}, {"count", "1000", "attributeSets", "all"}} {
			all := w.list(directory.CXIF, endpoint, query...)
			require.Equal(t, 200, all.Status, all.Raw)
			resources = append(resources, all.resources()...)
		}
	}
	require.Greater(t, len(resources), 20)
	for _, why := range scimtest.ScimmyRefuses(t, schemas.resources(), resources) {
		// No document says what these are of what comes with a domain.
		if !strings.HasSuffix(why, "'basedOnTemplate' is missing") && !strings.HasSuffix(why, "'condition' is missing") {
			t.Error(why)
		}
	}
}
