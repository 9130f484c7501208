package identitydomain_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/identitydomain"
)

func put(t *testing.T, c *identitydomain.Client, target string, after directory.Attributes) directory.Outcome {
	t.Helper()
	return write(t, c, directory.Change{Kind: directory.PutSetting, Target: target, After: after})
}

func write(t *testing.T, c *identitydomain.Client, change directory.Change) directory.Outcome {
	t.Helper()
	outcomes, err := c.Write(t.Context(), []directory.Write{{Change: change}})
	require.NoError(t, err, change.Target)
	require.Len(t, outcomes, 1)
	return outcomes[0]
}

// written demands that the writes so far are exactly one, and returns it.
func written(t *testing.T, f *fake, since int) call {
	t.Helper()
	writes := f.sent("POST PUT PATCH DELETE")[since:]
	require.Len(t, writes, 1, "a setting is written by one request")
	return writes[0]
}

var settings = []struct {
	target        string
	first, second directory.Attributes
}{
	{"app/Oracle Utilities",
		directory.Attributes{"entityId": "https://u:443/fed", "assertionConsumer": "https://u/acs", "nameIdFormat": directory.NameIDUnspecified,
			"nameIdValue": directory.NameIDUserName, "signedSso": directory.SignedAssertion, "hashAlgorithm": directory.HashSHA256,
			"logoutEnabled": "false", "signingCertificate": "MIIB"},
		directory.Attributes{"assertionConsumer": "https://u/other", "logoutEnabled": "true", "signingCertificate": ""}},
	{"app-status/Oracle Utilities", directory.Attributes{"active": "true"}, directory.Attributes{"active": "false"}},
	{"client/cutover-sync", directory.Attributes{"allowedGrants": `["client_credentials"]`, "anyUrlScheme": "true"},
		directory.Attributes{"allowedGrants": `[]`, "anyUrlScheme": "false"}},
	{"client-status/cutover-sync", directory.Attributes{"active": "true"}, directory.Attributes{"active": "false"}},
	{"idp/Fusion", directory.Attributes{"entityId": "https://f:443/fed", "ssoUrl": "https://f/sso", "certificate": "MIIC",
		"nameIdFormat": directory.NameIDUnspecified, "userMapping": directory.MapToUserName, "enabled": "false"}, directory.Attributes{"enabled": "true", "ssoUrl": "https://f/sso2"}},
	{"condition/Front", directory.Attributes{"attribute": "user.userName", "operator": "in", "value": `["a"]`}, directory.Attributes{"value": `["a","b"]`}},
	{"rule/Front", directory.Attributes{"local": `["UserNamePassword"]`, "saml": `[]`, "condition": "Front"},
		directory.Attributes{"local": `[]`, "saml": `["Fusion"]`, "condition": ""}},
	{"policy/default", directory.Attributes{"rules": `["Front","default"]`}, directory.Attributes{"rules": `["default","Front"]`}},
	{"rule/default", directory.Attributes{"local": `["UserNamePassword"]`, "saml": `["Fusion"]`}, directory.Attributes{"local": `[]`, "saml": `["Fusion"]`}},
	{"sync/Fusion people", directory.Attributes{"provisioning": "true", "authoritative": "true", "synchronization": "true", "mailsNewPeople": "false"},
		directory.Attributes{"synchronization": "false", "mailsNewPeople": "true"}},
	{"sync-status/Fusion people", directory.Attributes{"active": "true"}, directory.Attributes{"active": "false"}},
}

func TestEverySettingIsMadeThenChangedThenLeftAlone(t *testing.T) {
	f := newFake(t)
	newStore(f)
	c := f.client()
	for _, s := range settings {
		for _, after := range []directory.Attributes{s.first, s.second} {
			since := len(f.sent("POST PUT PATCH DELETE"))
			o := put(t, c, s.target, after)
			require.Nil(t, o.Err, "%s: %v", s.target, o.Err)
			require.NotEmpty(t, o.ID, s.target)
			require.Equal(t, "REQ-1", o.RequestID)
			w := written(t, f, since)
			if w.method == "PATCH" {
				require.NotEmpty(t, w.ifMatch, "a change holds only for the version that was read: %s", s.target)
			}
			have, there, err := c.Setting(t.Context(), s.target)
			require.NoError(t, err)
			require.True(t, there, s.target)
			for k, v := range after {
				require.Equal(t, v, have[k], "%s %s", s.target, k)
			}
		}
		if strings.Contains(s.target, "status") || s.target == "policy/default" {
			continue // a status is idempotent, and so is an order
		}
		since := len(f.sent("POST PUT PATCH DELETE"))
		require.Nil(t, put(t, c, s.target, s.second).Err)
		require.Empty(t, f.sent("POST PUT PATCH DELETE")[since:], "what is as it shall be is not written: %s", s.target)
	}
}

