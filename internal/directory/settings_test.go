package directory_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
)

var sso = directory.SSO{
	PolicyID: directory.DefaultPolicyID,
	Rules: []directory.Rule{
		{ID: "r1", Name: "Keep local sign-in", Active: true, Local: []string{directory.UserNamePassword}, Condition: "c1"},
		{ID: directory.DefaultRuleID, Name: directory.DefaultRuleName, Active: true, Local: []string{}, SAML: []string{"p1", "gone"}},
	},
	Spare:      []directory.Rule{{ID: "r2", Name: "SSO test", SAML: []string{"p1"}}},
	Conditions: []directory.Condition{{ID: "c1", Name: "Keep local sign-in", Attribute: "user.userName", Operator: "in", Value: `["svc <&> one"]`}},
	IdPs: []directory.IdP{{ID: "p1", Name: "Fusion", EntityID: "https://fusion/fed", Enabled: true, Certificate: "MII",
		SSOURL: "https://fusion/sso", NameIDFormat: directory.NameIDUnspecified, UserMapping: directory.MapToUserName}},
	Apps: []directory.App{
		{ID: "a1", Name: "Oracle Utilities", Active: true, EntityID: "https://utilities:443/fed", AssertionConsumer: "https://utilities/fed/v1/sp/sso",
			NameIDFormat: directory.NameIDUnspecified, NameIDValue: directory.NameIDUserName, SignedSSO: directory.SignedAssertion,
			HashAlgorithm: directory.HashSHA256, SigningCertificate: "MIJ"},
		{ID: "a2", Name: "cutover/sync", OAuthClient: true, AllowedGrants: []string{"refresh_token", "client_credentials"}, AnyURLScheme: true,
			ClientRoles: []string{"Security Administrator", directory.RoleUserAdmin}},
		{ID: "a3", Name: "bare", OAuthClient: true},
	},
}

func TestASettingIsShownInTheAttributesOfItsKind(t *testing.T) {
	for target, want := range map[string]directory.Attributes{
		"app/Oracle Utilities": {"entityId": "https://utilities:443/fed", "assertionConsumer": "https://utilities/fed/v1/sp/sso",
			"nameIdFormat": "saml-unspecified", "nameIdValue": "userName", "signedSso": "Assertion", "hashAlgorithm": "SHA-256",
			"logoutEnabled": "false", "signingCertificate": "MIJ"},
		"app-status/Oracle Utilities":  {"active": "true"},
		"client/cutover/sync":          {"allowedGrants": `["client_credentials","refresh_token"]`, "anyUrlScheme": "true"},
		"client-status/cutover/sync":   {"active": "false"},
		"client-role/cutover/sync":     {"role": "User Administrator"},
		"condition/Keep local sign-in": {"attribute": "user.userName", "operator": "in", "value": `["svc <&> one"]`},
		"rule/Keep local sign-in":      {"local": `["UserNamePassword"]`, "saml": `[]`, "condition": "Keep local sign-in"},
		"rule/SSO test":                {"local": `[]`, "saml": `["Fusion"]`, "condition": ""},
		"rule/default":                 {"local": `[]`, "saml": `["Fusion","gone"]`, "condition": ""},
		"policy/default":               {"rules": `["Keep local sign-in","default"]`},
		"idp/Fusion": {"entityId": "https://fusion/fed", "ssoUrl": "https://fusion/sso", "certificate": "MII",
			"nameIdFormat": "saml-unspecified", "userMapping": "username", "enabled": "true"},
	} {
		got, there := sso.Setting(target)
		require.True(t, there, target)
		require.Equal(t, want, got, target)
	}
}

func TestASettingThatIsNotThereIsSaidToBeAbsent(t *testing.T) {
	for _, target := range []string{
		"app/none", "app-status/none", "client-role/bare", "idp/none", "condition/SSO test", "rule/none", "policy/other", "unknown/x", "",
	} {
		_, there := sso.Setting(target)
		require.False(t, there, target)
	}
	_, there := directory.SSO{}.Setting("rule/default")
	require.False(t, there)
	_, there = directory.SSO{}.Setting("policy/default")
	require.False(t, there)
}

func TestARoleThatIsNotTheOneAskedForShowsAsADifference(t *testing.T) {
	s := directory.SSO{Apps: []directory.App{{Name: "x", ClientRoles: []string{"Security Administrator", "Application Administrator"}}}}
	got, there := s.Setting("client-role/x")
	require.True(t, there)
	require.Equal(t, "Application Administrator, Security Administrator", got["role"])
}

func TestEveryListSurvivesBeingAnAttribute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.SliceOf(rapid.String()).Draw(t, "list")
		got, err := directory.DecodeList(directory.EncodeList(want))
		require.NoError(t, err)
		require.Len(t, got, len(want))
		for i := range want {
			require.Equal(t, want[i], got[i])
		}
	})
	require.Equal(t, "[]", directory.EncodeList(nil))
}

func TestATargetReadsBackAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.String().Draw(t, "name")
		kind, got := directory.SplitTarget(directory.Target(directory.SettingRule, name))
		require.Equal(t, directory.SettingRule, kind)
		require.Equal(t, name, got)
	})
}
