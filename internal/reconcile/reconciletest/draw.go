package reconciletest

import (
	"fmt"

	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// The groups and roles of drawn estates.
const (
	RoleAgent = "ORA_AGENT" // in both scopes; stands for GroupAgents in Utilities
	RoleSync  = "ORA_SYNC"  // in Utilities' scope only; no group stands for it

	GroupAgents = "Agents" // grants the role of Utilities
	GroupOthers = "Others" // grants nothing
)

// Estate is a drawn estate: what its users are was decided when it was built.
type Estate struct {
	World    reconcile.World
	Rules    *reconcile.Rules
	Verdicts map[string]string // userName in Utilities -> verdict
}

// Draw builds a random estate in which every verdict may occur, several times
// and in any order of the people. With resolved every conflict has a resolution
// that fits, so that a run must go through.
func Draw(t *rapid.T, resolved bool) Estate {
	d := &drawing{T: t, resolved: resolved, Estate: Estate{Rules: rules(), Verdicts: map[string]string{}}}
	for range rapid.IntRange(0, 25).Draw(t, "people") {
		d.n++
		kinds[rapid.IntRange(0, len(kinds)-1).Draw(t, "kind")](d)
	}
	d.inCXIF()
	d.Rules.OrphansCXIF = d.either("keep", "deactivate")
	roles := []directory.Role{{App: "CCS", Name: "AppUser"}}
	d.World = reconcile.World{
		directory.Fusion: d.side(d.fusion, directory.Outline{Groups: []directory.Group{{Name: RoleAgent}, {Name: RoleSync}}}),
		directory.Utilities: d.side(d.utilities, directory.Outline{
			Groups: []directory.Group{{Name: GroupAgents}, {Name: GroupOthers}}, Roles: roles,
			GroupRoles: map[string][]directory.Role{GroupAgents: roles},
		}),
		directory.CXIF: d.side(d.cxif, directory.Outline{Roles: []directory.Role{{App: "CXIF", Name: "Read"}}}),
	}
	return d.Estate
}

func rules() *reconcile.Rules {
	return &reconcile.Rules{
		TestUser: "cutover.test", NewPeopleFederated: true,
		ExcludeUtilities: reconcile.Exclusion{UserNames: []string{"SVC-*"}},
		ScopeUtilities:   []string{RoleAgent, RoleSync}, ScopeCXIF: []string{RoleAgent},
		MigratedUsersGet: []reconcile.RoleFor{{Group: GroupAgents, Role: RoleAgent}, {Group: reconcile.Everyone, Role: RoleSync}},
		AccessUtilities: reconcile.Access{
			App: "CCS", Roles: []string{"AppUser"}, Groups: []reconcile.GroupFor{{Role: RoleAgent, Group: GroupAgents}},
		},
		AccessCXIF: reconcile.Access{App: "CXIF", Roles: []string{"Read"}},
		Utilities:  map[string]reconcile.Resolution{}, Fusion: map[string]reconcile.Resolution{}, CXIF: map[string]reconcile.Resolution{},
		ForVerdict: map[string]reconcile.Resolution{},
	}
}

type drawing struct {
	*rapid.T
	Estate
	resolved                bool
	n                       int // of the user in hand; keeps names and emails apart
	fusion, utilities, cxif []directory.Person
}

func (d *drawing) either(options ...string) string {
	return rapid.SampledFrom(options).Draw(d.T, "either")
}

func (d *drawing) person(name string, groups ...string) directory.Person {
	p := directory.Person{User: directory.User{
		ID: fmt.Sprintf("%s-%d", name, d.n), UserName: name, GivenName: "Given", FamilyName: fmt.Sprintf("Family%d", d.n),
		Email: fmt.Sprintf("Person%d@example.com", d.n), Active: true,
	}}
	for _, g := range groups {
		if g != "" {
			p.Groups = append(p.Groups, g)
		}
	}
	return p
}

// user adds somebody to Utilities, with the verdict they must get, after a last
// touch. Their group is drawn.
func (d *drawing) user(name, verdict string, touch func(*directory.Person)) directory.Person {
	p := d.person(name, d.either("", GroupAgents, GroupOthers))
	if touch != nil {
		touch(&p)
	}
	d.utilities = append(d.utilities, p)
	d.Verdicts[name] = verdict
	return p
}

// hub adds somebody to Fusion, in a role that is drawn or given.
func (d *drawing) hub(name string, touch func(*directory.Person), roles ...string) directory.Person {
	if len(roles) == 0 {
		roles = []string{d.either("", RoleAgent, RoleSync)}
	}
	p := d.person(name, roles...)
	if touch != nil {
		touch(&p)
	}
	d.fusion = append(d.fusion, p)
	return p
}

// resolve draws one of the resolutions that fit.
func (d *drawing) resolve(name string, fitting ...reconcile.Resolution) {
	if d.resolved {
		d.Rules.Utilities[directory.Fold(name)] = rapid.SampledFrom(fitting).Draw(d.T, "resolution")
	}
}

func (d *drawing) name(prefix string) string { return fmt.Sprintf("%s%d", prefix, d.n) }

// inCXIF gives some of Fusion's people, changed or not, a user in CXIF, and adds
// somebody whom Fusion does not know.
func (d *drawing) inCXIF() {
	for _, f := range d.fusion {
		p := f
		p.Groups = nil
		switch d.either("none", "same", "renamed", "inactive") {
		case "none":
			continue
		case "renamed":
			p.FamilyName = "Formerly"
		case "inactive":
			p.Active = false
		}
		d.cxif = append(d.cxif, p)
	}
	d.n++
	d.cxif = append(d.cxif, d.person("only.in.cxif"))
}

func (d *drawing) side(people []directory.Person, o directory.Outline) *Side {
	return &Side{People: rapid.Permutation(people).Draw(d.T, "order"), Rest: o}
}
