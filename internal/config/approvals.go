package config

import (
	"slices"
	"time"
)

// Approvals says who may approve a phase, how many it takes and for how long an
// approval holds. Without it anybody may who can reach the cutover.
type Approvals struct {
	Default Approval            `json:"default,omitzero"`
	Phases  map[string]Approval `json:"phases,omitzero"` // by phase; replaces the default as a whole
	// AllowedSigners is a file of approvers' SSH keys, in the form of
	// ssh-keygen(1), ALLOWED SIGNERS, relative to this one. Needed where an approval has to be signed.
	AllowedSigners string `json:"allowedSigners,omitzero"`
}

// Approval is the rule for the approvals of a phase.
type Approval struct {
	By         []string `json:"by,omitzero"`         // who may approve; empty: anybody
	Count      int      `json:"count,omitzero"`      // how many different people it takes. Default 1
	NotStarter bool     `json:"notStarter,omitzero"` // whoever started the cutover does not count
	// ValidFor is how long an approval holds before its first effect. Default 0: as long as its plan.
	ValidFor time.Duration `json:"validFor,omitzero"`
	Signed   bool          `json:"signed,omitzero"` // with the approver's SSH key
}

// approvals looks at who may approve.
func (v *validator) approvals() {
	p := path{"approvals"}
	a := v.c.Approvals
	v.approval(p.key("default"), a.Default)
	for phase, rule := range a.Phases {
		at := p.key("phases").key(phase)
		if !slices.Contains(Phases, phase) {
			v.unknownKey(at, phase, "phase", Phases)
			continue
		}
		v.approval(at, rule)
	}
}

func (v *validator) approval(p path, a Approval) {
	v.names(p.key("by"), a.By)
	if v.has(p.key("count")) {
		v.within(p.key("count"), a.Count, 1, 20)
	}
	if len(a.By) > 0 && a.Count > len(a.By) {
		v.refuse(p.key("count"), "this is more than there are people who may approve", "name more people or ask for fewer")
	}
	if a.Signed && v.c.Approvals.AllowedSigners == "" {
		v.refuse(p.key("signed"), "no file says whose signatures count", "name it in approvals.allowedSigners")
	}
	if v.has(p.key("validFor")) {
		v.timeWithin(p.key("validFor"), a.ValidFor, time.Minute, 30*24*time.Hour)
	}
}
