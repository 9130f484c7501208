package simulator_test

import (
	"testing"

	"github.com/oracle/oci-go-sdk/v65/common"
	sdkmodel "github.com/oracle/oci-go-sdk/v65/identitydomains"
	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

func TestOraclesSDKDrivesIdentityProviders(t *testing.T) {
	inBothWays(t, oraclesSDKDrivesIdentityProviders)
}

func oraclesSDKDrivesIdentityProviders(t *testing.T, sdk connect) {
	w := start(t, "messy", simulator.Options{})
	c := sdk(t, w, directory.Utilities)
	ctx := t.Context()
	idp := sdkmodel.IdentityProvider{Schemas: []string{schemaOf["IdentityProviders"]}, PartnerName: str("Fusion"), Enabled: common.Bool(false),
		Type: sdkmodel.IdentityProviderTypeSaml, PartnerProviderId: str("http://fusion.example/fed"), TenantProviderId: str("mine")}
	made, err := c.CreateIdentityProvider(ctx, sdkmodel.CreateIdentityProviderRequest{IdentityProvider: idp})
	require.NoError(t, err)
	require.Nil(t, made.TenantProviderId)
	idp.PartnerName = str("Another")
	_, err = c.CreateIdentityProvider(ctx, sdkmodel.CreateIdentityProviderRequest{IdentityProvider: idp})
	refused(t, 409, err) // of the same partnerProviderId
	idp.PartnerProviderId, idp.Enabled = str("http://other.example"), nil
	_, err = c.CreateIdentityProvider(ctx, sdkmodel.CreateIdentityProviderRequest{IdentityProvider: idp})
	refused(t, 400, err)
	patched, err := c.PatchIdentityProvider(ctx, sdkmodel.PatchIdentityProviderRequest{IdentityProviderId: made.Id, IfMatch: made.Meta.Version, PatchOp: change(replace, "enabled", true)})
	require.NoError(t, err)
	require.True(t, *patched.Enabled)
	_, err = c.PatchIdentityProvider(ctx, sdkmodel.PatchIdentityProviderRequest{IdentityProviderId: made.Id, IfMatch: made.Meta.Version, PatchOp: change(replace, "enabled", false)})
	refused(t, 412, err)
	for path, value := range map[string]any{"type": "SOCIAL", "tenantProviderId": "x", "logoutBinding": "Pigeon", "enabled": "yes"} {
		_, err = c.PatchIdentityProvider(ctx, sdkmodel.PatchIdentityProviderRequest{IdentityProviderId: made.Id, PatchOp: change(replace, path, value)})
		refused(t, 400, err)
	}
	got, err := c.GetIdentityProvider(ctx, sdkmodel.GetIdentityProviderRequest{IdentityProviderId: made.Id})
	require.NoError(t, err)
	got.IdentityProvider.ShownOnLoginPage = common.Bool(true)
	put, err := c.PutIdentityProvider(ctx, sdkmodel.PutIdentityProviderRequest{IdentityProviderId: made.Id, IdentityProvider: got.IdentityProvider})
	require.NoError(t, err)
	require.True(t, *put.ShownOnLoginPage)
	found, err := c.SearchIdentityProviders(ctx, sdkmodel.SearchIdentityProvidersRequest{IdentityProviderSearchRequest: sdkmodel.IdentityProviderSearchRequest{
		Schemas: searching, Filter: str(`partnerName eq "FUSION" and enabled eq true`)}})
	require.NoError(t, err)
	require.Len(t, found.Resources, 1)
	_, err = c.DeleteIdentityProvider(ctx, sdkmodel.DeleteIdentityProviderRequest{IdentityProviderId: made.Id})
	require.NoError(t, err)
}

func TestOraclesSDKDrivesPoliciesRulesAndConditions(t *testing.T) {
	inBothWays(t, oraclesSDKDrivesPoliciesRulesAndConditions)
}

func oraclesSDKDrivesPoliciesRulesAndConditions(t *testing.T, sdk connect) {
	w := start(t, "messy", simulator.Options{})
	c := sdk(t, w, directory.Utilities)
	ctx := t.Context()
	condition := sdkmodel.Condition{Schemas: []string{schemaOf["Conditions"]}, Name: str("Emergency"), AttributeName: str("user.userName"),
		Operator: sdkmodel.ConditionOperatorEq, AttributeValue: str("bg-admin")}
	on, err := c.CreateCondition(ctx, sdkmodel.CreateConditionRequest{Condition: condition})
	require.NoError(t, err)
	_, err = c.CreateCondition(ctx, sdkmodel.CreateConditionRequest{Condition: condition})
	refused(t, 409, err)
	condition.AttributeValue = str("another")
	replaced, err := c.PutCondition(ctx, sdkmodel.PutConditionRequest{ConditionId: on.Id, Condition: condition})
	require.NoError(t, err)
	require.Equal(t, "another", *replaced.AttributeValue)
	_, err = c.PatchCondition(ctx, sdkmodel.PatchConditionRequest{ConditionId: on.Id, PatchOp: change(replace, "operator", "is")})
	refused(t, 400, err)
	seen, err := c.GetCondition(ctx, sdkmodel.GetConditionRequest{ConditionId: on.Id})
	require.NoError(t, err)
	require.Equal(t, sdkmodel.ConditionOperatorEq, seen.Operator)
	conditions, err := c.SearchConditions(ctx, sdkmodel.SearchConditionsRequest{ConditionSearchRequest: sdkmodel.ConditionSearchRequest{Schemas: searching, Filter: str(`name eq "emergency"`)}})
	require.NoError(t, err)
	require.Empty(t, conditions.Resources, "the name is caseExact")
	_, err = c.ListConditions(ctx, sdkmodel.ListConditionsRequest{Filter: str(`attributeName eq "x"`)})
	refused(t, 400, err) // it cannot be searched

	rule := sdkmodel.Rule{Schemas: []string{schemaOf["Rules"]}, Name: str("Keep local"), Condition: str(""), PolicyType: &sdkmodel.RulePolicyType{Value: str("IdentityProvider")},
		ConditionGroup: &sdkmodel.RuleConditionGroup{Type: sdkmodel.RuleConditionGroupTypeCondition, Value: on.Id},
		Return:         []sdkmodel.RuleReturn{{Name: str("LocalIDPs"), Value: str(`["UserNamePassword"]`)}}}
	made, err := c.CreateRule(ctx, sdkmodel.CreateRuleRequest{Rule: rule})
	require.NoError(t, err)
	rule.Condition = nil
	_, err = c.CreateRule(ctx, sdkmodel.CreateRuleRequest{Rule: rule})
	refused(t, 400, err) // deprecated, and required
	_, err = c.PatchRule(ctx, sdkmodel.PatchRuleRequest{RuleId: made.Id, PatchOp: change(replace, "policyType.value", "SignOn")})
	refused(t, 400, err)
	got, err := c.GetRule(ctx, sdkmodel.GetRuleRequest{RuleId: made.Id})
	require.NoError(t, err)
	got.Rule.Description = str("for the administrator")
	put, err := c.PutRule(ctx, sdkmodel.PutRuleRequest{RuleId: made.Id, Rule: got.Rule, IfMatch: got.Meta.Version})
	require.NoError(t, err)
	require.Equal(t, "for the administrator", *put.Description)
	rules, err := c.SearchRules(ctx, sdkmodel.SearchRulesRequest{RuleSearchRequest: sdkmodel.RuleSearchRequest{Schemas: searching, Filter: str(`policyType.value eq "IdentityProvider"`)}})
	require.NoError(t, err)
	require.Len(t, rules.Resources, 2)

	policy := sdkmodel.Policy{Schemas: []string{schemaOf["Policies"]}, Name: str("Second"), PolicyType: &sdkmodel.PolicyPolicyType{Value: str("IdentityProvider")},
		Rules: []sdkmodel.PolicyRules{{Value: made.Id, Sequence: common.Int(1), Name: str("ignored")}}}
	second, err := c.CreatePolicy(ctx, sdkmodel.CreatePolicyRequest{Policy: policy})
	require.NoError(t, err)
	require.Nil(t, second.Rules, "rules come on request")
	_, err = c.PatchPolicy(ctx, sdkmodel.PatchPolicyRequest{PolicyId: second.Id, PatchOp: change(replace, "rules", []any{m{"sequence": 1, "value": *made.Id, "name": "x"}})})
	refused(t, 400, err) // the name of a rule there is read-only
	_, err = c.PatchPolicy(ctx, sdkmodel.PatchPolicyRequest{PolicyId: second.Id, PatchOp: change(replace, "policyType.value", "SignOn")})
	refused(t, 400, err)
	full, err := c.GetPolicy(ctx, sdkmodel.GetPolicyRequest{PolicyId: second.Id, AttributeSets: []sdkmodel.AttributeSetsEnum{sdkmodel.AttributeSetsAll}})
	require.NoError(t, err)
	require.Equal(t, "Keep local", *full.Rules[0].Name)
	full.Policy.Rules = nil
	_, err = c.PutPolicy(ctx, sdkmodel.PutPolicyRequest{PolicyId: second.Id, Policy: full.Policy})
	require.NoError(t, err)
	policies, err := c.SearchPolicies(ctx, sdkmodel.SearchPoliciesRequest{PolicySearchRequest: sdkmodel.PolicySearchRequest{Schemas: searching,
		Filter: str(`policyType.value eq "IdentityProvider" and name co "sec"`)}})
	require.NoError(t, err)
	require.Len(t, policies.Resources, 1)
	_, err = c.DeletePolicy(ctx, sdkmodel.DeletePolicyRequest{PolicyId: second.Id})
	require.NoError(t, err)
	_, err = c.DeleteRule(ctx, sdkmodel.DeleteRuleRequest{RuleId: made.Id})
	require.NoError(t, err)
	_, err = c.DeleteCondition(ctx, sdkmodel.DeleteConditionRequest{ConditionId: on.Id})
	require.NoError(t, err)
}
