package identitydomain

import (
	"context"
	"slices"

	"github.com/oracle/oci-go-sdk/v65/common"
	"github.com/oracle/oci-go-sdk/v65/identitydomains"

	"cutover/internal/directory"
)

// wantedRule is a rule as a change asks for it, with ids in the place of names.
// What the change does not name stays as it is.
type wantedRule struct {
	local, saml []string
	condition   string
}

// putRule makes or changes a rule, and reads it back: a domain accepts values of
// any shape and ignores the wrong ones.
func (w settingWrite) putRule(ctx context.Context) (directory.Outcome, error) {
	current, err := w.currentRule()
	if err != nil {
		return directory.Outcome{}, err
	}
	want, err := w.wantedRule(current)
	if err != nil {
		return directory.Outcome{}, err
	}
	var o directory.Outcome
	if current.ID == "" {
		o, err = w.createRule(ctx, want)
	} else {
		o, err = w.patchRule(ctx, current, want)
	}
	if err != nil || o.Status == 0 {
		return o, err
	}
	return o, w.proveRule(ctx, o.ID, want)
}

// currentRule is the rule as it stands; one without an id has still to be made.
func (w settingWrite) currentRule() (directory.Rule, error) {
	if w.name == directory.SettingDefault {
		r, ok := w.Default()
		if !ok {
			return r, w.missing(w.op, "the domain has no default identity provider rule")
		}
		return r, nil
	}
	for _, r := range slices.Concat(w.Rules, w.Spare) {
		if r.Name == w.name {
			return r, nil
		}
	}
	return directory.Rule{}, nil
}

func (w settingWrite) wantedRule(current directory.Rule) (wantedRule, error) {
	want := wantedRule{local: current.Local, saml: current.SAML, condition: current.Condition}
	var err error
	if _, named := w.after["local"]; named {
		if want.local, err = w.list("local"); err != nil {
			return want, err
		}
	}
	if _, named := w.after["saml"]; named {
		names, err := w.list("saml")
		if err != nil {
			return want, err
		}
		want.saml = make([]string, len(names))
		for i, name := range names {
			if want.saml[i], err = w.idpID(name, current.SAML); err != nil {
				return want, err
			}
		}
	}
	if name, named := w.after["condition"]; named {
		want.condition = ""
		if name != "" {
			c, ok := w.ConditionNamed(name)
			if !ok {
				return want, w.missing(w.op, "there is no condition of this name: "+name)
			}
			want.condition = c.ID
		}
	}
	return want, nil
}

// idpID finds an identity provider. An id that the rule has already, and that
// nothing bears, may stay.
func (w settingWrite) idpID(name string, held []string) (string, error) {
	if idp, ok := w.IdPNamed(name); ok {
		return idp.ID, nil
	}
	if slices.Contains(held, name) {
		return name, nil
	}
	return "", w.missing(w.op, "there is no identity provider of this name: "+name)
}

func (w settingWrite) createRule(ctx context.Context, want wantedRule) (directory.Outcome, error) {
	rule := identitydomains.Rule{
		Schemas: []string{schemaRule}, Name: &w.name, Active: common.Bool(true),
		// Deprecated in favour of conditionGroup, and mandatory all the same (SDK): where it
		// is left out, the SDK sends null.
		Condition:  common.String(""),
		PolicyType: &identitydomains.RulePolicyType{Value: common.String(directory.IdPPolicyType)},
		Return: []identitydomains.RuleReturn{
			{Name: common.String(returnLocal), Value: common.String(directory.EncodeList(want.local))},
			{Name: common.String(returnSAML), Value: common.String(directory.EncodeList(want.saml))},
		},
	}
	if want.condition != "" {
		rule.ConditionGroup = &identitydomains.RuleConditionGroup{Type: identitydomains.RuleConditionGroupTypeCondition, Value: &want.condition}
	}
	r, err := control(ctx, w.Client, w.op, func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (identitydomains.CreateRuleResponse, error) {
		return sdk.CreateRule(ctx, identitydomains.CreateRuleRequest{Rule: rule})
	})
	return answered(r.RawResponse, r.Id), err
}

// patchRule sends the whole of return: what is not asked about goes back as it
// came, so that nothing depends on how a domain merges lists.
func (w settingWrite) patchRule(ctx context.Context, current directory.Rule, want wantedRule) (directory.Outcome, error) {
	var ops []identitydomains.Operations
	if !slices.Equal(current.Local, want.local) || !slices.Equal(current.SAML, want.saml) {
		ops = append(ops, op("return", merged(w.returns[current.ID], want)))
	}
	switch {
	case current.Condition == want.condition:
	case want.condition == "":
		ops = append(ops, op("conditionGroup", nil))
	default:
		ops = append(ops, op("conditionGroup", map[string]string{"type": string(identitydomains.RuleConditionGroupTypeCondition), "value": want.condition}))
	}
	if len(ops) == 0 {
		return directory.Outcome{ID: current.ID}, nil
	}
	r, err := control(ctx, w.Client, w.op, func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (identitydomains.PatchRuleResponse, error) {
		return sdk.PatchRule(ctx, identitydomains.PatchRuleRequest{RuleId: &current.ID, IfMatch: w.versions[current.ID], PatchOp: patchOp(ops)})
	})
	return answered(r.RawResponse, &current.ID), err
}

// merged is the whole of return with the two lists in their places.
func merged(now []identitydomains.RuleReturn, want wantedRule) []map[string]string {
	lists := map[string]string{returnLocal: directory.EncodeList(want.local), returnSAML: directory.EncodeList(want.saml)}
	out := []map[string]string{}
	for _, v := range now {
		value, ours := lists[text(v.Name)]
		if !ours {
			out = append(out, map[string]string{"name": text(v.Name), "value": text(v.Value)})
			continue
		}
		if value != "" { // a name that came twice goes back once
			out = append(out, map[string]string{"name": text(v.Name), "value": value})
			lists[text(v.Name)] = ""
		}
	}
	for _, name := range []string{returnLocal, returnSAML} {
		if lists[name] != "" {
			out = append(out, map[string]string{"name": name, "value": lists[name]})
		}
	}
	return out
}

// proveRule reads the rule and compares what it says with what was written.
func (w settingWrite) proveRule(ctx context.Context, id string, want wantedRule) error {
	back, err := control(ctx, w.Client, "read the rule back", func(ctx context.Context, sdk identitydomains.IdentityDomainsClient) (identitydomains.GetRuleResponse, error) {
		return sdk.GetRule(ctx, identitydomains.GetRuleRequest{RuleId: &id, Attributes: common.String(ruleAttributes)})
	})
	if err != nil {
		return w.unproven(err)
	}
	r := ruleOf(back.Rule)
	switch {
	case !sameSet(r.Local, want.local):
		return w.without(returnLocal)
	case !sameSet(r.SAML, want.saml):
		return w.without(returnSAML)
	case r.Condition != want.condition:
		return w.without("conditionGroup")
	}
	return nil
}
