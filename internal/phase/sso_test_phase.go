package phase

import (
	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// ssoTest offers SSO to the test user alone, by a rule for that user, and signs
// in by it ("Test SSO Setup" of the guide). Where both ways are offered already,
// the test is of what is there. Where a rule for one user cannot be, SSO is
// offered to everyone beside the local sign-in.
var ssoTest = Phase{
	Name:    "sso-test",
	Title:   "Test single sign-on with a user of our own",
	Guide:   "faas2e-test-sso-setup.html",
	Reads:   ssoReads,
	People:  true, // is the test user there?
	Switch:  true,
	Settles: true,
	Plan:    planTest,
	Proofs: func(_ Input, step int) []Proof {
		if step != 0 {
			return nil
		}
		return []Proof{TestUserBySSO}
	},
	Confirm: "The test user signed in to Utilities by SSO. Do you attest that this is the sign-in you want?",
}

func planTest(in Input, sink reconcile.Sink) error {
	p, err := newSSOPlan("sso-test", in, sink)
	if err != nil || isDone(in, "sso-test") || !turnsOff(in, p.state()) || !p.known() {
		return p.failed(err)
	}
	if err := p.beforeOfferToAll(); err != nil {
		return err
	}
	if err := p.testUsers(1); err != nil {
		return err
	}
	switch {
	case p.state() != StateLocalOnly:
		// tested as it is
	case in.SSO.TestByDefaultRule:
		now, _ := offered(p.utilities)
		p.turn(2, now, now.withIdP(p.idp.Name), "SSO is offered to everyone beside the local sign-in, for the test")
	default:
		p.testRule(2)
	}
	return p.err
}

// beforeOfferToAll looks, where the test offers SSO to everyone, who would lose
// it by sso-off: afterwards SSO may be offered because of the test alone, and
// nobody can tell who depends on it. The test user is the first thing that the
// test makes, so while it is not there the rule stands as before the test.
func (p *ssoPlan) beforeOfferToAll() error {
	if !p.in.SSO.TestByDefaultRule {
		return nil
	}
	_, begun, err := personNamed(p.in.World[directory.Utilities], p.in.SSO.TestUser.UserName)
	if err != nil || begun {
		return err
	}
	return p.lockedOutByOff()
}

// testRule plans the rule for the test user in three steps from the given one.
// It goes behind the front rule, which does not hold for the test user: should
// the domain not understand a condition on the user and take it to hold always,
// then whoever keeps the local sign-in still has it, and the test fails.
func (p *ssoPlan) testRule(step int) {
	const why = "SSO is offered to the test user alone, for the test"
	name := p.in.SSO.TestRuleName
	condition := conditionOf(p.utilities, name)
	p.want(step, directory.Utilities, directory.Target(directory.SettingCondition, condition), directory.Attributes{
		"attribute": p.in.SSO.UserAttribute, "operator": directory.ConditionOperatorEq, "value": p.in.SSO.TestUser.UserName,
	}, why)
	p.want(step+1, directory.Utilities, directory.Target(directory.SettingRule, name), directory.Attributes{
		"local": directory.EncodeList(nil), "saml": directory.EncodeList([]string{p.idp.Name}), "condition": condition,
	}, why)
	rest := without(p.utilities.Order(), name)
	at := 0
	if len(rest) > 0 && rest[0] == p.in.SSO.FrontRuleName {
		at = 1
	}
	order := append(append(append([]string{}, rest[:at]...), name), rest[at:]...)
	p.policy(step+2, order, why)
}

// dropTestRule plans the test rule's end in three steps from the given one: out
// of the policy, then the rule, then its condition, each when nothing refers to
// it any more.
func (p *ssoPlan) dropTestRule(step int) {
	const why = "what was only for the test goes"
	name := p.in.SSO.TestRuleName
	p.policy(step, without(p.utilities.Order(), name), why)
	if _, there := ruleNamed(p.utilities, name); there {
		p.drop(step+1, directory.Target(directory.SettingRule, name), why)
	}
	if _, there := p.utilities.ConditionNamed(name); there {
		p.drop(step+2, directory.Target(directory.SettingCondition, name), why)
	}
}

// known demands that Utilities knows Fusion as an identity provider.
func (p *ssoPlan) known() bool {
	if !p.hasIdP {
		p.finding(directory.Finding{
			Name: "no-idp", Blocking: true,
			Detail: "Utilities has no identity provider \"" + p.idp.Name + "\" and none with Fusion's entity id, so there is no SSO to switch. " +
				"Leave sso-setup on, or make it by hand as the guide says.",
		})
	}
	return p.hasIdP
}

// failed returns the first error of a plan that ends early.
func (p *ssoPlan) failed(err error) error {
	if err != nil || p == nil {
		return err
	}
	return p.err
}
