package phase

import (
	"fmt"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// The domains that every phase of single sign-on reads.
var ssoReads = []directory.Domain{directory.Fusion, directory.Utilities}

// The default rule and the default policy as targets.
var (
	defaultTarget = directory.Target(directory.SettingRule, directory.SettingDefault)
	policyTarget  = directory.Target(directory.SettingPolicy, directory.SettingDefault)
)

// ssoPlan writes down what one phase of single sign-on plans. The first error of
// the sink stays; after it nothing more is written.
type ssoPlan struct {
	phase             string
	in                Input
	sink              reconcile.Sink
	fusion, utilities directory.SSO
	idp               directory.IdP // Fusion as Utilities knows it; only its Name is set where it is not there yet
	hasIdP            bool
	shift             int // of the steps of settings, in a forecast: they come after the invitations
	err               error
}

func newSSOPlan(phase string, in Input, sink reconcile.Sink) (*ssoPlan, error) {
	for _, d := range ssoReads {
		if in.World[d] == nil {
			return nil, fmt.Errorf("%s: %s has not been read, and the plan depends on it: observe it first", phase, d)
		}
	}
	p := &ssoPlan{
		phase: phase, in: in, sink: sink,
		fusion: in.World[directory.Fusion].Outline().SSO, utilities: in.World[directory.Utilities].Outline().SSO,
	}
	p.idp, p.hasIdP = adoptIdP(p.utilities, p.fusion.Metadata, in.SSO.IdPName)
	return p, nil
}

func (p *ssoPlan) state() string { return SwitchState(p.utilities, p.idp.Name) }

// sso is a domain's settings as they were read.
func (p *ssoPlan) sso(d directory.Domain) directory.SSO {
	if d == directory.Fusion {
		return p.fusion
	}
	return p.utilities
}

func (p *ssoPlan) change(c directory.Change) {
	if p.err == nil {
		if c.Kind != directory.InviteUser {
			c.Step += p.shift
		}
		p.err = p.sink.Change(c)
	}
}

// want plans a setting to be as wanted, where it is not so already.
func (p *ssoPlan) want(step int, d directory.Domain, target string, want directory.Attributes, why string) {
	before, differs := difference(p.sso(d), target, want)
	if differs {
		p.put(step, d, target, before, want, why)
	}
}

// put plans a setting whose before-image the caller knows: what an earlier step
// of the same plan leaves is not what was read.
func (p *ssoPlan) put(step int, d directory.Domain, target string, before, after directory.Attributes, why string) {
	p.change(directory.Change{
		Step: step, Domain: d, Kind: directory.PutSetting, Target: target, Before: before, After: after, Why: why,
	})
}

func (p *ssoPlan) drop(step int, target, why string) {
	p.change(directory.Change{Step: step, Domain: directory.Utilities, Kind: directory.DropSetting, Target: target, Why: why})
}

// policy plans the order of the rules in Utilities' default policy.
func (p *ssoPlan) policy(step int, rules []string, why string) {
	if slices.Equal(rules, p.utilities.Order()) {
		return
	}
	p.want(step, directory.Utilities, policyTarget, directory.Attributes{"rules": directory.EncodeList(rules)}, why)
}

// finding reports something of Utilities unless the finding says another domain.
func (p *ssoPlan) finding(f directory.Finding) {
	if p.err != nil {
		return
	}
	f.Phase = p.phase
	if f.Domain == "" {
		f.Domain = directory.Utilities
	}
	p.err = p.sink.Finding(f)
}

// difference compares a setting with what is wanted of it, and returns how the
// wanted attributes stand; nil where the setting is not there.
func difference(sso directory.SSO, target string, want directory.Attributes) (before directory.Attributes, differs bool) {
	have, there := sso.Setting(target)
	if !there {
		return nil, true
	}
	before = directory.Attributes{}
	for k, v := range want {
		before[k] = have[k]
		differs = differs || have[k] != v
	}
	return before, differs
}
