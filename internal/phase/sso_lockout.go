package phase

import (
	"slices"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Whatever changes how people sign in can take somebody's way in away. The lists
// of whom are made by reconcile, from the worlds and the rules that hold here.
const (
	LockedOutByOn    = "locked-out-by-on"
	LockedOutByOff   = "locked-out-by-off"
	LockedOutByFront = "locked-out-by-front-rule"
)

// lockout is what the lists of this plan are made from.
func (p *ssoPlan) lockout() reconcile.Lockout {
	l := reconcile.Lockout{
		Rules: p.in.Rules, World: p.in.World, Start: p.in.Start, Renames: p.in.Renames, Emergency: p.in.SSO.Emergency,
		Offered: waysOfUtilities(p.utilities, p.idp.Name), Hub: waysOfFusion(p.fusion), Kept: p.keptInFront(),
		ByCorporateIdP: p.in.SSO.ByCorporateIdP,
		// An identity provider is there or not; a password is set when people do so.
		ActLater: p.in.Forecast && !p.in.SSO.ByCorporateIdP,
	}
	if p.in.Start != nil {
		sso := p.in.Start.Outline().SSO
		idp, _ := adoptIdP(sso, p.fusion.Metadata, p.in.SSO.IdPName)
		l.Began = waysOfUtilities(sso, idp.Name)
	}
	return l
}

// waysOfUtilities are the ways in that its default rule offers; of the identity
// providers, Fusion.
func waysOfUtilities(sso directory.SSO, idpName string) reconcile.Ways {
	rule, ok := sso.Default()
	if !ok {
		return reconcile.Ways{}
	}
	idp, _ := sso.IdPNamed(idpName)
	return reconcile.Ways{Local: rule.OffersLocal(), IdP: idp.Enabled && offersIdP(sso, rule, idpName)}
}

// waysOfFusion are the ways in that its default rule offers: for single sign-on
// it matters only whether there is one beside the domain's own password page.
func waysOfFusion(sso directory.SSO) reconcile.Ways {
	rule, ok := sso.Default()
	return reconcile.Ways{
		Local: ok && rule.OffersLocal(),
		IdP:   ok && slices.ContainsFunc(sso.IdPs, func(p directory.IdP) bool { return p.Enabled && slices.Contains(rule.SAML, p.ID) }),
	}
}

// keptInFront tells whom the rule in front keeps the local sign-in for. One by
// another condition than ours, such as a group, is taken at its word.
func (p *ssoPlan) keptInFront() func(directory.Person) bool {
	rule, ok := p.utilities.RuleNamed(p.in.SSO.FrontRuleName)
	if !ok || !rule.Active || !rule.OffersLocal() {
		return nil
	}
	c, _ := p.utilities.ConditionByID(rule.Condition)
	if c.Operator != directory.ConditionOperatorIn || c.Attribute != p.in.SSO.UserAttribute {
		return p.in.Rules.ExcludedFromUtilities
	}
	list, _ := directory.DecodeList(c.Value)
	list = folded(list)
	return func(u directory.Person) bool {
		_, found := slices.BinarySearch(list, directory.Fold(u.UserName))
		return found
	}
}

// lockedOutByOff names who signs in by SSO today and has no local sign-in to go
// back to: a federated user has no password in Utilities.
func (p *ssoPlan) lockedOutByOff() error {
	if p.state() == StateLocalOnly {
		return nil // nobody signs in by SSO
	}
	for out, err := range p.lockout().Off() {
		if err != nil {
			return err
		}
		p.lockedOut(LockedOutByOff, out, "This user works in Utilities today, by SSO, and turning it off would lock them out")
	}
	return p.err
}

// lockedOutByOn names who could not work once SSO is the only way in.
func (p *ssoPlan) lockedOutByOn() error {
	for out, err := range p.lockout().On() {
		if err != nil {
			return err
		}
		p.lockedOut(LockedOutByOn, out, "This user works in Utilities, and SSO as the only way in would lock them out")
	}
	return p.err
}

// frontTakesAway names who would fall under the rule in front and has no local
// sign-in to fall back on, where SSO is what they use today. Who is under that
// rule already loses nothing.
func (p *ssoPlan) frontTakesAway() func(directory.Person) {
	kept := p.keptInFront()
	return func(u directory.Person) {
		already := kept != nil && kept(u)
		if already || p.state() == StateLocalOnly || !u.Active || !u.Federated || u.LockedByAdmin() {
			return
		}
		p.lockedOut(LockedOutByFront, reconcile.LockedOut{Person: u, Reasons: []reconcile.Reason{reconcile.ReasonNoLocalSignIn}},
			"This user is left alone, so keeps the local sign-in of Utilities only, but signs in by SSO today")
	}
}

// lockedOut reports one person with all reasons. Who is accepted, for each of
// them, is told and stops nothing.
func (p *ssoPlan) lockedOut(name string, out reconcile.LockedOut, what string) {
	f := directory.Finding{Name: name, User: out.Person.UserName, Other: out.Was, Blocking: true, Detail: what + ": " + p.because(name, out)}
	for _, r := range out.Reasons {
		f.Reasons = append(f.Reasons, string(r))
	}
	f.Fixes = p.lockoutFixes(name, out)
	if by := p.acceptedBy(f); by != "" {
		f.Blocking, f.AcceptedBy = false, by
		f.Detail += " This was accepted by " + by + "."
	}
	p.finding(f)
}

// lockoutFixes are what the configuration can say about somebody on the list: a
// rename can be attested, and who is there in both senses can be left alone.
func (p *ssoPlan) lockoutFixes(name string, out reconcile.LockedOut) []string {
	if name != LockedOutByOn || p.in.Rules.ExcludedFromUtilities(out.Person) {
		return nil
	}
	has := func(r reconcile.Reason) bool { return slices.Contains(out.Reasons, r) }
	switch {
	case has(reconcile.ReasonOUAFLogin):
		renames := p.in.Renames
		if renames == nil {
			renames = p.in.Rules.Utilities
		}
		if r := renames[directory.Fold(out.Was)]; r.Rename != "" {
			return []string{reconcile.Fix(directory.Utilities, out.Was, "rename: "+reconcile.Quote(r.Rename)+", ouafLoginChanged: true")}
		} else if r.SamePerson != "" {
			return []string{reconcile.Fix(directory.Utilities, out.Was, "same-person: "+reconcile.Quote(r.SamePerson)+", ouafLoginChanged: true")}
		}
		return nil
	case has(reconcile.ReasonNoUtilitiesUser), has(reconcile.ReasonUtilitiesInactive):
		return nil
	}
	return []string{reconcile.Fix(directory.Utilities, out.Person.UserName, "exclude: true")}
}

// acceptedBy tells who accepted every reason of a finding; a reason that nobody
// accepted leaves it open.
func (p *ssoPlan) acceptedBy(f directory.Finding) string {
	if p.in.Accepted == nil {
		return ""
	}
	var by []string
	for _, reason := range f.Reasons {
		who := p.in.Accepted(p.phase, f.User, reason)
		if who == "" {
			return ""
		}
		by = append(by, who)
	}
	slices.Sort(by)
	return enumerate(slices.Compact(by))
}
