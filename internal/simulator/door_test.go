package simulator

import (
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cutover/internal/directory"
	"cutover/internal/estates"
	"cutover/internal/simulator/sso"
)

func loaded(t *testing.T, name string) map[directory.Domain]*domain {
	t.Helper()
	sub, err := fs.Sub(estates.FS, name)
	require.NoError(t, err)
	domains := map[directory.Domain]*domain{}
	for _, d := range directory.Domains {
		domains[d] = newDomain(d, 1, time.Now)
	}
	require.NoError(t, loadEstate(sub, domains))
	return domains
}

func TestTheSignInPagesSeePeopleAsTheDomainHasThem(t *testing.T) {
	d := loaded(t, "messy")[directory.Utilities]
	p := door{d}
	admin, ok := p.UserByName("BG-Admin")
	require.True(t, ok)
	require.Equal(t, "bg-admin", admin.UserName)
	require.True(t, admin.Active)
	require.NotEmpty(t, admin.Groups)
	require.True(t, p.CheckPassword(admin.ID, d.derivedPassword(admin.ID)))
	require.False(t, p.CheckPassword(admin.ID, "wrong"))
	require.False(t, p.CheckPassword("nobody", d.derivedPassword("nobody")), "only the estate's people have a derived password")
	_, ok = p.UserByName("nobody")
	require.False(t, ok)

	u, _ := d.userNamed("bg-admin")
	before := d.version(u)
	p.SignedIn(admin.ID)
	p.SignedIn(admin.ID)
	require.Equal(t, before, d.version(u), "a sign-in is no change that a client could stumble over")
	state := inner(u.object(), schemaUserState)
	require.NotEmpty(t, text(state, "lastSuccessfulLoginDate"))
	require.NotEmpty(t, text(state, "previousSuccessfulLoginDate"))

	locked := 0
	for _, u := range d.users.all {
		if seen, _ := p.UserByName(u.name); seen.Locked {
			locked++
		}
	}
	require.Equal(t, 2, locked)
}

func TestAPasswordThatIsSetReplacesTheSeededOne(t *testing.T) {
	d := loaded(t, "messy")[directory.Utilities]
	u, _ := d.userNamed("bg-admin")
	ops, err := readPatch(object{"Operations": []any{object{"op": "replace", "path": "password", "value": "Another-1"}}})
	require.NoError(t, err)
	o, err := patch(u.object(), ops, kindUsers)
	require.NoError(t, err)
	require.NoError(t, d.update(u, o))
	require.True(t, d.checkPassword(u.id, "Another-1"))
	require.False(t, d.checkPassword(u.id, d.derivedPassword(u.id)))
	require.NotContains(t, u.object(), "password")
	require.NotEmpty(t, text(inner(u.object(), schemaPassword), "lastSuccessfulSetDate"))
}

