package simulator_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/oracle/oci-go-sdk/v65/identitydomains"
	"github.com/stretchr/testify/require"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

// unsigned leaves requests as they are: the HTTP client adds the token.
type unsigned struct{}

func (unsigned) Sign(*http.Request) error { return nil }

// sdk is Oracle's own client of a simulated domain.
func sdk(t *testing.T, w *world, d directory.Domain) identitydomains.IdentityDomainsClient {
	t.Helper()
	id, secret := w.Client(d)
	cc := clientcredentials.Config{ClientID: id, ClientSecret: secret, TokenURL: w.URL(d) + "/oauth2/v1/token",
		Scopes: []string{myScopes}, AuthStyle: oauth2.AuthStyleInHeader}
	c := identitydomains.IdentityDomainsClient{BaseClient: common.DefaultBaseClientWithSigner(unsigned{})}
	c.Host = w.URL(d)
	client := cc.Client(t.Context())
	client.Timeout = 20 * time.Second
	c.HTTPClient = client
	return c
}

// connect makes Oracle's own client of a simulated domain.
type connect func(*testing.T, *world, directory.Domain) identitydomains.IdentityDomainsClient

// signedSDK is Oracle's own client as it is: it signs with an API key.
func signedSDK(t *testing.T, w *world, d directory.Domain) identitydomains.IdentityDomainsClient {
	t.Helper()
	k, err := w.APIKey(d)
	require.NoError(t, err)
	c, err := identitydomains.NewIdentityDomainsClientWithConfigurationProvider(held(k), w.URL(d))
	require.NoError(t, err)
	return c
}

// inBothWays holds a contract with a client's token, and with signatures.
func inBothWays(t *testing.T, holds func(*testing.T, connect)) {
	t.Run("by token", func(t *testing.T) { holds(t, sdk) })
	t.Run("by signature", func(t *testing.T) { holds(t, signedSDK) })
}

func str(s string) *string { return common.String(s) }

func TestOraclesSDKWorksWithPeopleGroupsAndGrants(t *testing.T) {
	inBothWays(t, oraclesSDKWorksWithPeopleGroupsAndGrants)
}

