package phase

import (
	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// leftovers plans what the synchronization does not do, or should not have done.
func (n *nativeSync) leftovers() error {
	if n.rest && n.round >= roundFull {
		quiet := n.quietly()
		for c, err := range n.settled.Counterparts(n.target) {
			if err != nil {
				return err
			}
			n.orphaned(quiet, c)
		}
	}
	if n.in.Before == nil || n.err != nil {
		return n.err
	}
	if err := n.testUser(); err != nil {
		return err
	}
	return n.signIns()
}

func (n *nativeSync) orphaned(quiet *syncing, c reconcile.Counterpart) {
	if c.Conflict != "" || c.Excluded || c.InScope || c.Target == nil || !c.Target.Active || c.Fusion != nil && n.in.SSO.Native.AcceptBeyond {
		return
	}
	if off, ok := quiet.orphan(*c.Target, c.Fusion); ok {
		off.Step = stepSyncRest
		n.change(off)
	}
}

// testUser plans the end of the test user where only the synchronization brought it.
func (n *nativeSync) testUser() error {
	if n.target == directory.Utilities {
		return nil // the test needs it there
	}
	p := ssoPlan{phase: n.phase, in: n.in, sink: n.sink}
	if err := p.deleteTestUser(stepSyncRest, n.target); err != nil {
		return err
	}
	return n.err
}

// signIns reads back how those signed in who were there before: a synchronization
// that makes them federated takes their password.
func (n *nativeSync) signIns() error {
	federated := 0
	for p, err := range reconcile.Join(n.in.Before.ByName(), n.in.World[n.target].ByName()) {
		if err != nil {
			return err
		}
		if p.Left == nil || p.Right == nil || p.Left.ID != p.Right.ID || directory.Equal(p.Left.UserName, n.in.SSO.TestUser.UserName) {
			continue
		}
		switch {
		case !p.Left.Federated && p.Right.Federated:
			if federated++; n.round == roundRest {
				n.local(*p.Right)
			}
		case p.Left.PasswordSet && !p.Right.PasswordSet:
			n.passwordLost(*p.Right)
		}
		if n.err != nil {
			return n.err
		}
	}
	if federated > 0 && n.round != roundRest {
		n.finding(directory.Finding{
			Phase: n.phase, Name: "native-federates", Domain: n.target, Blocking: !n.in.SSO.Native.AcceptBeyond, Fixes: beyondFixes,
			Detail: "The native synchronization made " + people(federated) + " federated who signed in locally, and their passwords may be gone. Accepted, it goes on, and cutover makes them local again afterwards; " +
				"whose password is gone has to set one anew before anybody can sign in by it.",
		})
	}
	return n.err
}

// local plans somebody to sign in locally again.
func (n *nativeSync) local(p directory.Person) {
	n.change(directory.Change{
		Step: stepSyncRest, Domain: n.target, Kind: directory.UpdateUser, User: p.UserName,
		Before: directory.Attributes{"federated": "true"}, After: directory.Attributes{"federated": "false"},
		Why: "the native synchronization made them federated",
	})
}

func (n *nativeSync) passwordLost(p directory.Person) {
	n.finding(directory.Finding{
		Phase: n.phase, Name: "native-took-password", Domain: n.target, User: p.UserName, Blocking: true,
		Detail: "had a password in " + string(n.target) + " before the native synchronization ran, and has none now: until SSO is on, they cannot sign in. " +
			"Let them set one there, or set a temporary one, then `cutover resume`",
		Records: []directory.Record{directory.RecordOf(n.target, directory.LabelUser, p)},
	})
}
