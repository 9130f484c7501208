package identitydomain_test

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
)

func descriptor(entityID string, sp, idp string) string {
	key := func(cert, use string) string {
		return `<md:KeyDescriptor` + use + `><ds:KeyInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:X509Data><ds:X509Certificate>` + cert + `</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor>`
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<md:EntityDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata" entityID="%s">`, entityID)
	if sp != "" {
		b.WriteString(`<md:SPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` + key("RU5D", ` use="encryption"`) + key(sp, ` use="signing"`) +
			`<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://h/first" index="0"/>` +
			`<md:AssertionConsumerService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://h/acs" index="1" isDefault="true"/></md:SPSSODescriptor>`)
	}
	if idp != "" {
		b.WriteString(`<md:IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">` + key(idp, ``) +
			`<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="https://h/post"/>` +
			`<md:SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://h/redirect"/></md:IDPSSODescriptor>`)
	}
	b.WriteString(`</md:EntityDescriptor>`)
	return b.String()
}

func TestTheMetadataOfADomainIsReadInBothItsForms(t *testing.T) {
	want := directory.Metadata{SPEntityID: "https://h:443/fed", AssertionConsumer: "https://h/acs", SPCertificate: "U1BD",
		IdPEntityID: "https://h:443/fed", IdPSSOURL: "https://h/redirect", IdPCertificate: "SURQ"}
	one := descriptor("https://h:443/fed", "U1\n  BD", "SURQ")
	many := `<md:EntitiesDescriptor xmlns:md="urn:oasis:names:tc:SAML:2.0:metadata">` + descriptor("https://h:443/fed", "U1BD", "") + descriptor("https://h:443/fed", "", "SURQ") + `</md:EntitiesDescriptor>`
	for _, body := range []string{one, many} {
		f := newFake(t)
		newStore(f)
		f.on("GET /fed/v1/metadata", func(call) (int, any) { return 200, body })
		sso, err := f.client().SSO(t.Context())
		require.NoError(t, err)
		require.Equal(t, want, sso.Metadata)
	}
}

func TestADomainWithoutPublicMetadataHasNone(t *testing.T) {
	for _, status := range []int{401, 403, 404} {
		f := newFake(t)
		newStore(f)
		f.on("GET /fed/v1/metadata", func(call) (int, any) { return status, nil })
		sso, err := f.client().SSO(t.Context())
		require.NoError(t, err)
		require.Equal(t, directory.Metadata{}, sso.Metadata)
	}
}

func TestMetadataThatCannotBeReadIsAFailureAndNotAnAbsence(t *testing.T) {
	for status, want := range map[int]directory.Problem{503: directory.ProblemUnavailable, 200: directory.ProblemUnreadable} {
		f := newFake(t)
		newStore(f)
		f.on("GET /fed/v1/metadata", func(call) (int, any) { return status, "<html>no" })
		_, err := f.client().SSO(t.Context())
		require.Equal(t, want, peerError(t, err).Problem)
	}
}

func TestTheWayPeopleSignInIsReadWhole(t *testing.T) {
	f := newFake(t)
	s := newStore(f)
	der := make([]byte, 90)
	_, _ = rand.Read(der)
	b64 := base64.StdEncoding.EncodeToString(der)
	s.put("IdentityProviders", object{"id": "p1", "partnerName": "Fusion", "type": "SAML", "enabled": true, "partnerProviderId": "https://f/fed",
		"idpSsoUrl": "https://f/sso", "signingCertificate": "-----BEGIN CERTIFICATE-----\n" + b64[:64] + "\n" + b64[64:] + "\n-----END CERTIFICATE-----\n",
		"nameIdFormat": "saml-unspecified", "userMappingStoreAttribute": "userName"})
	s.put("Conditions", object{"id": "c1", "name": "Front", "attributeName": "user.userName", "operator": "in", "attributeValue": `["a"]`})
	s.put("Rules", object{"id": "r1", "name": "Front", "policyType": object{"value": "IdentityProvider"}, "active": false, "conditionGroup": object{"type": "Condition", "value": "c1"},
		"return": []any{object{"name": "LocalIDPs", "value": `["UserNamePassword"]`}, object{"name": "SamlIDPs", "value": `p1`}}})
	s.put("Rules", object{"id": "r2", "name": "Spare", "policyType": object{"value": "IdentityProvider"}, "return": []any{object{"name": "SamlIDPs", "value": `["p1"]`}}})
	s.find("Policies", "DefaultIDPPolicy")["rules"] = []any{object{"value": "DefaultIDPRule", "sequence": 20}, object{"value": "r1", "sequence": 3}}
	s.put("Apps", object{"id": "a1", "displayName": "CCS-PROD", "active": true, "clientSecret": "never", "idpPolicy": object{"value": "own"}})
	s.put("Grants", object{"id": "g1", "grantMechanism": "ADMINISTRATOR_TO_APP", "grantee": object{"value": "a1", "type": "App"},
		"app": object{"value": "IDCSAppId"}, "entitlement": object{"attributeName": "appRoles", "attributeValue": "ua"}})
	sso, err := f.client().SSO(t.Context())
	require.NoError(t, err)
	require.Equal(t, directory.SSO{
		PolicyID: "DefaultIDPPolicy",
		Rules: []directory.Rule{
			{ID: "r1", Name: "Front", Local: []string{"UserNamePassword"}, SAML: []string{}, Condition: "c1"},
			{ID: "DefaultIDPRule", Name: "Default IDP Rule", Active: true, Local: []string{"UserNamePassword"}, SAML: []string{}},
		},
		Spare:      []directory.Rule{{ID: "r2", Name: "Spare", Active: true, Local: []string{}, SAML: []string{"p1"}}},
		Conditions: []directory.Condition{{ID: "c1", Name: "Front", Attribute: "user.userName", Operator: "in", Value: `["a"]`}},
		IdPs: []directory.IdP{{ID: "p1", Name: "Fusion", EntityID: "https://f/fed", Enabled: true, Certificate: b64, SSOURL: "https://f/sso",
			NameIDFormat: "saml-unspecified", UserMapping: directory.MapToUserName}},
		Apps: []directory.App{{ID: "IDCSAppId", Name: "Oracle Identity Cloud Service"},
			{ID: "a1", Name: "CCS-PROD", Active: true, IdPPolicy: "own", ClientRoles: []string{"User Administrator"}}},
	}, sso)
	for _, c := range f.sent("GET") {
		if c.path == "/admin/v1/Apps" {
			require.NotContains(t, c.query, "clientSecret")
			require.Contains(t, c.query, "attributes=")
		}
	}
}

func TestASecretInAnAnswerThatCannotBeReadIsNotShown(t *testing.T) {
	f := newFake(t)
	newStore(f)
	f.on("GET /admin/v1/Apps", func(call) (int, any) { return 200, `{"clientSecret":"t0p-secret", oops` })
	_, err := f.client().SSO(t.Context())
	require.Equal(t, directory.ProblemUnreadable, peerError(t, err).Problem)
	require.NotContains(t, err.Error(), "t0p-secret")
}

func TestOnlyWhatASettingDependsOnIsRead(t *testing.T) {
	f := newFake(t)
	newStore(f)
	_, there, err := f.client().Setting(t.Context(), "idp/Fusion")
	require.NoError(t, err)
	require.False(t, there)
	require.Len(t, f.sent("GET"), 1)
}
