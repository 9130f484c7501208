package identitydomain

import (
	"context"
	"slices"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/oracle/oci-go-sdk/v65/identitydomains"

	"cutover/internal/directory"
)

var idpFields = []field{
	{attribute: "entityId", path: "partnerProviderId"},
	{attribute: "ssoUrl", path: "idpSsoUrl"},
	{attribute: "certificate", path: "signingCertificate"},
	{attribute: "nameIdFormat", path: "nameIdFormat"},
	{attribute: "userMapping", path: "userMappingStoreAttribute"},
	{attribute: "enabled", path: "enabled", isBool: true},
	{attribute: "enabled", path: "shownOnLoginPage", isBool: true},
}

// putIdP makes or changes the SAML identity provider. It maps the NameID to an
// attribute of people who are there, and makes nobody (JIT stays off).
func (w settingWrite) putIdP(ctx context.Context) (directory.Outcome, error) {
	if idp, ok := w.IdPNamed(w.name); ok {
		ops, err := w.differences(idpFields)
		if err != nil || len(ops) == 0 {
			return directory.Outcome{ID: idp.ID}, err
		}
		r, err := control(ctx, w.Client, w.op, func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (identitydomains.PatchIdentityProviderResponse, error) {
			return sdk.PatchIdentityProvider(ctx, identitydomains.PatchIdentityProviderRequest{IdentityProviderId: &idp.ID, PatchOp: patchOp(ops), IfMatch: w.versions[idp.ID]})
		})
		return answered(r.RawResponse, &idp.ID), err
	}
	r, err := control(ctx, w.Client, w.op, func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (identitydomains.CreateIdentityProviderResponse, error) {
		return sdk.CreateIdentityProvider(ctx, identitydomains.CreateIdentityProviderRequest{IdentityProvider: identitydomains.IdentityProvider{
			Schemas: []string{schemaIdP}, PartnerName: &w.name, Type: identitydomains.IdentityProviderTypeSaml,
			Enabled: common.Bool(w.is("enabled")), ShownOnLoginPage: common.Bool(w.is("enabled")),
			PartnerProviderId: w.value("entityId"), IdpSsoUrl: w.value("ssoUrl"), SigningCertificate: w.value("certificate"),
			NameIdFormat: w.value("nameIdFormat"), UserMappingStoreAttribute: w.value("userMapping"),
			UserMappingMethod:      identitydomains.IdentityProviderUserMappingMethodNameidtouserattribute,
			AuthnRequestBinding:    identitydomains.IdentityProviderAuthnRequestBindingRedirect,
			SignatureHashAlgorithm: identitydomains.IdentityProviderSignatureHashAlgorithm256,
			JitUserProvEnabled:     common.Bool(false),
		}})
	})
	return answered(r.RawResponse, r.Id), err
}

var conditionFields = []field{
	{attribute: "attribute", path: "attributeName"}, {attribute: "operator", path: "operator"}, {attribute: "value", path: "attributeValue"},
}

// putCondition makes or changes a condition. It bears the name of its rule.
func (w settingWrite) putCondition(ctx context.Context) (directory.Outcome, error) {
	if c, ok := w.ConditionNamed(w.name); ok {
		ops, err := w.differences(conditionFields)
		if err != nil || len(ops) == 0 {
			return directory.Outcome{ID: c.ID}, err
		}
		r, err := control(ctx, w.Client, w.op, func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (identitydomains.PatchConditionResponse, error) {
			return sdk.PatchCondition(ctx, identitydomains.PatchConditionRequest{ConditionId: &c.ID, PatchOp: patchOp(ops), IfMatch: w.versions[c.ID]})
		})
		return answered(r.RawResponse, &c.ID), err
	}
	r, err := control(ctx, w.Client, w.op, func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (identitydomains.CreateConditionResponse, error) {
		return sdk.CreateCondition(ctx, identitydomains.CreateConditionRequest{Condition: identitydomains.Condition{
			Schemas: []string{schemaCondition}, Name: &w.name, AttributeName: w.value("attribute"),
			Operator: identitydomains.ConditionOperatorEnum(w.after["operator"]), AttributeValue: w.value("value"),
		}})
	})
	return answered(r.RawResponse, r.Id), err
}

// putPolicy puts the rules of the default policy into order, and reads it back.
func (w settingWrite) putPolicy(ctx context.Context) (directory.Outcome, error) {
	if !w.exists {
		return directory.Outcome{}, w.missing(w.op, "the domain has no default identity provider policy")
	}
	want, err := w.ruleIDs()
	if err != nil {
		return directory.Outcome{}, err
	}
	held := make([]identitydomains.PolicyRules, len(want))
	for i, id := range want {
		held[i] = identitydomains.PolicyRules{Value: common.String(id), Sequence: common.Int(i + 1)}
	}
	r, err := control(ctx, w.Client, w.op, func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (identitydomains.PatchPolicyResponse, error) {
		return sdk.PatchPolicy(ctx, identitydomains.PatchPolicyRequest{PolicyId: &w.PolicyID, IfMatch: w.versions[w.PolicyID],
			PatchOp: patchOp([]identitydomains.Operations{op("rules", plainRules(held))})})
	})
	o := answered(r.RawResponse, &w.PolicyID)
	if err != nil {
		return o, err
	}
	back, err := control(ctx, w.Client, "read the order of the rules back", func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (identitydomains.GetPolicyResponse, error) {
		return sdk.GetPolicy(ctx, identitydomains.GetPolicyRequest{PolicyId: &w.PolicyID, Attributes: common.String("name,rules")})
	})
	if err != nil {
		return o, w.unproven(err)
	}
	if !slices.Equal(ruleIDs(back.Policy), want) {
		return o, w.without("the order of the rules")
	}
	return o, nil
}

// ruleIDs finds the rules that the change names, in its order.
func (w settingWrite) ruleIDs() ([]string, error) {
	names, err := w.list("rules")
	if err != nil {
		return nil, err
	}
	last, _ := w.Default()
	ids := make([]string, len(names))
	for i, name := range names {
		if name == directory.SettingDefault {
			ids[i] = last.ID
		}
		for _, r := range slices.Concat(w.Rules, w.Spare) {
			if ids[i] == "" && r.Name == name {
				ids[i] = r.ID
			}
		}
		if ids[i] == "" {
			return nil, w.missing(w.op, "there is no rule of this name: "+name)
		}
	}
	return ids, nil
}

// ruleIDs lists the rules of a policy in their sequence.
func ruleIDs(p identitydomains.Policy) []string {
	held := slices.Clone(p.Rules)
	slices.SortStableFunc(held, func(a, b identitydomains.PolicyRules) int {
		if a.Sequence == nil || b.Sequence == nil {
			return 0
		}
		return *a.Sequence - *b.Sequence
	})
	ids := make([]string, len(held))
	for i, r := range held {
		ids[i] = text(r.Value)
	}
	return ids
}

// plainRules leaves the SDK's optional fields out: within a PATCH it writes
// them as null.
func plainRules(rules []identitydomains.PolicyRules) []map[string]any {
	out := make([]map[string]any, len(rules))
	for i, r := range rules {
		out[i] = map[string]any{"value": text(r.Value), "sequence": *r.Sequence}
	}
	return out
}
