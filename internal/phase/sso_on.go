package phase

import (
	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// The steps of sso-on. Between offering SSO and making it the only way in lies
// a proof, so they never share a step.
const (
	stepReady = 1 // the identity provider enabled, the test user there
	stepOffer = 2 // both ways offered
	stepOnly  = 3 // the local sign-in gone
)

// ssoOn makes SSO the only way in to Utilities: the guide's fourth step, and the
// one that can lock people out. SSO is offered beside the local sign-in, the
// test user signs in by it, and only then UserNamePassword leaves the rule.
var ssoOn = Phase{
	Name:    "sso-on",
	Title:   "Turn single sign-on on",
	Guide:   "faas2e-test-sso-setup.html",
	Reads:   ssoReads,
	People:  true, // whom would it lock out?
	Switch:  true,
	Settles: true,
	Plan:    planOn,
	Proofs: func(_ Input, step int) []Proof {
		switch step {
		case stepOffer: // the last moment at which a failure costs nothing
			return []Proof{NobodyLockedOut, TestUserBySSO, EmergencyLocal}
		case stepOnly, 0: // at once, and once more from fresh reads
			return []Proof{TestUserBySSO, EmergencyLocal, FrontRuleRedirect}
		}
		return nil
	},
	Confirm: "SSO is now the only way in to Utilities, and the test user signed in by it. Can people sign in? If not: `cutover break-glass`.",
}

func planOn(in Input, sink reconcile.Sink) error {
	p, err := newSSOPlan("sso-on", in, sink)
	if err != nil || isDone(in, "sso-on") || p.state() == StateSSOOnly || p.state() == StateNeither || !p.known() {
		return p.failed(err)
	}
	invites, err := p.invitations()
	if err != nil || invites && !in.Forecast {
		return p.failed(err) // whom it would lock out is asked once they had the chance to act
	}
	if wrong := frontHolds(in, p.utilities); wrong != "" {
		p.noFrontRule(wrong)
	}
	for _, look := range []func() error{p.emergencyHolds, p.attested, p.lockedOutByOn} {
		if err := look(); err != nil {
			return err
		}
	}
	p.want(stepReady, directory.Utilities, directory.Target(directory.SettingIdP, p.idp.Name), directory.Attributes{"enabled": "true"}, "only an enabled identity provider signs people in")
	if err := p.testUsers(stepReady); err != nil {
		return err
	}
	now, _ := offered(p.utilities)
	p.others(now)
	both := now.withIdP(p.idp.Name)
	// Where both ways are offered already, as after a proof that failed, the
	// step stays in the plan: it changes nothing, and brings the proof without
	// which the next step must not be taken.
	p.put(stepOffer, directory.Utilities, defaultTarget, now.attributes(), both.attributes(), "SSO is offered beside the local sign-in, and proven so")
	p.turn(stepOnly, both, both.withoutLocal(), "SSO is the only way in")
	return p.err
}
