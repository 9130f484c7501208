// Package wayback plans the way back: from what a cutover applied, as the ledger
// recorded it, and from how the domains stand now, to how they were before. It is
// pure, and streams. What somebody else has changed since is reported and left
// alone; what cutover made is switched off and loses what it was given.
package wayback

import (
	"fmt"
	"iter"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Phase is the name under which the way back is planned, approved and reported.
const Phase = "rollback"

// Recorded is a change that was applied, as the ledger keeps it.
type Recorded struct {
	Ref
	Change     directory.Change
	ResourceID string // what the domain called the resource; empty where it did not say
}

// Ref points to a change in the ledger.
type Ref struct {
	Plan int64
	Seq  int
}

// Step is what one step of one plan applied. Its changes come by domain, in that
// by the folded user, and the last first where several are about the same.
// Changes may be called again and then streams anew.
type Step struct {
	Phase   string
	Changes func() iter.Seq2[Recorded, error]
}

// Input is all that the planner looks at.
type Input struct {
	World reconcile.World
	Steps []Step // the last first
	// MayDelete tells of a user whom the cutover made whether they may be deleted:
	// it was asked for, and the domain says that they have never signed in. Nil: nobody.
	MayDelete func(d directory.Domain, userName string) bool
	// Synced are those whom an app made by a native synchronization, by Fold of
	// their names, as far as its domain tells.
	Synced map[SyncApp]map[string]bool
}

// Sink takes the plan. Changes come in the order of their steps; of each it is
// told which recorded changes it undoes.
type Sink interface {
	Change(c directory.Change, undoes []Ref) error
	Finding(directory.Finding) error
}

// Plan plans the way back, the last change first: the way people sign in, people
// step by step, then what was set up.
func Plan(in Input, sink Sink) error {
	p := &planner{in: in, sink: sink, swept: map[SyncApp]bool{}}
	if err := p.prepare(); err != nil {
		return err
	}
	p.signInFirst()
	for _, s := range in.Steps {
		if err := p.people(s); err != nil {
			return err
		}
	}
	p.accuse()
	if p.mailed > 0 {
		p.finding(FindingMailed, directory.Fusion, "", fmt.Sprintf("has sent invitations by mail, as far as is known: %d. A mail cannot be taken back, and passwords that people have set stay", p.mailed))
	}
	p.ranBeyond()
	p.setUpLast()
	return p.err
}

// planner holds what is left of the plan to be written down.
type planner struct {
	in       Input
	sink     Sink
	err      error // the first of the sink; after it nothing more is written
	step     int   // of the changes that are written down now
	written  bool  // whether the step has any
	settings settings
	crowd    crowd
	suspects []*suspect
	mailed   int              // invitations that went out
	syncs    int              // native synchronizations that were started
	swept    map[SyncApp]bool // whom these made has been planned back
	off      bool             // what takes over people is off
}

// next begins another step, unless the one in hand is empty.
func (p *planner) next() {
	if p.step == 0 || p.written {
		p.step, p.written = p.step+1, false
	}
}

func (p *planner) change(phase string, c directory.Change, undoes ...Ref) {
	if c.User != "" && !p.off {
		p.off = true
		p.syncsOff()
		p.next()
	}
	if p.err != nil {
		return
	}
	c.Step, c.Why = p.step, "rollback of "+phase+": "+c.Why
	p.written = true
	p.err = p.sink.Change(c, undoes)
}

func (p *planner) finding(name string, d directory.Domain, user, detail string) {
	if p.err == nil {
		p.err = p.sink.Finding(directory.Finding{Phase: Phase, Name: name, Domain: d, User: user, Detail: detail})
	}
}

// prepare goes through all changes once: settings are few and are kept, and so
// are the people who bear a name that the cutover gave them.
func (p *planner) prepare() error {
	p.settings, p.crowd = newSettings(p.in.World), newCrowd()
	for _, s := range p.in.Steps {
		for r, err := range s.Changes() {
			if err != nil {
				return err
			}
			if err := p.read(r.Change.Domain); err != nil {
				return err
			}
			switch c := r.Change; {
			case isSetting(c.Kind):
				p.settings.add(s.Phase, r)
			case c.Kind == directory.UpdateUser && c.After["userName"] != "":
				p.crowd.renamed(r)
			}
		}
	}
	if len(p.crowd.wanted) > 0 {
		for _, s := range p.in.Steps {
			for r, err := range s.Changes() {
				if err != nil {
					return err
				}
				if r.Change.Kind == directory.CreateUser {
					p.crowd.made(r)
				}
			}
		}
	}
	return p.crowd.meet(p.in.World)
}

func isSetting(k directory.Kind) bool {
	return k == directory.PutSetting || k == directory.DropSetting
}
