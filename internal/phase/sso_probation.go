package phase

import (
	"slices"
	"strings"

	"cutover/internal/directory"
)

// DefaultRule is the target of the rule that says how people sign in to
// Utilities where no other rule does.
func DefaultRule() string { return defaultTarget }

// BreakGlass brings local sign-in back: the default rule, which stands as given,
// offers the domain's own password page again, and everything else stays. It
// plans nothing where that is offered already; false where the rule cannot be read.
func BreakGlass(rule directory.Attributes) ([]directory.Change, bool) {
	now, ok := offerOf(rule)
	if !ok {
		return nil, false
	}
	back := now.withLocal()
	if back.equal(now) {
		return nil, true
	}
	return []directory.Change{{
		Step: 1, Domain: directory.Utilities, Kind: directory.PutSetting, Target: defaultTarget,
		Before: now.attributes(), After: back.attributes(), Why: "break-glass: local sign-in comes back",
	}}, true
}

// OffersLocal tells whether a rule, by its attributes, offers the domain's own
// password page.
func OffersLocal(rule directory.Attributes) bool {
	now, ok := offerOf(rule)
	return ok && slices.Contains(now.local, directory.UserNamePassword)
}

// RemovesLocal tells whether a change takes local sign-in out of a rule of
// Utilities: the step that can lock people out. A rule whose list cannot be read
// before counts as if it had held it.
func RemovesLocal(c directory.Change) bool {
	if c.Domain != directory.Utilities || c.Kind != directory.PutSetting || !strings.HasPrefix(c.Target, directory.SettingRule+"/") {
		return false
	}
	before, known := c.Before["local"]
	after, named := c.After["local"]
	if !named || len(c.Before) == 0 { // it says nothing of local sign-in, or the rule is new
		return false
	}
	had, err := directory.DecodeList(before)
	has, bad := directory.DecodeList(after)
	if bad == nil && slices.Contains(has, directory.UserNamePassword) {
		return false
	}
	return !known || err != nil || slices.Contains(had, directory.UserNamePassword)
}