func TestTheSignInPagesFollowThePolicyInItsOrder(t *testing.T) {
	d := loaded(t, "messy")[directory.Fusion]
	p := door{d}
	require.Equal(t, []sso.Rule{{Name: "Default IDP Rule", Active: true, Local: []string{"UserNamePassword"}, SAML: []string{"corporate-idp"}}}, p.Rules(""))
	idp, ok := p.IdP("corporate-idp")
	require.True(t, ok)
	require.True(t, idp.Enabled)
	require.Empty(t, idp.SSOURL)

	make := func(k *kind, o object) string {
		o["schemas"] = []any{k.schema}
		e, err := d.create(k, o)
		require.NoError(t, err)
		return e.rid()
	}
	c := make(kindConditions, object{"name": "C", "attributeName": "user.userName", "operator": "eq", "attributeValue": "ada"})
	front := make(kindRules, object{"name": "Front", "condition": "", "active": false, "policyType": object{"value": "IdentityProvider"},
		"conditionGroup": object{"type": "Condition", "value": c},
		"return":         []any{object{"name": "LocalIDPs", "value": "UserNamePassword"}, object{"name": "SamlIDPs", "value": `["x"]`}}})
	make(kindRules, object{"name": "Unlisted", "condition": "", "policyType": object{"value": "IdentityProvider"}, "return": []any{object{"name": "LocalIDPs", "value": "[]"}}})
	policy, _ := d.settings[kindPolicies].find("DefaultIDPPolicy")
	o := without(policy.body)
	o["rules"] = []any{object{"sequence": 2.0, "value": "DefaultIDPRule"}, object{"sequence": 1.0, "value": front}}
	require.NoError(t, d.update(policy, o))
	rules := p.Rules("")
	require.Len(t, rules, 2, "a rule counts only when the policy lists it")
	require.Equal(t, sso.Rule{Name: "Front", SAML: []string{"x"}, Condition: &sso.Condition{Attribute: "user.userName", Operator: "eq", Value: "ada"}},
		rules[0], "a value of the wrong shape has no effect")

	make(kindApps, object{"displayName": "SP", "basedOnTemplate": object{"value": "CustomSAMLAppTemplateId"}, "isSamlServiceProvider": true, "active": true,
		schemaSAMLApp: object{"partnerProviderId": "e", "assertionConsumerUrl": "a", "nameIdUserstoreAttribute": "userName"}})
	apps := p.SAMLApps()
	require.Len(t, apps, 1)
	require.Equal(t, []any{"SP", "e", "a", "userName", true}, []any{apps[0].Name, apps[0].EntityID, apps[0].AssertionConsumer, apps[0].NameIDValue, apps[0].Active})
}

func TestTheCertificateFaultConcernsFusionOnly(t *testing.T) {
	for _, d := range directory.Domains {
		var o sso.Options
		faults["wrong-saml-certificate"](d, &o)
		require.Equal(t, d == directory.Fusion, o.WrongCertificate)
		o = sso.Options{}
		faults[""](d, &o)
		require.False(t, o.WrongCertificate)
	}
	require.Contains(t, Faults(), "wrong-saml-certificate")
}

func TestTheSignInPagesFollowTheDefaultSignOnPolicy(t *testing.T) {
	d := newDomain(directory.Utilities, 1, time.Now)
	require.Nil(t, door{d}.SignOn(), "there is no such policy")
	const schema = "urn:ietf:params:scim:schemas:oracle:idcs:"
	require.NoError(t, d.load(strings.NewReader(`{
		"Policies": [
			{"schemas": ["`+schema+`Policy"], "id": "DefaultSignOnPolicy", "name": "Default Sign-On Policy", "active": true, "policyType": {"value": "SignOn"},
				"rules": [{"sequence": 2, "value": "DefaultSignOnRule"}, {"sequence": 1, "value": "keep-out"}]},
			{"schemas": ["`+schema+`Policy"], "id": "other", "name": "Other", "active": true, "policyType": {"value": "SignOn"}, "rules": [{"sequence": 1, "value": "keep-out"}]}],
		"Rules": [
			{"schemas": ["`+schema+`Rule"], "id": "DefaultSignOnRule", "name": "Default Sign-On Rule", "active": true, "policyType": {"value": "SignOn"},
				"return": [{"name": "effect", "value": "ALLOW"}]},
			{"schemas": ["`+schema+`Rule"], "id": "keep-out", "name": "Keep out", "active": true, "policyType": {"value": "SignOn"},
				"return": [{"name": "effect", "value": "DENY"}], "conditionGroup": {"type": "Condition", "value": "c"}}],
		"Conditions": [{"schemas": ["`+schema+`Condition"], "id": "c", "name": "C", "attributeName": "user.userName", "operator": "eq", "attributeValue": "ada"}]}`)))
	require.Equal(t, []sso.SignOnRule{
		{Name: "Keep out", Active: true, Effect: "DENY", Condition: &sso.Condition{Attribute: "user.userName", Operator: "eq", Value: "ada"}},
		{Name: "Default Sign-On Rule", Active: true, Effect: "ALLOW"},
	}, door{d}.SignOn())
}