func oraclesSDKWorksWithPeopleGroupsAndGrants(t *testing.T, sdk connect) {
	w := start(t, "messy", simulator.Options{})
	c := sdk(t, w, directory.CXIF)
	ctx := t.Context()
	made, err := c.CreateUser(ctx, identitydomains.CreateUserRequest{User: identitydomains.User{
		Schemas: []string{"urn:ietf:params:scim:schemas:core:2.0:User"}, UserName: str("ada"), Active: common.Bool(true),
		Name:   &identitydomains.UserName{FamilyName: str("Byron")},
		Emails: []identitydomains.UserEmails{{Value: str("ada@riverbend.example"), Type: identitydomains.UserEmailsTypeWork, Primary: common.Bool(true)}},
		UrnIetfParamsScimSchemasOracleIdcsExtensionUserUser: &identitydomains.ExtensionUserUser{IsFederatedUser: common.Bool(true), BypassNotification: common.Bool(true)},
	}})
	require.NoError(t, err)
	require.True(t, *made.UrnIetfParamsScimSchemasOracleIdcsExtensionUserUser.IsFederatedUser)
	users, err := c.ListUsers(ctx, identitydomains.ListUsersRequest{Filter: str(`userName eq "ADA"`), Count: common.Int(1000), StartIndex: common.Int(1), SortBy: str("id"),
		SortOrder: identitydomains.ListUsersSortOrderAscending, Attributes: str("userName,meta"), AttributeSets: []identitydomains.AttributeSetsEnum{identitydomains.AttributeSetsAlways}})
	require.NoError(t, err)
	require.Equal(t, *made.Id, *users.Resources[0].Id)
	require.Equal(t, *made.Meta.Version, *users.Resources[0].Meta.Version)

	group, err := c.CreateGroup(ctx, identitydomains.CreateGroupRequest{Group: identitydomains.Group{
		Schemas: []string{"urn:ietf:params:scim:schemas:core:2.0:Group"}, DisplayName: str("Testers")}})
	require.NoError(t, err)
	var members any = []map[string]string{{"value": *made.Id, "type": "User"}}
	patchOp := identitydomains.PatchOp{Schemas: []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
		Operations: []identitydomains.Operations{{Op: identitydomains.OperationsOpAdd, Path: str("members"), Value: &members}}}
	_, err = c.PatchGroup(ctx, identitydomains.PatchGroupRequest{GroupId: group.Id, IfMatch: group.Meta.Version, PatchOp: patchOp})
	require.NoError(t, err)
	_, err = c.PatchGroup(ctx, identitydomains.PatchGroupRequest{GroupId: group.Id, IfMatch: group.Meta.Version, PatchOp: patchOp})
	refused, ok := common.IsServiceError(err)
	require.True(t, ok, err)
	require.Equal(t, 412, refused.GetHTTPStatusCode())
	got, err := c.GetGroup(ctx, identitydomains.GetGroupRequest{GroupId: group.Id, Attributes: str("displayName,members[startIndex=1&count=1000]")})
	require.NoError(t, err)
	require.Equal(t, "ada", *got.Members[0].Name)

	apps, err := c.ListApps(ctx, identitydomains.ListAppsRequest{Filter: str(`displayName eq "CXIF-PROD"`)})
	require.NoError(t, err)
	roles, err := c.ListAppRoles(ctx, identitydomains.ListAppRolesRequest{Filter: str(`app.value eq "` + *apps.Resources[0].Id + `" and displayName ew "Configuration_Endpoint_Read"`)})
	require.NoError(t, err)
	grant := identitydomains.Grant{Schemas: []string{"urn:ietf:params:scim:schemas:oracle:idcs:Grant"},
		GrantMechanism: identitydomains.GrantGrantMechanismAdministratorToUser,
		Grantee:        &identitydomains.GrantGrantee{Value: made.Id, Type: identitydomains.GrantGranteeTypeUser},
		App:            &identitydomains.GrantApp{Value: apps.Resources[0].Id},
		Entitlement:    &identitydomains.GrantEntitlement{AttributeName: str("appRoles"), AttributeValue: roles.Resources[0].Id}}
	_, err = c.CreateGrant(ctx, identitydomains.CreateGrantRequest{Grant: grant})
	require.NoError(t, err)
	grants, err := c.ListGrants(ctx, identitydomains.ListGrantsRequest{Filter: str(`grantee.value eq "` + *made.Id + `"`)})
	require.NoError(t, err)
	require.Equal(t, *roles.Resources[0].Id, *grants.Resources[0].Entitlement.AttributeValue)
	_, err = c.DeleteUser(ctx, identitydomains.DeleteUserRequest{UserId: made.Id})
	require.NoError(t, err)
}

func TestOraclesSDKSetsUpSingleSignOn(t *testing.T) { inBothWays(t, oraclesSDKSetsUpSingleSignOn) }

