package wayback

import (
	"fmt"

	"cutover/internal/directory"
)

// SyncApp is an app that took over people by a native synchronization.
type SyncApp struct {
	Domain directory.Domain
	Name   string
}

// synced is about a native synchronization that was started: whoever it made is
// switched off, or deleted where that was asked for, be they planned or not. Only the
// domain knows who that is. The start is undone with the last of them.
func (p *planner) synced(phase string, r Recorded) error {
	p.syncs++
	c := r.Change
	app := SyncApp{c.Domain, c.Target}
	made := p.in.Synced[app]
	if len(made) == 0 || p.swept[app] || !p.settings.made(c.Domain, directory.Target(directory.SettingSync, c.Target)) {
		return nil // it was there before, and may have made them then
	}
	p.swept[app] = true // however often it was started
	var held *directory.Change
	for person, err := range p.in.World[c.Domain].ByName() {
		if err != nil {
			return err
		}
		state := p.state(c.Domain, person)
		if !made[directory.Fold(person.UserName)] || state["active"] != "true" {
			continue
		}
		if held != nil {
			p.change(phase, *held)
		}
		undo := p.unmade(person, c.Domain, state)
		held = &undo
	}
	if held != nil {
		p.change(phase, *held, r.Ref)
	}
	return p.err
}

// unmade is the end of somebody whom a synchronization made.
func (p *planner) unmade(person directory.Person, d directory.Domain, state directory.Attributes) directory.Change {
	who := whoIs(d, person.UserName)
	p.more(d, person)
	p.crowd.ended[who] = true
	undo := directory.Change{Domain: d, Kind: directory.DeleteUser, User: state["userName"], Why: "the native synchronization made them"}
	if p.in.MayDelete != nil && p.in.MayDelete(d, person.UserName) {
		return undo
	}
	if p.crowd.restored[who] == nil {
		p.crowd.restored[who] = directory.Attributes{}
	}
	p.crowd.restored[who]["active"] = "false"
	undo.Kind, undo.Before, undo.After = directory.UpdateUser, directory.Attributes{"active": "true"}, directory.Attributes{"active": "false"}
	return undo
}

// made tells whether the cutover made a setting.
func (s *settings) made(d directory.Domain, target string) bool {
	for _, c := range s.chains {
		if c.domain == d && c.target == target {
			return c.made
		}
	}
	return false
}

// ranBeyond tells what of the synchronizations stays.
func (p *planner) ranBeyond() {
	if p.syncs > 0 {
		p.finding(FindingSynced, directory.Fusion, "", fmt.Sprintf("was the source of native synchronizations, started so often: %d. Whom they made is switched off, as far as their domain tells; "+
			"what they overwrote beyond the plan is in no record of cutover, and stays", p.syncs))
	}
}
