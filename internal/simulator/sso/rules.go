package sso

import (
	"encoding/json"
	"slices"
	"strings"
)

// local is the value of LocalIDPs that offers the domain's own password page.
const local = "UserNamePassword"

func (r Rule) offersLocal() bool { return slices.Contains(r.Local, local) }

// asksUserFirst tells whether it takes the user's name to know the rule.
func asksUserFirst(rules []Rule) bool {
	return slices.ContainsFunc(rules, func(r Rule) bool { return r.Active && r.Condition != nil })
}

// ruleFor finds the first active rule, in the policy's order, whose condition
// holds for the user. No rule means no way to sign in.
func ruleFor(rules []Rule, u User) (Rule, bool) {
	for _, r := range rules {
		if r.Active && (r.Condition == nil || r.Condition.holds(u)) {
			return r, true
		}
	}
	return Rule{}, false
}

// signOnRefusal says what the sign-on policy has against the user; empty:
// nothing. The first active rule that holds decides. What no rule of a policy
// allows is refused.
func signOnRefusal(rules []SignOnRule, u User) string {
	if rules == nil {
		return ""
	}
	for _, r := range rules {
		if !r.Active || r.Condition != nil && !r.Condition.holds(u) {
			continue
		}
		if r.Effect == "" || strings.EqualFold(r.Effect, "ALLOW") {
			return ""
		}
		return "The rule \"" + r.Name + "\" of the sign-on policy denies access."
	}
	return "No rule of the sign-on policy allows access."
}

// holds evaluates the condition, without case. A condition on an attribute or
// with an operator that is unknown never holds, and neither does one whose list
// cannot be read: a rule that is not understood applies to nobody.
func (c Condition) holds(u User) bool {
	switch {
	case hasSuffixFold(c.Attribute, "userName"):
		return c.compare([]string{u.UserName})
	case hasSuffixFold(c.Attribute, "groups"):
		return c.compare(u.Groups)
	case hasSuffixFold(c.Attribute, "target.action"): // of the sign-on policy that a domain is born with
		return c.compare([]string{"Login", `"Login"`})
	}
	return false
}

// compare holds the user's values against the condition's. The negative
// operators hold where no value is the one named.
func (c Condition) compare(have []string) bool {
	want, ok := values(c.Value)
	if !ok {
		return false
	}
	some := func(match func(have, want string) bool) bool {
		return slices.ContainsFunc(have, func(h string) bool {
			return slices.ContainsFunc(want, func(w string) bool { return match(strings.ToLower(h), strings.ToLower(w)) })
		})
	}
	same := strings.EqualFold
	switch strings.ToLower(c.Operator) {
	case "eq", "in":
		return some(same)
	case "ne", "nin":
		return !some(same)
	case "co", "coany":
		return some(strings.Contains)
	case "sw":
		return some(strings.HasPrefix)
	case "ew":
		return some(strings.HasSuffix)
	}
	return false
}

// values reads a condition's value: a JSON list of strings, or the text itself.
func values(v string) ([]string, bool) {
	if !strings.HasPrefix(strings.TrimSpace(v), "[") {
		return []string{v}, true
	}
	var list []string
	if err := json.Unmarshal([]byte(v), &list); err != nil {
		// A user name may begin with a bracket; a text that is no list is itself.
		return []string{v}, true
	}
	return list, true
}

func hasSuffixFold(s, suffix string) bool {
	return len(s) >= len(suffix) && strings.EqualFold(s[len(s)-len(suffix):], suffix)
}
