package identitydomain

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/oracle/oci-go-sdk/v65/identitydomains"

	"cutover/internal/directory"
)

// part is a part of the settings that can be read for itself.
type part uint8

const (
	partPolicies part = 1 << iota // the default policy and all rules
	partConditions
	partIdPs
	partApps
	partAppRoles // what is granted to apps
	partMetadata
	everyPart = partPolicies | partConditions | partIdPs | partApps | partAppRoles | partMetadata
)

// partsOf is what must be read to know how a setting stands.
func partsOf(target string) part {
	kind, _ := directory.SplitTarget(target)
	switch kind {
	case directory.SettingApp, directory.SettingAppStatus, directory.SettingClient, directory.SettingClientStatus,
		directory.SettingSync, directory.SettingSyncSource, directory.SettingSyncStatus:
		return partApps
	case directory.SettingClientRole:
		return partApps | partAppRoles
	case directory.SettingIdP:
		return partIdPs
	case directory.SettingCondition:
		return partConditions
	case directory.SettingRule:
		return partPolicies | partConditions | partIdPs
	case directory.SettingPolicy:
		return partPolicies
	}
	return 0
}

// state is settings as they were read, with what a write needs besides.
type state struct {
	directory.SSO
	versions map[string]*string                      // ETag by id
	returns  map[string][]identitydomains.RuleReturn // of a rule, by its id
	adminIDs map[string]string                       // id of a domain's admin role by its name
	grantIDs map[string]string                       // id of a grant by "app id/role name"
}

// SSO reads how the domain lets people sign in.
func (c *Client) SSO(ctx context.Context) (directory.SSO, error) {
	s, err := c.read(ctx, everyPart)
	return s.SSO, err
}

// Setting reads how one setting stands; false: it is not there.
func (c *Client) Setting(ctx context.Context, target string) (directory.Attributes, bool, error) {
	parts := partsOf(target)
	if parts == 0 {
		return nil, false, c.wrong("read a setting", "there is no such kind of setting: "+target)
	}
	s, err := c.read(ctx, parts)
	if err != nil {
		return nil, false, err
	}
	a, ok := s.Setting(target)
	return a, ok, nil
}

func (c *Client) read(ctx context.Context, parts part) (state, error) {
	s := state{versions: map[string]*string{}, returns: map[string][]identitydomains.RuleReturn{}, adminIDs: map[string]string{}, grantIDs: map[string]string{}}
	for _, p := range []struct {
		part part
		read func(context.Context, *state) error
	}{
		{partPolicies, c.readPolicies}, {partConditions, c.readConditions}, {partIdPs, c.readIdPs},
		{partApps, c.readApps}, {partAppRoles, c.readAppRoles}, {partMetadata, c.readMetadata},
	} {
		if parts&p.part == 0 {
			continue
		}
		if err := p.read(ctx, &s); err != nil {
			return state{}, err
		}
	}
	return s, nil
}

const ruleAttributes = "name,active,return,conditionGroup,policyType,meta"

// readPolicies reads the default identity provider policy and the rules of its
// type: those in force in the policy's order, the rest as spare.
func (c *Client) readPolicies(ctx context.Context, s *state) error {
	policies, err := all(ctx, c, "read policies", func(ctx context.Context, sdk identitydomains.IdentityDomainsClient, start, count *int) (page[identitydomains.Policy], error) {
		r, err := sdk.ListPolicies(ctx, identitydomains.ListPoliciesRequest{Attributes: common.String("name,policyType,rules,meta"), StartIndex: start, Count: count})
		return page[identitydomains.Policy]{r.Resources, r.TotalResults}, err
	})
	if err != nil {
		return err
	}
	rules, err := all(ctx, c, "read rules", func(ctx context.Context, sdk identitydomains.IdentityDomainsClient, start, count *int) (page[identitydomains.Rule], error) {
		r, err := sdk.ListRules(ctx, identitydomains.ListRulesRequest{Attributes: common.String(ruleAttributes), StartIndex: start, Count: count})
		return page[identitydomains.Rule]{r.Resources, r.TotalResults}, err
	})
	if err != nil {
		return err
	}
	policy, ok := defaultPolicy(policies)
	if ok {
		s.PolicyID = text(policy.Id)
		s.versions[s.PolicyID] = version(policy.Meta)
	}
	s.addRules(rules, ruleIDs(policy))
	return nil
}

// defaultPolicy finds the default identity provider policy: by the id that
// Oracle's own tools use, else by its name.
func defaultPolicy(policies []identitydomains.Policy) (identitydomains.Policy, bool) {
	for _, p := range policies {
		if text(p.Id) == directory.DefaultPolicyID {
			return p, true
		}
	}
	for _, p := range policies {
		if text(p.Name) == directory.DefaultPolicyName && p.PolicyType != nil && text(p.PolicyType.Value) == directory.IdPPolicyType {
			return p, true
		}
	}
	return identitydomains.Policy{}, false
}

