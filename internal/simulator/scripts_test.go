package simulator_test

import (
	"encoding/json"
	"io/fs"
	"maps"
	"net/url"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

// These tests send what Oracle's published migration scripts send, in their form:
// github.com/oracle-samples/idm-samples, iam-domain-migration-utilities.

// script calls a domain as iam-util.js does: filters are written into the URL, of
// which only blanks and quotes are encoded; a GET has no content type; a body is
// application/json.
func (w *world) script(d directory.Domain, method, target string, body any) reply {
	w.t.Helper()
	target = strings.NewReplacer(" ", "%20", `"`, "%22").Replace(target)
	req := w.request(w.t.Context(), method, w.URL(d)+target, body, "Authorization", "Bearer "+w.token(d), "Content-Type", "application/json")
	if body == nil {
		req.Header.Del("Content-Type")
	}
	return w.send(req)
}

// sent is script where the answer must be a success.
func (w *world) sent(d directory.Domain, method, target string, body any) reply {
	w.t.Helper()
	r := w.script(d, method, target, body)
	require.Less(w.t, r.Status, 300, "%s %s: %s", method, target, r.Raw)
	return r
}

// bulk sends operations as callBulkEndpoint does, and wants each to be a success.
func (w *world) bulk(d directory.Domain, operations ...any) reply {
	w.t.Helper()
	r := w.sent(d, "POST", "/admin/v1/Bulk", m{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:BulkRequest"}, "Operations": append([]any{}, operations...)})
	for _, o := range r.at("Operations").([]any) {
		require.Regexp(w.t, "^20", o.(m)["status"], o)
	}
	return r
}

// created is what filterCreateBody leaves of a resource that was read.
func created(r reply) m {
	body := maps.Clone(r.Body)
	for _, name := range []string{"id", "ocid", "compartmentOcid", "domainOcid", "tenancyOcid", "clientSecret", "meta", "idcsCreatedBy", "idcsLastModifiedBy",
		"idcsPreventedOperations", "idcsLastUpgradedInRelease", "allowedScopes", "grantedAppRoles"} {
		delete(body, name)
	}
	for _, name := range []string{"policyType", "conditionGroup", "basedOnTemplate"} {
		if part, ok := body[name].(m); ok {
			delete(part, "$ref")
			if name == "basedOnTemplate" {
				delete(part, "wellKnownId")
				delete(part, "lastModified")
			}
		}
	}
	return body
}

// signOnEstate is an estate in which Utilities and CXIF have what every domain is
// born with: a default sign-on policy.
func signOnEstate(t *testing.T) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	clean := estate(t, "clean")
	for _, name := range []string{"fusion", "utilities", "cxif", "cutover"} {
		b, err := fs.ReadFile(clean, name+".json")
		require.NoError(t, err)
		if name == "utilities" || name == "cxif" {
			var o map[string][]any
			require.NoError(t, json.Unmarshal(b, &o))
			o["Conditions"] = append(o["Conditions"], m{"schemas": []string{schemaOf["Conditions"]}, "id": "DefaultSignOnCondition", "name": "Default Sign-On Condition",
				"operator": "eq", "attributeName": "target.action", "attributeValue": `"Login"`})
			o["Rules"] = append(o["Rules"], m{"schemas": []string{schemaOf["Rules"]}, "id": "DefaultSignOnRule", "name": "Default Sign-On Rule", "active": true, "condition": "",
				"policyType": m{"value": "SignOn"}, "conditionGroup": m{"type": "Condition", "value": "DefaultSignOnCondition"}, "return": []any{m{"name": "effect", "value": "DENY"}}})
			o["Policies"] = append(o["Policies"], m{"schemas": []string{schemaOf["Policies"]}, "id": "DefaultSignOnPolicy", "name": "Default Sign-On Policy", "active": true,
				"policyType": m{"value": "SignOn"}, "rules": []any{m{"sequence": 1, "value": "DefaultSignOnRule", "name": "Default Sign-On Rule"}}})
			b, err = json.Marshal(o)
			require.NoError(t, err)
		}
		out[name+".json"] = &fstest.MapFile{Data: b}
	}
	return out
}

func signOnWorld(t *testing.T) *world {
	t.Helper()
	s, err := simulator.Start(t.Context(), simulator.Options{Estate: signOnEstate(t), Tier: "none"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return &world{Simulator: s, t: t, tokens: map[directory.Domain]string{}}
}

func TestOraclesScriptSchedulesAnExportOfUsers(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	filter := `userName sw "a"`
	counted := w.sent(at, "GET", "/admin/v1/Users?count=0&filter="+url.PathEscape(filter), nil)
	require.Empty(t, counted.resources())
	ext := "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:"
	attributes := "externalId,userName,displayName,nickName,profileUrl,title,userType,locale,preferredLanguage,timezone,active,name,emails,phoneNumbers,addresses,meta," +
		ext + "employeeNumber," + ext + "costCenter," + ext + "organization," + ext + "division," + ext + "department," + ext + "manager," +
		userExt + ":isFederatedUser," + userExt + ":bypassNotification,urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User:locked"
	h := w.ran("UserExport", "exportFormat", "CSV", "attributesToGet", attributes, "filter", filter)
	require.Equal(t, counted.at("totalResults"), h["successCount"])
}

func TestAFilterOfTheScriptsComparesAPartOfSelectedElements(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	w.create(at, "Users", with("ada", m{"emails": []any{m{"value": "ada@weir.example", "type": "work", "primary": true}, m{"value": "ada@home.example", "type": "home"}}}))
	require.Equal(t, 1.0, w.list(at, "Users", "filter", `emails[primary eq true].value ew "@weir.example"`).Body["totalResults"])
	require.Equal(t, 0.0, w.list(at, "Users", "filter", `emails[primary eq true].value ew "@home.example"`).Body["totalResults"])
	require.Equal(t, 400, w.list(at, "Users", "filter", `emails[primary eq true].nothing ew "@home.example"`).Status)
}

func TestOraclesScriptFindsWhatCanBeExportedInTheSchemas(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	listed := w.sent(at, "GET", `/admin/v1/Schemas?attributes=id&filter=id ew ":User"`, nil)
	require.NotEmpty(t, listed.resources())
	headings := map[string]string{}
	for _, s := range listed.resources() {
		id := s.(m)["id"].(string)
		require.True(t, strings.HasSuffix(id, ":User"))
		require.NotContains(t, s, "attributes")
		attributes, _ := w.sent(at, "GET", "/admin/v1/Schemas/"+id, nil).at("attributes").([]any) // the custom schema has none yet
		for _, a := range attributes {
			mappings, _ := a.(m)["idcsCsvAttributeNameMappings"].([]any)
			for _, heading := range mappings {
				headings[heading.(m)["columnHeaderName"].(string)] = a.(m)["name"].(string)
			}
		}
	}
	require.Equal(t, "userName", headings["User ID"])
	require.Equal(t, "emails", headings["Work Email"])
	require.Equal(t, "isFederatedUser", headings["Federated"])
}

func TestOraclesScriptResetsTheDefaultSignOnPolicy(t *testing.T) {
	w := signOnWorld(t)
	w.resetSignOn()
	require.Contains(t, w.admin(at, "GET", "/Rules/DefaultSignOnRule", nil).Raw, "ALLOW")
}

// resetSignOn is the whole of migrate-sign-on.js --reset.
func (w *world) resetSignOn() {
	w.t.Helper()
	w.bulk(at,
		m{"method": "PUT", "path": "/Conditions/DefaultSignOnCondition", "bulkId": "conditionId0", "data": m{"schemas": []string{schemaOf["Conditions"]},
			"operator": "eq", "attributeName": "target.action", "attributeValue": `"Login"`, "name": "Default Sign-On Condition"}},
		m{"method": "PATCH", "path": "/Rules/DefaultSignOnRule", "bulkId": "ruleId0", "data": m{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": []any{
			m{"op": "replace", "path": "condition", "value": `target.action eq "Login"`},
			m{"op": "replace", "path": "return", "value": []any{m{"name": "authenticationFactor", "value": "IDP"}, m{"name": "effect", "value": "ALLOW"}}}}}},
		m{"method": "PUT", "path": "/Policies/DefaultSignOnPolicy", "bulkId": "policyId0", "data": m{"active": true, "description": "Default Sign on Policy for Tenant",
			"policyType": m{"value": "SignOn"}, "name": "Default Sign-On Policy", "rules": []any{m{"value": "DefaultSignOnRule", "sequence": 1}}, "schemas": []string{schemaOf["Policies"]}}})
}

func TestOraclesScriptMigratesASignOnPolicy(t *testing.T) {
	w := signOnWorld(t)
	source, target := directory.Utilities, directory.CXIF
	found := w.sent(source, "GET", `/admin/v1/Policies?attributes=id&filter=name eq "Default Sign-On Policy"`, nil)
	policy := w.sent(source, "GET", "/admin/v1/Policies/"+found.text("Resources.0.id")+"?attributes=id,active,name,description,policyType,rules,schemas", nil)
	rule := w.sent(source, "GET", "/admin/v1/Rules/"+policy.text("rules.0.value"), nil)
	condition := w.sent(source, "GET", "/admin/v1/Conditions/"+rule.text("conditionGroup.value"), nil)
	existing := w.sent(target, "GET", `/admin/v1/Policies?attributes=id&filter=name eq "Default Sign-On Policy"`, nil).text("Resources.0.id")
	w.sent(target, "GET", "/admin/v1/Policies/"+existing+"?attributes=id,active,name,description,policyType,rules,schemas", nil)
	w.bulk(target,
		m{"method": "PUT", "path": "/Conditions/DefaultSignOnCondition", "data": created(condition)},
		m{"method": "PUT", "path": "/Rules/DefaultSignOnRule", "data": created(rule)},
		m{"method": "PUT", "path": "/Policies/" + existing, "data": created(policy)})

	own := created(rule)
	own["name"], own["conditionGroup"] = "Staff", m{"type": "Condition", "value": "bulkId:conditionId0"}
	mine := created(condition)
	mine["name"] = "Staff only"
	held := created(policy)
	held["name"], held["rules"] = "Staff policy", []any{m{"sequence": 1, "value": "bulkId:ruleId0"}}
	r := w.bulk(target,
		m{"method": "POST", "path": "/Conditions", "bulkId": "conditionId0", "data": mine},
		m{"method": "POST", "path": "/Rules", "bulkId": "ruleId0", "data": own},
		m{"method": "POST", "path": "/Policies", "bulkId": "policyId0", "data": held})
	location := r.text("Operations.2.location")
	require.Equal(t, "Staff policy", w.admin(target, "GET", "/Policies/"+location[len(location)-32:], nil).text("name"), "an id is the last 32 characters")
}

func TestOraclesScriptMigratesAnAppWithItsGroupsAndRoles(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	source, target := directory.Utilities, directory.CXIF
	made := w.sent(source, "POST", "/admin/v1/Apps", m{"schemas": []string{schemaOf["Apps"]}, "displayName": "Reports", "basedOnTemplate": m{"value": "CustomWebAppTemplateId"},
		"isOAuthClient": true, "clientType": "confidential", "allowedGrants": []string{"client_credentials"}, "active": true})
	app := made.text("id")
	require.Regexp(t, "^[0-9a-f]{12}4[0-9a-f]{3}[89ab][0-9a-f]{15}$", app, "the script takes no other ids")
	for _, d := range []directory.Domain{source, target} {
		w.sent(d, "POST", "/admin/v1/Groups", m{"schemas": []string{schemaOf["Groups"]}, "displayName": "Readers of reports"})
	}
	group := w.idOf(source, "Groups", `displayName eq "Readers of reports"`)
	w.sent(source, "POST", "/admin/v1/Grants", m{"schemas": []string{schemaOf["Grants"]}, "grantMechanism": "ADMINISTRATOR_TO_GROUP", "app": m{"value": app}, "grantee": m{"type": "Group", "value": group}})

	read := w.sent(source, "GET", "/admin/v1/Apps/"+app, nil)
	roles := w.sent(target, "GET", `/admin/v1/AppRoles?attributes=displayName&filter=app.value eq "IDCSAppId"`, nil)
	require.NotEmpty(t, roles.resources())
	grants := w.sent(source, "GET", `/admin/v1/Grants?filter=app.value eq "`+app+`" and grantMechanism eq "ADMINISTRATOR_TO_GROUP"&attributes=grantee.value`, nil)
	require.Equal(t, group, grants.text("Resources.0.grantee.value"))
	names := w.sent(source, "GET", `/admin/v1/Groups?filter=id eq "`+group+`"&attributes=displayName`, nil)
	there := w.sent(target, "GET", `/admin/v1/Groups?filter=displayName eq "`+names.text("Resources.0.displayName")+`"&attributes=id`, nil)
	body := created(read)
	delete(body, "name") // a new client id
	body["active"] = false
	r := w.bulk(target,
		m{"method": "POST", "path": "/Apps", "bulkId": "appId0", "data": body},
		m{"method": "POST", "path": "/Grants", "bulkId": "grantId0", "data": m{"app": m{"value": "IDCSAppId"}, "grantMechanism": "ADMINISTRATOR_TO_APP", "schemas": []string{schemaOf["Grants"]},
			"grantee": m{"value": "bulkId:appId0", "type": "App"}, "entitlement": m{"attributeName": "appRoles", "attributeValue": roles.text("Resources.0.id")}}},
		m{"method": "POST", "path": "/Grants", "bulkId": "grantId1", "data": m{"app": m{"value": "bulkId:appId0"}, "grantMechanism": "ADMINISTRATOR_TO_GROUP", "schemas": []string{schemaOf["Grants"]},
			"grantee": m{"value": there.text("Resources.0.id"), "type": "Group"}}})
	location := r.text("Operations.0.location")
	moved := w.sent(target, "GET", "/admin/v1/Apps/"+location[len(location)-32:], nil)
	require.Equal(t, "Reports", moved.text("displayName"))
	require.Equal(t, false, moved.at("active"))
}

func TestOraclesScriptMigratesAnAppWithTheResourceWhoseScopeItAsksFor(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	source, target := directory.Utilities, directory.CXIF
	app := func(name string, more m) string {
		more["displayName"], more["basedOnTemplate"], more["active"] = name, m{"value": "CustomWebAppTemplateId"}, true
		return w.create(source, "Apps", more)
	}
	resource := app("Meter data", m{"isOAuthResource": true, "audience": "https://meters.example/", "scopes": []any{m{"value": "read"}}})
	client := app("Reader", m{"isOAuthClient": true, "clientType": "confidential", "allowedGrants": []string{"client_credentials"},
		"allowedScopes": []any{m{"fqs": "https://meters.example/read"}}})
	read := w.sent(source, "GET", "/admin/v1/Apps/"+client, nil)
	require.Equal(t, resource, read.text("allowedScopes.0.idOfDefiningApp"))
	defining := w.sent(source, "GET", "/admin/v1/Apps/"+resource, nil)
	there := w.sent(target, "GET", `/admin/v1/Apps?attributes=audience&count=1000&filter=scopes[fqs eq "`+defining.text("scopes.0.fqs")+`"]`, nil)
	require.Equal(t, 0.0, there.Body["totalResults"])
	r := w.bulk(target,
		m{"method": "POST", "path": "/Apps", "bulkId": "appId0", "data": created(read)},
		m{"method": "POST", "path": "/Apps", "bulkId": "appId1", "data": created(defining)})
	id := func(i string) string {
		location := r.text("Operations." + i + ".location")
		return location[len(location)-32:]
	}
	// The script looks for the new id of the resource under another key than it keeps it by, and sends none.
	w.bulk(target, m{"method": "PATCH", "path": "/Apps/" + id("0"), "data": patchOf(m{"op": "add", "path": "allowedScopes", "value": []any{m{"fqs": "https://meters.example/read"}}})})
	require.Equal(t, id("1"), w.sent(target, "GET", "/admin/v1/Apps/"+id("0"), nil).text("allowedScopes.0.idOfDefiningApp"))
}

func TestOraclesScriptMigratesCustomAttributesWithHeadingsForFiles(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	source, target := directory.Utilities, directory.CXIF
	path := "/admin/v1/Schemas/" + custom
	many := branch()
	many["multiValued"] = true
	require.Equal(t, 200, w.script(source, "PUT", path, customSchema(division(), many)).Status)

	attributes := w.sent(source, "GET", path, nil).at("attributes").([]any)
	for _, a := range attributes {
		heading := m{"columnHeaderName": "Custom_" + a.(m)["name"].(string)}
		if a.(m)["multiValued"] == true {
			heading["multiValueDelimiter"] = ";"
		}
		a.(m)["idcsCsvAttributeNameMappings"] = []any{heading}
	}
	w.sent(source, "PATCH", path, patchOf(m{"op": "replace", "path": "attributes", "value": attributes}))
	require.NotContains(t, w.sent(target, "GET", path, nil).Body, "attributes")
	var operations []m
	for _, a := range attributes {
		operations = append(operations, m{"op": "add", "path": "attributes", "value": []any{a}})
	}
	w.sent(target, "PATCH", path, patchOf(operations...))
	require.Equal(t, w.sent(source, "GET", path, nil).Body["attributes"], w.sent(target, "GET", path, nil).Body["attributes"])
	h := w.ran("UserExport", "exportFormat", "CSV", "attributesToGet", "userName,"+custom+":subDivision")
	require.Equal(t, "succeeded", h["status"])
}

func TestOraclesScriptMigratesTheSettingsOfMultiFactorAuthentication(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	source, target := directory.Utilities, directory.CXIF
	path := "/admin/v1/AuthenticationFactorSettings/AuthenticationFactorSettings"
	body := created(w.sent(source, "GET", path, nil))
	body["totpEnabled"] = true
	w.sent(source, "PUT", path, body)
	w.sent(target, "PUT", path, created(w.sent(source, "GET", path, nil)))
	require.Equal(t, true, w.sent(target, "GET", path, nil).Body["totpEnabled"])
}

func TestOraclesScriptMayHaveNothingToRelink(t *testing.T) {
	w := start(t, "clean", simulator.Options{})
	require.Empty(t, w.bulk(at).at("Operations"))
	require.Equal(t, 400, w.script(at, "POST", "/admin/v1/Bulk", m{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:BulkRequest"}}).Status, "a list must be there")
}