func TestANewSAMLAppIsMadeAsTheGuideAsks(t *testing.T) {
	f := newFake(t)
	newStore(f)
	require.Nil(t, put(t, f.client(), "app/Oracle Utilities", settings[0].first).Err)
	w := written(t, f, 0)
	require.Equal(t, "POST /admin/v1/Apps", w.method+" "+w.path)
	require.Equal(t, "attributes=displayName", w.query)
	require.Equal(t, object{
		"schemas":     []any{"urn:ietf:params:scim:schemas:oracle:idcs:App", "urn:ietf:params:scim:schemas:oracle:idcs:extension:samlServiceProvider:App"},
		"displayName": "Oracle Utilities", "basedOnTemplate": object{"value": "CustomSAMLAppTemplateId"}, "isSamlServiceProvider": true,
		"allowAccessControl": false, "active": false,
		"urn:ietf:params:scim:schemas:oracle:idcs:extension:samlServiceProvider:App": object{
			"partnerProviderId": "https://u:443/fed", "assertionConsumerUrl": "https://u/acs", "nameIdFormat": "saml-unspecified",
			"nameIdUserstoreAttribute": "userName", "signResponseOrAssertion": "Assertion", "signatureHashAlgorithm": "SHA-256",
			"logoutEnabled": false, "signingCertificate": "MIIB"},
	}, decode(t, w.body))
}

func TestANewIdentityProviderMakesNobody(t *testing.T) {
	f := newFake(t)
	newStore(f)
	require.Nil(t, put(t, f.client(), "idp/Fusion", settings[4].first).Err)
	require.Equal(t, object{
		"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:IdentityProvider"}, "partnerName": "Fusion", "type": "SAML",
		"enabled": false, "shownOnLoginPage": false, "partnerProviderId": "https://f:443/fed", "idpSsoUrl": "https://f/sso",
		"signingCertificate": "MIIC", "nameIdFormat": "saml-unspecified", "userMappingMethod": "NameIDToUserAttribute",
		"userMappingStoreAttribute": "username", "authnRequestBinding": "Redirect", "signatureHashAlgorithm": "SHA-256", "jitUserProvEnabled": false,
	}, decode(t, written(t, f, 0).body))
}

func TestAClientGetsItsRoleByAGrant(t *testing.T) {
	f := newFake(t)
	s := newStore(f)
	s.put("Apps", object{"id": "a1", "displayName": "cutover-sync", "isOAuthClient": true})
	c := f.client()
	require.Nil(t, put(t, c, "client-role/cutover-sync", directory.Attributes{"role": "User Administrator"}).Err)
	require.Equal(t, object{"schemas": []any{"urn:ietf:params:scim:schemas:oracle:idcs:Grant"}, "grantMechanism": "ADMINISTRATOR_TO_APP",
		"grantee": object{"value": "a1", "type": "App"}, "app": object{"value": "IDCSAppId"},
		"entitlement": object{"attributeName": "appRoles", "attributeValue": "ua"}}, decode(t, written(t, f, 0).body))
	have, there, err := c.Setting(t.Context(), "client-role/cutover-sync")
	require.NoError(t, err)
	require.True(t, there)
	require.Equal(t, directory.Attributes{"role": "User Administrator"}, have)
	require.Nil(t, write(t, c, directory.Change{Kind: directory.DropSetting, Target: "client-role/cutover-sync"}).Err)
	_, there, err = c.Setting(t.Context(), "client-role/cutover-sync")
	require.NoError(t, err)
	require.False(t, there)
}

func TestARuleKeepsWhatItReturnsBesides(t *testing.T) {
	f := newFake(t)
	s := newStore(f)
	s.put("IdentityProviders", object{"id": "p1", "partnerName": "Fusion", "type": "SAML", "enabled": true})
	require.Nil(t, put(t, f.client(), "rule/default", directory.Attributes{"saml": `["Fusion"]`}).Err)
	require.Equal(t, object{"schemas": []any{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": []any{
		object{"op": "REPLACE", "path": "return", "value": []any{
			object{"name": "LocalIDPs", "value": `["UserNamePassword"]`},
			object{"name": "SamlIDPs", "value": `["p1"]`},
			object{"name": "userChoice", "value": `["x"]`},
		}}}}, decode(t, written(t, f, 0).body))
}

func TestARuleOrPolicyThatDoesNotReadBackAsWrittenIsNotTakenForDone(t *testing.T) {
	for name, spoil := range map[string]func(kind string, o object){
		"LocalIDPs": func(kind string, o object) {
			if kind == "Rules" {
				o["return"] = []any{object{"name": "LocalIDPs", "value": "UserNamePassword"}}
			}
		},
		"the order of the rules": func(kind string, o object) {
			if kind == "Policies" {
				o["rules"] = []any{}
			}
		},
	} {
		f := newFake(t)
		s := newStore(f)
		s.put("Rules", object{"id": "r1", "name": "Front", "policyType": object{"value": "IdentityProvider"}})
		s.change = spoil
		target, after := "rule/Front", directory.Attributes{"local": `["UserNamePassword"]`}
		if name != "LocalIDPs" {
			target, after = "policy/default", directory.Attributes{"rules": `["Front","default"]`}
		}
		o := put(t, f.client(), target, after)
		require.NotNil(t, o.Err)
		require.Equal(t, directory.ProblemUnreadable, o.Err.Problem)
		require.Contains(t, o.Err.Detail, name)
	}
}

