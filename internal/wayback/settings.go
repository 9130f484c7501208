package wayback

import (
	"maps"
	"slices"

	"cutover/internal/directory"
	"cutover/internal/phase"
	"cutover/internal/reconcile"
)

// settings are all that the cutover changed of single sign-on, by what it was.
type settings struct {
	chains []*chain // in the order in which each was changed last
	sso    map[directory.Domain]directory.SSO
}

// chain is what the cutover did to one setting, the last first.
type chain struct {
	domain directory.Domain
	target string
	links  []link
	// How it stands, how it is to stand, and what that undoes: set by resolve.
	now, want   directory.Attributes
	there, made bool // it is there; it was not there before the cutover
	refs        []Ref
	phase, why  string
}

type link struct {
	phase string
	Recorded
}

func newSettings(w reconcile.World) settings {
	s := settings{sso: map[directory.Domain]directory.SSO{}}
	for d, side := range w {
		s.sso[d] = side.Outline().SSO
	}
	return s
}

func (s *settings) add(phase string, r Recorded) {
	for _, c := range s.chains {
		if c.domain == r.Change.Domain && c.target == r.Change.Target {
			c.links = append(c.links, link{phase, r})
			return
		}
	}
	s.chains = append(s.chains, &chain{domain: r.Change.Domain, target: r.Change.Target, links: []link{{phase, r}}})
}

// dependent tells whether the target is the state of another resource, which
// takes it along when it goes.
func dependent(target string) bool {
	kind, _ := directory.SplitTarget(target)
	return kind == directory.SettingAppStatus || kind == directory.SettingClientStatus || kind == directory.SettingClientRole ||
		kind == directory.SettingSyncSource || kind == directory.SettingSyncStatus
}

// resolve walks back from how the setting stands, as far as what is there is what
// the cutover left. It returns what is in the way, or nothing.
func (c *chain) resolve(sso directory.SSO) (finding, detail string) {
	c.now, c.there = sso.Setting(c.target)
	c.want = maps.Clone(c.now)
	oldest := c.links[len(c.links)-1].Change
	ours := oldest.Kind == directory.PutSetting && len(oldest.Before) == 0
	if !c.there {
		switch {
		case ours || dependent(c.target):
			return "", ""
		case c.links[0].Change.Kind == directory.DropSetting:
			return FindingLost, c.target + " was removed by cutover, and how it was before is not known. It is not made again."
		}
		return FindingGone, c.target + " was there when cutover changed it, and is not there any more. It is not made again."
	}
	first := c.links[0].Change
	if first.Kind == directory.DropSetting {
		return FindingChanged, c.target + " was removed by cutover, and somebody has made it again. It is left alone."
	}
	from, ok := c.from()
	if !ok {
		return FindingChanged, c.target + ": " + othersChanged(c.now, first.After, first.Before, differences(c.now, first.After, true)) + ". It is left alone."
	}
	for _, l := range c.links[from:] {
		before, after := l.Change.Before, l.Change.After
		if l.Change.Kind == directory.DropSetting {
			return FindingLost, c.target + " was removed by cutover and made again later; how it was before that is not known."
		}
		if keys := differences(c.want, after, true); len(keys) > 0 {
			return FindingChanged, c.target + ": somebody changed it while the cutover was under way: before cutover changed it again, " +
				othersChanged(c.want, after, before, keys) + ". It goes back no further."
		}
		c.refs, c.phase, c.why = append(c.refs, l.Ref), l.phase, l.Change.Why
		if len(before) == 0 {
			c.made = true
			break
		}
		maps.Copy(c.want, before)
	}
	return "", ""
}

// from is the link that left the setting as it is now: the last one, or the one
// before those that are undone already. False: somebody else did.
func (c *chain) from() (int, bool) {
	if len(differences(c.now, c.links[0].Change.After, true)) == 0 {
		return 0, true
	}
	for i, l := range c.links {
		if b := l.Change.Before; len(b) > 0 && len(differences(c.now, b, true)) == 0 {
			return i + 1, true
		}
	}
	return 0, false
}

