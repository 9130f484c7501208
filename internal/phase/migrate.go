package phase

import (
	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// migrate brings Utilities' people into Fusion (the guide's "Migrate Existing
// Users"): through Fusion Applications' own SCIM API, since whoever is made in
// the Fusion domain alone is unknown to Fusion Applications; or into the domain,
// where that is wanted. The resolutions are carried out first. Fusion's own
// people are changed through Fusion Applications in any case: the domain has a
// copy of them, which nobody but Fusion may edit.
var migrate = Phase{
	Name:    "migrate",
	Title:   "Move Utilities' people to Fusion",
	Guide:   "2a-migrate-existing-ccs-users-fa.html",
	Reads:   []directory.Domain{directory.Fusion, directory.Utilities},
	People:  true,
	Settles: true,
	Plan:    planMigrate,
}

// planMigrate plans, each in a step of its own: the resolutions in Utilities,
// those in Fusion, the first person (the canary), everyone else, and the roles.
func planMigrate(in Input, sink reconcile.Sink) error {
	if err := needs("migrate", in, directory.Fusion, directory.Utilities); err != nil {
		return err
	}
	settled, err := reconcile.Settle(in.World, in.Rules)
	if err != nil {
		return err
	}
	m := migration{writer{sink: sink}, in, settled}
	m.resolutions()
	if err := m.people(); err != nil {
		return err
	}
	if err := m.roles(); err != nil {
		return err
	}
	return m.err
}

type migration struct {
	writer
	in      Input
	settled *reconcile.Settled
}

// resolutions writes down the changes that people's resolutions ask for.
func (m *migration) resolutions() {
	for _, c := range m.settled.Changes() {
		m.change(c)
		if _, set := c.After["email"]; set && c.Domain == directory.Fusion && c.Before["email"] == "" {
			// Found, and resolved: reports tell it, the gate stays open.
			m.finding(missingEmail("migrate", c.User, false))
		}
	}
	for _, c := range m.settled.Unattested() {
		m.finding(directory.Finding{
			Phase: "migrate", Name: "ouaf-login", Domain: directory.Utilities, User: c.User, Other: c.After["userName"],
			Detail: "is renamed to " + c.After["userName"] + ", and OUAF's Login ID must be changed to the same by a person, or the application refuses them",
			Fixes:  []string{"write ouafLoginChanged: true beside the rename when that is done"},
		})
	}
}

// people plans the creations and finds what is in conflict after all resolutions.
func (m *migration) people() error {
	step := m.settled.Steps() + 1
	for j, err := range m.settled.Judgements() {
		if err != nil {
			return err
		}
		switch {
		case reconcile.IsConflict(j.Verdict):
			f := reconcile.ConflictFinding("migrate", j)
			m.finding(f)
			m.unused(j, f)
		case j.Verdict == reconcile.VerdictCreate:
			m.create(step, j.Person)
			step = m.settled.Steps() + 2 // whoever comes after the first
		}
		if m.err != nil {
			return m.err
		}
	}
	return m.err
}

// create plans a new Fusion user, with the attributes that the mapping gives.
func (m *migration) create(step int, p directory.Person) {
	after, err := reconcile.NewUser(p), error(nil)
	if m.in.Rules.Mapped != nil {
		after, err = m.in.Rules.Mapped(p)
	}
	if err != nil {
		m.finding(directory.Finding{
			Phase: "migrate", Name: "mapping-failed", Domain: directory.Utilities, User: p.UserName, Blocking: true,
			Detail:  "cannot be mapped to a Fusion user: " + err.Error(),
			Fixes:   []string{"correct the expression under migrate.mapping", reconcile.Fix(directory.Utilities, p.UserName, "exclude: true")},
			Records: []directory.Record{directory.RecordOf(directory.Utilities, directory.LabelUser, p)},
		})
		return
	}
	m.change(directory.Change{
		Step: step, Domain: directory.Fusion, Via: m.way(), Kind: directory.CreateUser, User: p.UserName, After: after, Why: "verdict: create",
	})
}

// unused tells of a resolution that does not fit the conflict that its user is in.
func (m *migration) unused(j reconcile.Judgement, conflict directory.Finding) {
	if !m.settled.Unused(j) {
		return
	}
	m.finding(directory.Finding{
		Phase: "migrate", Name: "resolution-unused", Domain: directory.Utilities, User: j.Person.UserName,
		Detail: "has a resolution that does not fit the verdict " + j.Verdict + ", or asks for a name that somebody else bears or that is not in Fusion",
		Fixes:  conflict.Fixes, Records: conflict.Records,
	})
}

// roles plans the role of whoever is created, and of whoever is matched outside
// every scope group: without one the sync would not find them.
func (m *migration) roles() error {
	outline := m.in.World[directory.Fusion].Outline()
	for j, err := range m.settled.Judgements() {
		if err != nil {
			return err
		}
		role, named := m.in.Rules.MigratedUserGets(j.Person)
		if !named || !m.wantsRole(j, role) {
			continue
		}
		via := directory.ViaFusionApplications
		if j.Verdict == reconcile.VerdictCreate {
			via = m.way()
		}
		m.change(directory.Change{
			Step: m.settled.Steps() + 3, Domain: directory.Fusion, Via: via, Kind: directory.AddMember,
			User: j.Person.UserName, Target: groupNamed(outline, role), Why: "migratedUsersGet, verdict: " + j.Verdict,
		})
		if m.err != nil {
			return m.err
		}
	}
	return m.err
}

// way is through which API new people come into Fusion.
func (m *migration) way() string {
	switch m.in.Rules.MigrateInto {
	case reconcile.IntoFusionDomain:
		return ""
	case directory.ViaImportManagement:
		return directory.ViaImportManagement
	}
	return directory.ViaFusionApplications
}

func (m *migration) wantsRole(j reconcile.Judgement, role string) bool {
	switch j.Verdict {
	case reconcile.VerdictCreate:
		return true
	case reconcile.VerdictMatched:
		return !j.Hub.InAny(m.in.Rules.ScopeUtilities) && !j.Hub.InAny([]string{role}) && !m.settled.KeptOut(directory.Utilities, *j.Hub)
	}
	return false
}