func TestAWriteThatCannotBeReadBackMayHaveBeenCarriedOut(t *testing.T) {
	f := newFake(t)
	newStore(f)
	f.on("GET /admin/v1/Rules/DefaultIDPRule", func(call) (int, any) { return 429, nil })
	_, err := f.client().Write(t.Context(), []directory.Write{{Change: directory.Change{Kind: directory.PutSetting, Target: "rule/default",
		After: directory.Attributes{"local": `[]`}}}})
	require.True(t, peerError(t, err).Unsure(), "it was sent, so it must not be sent again blindly")
}

func TestAChangeByPassesNobodyElsesChange(t *testing.T) {
	f := newFake(t)
	newStore(f)
	o := write(t, f.client(), directory.Change{Kind: directory.PutSetting, Target: "rule/default",
		Before: directory.Attributes{"local": `[]`, "saml": `[]`}, After: directory.Attributes{"local": `[]`, "saml": `["Fusion"]`}})
	require.Equal(t, directory.ProblemChanged, o.Err.Problem)
	f.on("PATCH /admin/v1/Rules/DefaultIDPRule", func(call) (int, any) { return 412, nil })
	o = put(t, f.client(), "rule/default", directory.Attributes{"local": `[]`})
	require.Equal(t, directory.ProblemChanged, o.Err.Problem)
}

func TestWhatASettingRefersToMustBeThere(t *testing.T) {
	f := newFake(t)
	newStore(f)
	c := f.client()
	for target, after := range map[string]directory.Attributes{
		"rule/Front":       {"local": `[]`, "saml": `["Nobody"]`},
		"rule/default":     {"condition": "none"},
		"policy/default":   {"rules": `["Nobody","default"]`},
		"app-status/none":  {"active": "true"},
		"client-role/none": {"role": "User Administrator"},
	} {
		o := put(t, c, target, after)
		require.NotNil(t, o.Err, target)
		require.Equal(t, directory.ProblemNotFound, o.Err.Problem, target)
	}
	require.Equal(t, directory.ProblemInvalid, put(t, c, "rule/default", directory.Attributes{"local": `UserNamePassword`}).Err.Problem)
	require.Empty(t, f.sent("POST PUT PATCH DELETE"))
}

func TestTheDefaultsAreNeverDeleted(t *testing.T) {
	f := newFake(t)
	newStore(f)
	c := f.client()
	for _, target := range []string{"rule/default", "policy/default", "app-status/x", "client-status/x", "sync-status/x", "sync-source/x"} {
		o := write(t, c, directory.Change{Kind: directory.DropSetting, Target: target})
		require.Equal(t, directory.ProblemInvalid, o.Err.Problem, target)
	}
	require.Equal(t, directory.ProblemNotFound, write(t, c, directory.Change{Kind: directory.DropSetting, Target: "idp/none"}).Err.Problem)
	require.Empty(t, f.sent("DELETE"))
}

func TestWhatCutoverMadeCanBeDropped(t *testing.T) {
	f := newFake(t)
	newStore(f)
	c := f.client()
	for _, s := range settings {
		require.Nil(t, put(t, c, s.target, s.first).Err)
	}
	for _, target := range []string{"rule/Front", "condition/Front", "idp/Fusion", "client/cutover-sync", "app/Oracle Utilities", "sync/Fusion people"} {
		since := len(f.sent("DELETE"))
		o := write(t, c, directory.Change{Kind: directory.DropSetting, Target: target})
		require.Nil(t, o.Err, target)
		require.Equal(t, 204, o.Status)
		require.Len(t, f.sent("DELETE"), since+1)
		_, there, err := c.Setting(t.Context(), target)
		require.NoError(t, err)
		require.False(t, there, target)
	}
}

func TestARefusedClientIsAnErrorOfTheWholeWrite(t *testing.T) {
	f := newFake(t)
	newStore(f)
	f.on("POST /admin/v1/Conditions", func(call) (int, any) { return 403, nil })
	_, err := f.client().Write(t.Context(), []directory.Write{{Change: directory.Change{Kind: directory.PutSetting, Target: "condition/x",
		After: directory.Attributes{"attribute": "a", "operator": "eq", "value": "v"}}}})
	require.Equal(t, directory.ProblemAuth, peerError(t, err).Problem)
	_, err = f.client().Write(t.Context(), []directory.Write{{Change: directory.Change{Kind: directory.PutSetting, Target: "unknown/x"}}})
	require.Equal(t, directory.ProblemInvalid, peerError(t, err).Problem)
	_, _, err = f.client().Setting(t.Context(), "unknown/x")
	require.Equal(t, directory.ProblemInvalid, peerError(t, err).Problem)
}