// signInFirst brings back the way in that was there before. Where that is the
// local sign-in it comes back before anything else, on its own, and is read back;
// only then does SSO leave the rule. Where the local sign-in was not offered, it
// stays beside SSO until everything else is undone.
func (p *planner) signInFirst() {
	for _, c := range p.settings.chains {
		if finding, detail := c.resolve(p.settings.sso[c.domain]); finding != "" {
			p.finding(finding, c.domain, "", detail)
		}
	}
	for _, c := range p.settings.chains {
		if !isDefaultRule(c.target) || len(c.refs) == 0 {
			continue
		}
		if offersLocal(c.want) {
			p.turn(c, "local")
			p.turn(c, "saml")
		} else {
			p.turn(c, "saml")
		}
	}
}

func isDefaultRule(target string) bool {
	return target == directory.Target(directory.SettingRule, directory.SettingDefault)
}

func offersLocal(rule directory.Attributes) bool {
	local, err := directory.DecodeList(rule["local"])
	return err == nil && slices.Contains(local, directory.UserNamePassword)
}

// turn brings one of the attributes of a rule back, in a step of its own. The
// before-image names both ways in.
func (p *planner) turn(c *chain, attribute string) {
	if c.now[attribute] == c.want[attribute] {
		return
	}
	before := directory.Attributes{"local": c.now["local"], "saml": c.now["saml"]}
	after := maps.Clone(before)
	after[attribute] = c.want[attribute]
	if detail := p.leavesNobody(c.domain, after); detail != "" {
		p.finding(FindingUsed, c.domain, "", detail)
		c.want[attribute] = c.now[attribute]
		return
	}
	p.next()
	p.put(c, before, after)
}

// leavesNobody says why a default rule would let nobody in; "" where it lets people in.
func (p *planner) leavesNobody(d directory.Domain, rule directory.Attributes) string {
	if offersLocal(rule) {
		return ""
	}
	saml, _ := directory.DecodeList(rule["saml"])
	for _, name := range saml {
		if idp, there := p.settings.sso[d].IdPNamed(name); there && idp.Enabled {
			return ""
		}
	}
	return "the default rule offered no local sign-in before the cutover, and no identity provider that it offered is there and enabled. Local sign-in stays."
}

// put restores attributes of a setting. What that undoes is undone with the last
// change of the setting only.
func (p *planner) put(c *chain, before, after directory.Attributes) {
	maps.Copy(c.now, after)
	var refs []Ref
	if len(differences(c.now, c.want, true)) == 0 {
		refs = c.refs
	}
	p.setting(refs, c.phase, directory.Change{Domain: c.domain, Kind: directory.PutSetting, Target: c.target, Before: before, After: after, Why: c.why})
}

// setting writes a change of a setting down, and supposes it to be carried out.
func (p *planner) setting(refs []Ref, of string, change directory.Change) {
	p.change(of, change, refs...)
	o := phase.ProjectSSO(directory.Outline{SSO: p.settings.sso[change.Domain]}, slices.Values([]directory.Change{change}))
	p.settings.sso[change.Domain] = o.SSO
}

// last is the order in which what was set up is undone: nothing goes while
// something else refers to it, and an app is inactive before it is deleted.
var last = [][]string{
	{directory.SettingPolicy}, {directory.SettingRule}, {directory.SettingCondition}, {directory.SettingIdP}, {directory.SettingClientRole},
	{directory.SettingAppStatus, directory.SettingClientStatus, directory.SettingSyncStatus}, {directory.SettingSyncSource},
	{directory.SettingApp, directory.SettingClient, directory.SettingSync},
}

// syncsOff switches off what takes over people, before the first of them goes back:
// it would bring them again. Where nobody does, nothing is switched.
func (p *planner) syncsOff() {
	for _, c := range p.settings.chains {
		if kind, _ := directory.SplitTarget(c.target); kind == directory.SettingSyncStatus && c.now["active"] == "true" && len(c.refs) > 0 {
			p.next()
			p.put(c, directory.Attributes{"active": "true"}, directory.Attributes{"active": "false"})
		}
	}
}

