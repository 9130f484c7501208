package phase

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cutover/internal/directory"
)

// ways is what a domain offers to a user: the first active rule of the policy
// whose condition holds decides.
func ways(sso directory.SSO, user string) (local bool, enabled []string) {
	for _, r := range sso.Rules {
		if !r.Active || !holds(sso, r, user) {
			continue
		}
		for _, idp := range sso.IdPs {
			if idp.Enabled && slices.Contains(r.SAML, idp.ID) {
				enabled = append(enabled, idp.Name)
			}
		}
		return r.OffersLocal(), enabled
	}
	return false, nil
}

func holds(sso directory.SSO, r directory.Rule, user string) bool {
	if r.Condition == "" {
		return true
	}
	c, ok := sso.ConditionByID(r.Condition)
	switch {
	case !ok:
		return false
	case c.Operator == directory.ConditionOperatorIn:
		list, _ := directory.DecodeList(c.Value)
		return slices.ContainsFunc(list, func(n string) bool { return directory.Equal(n, user) })
	}
	return directory.Equal(c.Value, user)
}

// drawn is an estate as it may be found, and the settings of a cutover of it.
func drawn(t *rapid.T) (*world, func(*Input)) {
	w := bare()
	u := &w.utilities.outline.SSO
	state := rapid.SampledFrom([]string{StateLocalOnly, StateBoth, StateSSOOnly, StateNeither}).Draw(t, "state")
	var offered []string
	if state == StateBoth || state == StateSSOOnly || rapid.Bool().Draw(t, "an IdP made by hand") {
		u.IdPs = append(u.IdPs, directory.IdP{ID: "hand", Name: "By hand", EntityID: w.fusion.outline.SSO.Metadata.IdPEntityID, Enabled: true})
	}
	if state == StateBoth || state == StateSSOOnly {
		offered = append(offered, "hand")
	}
	if state == StateNeither || rapid.Bool().Draw(t, "a partner's IdP") {
		u.IdPs = append(u.IdPs, directory.IdP{ID: "partner", Name: "Partner", Enabled: true})
		offered = append(offered, "partner")
	}
	if rapid.Bool().Draw(t, "a partner's rule") {
		u.Conditions = append(u.Conditions, directory.Condition{ID: "pc", Name: "partners", Attribute: "user.userName", Operator: "eq", Value: "pat"})
		u.Rules = append([]directory.Rule{{ID: "pr", Name: "Partners", Active: true, Local: []string{"UserNamePassword"}, Condition: "pc"}}, u.Rules...)
	}
	w.offer(state == StateLocalOnly || state == StateBoth, offered...)
	forAll := rapid.Bool().Draw(t, "test for all")
	takeDown, work := rapid.Bool().Draw(t, "take down"), rapid.Bool().Draw(t, "people to move")
	return w, func(in *Input) { in.SSO.TestByDefaultRule, in.SSO.TakeDown, in.PeopleWork = forAll, takeDown, work }
}

// However a walk is interrupted, and resumed from what it finds, there is never
// a moment in which somebody has no way in, the emergency administrator keeps
// the local sign-in, and the rule in front stays in front.
func TestNoMomentOfAnyWalkLeavesNobodyAWayIn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, adjust := drawn(t)
		fronted := false
		look := func(after string) {
			sso := w.utilities.outline.SSO
			for _, user := range []string{"bob", "pat", "bg-admin"} {
				local, idps := ways(sso, user)
				require.True(t, local || len(idps) > 0, "%s has no way in after %s", user, after)
				if user == "bg-admin" && fronted {
					require.True(t, local, "the emergency administrator has no local sign-in after %s", after)
				}
			}
			first := sso.Rules[0].Name == "Keep local sign-in"
			require.True(t, first || !fronted, "the rule in front is not in front after %s", after)
			fronted = first
		}
		var finished []string
		for _, ph := range []Phase{ssoSetup, ssoTest, ssoOff, ssoOn, tidy} {
			for {
				in := input(w)
				adjust(&in)
				in.Done = done(finished...)
				c := plan(t, ph, in)
				if slices.Contains(c.blocking(), "no-known-sign-in ") {
					return // the walk never begins
				}
				require.Empty(t, c.blocking(), ph.Name)
				if len(c.changes) == 0 {
					break
				}
				until := len(c.changes)
				if rapid.Bool().Draw(t, "interrupted") {
					until = rapid.IntRange(0, len(c.changes)).Draw(t, "after so many changes")
				}
				for _, change := range c.changes[:until] {
					if ph.Name == "sso-on" && change.Target == "rule/default" {
						requireProvenBefore(t, c, change, in)
					}
					w.apply(change)
					look(ph.Name + ": " + line(change))
				}
			}
			finished = append(finished, ph.Name)
		}
		require.NotEqual(t, StateLocalOnly, SwitchState(w.utilities.outline.SSO, adopted(w)), "SSO is on at the end")
	})
}

// requireProvenBefore demands that a plan that takes the local sign-in away has
// a step of its own before that which ends with a sign-in by SSO.
func requireProvenBefore(t *rapid.T, c collected, taking directory.Change, in Input) {
	if taking.After["local"] != "[]" {
		return
	}
	for _, before := range c.changes {
		if before.Step < taking.Step && slices.Contains(ssoOn.Proofs(in, before.Step), TestUserBySSO) {
			return
		}
	}
	require.Fail(t, "the local sign-in would go unproven")
}

func adopted(w *world) string {
	idp, _ := adoptIdP(w.utilities.outline.SSO, w.fusion.outline.SSO.Metadata, "Fusion")
	return idp.Name
}

// The same estate gives the same plan, whatever order its lists of people have.
func TestAPlanDoesNotDependOnTheOrderOfWhatWasRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, adjust := drawn(t)
		in := input(w)
		adjust(&in)
		for _, ph := range []Phase{ssoSetup, ssoTest, ssoOff, ssoOn, tidy} {
			first := plan(t, ph, in)
			w.utilities.people = rapid.Permutation(w.utilities.people).Draw(t, "people")
			w.fusion.outline.SSO.Apps = rapid.Permutation(w.fusion.outline.SSO.Apps).Draw(t, "apps")
			require.Equal(t, first, plan(t, ph, in), ph.Name)
		}
	})
}
