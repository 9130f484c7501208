package phase

import "cutover/internal/reconcile"

// ssoOff brings Utilities back to the local sign-in while people are moved: the
// guide's third step, before chapter 7. It goes in the order that never leaves
// nobody: the local sign-in on, read back, and only then SSO off.
var ssoOff = Phase{
	Name:   "sso-off",
	Title:  "Turn single sign-on off while people are moved",
	Guide:  "faas1-configure-user-synchronization.html",
	Reads:  ssoReads,
	People: true, // who has no local sign-in to go back to?
	Switch: true,
	Plan:   planOff,
	Proofs: func(_ Input, step int) []Proof {
		if step != 0 {
			return nil
		}
		return []Proof{EmergencyLocal}
	},
}

func planOff(in Input, sink reconcile.Sink) error {
	p, err := newSSOPlan("sso-off", in, sink)
	if err != nil || isDone(in, "sso-off") || !turnsOff(in, p.state()) {
		return p.failed(err)
	}
	// With TestByDefaultRule SSO may be offered only because the test offers it,
	// and then nobody depends on it; sso-test has looked before it did that.
	if p.state() != StateLocalOnly && !in.SSO.TestByDefaultRule {
		if err := p.lockedOutByOff(); err != nil {
			return err
		}
	}
	now, _ := offered(p.utilities)
	p.others(now)
	now = p.turn(1, now, now.withLocal(), "the local sign-in comes back before SSO goes")
	p.turn(2, now, now.withoutIdP(p.idp.Name), "SSO is off while people are moved")
	p.dropTestRule(3)
	return p.err
}
