package reconciletest

import (
	"strings"

	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// kinds build one user each, or a few that belong together, with the verdicts
// that matching.md's table gives them.
var kinds = []func(*drawing){
	excluded, excludedInScope, inactive, inactiveInScope, locked, stacked, collision, hubInactive, hubInactiveByEmail,
	usernameCase, matched, matchedByNames, missingEmail, missingFamilyName, duplicateEmail, emailAmbiguous, passedOn,
	usernameDiffers, notAllowed, created, onlyInFusion,
}

func inactiveUser(p *directory.Person) { p.Active = false }

func excluded(d *drawing) { d.user(d.name("svc-"), reconcile.VerdictExcluded, nil) }

func excludedInScope(d *drawing) {
	name := d.name("svc-")
	d.user(name, reconcile.VerdictExcludedInScope, nil)
	d.hub(name, nil, RoleSync)
	d.resolve(name, reconcile.Resolution{OutOfScope: true})
}

func inactive(d *drawing) {
	name := d.name("left")
	d.user(name, reconcile.VerdictInactive, inactiveUser)
	if d.either("known", "unknown") == "known" {
		d.hub(name, inactiveUser)
	}
}

func inactiveInScope(d *drawing) {
	name := d.name("asleep")
	d.user(name, reconcile.VerdictInactiveInScope, inactiveUser)
	d.hub(name, nil, RoleAgent)
	d.resolve(name, reconcile.Resolution{KeepInactive: true}, reconcile.Resolution{OutOfScope: true},
		reconcile.Resolution{Exclude: true, OutOfScope: true})
}

func lock(p *directory.Person) { p.Locked, p.LockReason = true, 1 }

func locked(d *drawing) {
	name := d.name("locked")
	d.user(name, reconcile.VerdictLockedByAdmin, lock)
	d.resolve(name, reconcile.Resolution{Migrate: true}, reconcile.Resolution{Exclude: true})
}

// stacked is in several conflicts, of which the verdict names the first.
func stacked(d *drawing) {
	name := d.name("~stacked")
	d.user(name, reconcile.VerdictLockedByAdmin, func(p *directory.Person) { lock(p); p.Email = ""; p.FamilyName = "" })
	d.resolve(name, reconcile.Resolution{
		Migrate: true, SetEmail: d.name("stacked") + "@example.com", SetFamilyName: "Stacked", Rename: d.name("unstacked"),
	})
}

func collision(d *drawing) {
	name := d.name("taken")
	d.user(name, reconcile.VerdictUsernameCollision, nil)
	f := d.hub(name, func(p *directory.Person) { p.Email = "other" + p.Email })
	d.resolve(name, reconcile.Resolution{Rename: name + "-u"}, reconcile.Resolution{SetEmail: f.Email},
		reconcile.Resolution{Exclude: true, OutOfScope: true})
}

func hubInactive(d *drawing) {
	name := d.name("dormant")
	d.user(name, reconcile.VerdictHubInactive, nil)
	d.hub(name, inactiveUser)
	d.resolve(name, reconcile.Resolution{Reactivate: true}, reconcile.Resolution{Exclude: true})
}

func hubInactiveByEmail(d *drawing) {
	name := d.name("dormant")
	d.user(name, reconcile.VerdictHubInactive, nil)
	f := d.hub(name+".fusion", inactiveUser)
	d.resolve(name, reconcile.Resolution{SamePerson: f.UserName, Reactivate: true}, reconcile.Resolution{Exclude: true})
}

func usernameCase(d *drawing) {
	name := d.name("cased")
	d.user(strings.ToUpper(name), reconcile.VerdictUsernameCase, nil)
	d.hub(name, nil)
	d.resolve(name, reconcile.Resolution{Rename: name})
}

func matched(d *drawing) {
	name := d.name("matched")
	d.user(name, reconcile.VerdictMatched, func(p *directory.Person) { p.Email = strings.ToUpper(p.Email) })
	d.hub(name, func(p *directory.Person) { p.DisplayName = d.either("", "Given Family") })
}

func matchedByNames(d *drawing) {
	name := d.name("named")
	d.user(name, reconcile.VerdictMatched, func(p *directory.Person) { p.Email = "" })
	d.hub(name, nil)
}

func missingEmail(d *drawing) {
	name := d.name("unmailed")
	d.user(name, reconcile.VerdictMissingEmail, func(p *directory.Person) { p.Email = "" })
	d.resolve(name, reconcile.Resolution{SetEmail: name + "@example.com"}, reconcile.Resolution{Exclude: true})
}

func missingFamilyName(d *drawing) {
	name := d.name("unnamed")
	d.user(name, reconcile.VerdictMissingFamilyName, func(p *directory.Person) { p.FamilyName = "" })
	d.resolve(name, reconcile.Resolution{SetFamilyName: "Found"}, reconcile.Resolution{Exclude: true})
}

func duplicateEmail(d *drawing) {
	one, two := d.name("shared.one"), d.name("shared.two")
	d.user(one, reconcile.VerdictDuplicateEmail, nil)
	d.user(two, reconcile.VerdictDuplicateEmail, func(p *directory.Person) { p.Email = strings.ToLower(p.Email) })
	d.resolve(one, reconcile.Resolution{SetEmail: one + "@example.com"}, reconcile.Resolution{Exclude: true})
}

func emailAmbiguous(d *drawing) {
	name := d.name("ambiguous")
	d.user(name, reconcile.VerdictEmailAmbiguous, nil)
	d.hub(name+".one", nil)
	f := d.hub(name+".two", nil)
	d.resolve(name, reconcile.Resolution{SamePerson: strings.ToUpper(f.UserName)}, reconcile.Resolution{SetEmail: name + "@example.com"},
		reconcile.Resolution{Exclude: true})
}

// passedOn are two users of whom one must give up the name that is the other's.
func passedOn(d *drawing) {
	holder, heir := d.name("wanted"), d.name("heir")
	d.user(heir, reconcile.VerdictEmailAmbiguous, nil)
	d.user(holder, reconcile.VerdictUsernameCollision, func(p *directory.Person) { p.Email = "holder" + p.Email })
	d.hub(holder, nil)
	d.resolve(holder, reconcile.Resolution{Rename: holder + "-u"})
	d.resolve(heir, reconcile.Resolution{SamePerson: holder})
}

func usernameDiffers(d *drawing) {
	name := d.name("differs")
	d.user(name, reconcile.VerdictUsernameDiffers, nil)
	f := d.hub(name+".fusion", nil)
	d.resolve(name, reconcile.Resolution{SamePerson: f.UserName}, reconcile.Resolution{Exclude: true})
}

func notAllowed(d *drawing) {
	name := d.name("né")
	d.user(name, reconcile.VerdictUsernameNotAllowed, nil)
	d.resolve(name, reconcile.Resolution{Rename: d.name("ne")}, reconcile.Resolution{Exclude: true})
}

func created(d *drawing) { d.user(d.name("new"), reconcile.VerdictCreate, nil) }

func onlyInFusion(d *drawing) {
	name := d.name("hub")
	f := d.hub(name, func(p *directory.Person) {
		if d.resolved && d.either("mailed", "unmailed") == "unmailed" {
			p.Email = ""
		}
	})
	if f.Email == "" {
		d.Rules.Fusion[name] = reconcile.Resolution{SetEmail: name + "@example.com"}
	}
}