func oraclesSDKSetsUpSingleSignOn(t *testing.T, sdk connect) {
	w := start(t, "messy", simulator.Options{})
	fusion, utilities := sdk(t, w, directory.Fusion), sdk(t, w, directory.Utilities)
	ctx := t.Context()
	app, err := fusion.CreateApp(ctx, identitydomains.CreateAppRequest{App: identitydomains.App{
		Schemas: []string{"urn:ietf:params:scim:schemas:oracle:idcs:App"}, DisplayName: str("Oracle Utilities"),
		BasedOnTemplate: &identitydomains.AppBasedOnTemplate{Value: str("CustomSAMLAppTemplateId")}, IsSamlServiceProvider: common.Bool(true),
		UrnIetfParamsScimSchemasOracleIdcsExtensionSamlServiceProviderApp: &identitydomains.AppExtensionSamlServiceProviderApp{
			PartnerProviderId: str(w.URL(directory.Utilities) + "/fed"), AssertionConsumerUrl: str(w.URL(directory.Utilities) + "/fed/v1/sp/sso"),
			SignatureHashAlgorithm:  identitydomains.AppExtensionSamlServiceProviderAppSignatureHashAlgorithm256,
			SignResponseOrAssertion: identitydomains.AppExtensionSamlServiceProviderAppSignResponseOrAssertionAssertion}}})
	require.NoError(t, err)
	require.False(t, *app.Active)
	changed, err := fusion.PutAppStatusChanger(ctx, identitydomains.PutAppStatusChangerRequest{AppStatusChangerId: app.Id, AppStatusChanger: identitydomains.AppStatusChanger{
		Schemas: []string{"urn:ietf:params:scim:schemas:oracle:idcs:AppStatusChanger"}, Active: common.Bool(true)}})
	require.NoError(t, err)
	require.True(t, *changed.Active)

	provider, err := utilities.CreateIdentityProvider(ctx, identitydomains.CreateIdentityProviderRequest{IdentityProvider: identitydomains.IdentityProvider{
		Schemas: []string{"urn:ietf:params:scim:schemas:oracle:idcs:IdentityProvider"}, PartnerName: str("Fusion"), Enabled: common.Bool(true),
		Type: identitydomains.IdentityProviderTypeSaml, PartnerProviderId: str("http://fusion.example/fed"), IdpSsoUrl: str("http://fusion.example/sso")}})
	require.NoError(t, err)
	providers, err := utilities.ListIdentityProviders(ctx, identitydomains.ListIdentityProvidersRequest{})
	require.NoError(t, err)
	require.Len(t, providers.Resources, 1)

	condition, err := utilities.CreateCondition(ctx, identitydomains.CreateConditionRequest{Condition: identitydomains.Condition{
		Schemas: []string{"urn:ietf:params:scim:schemas:oracle:idcs:Condition"}, Name: str("Emergency"), AttributeName: str("user.userName"),
		Operator: identitydomains.ConditionOperatorEq, AttributeValue: str("bg-admin")}})
	require.NoError(t, err)
	rule, err := utilities.CreateRule(ctx, identitydomains.CreateRuleRequest{Rule: identitydomains.Rule{
		Schemas: []string{"urn:ietf:params:scim:schemas:oracle:idcs:Rule"}, Name: str("Keep local"), Condition: str(""),
		PolicyType:     &identitydomains.RulePolicyType{Value: str("IdentityProvider")},
		ConditionGroup: &identitydomains.RuleConditionGroup{Type: identitydomains.RuleConditionGroupTypeCondition, Value: condition.Id},
		Return:         []identitydomains.RuleReturn{{Name: str("LocalIDPs"), Value: str(`["UserNamePassword"]`)}, {Name: str("SamlIDPs"), Value: str("[]")}}}})
	require.NoError(t, err)
	var order any = []map[string]any{{"sequence": 1, "value": *rule.Id}, {"sequence": 2, "value": "DefaultIDPRule"}}
	_, err = utilities.PatchPolicy(ctx, identitydomains.PatchPolicyRequest{PolicyId: str("DefaultIDPPolicy"), PatchOp: identitydomains.PatchOp{
		Schemas:    []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
		Operations: []identitydomains.Operations{{Op: identitydomains.OperationsOpReplace, Path: str("rules"), Value: &order}}}})
	require.NoError(t, err)
	policy, err := utilities.GetPolicy(ctx, identitydomains.GetPolicyRequest{PolicyId: str("DefaultIDPPolicy"), Attributes: str("name,rules,rules.name")})
	require.NoError(t, err)
	require.Equal(t, []string{"Keep local", "Default IDP Rule"}, []string{*policy.Rules[0].Name, *policy.Rules[1].Name})

	var both any = []map[string]string{{"name": "SamlIDPs", "value": `["` + *provider.Id + `"]`}}
	patched, err := utilities.PatchRule(ctx, identitydomains.PatchRuleRequest{RuleId: str("DefaultIDPRule"), PatchOp: identitydomains.PatchOp{
		Schemas:    []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"},
		Operations: []identitydomains.Operations{{Op: identitydomains.OperationsOpAdd, Path: str("return"), Value: &both}}}})
	require.NoError(t, err)
	require.Equal(t, `["`+*provider.Id+`"]`, *patched.Return[1].Value)
	rules, err := utilities.ListRules(ctx, identitydomains.ListRulesRequest{})
	require.NoError(t, err)
	require.Len(t, rules.Resources, 2)
	conditions, err := utilities.ListConditions(ctx, identitydomains.ListConditionsRequest{})
	require.NoError(t, err)
	require.Equal(t, "bg-admin", *conditions.Resources[0].AttributeValue)
}
