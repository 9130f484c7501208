package simulator_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

const samlExt = "urn:ietf:params:scim:schemas:oracle:idcs:extension:samlServiceProvider:App"

func idp(name string) m {
	return m{"schemas": []any{schemaOf["IdentityProviders"]}, "partnerName": name, "type": "SAML", "enabled": true, "partnerProviderId": "http://fusion.example/fed",
		"idpSsoUrl": "http://fusion.example/fed/v1/idp/sso", "signingCertificate": "MIIB", "nameIdFormat": "saml-unspecified",
		"userMappingMethod": "NameIDToUserAttribute", "userMappingStoreAttribute": "userName"}
}

func rule(name string, saml, local string, more m) m {
	r := m{"schemas": []any{schemaOf["Rules"]}, "name": name, "policyType": m{"value": "IdentityProvider"}, "condition": "",
		"return": []any{m{"name": "LocalIDPs", "value": local}, m{"name": "SamlIDPs", "value": saml}}}
	for k, v := range more {
		r[k] = v
	}
	return r
}

func TestASAMLAppKeepsItsSettingsAndIsActivatedApart(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	app := m{"schemas": []any{schemaOf["Apps"], samlExt}, "displayName": "Oracle Utilities", "basedOnTemplate": m{"value": "CustomSAMLAppTemplateId"}, "isSamlServiceProvider": true,
		samlExt: m{"partnerProviderId": "https://ccs.example:443/fed", "assertionConsumerUrl": "https://ccs.example/fed/v1/sp/sso",
			"nameIdFormat": "saml-unspecified", "nameIdUserstoreAttribute": "userName", "signResponseOrAssertion": "Assertion",
			"signatureHashAlgorithm": "SHA-256", "logoutEnabled": false}}
	r := w.admin(directory.Fusion, "POST", "/Apps", app)
	require.Equal(t, 201, r.Status, r.Raw)
	require.Equal(t, false, r.Body["active"])
	require.NotContains(t, r.Body, "clientSecret")
	require.Equal(t, app[samlExt], r.Body[samlExt])
	r = w.admin(directory.Fusion, "PATCH", "/Apps/"+r.text("id"), patchOf(m{"op": "REPLACE", "path": samlExt + ":signingCertificate", "value": "MIIC"}))
	require.Equal(t, "MIIC", r.Body[samlExt].(m)["signingCertificate"])
	require.Equal(t, "https://ccs.example/fed/v1/sp/sso", r.Body[samlExt].(m)["assertionConsumerUrl"])

	require.Equal(t, 400, w.admin(directory.Fusion, "POST", "/Apps", of("Apps", m{"displayName": "x"})).Status)
	require.Equal(t, 409, w.admin(directory.Fusion, "POST", "/Apps", app).Status)
	require.Equal(t, 400, w.admin(directory.Fusion, "DELETE", "/Apps/IDCSAppId", nil).Status)
}

func TestAnIdentityProviderTakesMetadataOrSingleAttributes(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	r := w.admin(directory.Utilities, "POST", "/IdentityProviders", idp("Fusion"))
	require.Equal(t, 201, r.Status, r.Raw)
	require.Equal(t, 409, w.admin(directory.Utilities, "POST", "/IdentityProviders", idp("fusion")).Status)
	require.Equal(t, 400, w.admin(directory.Utilities, "POST", "/IdentityProviders", of("IdentityProviders", m{"partnerName": "x", "enabled": true})).Status)

	metadata := w.send(w.request(context.Background(), "GET", w.URL(directory.Fusion)+"/fed/v1/metadata", nil))
	require.Equal(t, 200, metadata.Status)
	r = w.admin(directory.Utilities, "POST", "/IdentityProviders", of("IdentityProviders", m{"partnerName": "By metadata", "enabled": false, "metadata": metadata.Raw}))
	require.Equal(t, 201, r.Status, r.Raw)
	require.Equal(t, w.URL(directory.Fusion)+"/fed", r.text("partnerProviderId"))
	require.Equal(t, w.URL(directory.Fusion)+"/fed/v1/idp/sso", r.text("idpSsoUrl"))
	require.NotEmpty(t, r.text("signingCertificate"))
	require.Equal(t, 400, w.admin(directory.Utilities, "POST", "/IdentityProviders", of("IdentityProviders", m{"partnerName": "y", "enabled": true, "metadata": "<nothing/>"})).Status)
}