// setUpLast undoes what was set up, once nobody depends on it.
func (p *planner) setUpLast() {
	for _, kinds := range last {
		p.next()
		for _, c := range p.settings.chains {
			kind, _ := directory.SplitTarget(c.target)
			if len(c.refs) > 0 && slices.Contains(kinds, kind) && !isDefaultRule(c.target) {
				p.undo(kind, c)
			}
		}
	}
	for _, c := range p.settings.chains {
		if isDefaultRule(c.target) && len(c.refs) > 0 {
			p.turn(c, "local")
			p.rest(c)
		}
	}
}

// undo restores a setting that was there, and drops one that was not.
func (p *planner) undo(kind string, c *chain) {
	if user := p.userOf(kind, c); user != "" {
		p.finding(FindingUsed, c.domain, "", c.target+" was made by cutover, and "+user+". It is left as it is.")
		return
	}
	if c.made {
		p.setting(c.refs, c.phase, directory.Change{Domain: c.domain, Kind: directory.DropSetting, Target: c.target, Before: maps.Clone(c.now), Why: c.why})
		return
	}
	if kind == directory.SettingPolicy {
		c.want["rules"] = p.existing(c.domain, c.want["rules"])
	}
	p.rest(c)
}

// rest restores the attributes that still differ.
func (p *planner) rest(c *chain) {
	before, after := directory.Attributes{}, directory.Attributes{}
	for k, v := range c.want {
		if c.now[k] != v {
			before[k], after[k] = c.now[k], v
		}
	}
	if len(after) > 0 {
		p.next()
		p.put(c, before, after)
	}
}

// existing leaves out of an order the rules that are not there any more.
func (p *planner) existing(d directory.Domain, rules string) string {
	names, err := directory.DecodeList(rules)
	if err != nil {
		return rules
	}
	return directory.EncodeList(slices.DeleteFunc(names, func(name string) bool {
		_, there := p.settings.sso[d].Setting(directory.Target(directory.SettingRule, name))
		return !there
	}))
}

// userOf says what still depends on a setting that is about to go; "" is nothing.
func (p *planner) userOf(kind string, c *chain) string {
	_, name := directory.SplitTarget(c.target)
	sso := p.settings.sso[c.domain]
	switch kind {
	case directory.SettingRule:
		if _, inForce := sso.RuleNamed(name); c.made && inForce {
			return "it is still in the policy"
		}
	case directory.SettingCondition:
		condition, _ := sso.ConditionNamed(name)
		if r := ruleWhere(sso, func(r directory.Rule) bool { return r.Condition == condition.ID }); c.made && r != "" {
			return "the rule \"" + r + "\" depends on it"
		}
	case directory.SettingIdP:
		idp, _ := sso.IdPNamed(name)
		r := ruleWhere(sso, func(r directory.Rule) bool { return slices.Contains(r.SAML, idp.ID) })
		if r != "" && (c.made || c.want["enabled"] == "false") {
			return "the rule \"" + r + "\" offers it"
		}
	case directory.SettingApp, directory.SettingAppStatus:
		if r := p.signsIn(); r != "" && (c.made || c.want["active"] == "false") {
			return "the rule \"" + r + "\" of Utilities offers the sign-in by it"
		}
	}
	return ""
}

// signsIn is the rule of Utilities that still offers Fusion; "" is none.
func (p *planner) signsIn() string {
	utilities, fusion := p.settings.sso[directory.Utilities], p.settings.sso[directory.Fusion]
	return ruleWhere(utilities, func(r directory.Rule) bool {
		return slices.ContainsFunc(utilities.IdPs, func(i directory.IdP) bool {
			return slices.Contains(r.SAML, i.ID) && i.EntityID != "" && i.EntityID == fusion.Metadata.IdPEntityID
		})
	})
}

// ruleWhere is the name of a rule, in the policy or not, for which it holds.
func ruleWhere(sso directory.SSO, holds func(directory.Rule) bool) string {
	for _, r := range slices.Concat(sso.Rules, sso.Spare) {
		if holds(r) {
			return r.Name
		}
	}
	return ""
}

// BringsLocalBack tells whether the change makes the default rule offer the local
// sign-in again.
func BringsLocalBack(c directory.Change) bool {
	return c.Kind == directory.PutSetting && isDefaultRule(c.Target) && offersLocal(c.After) && !offersLocal(c.Before)
}
