package phase

import (
	"slices"
	"strings"

	"cutover/internal/directory"
)

// The front rule stands before every other rule of Utilities' default policy and
// keeps the local sign-in for people who are left alone, and for the emergency
// administrator (Oracle lets a rule be limited to users). It lists them by user
// name: a rule by group would depend on groups that others change.

// frontNames lists who keeps the local sign-in, in the order of Fold, spelled as
// Utilities spells them. The test user is never among them: it tests SSO. Each
// is called with every one of them who is there.
func frontNames(in Input, each func(directory.Person)) ([]string, error) {
	var kept []string
	emergency := in.SSO.Emergency
	for person, err := range in.World[directory.Utilities].ByName() {
		if err != nil {
			return nil, err
		}
		switch isEmergency := directory.Equal(person.UserName, emergency); {
		case isEmergency:
			emergency = ""
		case directory.Equal(person.UserName, in.SSO.TestUser.UserName) || !in.Rules.ExcludedFromUtilities(person):
			continue
		}
		each(person)
		kept = append(kept, person.UserName)
	}
	if emergency != "" { // not there yet: the rule holds for them once they are
		kept = append(kept, emergency)
	}
	slices.SortFunc(kept, func(a, b string) int { return strings.Compare(directory.Fold(a), directory.Fold(b)) })
	return kept, nil
}

// front plans the front rule in three steps from the given one: the condition,
// the rule that refers to it, its place in the policy.
func (p *ssoPlan) front(step int) error {
	kept, err := frontNames(p.in, p.frontTakesAway())
	if err != nil {
		return err
	}
	const why = "a rule in front keeps the local sign-in of excluded people and of the emergency administrator"
	name := p.in.SSO.FrontRuleName
	condition := conditionOf(p.utilities, name)
	target := directory.Target(directory.SettingCondition, condition)
	want := directory.Attributes{
		"attribute": p.in.SSO.UserAttribute, "operator": directory.ConditionOperatorIn, "value": directory.EncodeList(kept),
	}
	if have, there := p.utilities.Setting(target); !there || !sameCondition(have, want) {
		p.want(step, directory.Utilities, target, want, why)
	}
	p.want(step+1, directory.Utilities, directory.Target(directory.SettingRule, name), directory.Attributes{
		"local": directory.EncodeList([]string{directory.UserNamePassword}), "saml": directory.EncodeList(nil), "condition": condition,
	}, why)
	p.policy(step+2, append([]string{name}, without(p.utilities.Order(), name)...), why)
	if r, ok := ruleNamed(p.utilities, name); ok && !r.Active {
		p.noFrontRule("The rule \"" + name + "\" of Utilities is there, but it is not active, so it keeps nobody's local sign-in. Activate it there.")
	}
	return p.err
}

// sameCondition tells whether two conditions on a list of users hold for the
// same people: a list that an administrator made by hand may be in any order.
func sameCondition(have, want directory.Attributes) bool {
	if have["attribute"] != want["attribute"] || have["operator"] != want["operator"] {
		return false
	}
	had, err := directory.DecodeList(have["value"])
	wanted, _ := directory.DecodeList(want["value"])
	return err == nil && slices.Equal(folded(had), folded(wanted))
}

// folded is a list of names as a set, case aside.
func folded(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = directory.Fold(n)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// frontHolds says what is wrong with the front rule, in a sentence; "" is nothing.
func frontHolds(in Input, sso directory.SSO) string {
	name := in.SSO.FrontRuleName
	rule, ok := sso.RuleNamed(name)
	switch {
	case !ok:
		return "Utilities has no rule \"" + name + "\" in its default policy."
	case sso.Rules[0].Name != name:
		return "The rule \"" + name + "\" of Utilities is not the first of its policy; \"" + sso.Rules[0].Name + "\" is."
	case !rule.Active:
		return "The rule \"" + name + "\" of Utilities is not active."
	case !rule.OffersLocal():
		return "The rule \"" + name + "\" of Utilities does not offer the local sign-in."
	}
	c, ok := sso.ConditionByID(rule.Condition)
	if kept, err := directory.DecodeList(c.Value); ok && c.Operator == directory.ConditionOperatorIn &&
		(err != nil || !slices.Contains(folded(kept), directory.Fold(in.SSO.Emergency))) {
		return "The rule \"" + name + "\" of Utilities does not name the emergency administrator."
	}
	return ""
}

// noFrontRule reports that nothing keeps the emergency administrator's way in.
func (p *ssoPlan) noFrontRule(detail string) {
	p.finding(directory.Finding{
		Name: "no-front-rule", Detail: detail + " Without it the emergency administrator has no way in once SSO is the only one. The phase sso-setup puts it right.",
		Blocking: true,
	})
}