func TestTheReturnOfARuleMergesByName(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	id := w.create(directory.Utilities, "IdentityProviders", idp("Fusion"))
	r := w.admin(directory.Utilities, "PATCH", "/Rules/DefaultIDPRule", patchOf(m{"op": "ADD", "path": "return",
		"value": []any{m{"name": "SamlIDPs", "value": `["` + id + `"]`}}}))
	require.Equal(t, 200, r.Status, r.Raw)
	require.Equal(t, []any{
		m{"name": "LocalIDPs", "value": `["UserNamePassword"]`},
		m{"name": "SamlIDPs", "value": `["` + id + `"]`},
	}, r.Body["return"])
	require.Equal(t, 400, w.admin(directory.Utilities, "DELETE", "/IdentityProviders/"+id, nil).Status, "the rule needs it")
	require.Equal(t, 400, w.admin(directory.Utilities, "PATCH", "/Rules/DefaultIDPRule", patchOf(m{"op": "add", "path": "return",
		"value": []any{m{"name": "SamlIDPs", "value": []any{id}}}})).Status, "the value is a string that holds JSON")
	wrong := w.admin(directory.Utilities, "PATCH", "/Rules/DefaultIDPRule", patchOf(m{"op": "add", "path": "return",
		"value": []any{m{"name": "SamlIDPs", "value": id}}}))
	require.Equal(t, 200, wrong.Status, "a string of the wrong shape is accepted")
	require.Equal(t, 204, w.admin(directory.Utilities, "DELETE", "/IdentityProviders/"+id, nil).Status, "and has no effect")
}

func TestARuleCountsWhenThePolicyListsItAndCannotBeDeletedThen(t *testing.T) {
	w := start(t, "messy", simulator.Options{})
	condition := m{"schemas": []any{schemaOf["Conditions"]}, "name": "Only one", "attributeName": "user.userName", "operator": "eq", "attributeValue": "bg-admin"}
	c := w.create(directory.Utilities, "Conditions", condition)
	require.Equal(t, 409, w.admin(directory.Utilities, "POST", "/Conditions", condition).Status)
	require.Equal(t, 400, w.admin(directory.Utilities, "POST", "/Conditions", of("Conditions", m{"name": "x", "attributeName": "a", "operator": "is", "attributeValue": "b"})).Status)

	group := m{"conditionGroup": m{"type": "Condition", "value": c}}
	front := w.create(directory.Utilities, "Rules", rule("Front", "[]", `["UserNamePassword"]`, group))
	require.Equal(t, 400, w.admin(directory.Utilities, "POST", "/Rules", rule("x", "[]", "[]", m{"conditionGroup": m{"type": "Condition", "value": "none"}})).Status)
	require.NotContains(t, w.list(directory.Utilities, "Policies").Raw, "sequence", "rules of a policy are returned on request")

	order := []any{m{"sequence": 1, "value": front}, m{"sequence": 2, "value": "DefaultIDPRule"}}
	r := w.admin(directory.Utilities, "PATCH", "/Policies/DefaultIDPPolicy?attributes=rules,rules.name", patchOf(m{"op": "REPLACE", "path": "rules", "value": order}))
	require.Equal(t, 200, r.Status, r.Raw)
	require.Equal(t, []any{m{"sequence": 1.0, "value": front, "name": "Front"}, m{"sequence": 2.0, "value": "DefaultIDPRule", "name": "Default IDP Rule"}}, r.Body["rules"])
	for path, status := range map[string]int{"/Rules/" + front: 400, "/Conditions/" + c: 400, "/Policies/DefaultIDPPolicy": 400} {
		require.Equal(t, status, w.admin(directory.Utilities, "DELETE", path, nil).Status, path)
	}
	require.Equal(t, 400, w.admin(directory.Utilities, "PATCH", "/Policies/DefaultIDPPolicy", patchOf(m{"op": "replace", "path": "rules",
		"value": []any{m{"sequence": 1, "value": "none"}}})).Status)
	require.Equal(t, 200, w.admin(directory.Utilities, "PATCH", "/Policies/DefaultIDPPolicy", patchOf(m{"op": "replace", "path": "rules", "value": order[1:]})).Status)
	require.Equal(t, 204, w.admin(directory.Utilities, "DELETE", "/Rules/"+front, nil).Status)
	require.Equal(t, 204, w.admin(directory.Utilities, "DELETE", "/Conditions/"+c, nil).Status)
}