// addRules sorts rules into those that the policy holds, in its order, and the
// spare ones of the same type.
func (s *state) addRules(rules []identitydomains.Rule, order []string) {
	byID := make(map[string]identitydomains.Rule, len(rules))
	for _, r := range rules {
		byID[text(r.Id)] = r
	}
	held := map[string]bool{}
	for _, id := range order {
		held[id] = true
		if r, ok := byID[id]; ok {
			s.Rules = append(s.Rules, s.rule(r))
		}
	}
	for _, r := range rules {
		if !held[text(r.Id)] && r.PolicyType != nil && text(r.PolicyType.Value) == directory.IdPPolicyType {
			s.Spare = append(s.Spare, s.rule(r))
		}
	}
}

func (s *state) rule(r identitydomains.Rule) directory.Rule {
	id := text(r.Id)
	s.versions[id], s.returns[id] = version(r.Meta), r.Return
	return ruleOf(r)
}

func ruleOf(r identitydomains.Rule) directory.Rule {
	out := directory.Rule{ID: text(r.Id), Name: text(r.Name), Active: r.Active == nil || *r.Active}
	out.Local, out.SAML = returned(r.Return, returnLocal), returned(r.Return, returnSAML)
	if g := r.ConditionGroup; g != nil {
		out.Condition = text(g.Value)
	}
	return out
}

// The names of what a rule returns. Its values are JSON lists written as strings.
const (
	returnLocal = "LocalIDPs"
	returnSAML  = "SamlIDPs"
)

// returned reads a list that a rule returns. One of another shape has no effect
// in the domain, so it is no list.
func returned(values []identitydomains.RuleReturn, name string) []string {
	list := []string{}
	for _, v := range values {
		if text(v.Name) == name {
			var parsed []string
			if json.Unmarshal([]byte(text(v.Value)), &parsed) == nil && parsed != nil {
				list = parsed
			}
		}
	}
	return list
}

func (c *Client) readConditions(ctx context.Context, s *state) error {
	conditions, err := all(ctx, c, "read conditions", func(ctx context.Context, sdk identitydomains.IdentityDomainsClient, start, count *int) (page[identitydomains.Condition], error) {
		r, err := sdk.ListConditions(ctx, identitydomains.ListConditionsRequest{Attributes: common.String("name,attributeName,operator,attributeValue,meta"), StartIndex: start, Count: count})
		return page[identitydomains.Condition]{r.Resources, r.TotalResults}, err
	})
	for _, x := range conditions {
		s.versions[text(x.Id)] = version(x.Meta)
		s.Conditions = append(s.Conditions, directory.Condition{
			ID: text(x.Id), Name: text(x.Name), Attribute: text(x.AttributeName), Operator: string(x.Operator), Value: text(x.AttributeValue),
		})
	}
	return err
}

func (c *Client) readIdPs(ctx context.Context, s *state) error {
	const attributes = "partnerName,partnerProviderId,enabled,type,idpSsoUrl,signingCertificate,nameIdFormat,userMappingStoreAttribute,meta"
	idps, err := all(ctx, c, "read identity providers", func(ctx context.Context, sdk identitydomains.IdentityDomainsClient, start, count *int) (page[identitydomains.IdentityProvider], error) {
		r, err := sdk.ListIdentityProviders(ctx, identitydomains.ListIdentityProvidersRequest{Attributes: common.String(attributes), StartIndex: start, Count: count})
		return page[identitydomains.IdentityProvider]{r.Resources, r.TotalResults}, err
	})
	for _, p := range idps {
		if p.Type != "" && p.Type != identitydomains.IdentityProviderTypeSaml {
			continue // local, social and X.509 ones are no business of single sign-on by SAML
		}
		s.versions[text(p.Id)] = version(p.Meta)
		s.IdPs = append(s.IdPs, idpOf(p))
	}
	return err
}

func idpOf(p identitydomains.IdentityProvider) directory.IdP {
	return directory.IdP{
		ID: text(p.Id), Name: text(p.PartnerName), EntityID: text(p.PartnerProviderId), Enabled: flag(p.Enabled),
		Certificate: certificate(text(p.SigningCertificate)), SSOURL: text(p.IdpSsoUrl), NameIDFormat: text(p.NameIdFormat),
		UserMapping: spelled(text(p.UserMappingStoreAttribute), directory.MapToUserName),
	}
}

// spelled gives an attribute's name, which is not case exact, its usual spelling.
func spelled(s, usual string) string {
	if strings.EqualFold(s, usual) {
		return usual
	}
	return s
}

// certificate is the DER in base64, whether it came as that or as PEM.
func certificate(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		if !strings.HasPrefix(strings.TrimSpace(line), "-----") {
			b.WriteString(strings.Join(strings.Fields(line), ""))
		}
	}
	return b.String()
}
