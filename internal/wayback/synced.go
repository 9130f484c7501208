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
// switched off, be they planned or not. Only the domain knows who that is.
func (p *planner) synced(phase string, r Recorded) error {
	p.syncs++
	c := r.Change
	app := SyncApp{c.Domain, c.Target}
	made := p.in.Synced[app]
	if len(made) == 0 || !p.settings.made(c.Domain, directory.Target(directory.SettingSync, c.Target)) {
		return nil // it was there before, and may have made them then
	}
	delete(p.in.Synced, app) // however often it was started
	for person, err := range p.in.World[c.Domain].ByName() {
		if err != nil {
			return err
		}
		state := p.state(c.Domain, person)
		if !made[directory.Fold(person.UserName)] || state["active"] != "true" {
			continue
		}
		who := whoIs(c.Domain, person.UserName)
		if p.crowd.restored[who] == nil {
			p.crowd.restored[who] = directory.Attributes{}
		}
		p.crowd.restored[who]["active"] = "false"
		p.change(phase, directory.Change{
			Domain: c.Domain, Kind: directory.UpdateUser, User: state["userName"], Why: "the native synchronization made them",
			Before: directory.Attributes{"active": "true"}, After: directory.Attributes{"active": "false"},
		}, r.Ref)
	}
	return p.err
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
