package reconciletest

import (
	"fmt"
	"slices"

	"pgregory.net/rapid"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// LockoutEstate is a drawn estate before a switch of single sign-on, built from
// people of whom it was decided beforehand whether the switch locks them out.
type LockoutEstate struct {
	reconcile.Lockout
	On, Off map[string][]reconcile.Reason // by userName: exactly who is on the lists, and why
}

// DrawLockout builds one. In Utilities the local sign-in is offered, and SSO
// beside it or not.
func DrawLockout(t *rapid.T) LockoutEstate {
	d := &lockouts{T: t, ways: reconcile.Ways{Local: true, IdP: rapid.Bool().Draw(t, "both offered")}}
	d.On, d.Off = map[string][]reconcile.Reason{}, map[string][]reconcile.Reason{}
	d.rules = &reconcile.Rules{
		TestUser: "cutover.test", Utilities: map[string]reconcile.Resolution{},
		ExcludeUtilities: reconcile.Exclusion{UserNames: []string{"svc-*"}}, AccessUtilities: reconcile.Access{App: "CCS"},
	}
	corporate := rapid.Bool().Draw(t, "corporate idp chosen")
	hub := reconcile.Ways{Local: rapid.Bool().Draw(t, "passwords in Fusion"), IdP: rapid.Bool().Draw(t, "corporate idp offered")}
	d.byIdP, d.byPassword = corporate && hub.IdP, hub.Local
	for range rapid.IntRange(0, 12).Draw(t, "people") {
		d.n++
		d.one()
	}
	d.special()
	outline := directory.Outline{GroupRoles: map[string][]directory.Role{"Desk": {appUser}}, Roles: []directory.Role{appUser, more, foreign}}
	side := func(people []directory.Person, o directory.Outline) *Side {
		return &Side{People: rapid.Permutation(people).Draw(t, "order"), Rest: o}
	}
	d.Lockout = reconcile.Lockout{
		Rules: d.rules, Start: side(d.start, outline), Emergency: "bg-admin", Offered: d.ways, Began: d.ways, Hub: hub, ByCorporateIdP: corporate,
		Kept:  func(p directory.Person) bool { return slices.Contains(d.kept, p.UserName) },
		World: reconcile.World{directory.Fusion: side(d.fusion, directory.Outline{}), directory.Utilities: side(d.now, outline)},
	}
	return d.LockoutEstate
}

// The roles of drawn people: two of the app, and one of another.
var (
	appUser = directory.Role{App: "CCS", Name: "AppUser"}
	more    = directory.Role{App: "CCS", Name: "AppAdministrator"}
	foreign = directory.Role{App: "Other", Name: "AppUser"}
)

type lockouts struct {
	*rapid.T
	LockoutEstate
	rules              *reconcile.Rules
	ways               reconcile.Ways
	byIdP, byPassword  bool
	n                  int
	start, now, fusion []directory.Person
	kept               []string
}

// odds draws true once in n.
func (d *lockouts) odds(n int, what string) bool { return rapid.IntRange(1, n).Draw(d.T, what) == 1 }

func (d *lockouts) person() directory.Person {
	name := fmt.Sprintf("person%d", d.n)
	return directory.Person{User: directory.User{ID: fmt.Sprint(d.n), UserName: name, Email: name + "@example.com", Active: true}}
}

// one builds a person who works, or for one reason does not, and takes away some
// of what they need.
func (d *lockouts) one() {
	p := d.person()
	works := d.worker(&p)
	switch rapid.IntRange(0, 9).Draw(d.T, "kind") {
	case 0:
		d.leftAlone(p, works)
		return
	case 1:
		d.left(p, works)
		return
	}
	d.moved(p, works)
}

// worker makes a person one who works locally, or one who cannot and why.
func (d *lockouts) worker(p *directory.Person) bool {
	held := rapid.SampledFrom([]string{"directly", "by a group", "not at all"}).Draw(d.T, "role")
	switch held {
	case "directly":
		p.Roles = []directory.Role{appUser}
	case "by a group":
		p.Groups = []string{"Desk"}
	default:
		p.Roles = []directory.Role{foreign}
		return false
	}
	if d.odds(2, "more than that") {
		p.Roles = append(p.Roles, more)
	}
	switch rapid.IntRange(0, 6).Draw(d.T, "state") {
	case 0:
		p.Active = false
		return false
	case 1:
		p.Locked, p.LockReason = true, 1
		return false
	case 2: // this lock passes by itself
		p.Locked, p.LockReason = true, 3
	}
	return true
}

// leftAlone is somebody whom the configuration excludes.
func (d *lockouts) leftAlone(p directory.Person, works bool) {
	p.UserName = fmt.Sprintf("SVC-%d", d.n)
	p.Federated = d.odds(3, "federated")
	inFront := d.odds(2, "in the front rule")
	if inFront {
		d.kept = append(d.kept, p.UserName)
	}
	d.start, d.now = append(d.start, p), append(d.now, p)
	began := !p.Federated || d.ways.IdP // as one could at the start
	if works && began && (p.Federated || !inFront) {
		d.On[p.UserName] = []reconcile.Reason{reconcile.ReasonNoLocalSignIn}
	}
}

// left is somebody who is gone from Utilities since the start.
func (d *lockouts) left(p directory.Person, works bool) {
	d.start = append(d.start, p)
	if works {
		d.On[p.UserName] = []reconcile.Reason{reconcile.ReasonNoUtilitiesUser}
	}
	if d.odds(2, "another takes the name") { // who is new here, and has what it takes
		p.ID = "new" + p.ID
		p.Active, p.Locked, p.Roles, p.Groups = true, false, []directory.Role{appUser}, nil
		d.now = append(d.now, p)
		hub := d.person()
		hub.ID, hub.PasswordSet = "hub"+p.ID, true
		d.fusion = append(d.fusion, hub)
		if !d.byIdP && !d.byPassword {
			d.On[p.UserName] = append(d.On[p.UserName], reconcile.ReasonNoWayIntoHub)
		}
	}
}

// moved is somebody whom the cutover moves, less what is taken from them.
func (d *lockouts) moved(p directory.Person, works bool) {
	joined := d.odds(5, "joined since")
	if !joined {
		d.start = append(d.start, p)
	}
	federated := d.odds(4, "federated")
	var reasons []reconcile.Reason
	hub := d.person()
	hub.ID = "hub" + hub.ID
	if !joined && d.odds(4, "renamed") {
		reasons = append(reasons, d.renamed(&p, &hub)...)
	}
	hubWrong, sameName := d.hub(p, hub, &reasons)
	now := p
	now.Federated = federated
	if !joined {
		d.start[len(d.start)-1].Federated = federated
	}
	if !joined && works && d.odds(6, "switched off") {
		now.Active = false
		reasons = append(reasons, reconcile.ReasonUtilitiesInactive)
	}
	stripped := !joined && len(p.Roles) > 0 && d.odds(5, "stripped")
	if stripped {
		now.Roles = nil
		reasons = append(reasons, reconcile.ReasonRoleLost)
	}
	d.now = append(d.now, now)
	bySSO := d.ways.IdP && sameName && !hubWrong
	var able bool // at the start, or now
	switch {
	case joined:
		able = works && (!federated || bySSO)
	default:
		able = works && (!federated || d.ways.IdP)
	}
	if able && len(reasons) > 0 {
		d.On[now.UserName] = inOrder(reasons)
	}
	holds := len(now.Groups) > 0 || slices.Contains(now.Roles, appUser)
	if works && now.Active && holds && federated && bySSO {
		d.Off[now.UserName] = []reconcile.Reason{reconcile.ReasonNoLocalSignIn}
	}
}

// renamed gives somebody another name in both domains, as a resolution says.
func (d *lockouts) renamed(p, hub *directory.Person) []reconcile.Reason {
	attested := rapid.Bool().Draw(d.T, "attested")
	to := fmt.Sprintf("renamed%d", d.n)
	if d.odds(3, "in case only") {
		to = fmt.Sprintf("Person%d", d.n)
	}
	d.rules.Utilities[p.UserName] = reconcile.Resolution{Rename: to, OUAFLoginChanged: attested}
	p.UserName, hub.UserName = to, to
	if attested {
		return nil
	}
	return []reconcile.Reason{reconcile.ReasonOUAFLogin}
}

// hub puts the Fusion user there, with what may be wrong with it; it tells
// whether they cannot be become by SSO, and whether the name is the same.
func (d *lockouts) hub(p, hub directory.Person, reasons *[]reconcile.Reason) (wrong, sameName bool) {
	hub.PasswordSet = rapid.Bool().Draw(d.T, "password set")
	switch rapid.IntRange(0, 7).Draw(d.T, "hub") {
	case 0:
		*reasons = append(*reasons, reconcile.ReasonNoHubUser)
		return true, false
	case 1:
		hub.Active = false
		*reasons = append(*reasons, reconcile.ReasonHubInactive)
	case 2:
		hub.UserName = "P" + p.UserName[1:]
		if hub.UserName == p.UserName {
			hub.UserName = "p" + p.UserName[1:]
		}
		if p.UserName[0] != 'p' && p.UserName[0] != 'P' {
			hub.UserName = "R" + p.UserName[1:]
		}
		*reasons = append(*reasons, reconcile.ReasonHubNameDiffers)
	case 3:
		hub.Email = "another." + hub.Email
		*reasons = append(*reasons, reconcile.ReasonHubSomeoneElse)
	}
	if hub.Active && !d.byIdP && (!d.byPassword || !hub.PasswordSet) {
		*reasons = append(*reasons, reconcile.ReasonNoWayIntoHub)
	}
	d.fusion = append(d.fusion, hub)
	return !hub.Active, hub.UserName == p.UserName
}

// special adds the two who are on no list.
func (d *lockouts) special() {
	for _, name := range []string{"bg-admin", "cutover.test"} {
		p := directory.Person{User: directory.User{ID: name, UserName: name, Active: true}, Roles: []directory.Role{appUser}}
		d.start, d.now = append(d.start, p), append(d.now, p)
	}
}

// order is how reasons are told.
var order = []reconcile.Reason{
	reconcile.ReasonNoHubUser, reconcile.ReasonHubNameDiffers, reconcile.ReasonHubInactive, reconcile.ReasonHubSomeoneElse,
	reconcile.ReasonUtilitiesInactive, reconcile.ReasonOUAFLogin, reconcile.ReasonNoWayIntoHub, reconcile.ReasonRoleLost,
}

func inOrder(reasons []reconcile.Reason) []reconcile.Reason {
	slices.SortFunc(reasons, func(a, b reconcile.Reason) int { return slices.Index(order, a) - slices.Index(order, b) })
	return reasons
}
