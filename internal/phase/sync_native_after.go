package phase

import (
	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// leftovers plans what the synchronization does not do, or should not have done.
func (n *nativeSync) leftovers() error {
	if n.rest && n.seen(1) {
		for c, err := range n.settled.Counterparts(n.target) {
			if err != nil {
				return err
			}
			n.left(c)
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

func (n *nativeSync) left(c reconcile.Counterpart) {
	var change directory.Change
	ok := false
	switch {
	case c.Conflict != "" || c.Excluded:
	case c.InScope && n.seen(2) && c.Target == nil:
		change, ok = n.quietly().creation(*c.Fusion)
	case c.InScope && n.seen(2):
		change, ok = n.updating(*c.Fusion, *c.Target)
	case !c.InScope && c.Target != nil && c.Target.Active && (c.Fusion == nil || !n.in.SSO.Native.AcceptBeyond):
		change, ok = n.quietly().orphan(*c.Target, c.Fusion)
	}
	if ok {
		change.Step = stepSyncRest
		n.change(change)
	}
}

// quietly plans without findings: they were written down before.
func (n *nativeSync) quietly() *syncing {
	s := n.syncing
	s.writer = writer{sink: silent{}}
	return &s
}

type silent struct{}

func (silent) Change(directory.Change) error   { return nil }
func (silent) Finding(directory.Finding) error { return nil }

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
	for p, err := range reconcile.Join(n.in.Before.ByName(), n.in.World[n.target].ByName()) {
		if err != nil {
			return err
		}
		if p.Left == nil || p.Right == nil || p.Left.ID != p.Right.ID {
			continue
		}
		if !p.Left.Federated && p.Right.Federated {
			n.change(directory.Change{
				Step: stepSyncRest, Domain: n.target, Kind: directory.UpdateUser, User: p.Right.UserName,
				Before: directory.Attributes{"federated": "true"}, After: directory.Attributes{"federated": "false"},
				Why: "the native synchronization made them federated",
			})
		}
		if p.Left.PasswordSet && !p.Right.PasswordSet {
			n.finding(directory.Finding{
				Phase: n.phase, Name: "native-took-password", Domain: n.target, User: p.Right.UserName, Blocking: true,
				Detail:  "had a password in " + string(n.target) + " before the native synchronization ran, and has none now: until SSO is on, they cannot sign in. Let a password be set there, then `cutover resume`",
				Records: []directory.Record{directory.RecordOf(n.target, directory.LabelUser, *p.Right)},
			})
		}
	}
	return n.err
}
