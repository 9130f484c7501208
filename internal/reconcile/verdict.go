package reconcile

import (
	"iter"
	"slices"

	"cutover/internal/directory"
)

// The verdicts on a Utilities user, in the order in which they are tried. The
// names are part of the product's interface.
const (
	VerdictExcluded           = "excluded"
	VerdictExcludedInScope    = "excluded-but-in-scope"
	VerdictInactive           = "inactive"
	VerdictInactiveInScope    = "inactive-but-in-scope"
	VerdictLockedByAdmin      = "locked-by-admin"
	VerdictUsernameCollision  = "username-collision"
	VerdictHubInactive        = "hub-inactive"
	VerdictUsernameCase       = "username-case"
	VerdictMatched            = "matched"
	VerdictMissingEmail       = "missing-email"
	VerdictMissingFamilyName  = "missing-family-name"
	VerdictDuplicateEmail     = "duplicate-email"
	VerdictEmailAmbiguous     = "email-ambiguous"
	VerdictUsernameDiffers    = "username-differs"
	VerdictUsernameNotAllowed = "username-not-allowed"
	VerdictCreate             = "create"
)

// IsConflict tells whether a verdict asks for a person's word.
func IsConflict(verdict string) bool {
	switch verdict {
	case VerdictExcluded, VerdictInactive, VerdictMatched, VerdictCreate:
		return false
	}
	return true
}

// Judgement is the verdict on one Utilities user.
type Judgement struct {
	Person  directory.Person
	Hub     *directory.Person // the Fusion user of the same name, case aside
	Verdict string
	// Others are the users on the other side of a conflict: of Utilities for
	// duplicate-email, else of Fusion. Of very many they are the first.
	Others []string
	// Resolution is what counts of the resolutions for this user; Resolved tells
	// that there is some.
	Resolution *Resolution
	Resolved   bool

	hubs   []directory.Person          // the Fusion users of the same email, where none has the same name
	borne  map[string]directory.Person // who bears the names of hubs in Utilities, by folded name
	shares []directory.Person          // for duplicate-email: everyone of the email, also the user
	yields map[string]bool             // for email-ambiguous: names of hubs that their bearer could give up
}

// Verdicts judges every Utilities user, in the order of folded names, as they
// stand: no resolution changes a verdict, and the one that counts is told.
func Verdicts(w World, r *Rules) iter.Seq2[Judgement, error] {
	return func(yield func(Judgement, error) bool) {
		judging, err := newJudging(r.visible(w), r, nil)
		if err != nil {
			yield(Judgement{}, err)
			return
		}
		named := r.byPresentName()
		for j, err := range onlyUtilities(judging.everyone()) {
			if err == nil {
				if counts := r.counts(j, directory.Under(named, j.Person.UserName)); counts != (Resolution{}) {
					j.Resolution, j.Resolved = &counts, true
				}
			}
			if !yield(j, err) || err != nil {
				return
			}
		}
	}
}

// waivers are what resolutions say of users without changing anything, by
// folded userName: exclude, migrate, keep-inactive, out-of-scope.
type waivers map[string]Resolution

func (w waivers) of(p directory.Person) Resolution {
	return directory.Under(w, p.UserName)
}

// judging applies the table of verdicts to a world, the first that fits.
type judging struct {
	world  World
	rules  *Rules
	waived waivers
	emails emails
}

// newJudging makes the passes that must come before people can be judged one by
// one, with what resolutions waive.
func newJudging(w World, r *Rules, waived waivers) (judging, error) {
	j := judging{world: w, rules: r, waived: waived}
	var err error
	j.emails, err = readEmails(w[directory.Utilities], w[directory.Fusion], j.candidate)
	return j, err
}

// everyone streams the verdicts. Whoever is in Fusion only comes up too, without
// a verdict.
func (j judging) everyone() iter.Seq2[Judgement, error] {
	return func(yield func(Judgement, error) bool) {
		for p, err := range Join(j.world[directory.Utilities].ByName(), j.world[directory.Fusion].ByName()) {
			if err != nil {
				yield(Judgement{}, err)
				return
			}
			if !yield(j.judge(p.Left, p.Right), nil) {
				return
			}
		}
	}
}

// judge gives the verdict on a Utilities user and the Fusion user of that name,
// either of whom may be nobody.
func (j judging) judge(u, f *directory.Person) Judgement {
	one := Judgement{Hub: f}
	if u == nil {
		return one
	}
	one.Person, one.hubs = *u, directory.Under(j.emails.hub, u.UserName)
	one.borne, one.shares = j.emails.borne, directory.Under(j.emails.shared, u.UserName)
	if one.Verdict, one.Others = j.verdict(*u, f); one.Verdict == VerdictEmailAmbiguous {
		one.yields = j.yields(one.hubs)
	}
	return one
}

func onlyUtilities(in iter.Seq2[Judgement, error]) iter.Seq2[Judgement, error] {
	return func(yield func(Judgement, error) bool) {
		for j, err := range in {
			if err == nil && j.Verdict == "" {
				continue
			}
			if !yield(j, err) || err != nil {
				return
			}
		}
	}
}

func (j judging) excluded(u directory.Person) bool {
	return j.rules.ExcludeUtilities.Covers(u) || j.waived.of(u).Exclude
}

func (j judging) candidate(u directory.Person) bool { return u.Active && !j.excluded(u) }

func (j judging) verdict(u directory.Person, f *directory.Person) (string, []string) {
	waived := j.waived.of(u)
	inScope := f != nil && !waived.OutOfScope && j.rules.inScopeGroup(directory.Utilities, *f)
	switch {
	case j.excluded(u) && inScope:
		return VerdictExcludedInScope, []string{f.UserName}
	case j.excluded(u):
		return VerdictExcluded, nil
	case !u.Active && inScope && !waived.KeepInactive:
		return VerdictInactiveInScope, []string{f.UserName}
	case !u.Active:
		return VerdictInactive, nil
	case u.LockedByAdmin() && !waived.Migrate:
		return VerdictLockedByAdmin, nil
	case f != nil:
		return namesakes(u, *f)
	}
	return j.alone(u)
}

// namesakes judges a user whose name, case aside, a Fusion user bears.
func namesakes(u, f directory.Person) (string, []string) {
	others := []string{f.UserName}
	switch {
	case !SamePerson(u.User, f.User):
		return VerdictUsernameCollision, others
	case !f.Active:
		return VerdictHubInactive, others
	case u.UserName != f.UserName:
		return VerdictUsernameCase, others
	}
	return VerdictMatched, nil
}

// alone judges a user whose name nobody in Fusion bears.
func (j judging) alone(u directory.Person) (string, []string) {
	hub, shares := directory.Under(j.emails.hub, u.UserName), directory.Under(j.emails.shared, u.UserName)
	switch {
	case LacksEmail(u):
		return VerdictMissingEmail, nil
	case LacksFamilyName(u):
		return VerdictMissingFamilyName, nil
	case len(shares) > 0:
		return VerdictDuplicateEmail, userNames(besides(shares, u))
	case len(hub) > 1, len(hub) == 1 && j.emails.bears(hub[0]):
		return VerdictEmailAmbiguous, userNames(hub)
	case len(hub) == 1 && !hub[0].Active:
		return VerdictHubInactive, userNames(hub)
	case len(hub) == 1:
		return VerdictUsernameDiffers, userNames(hub)
	case !Allowed(u.UserName):
		return VerdictUsernameNotAllowed, nil
	}
	return VerdictCreate, nil
}

// besides are the first of the users who are not u.
func besides(users []directory.Person, u directory.Person) []directory.Person {
	var out []directory.Person
	for _, other := range users {
		if len(out) == mostOthers {
			break
		}
		if nameKey(other) != nameKey(u) {
			out = append(out, other)
		}
	}
	return out
}

// mostOthers is how many users a conflict names on its other side.
const mostOthers = 10

// yields are the folded names of Fusion users whose bearer in Utilities is in a
// collision with them, so could be renamed.
func (j judging) yields(hubs []directory.Person) map[string]bool {
	out := map[string]bool{}
	for _, f := range hubs {
		if b, borne := j.emails.borne[nameKey(f)]; borne {
			verdict, _ := j.verdict(b, &f)
			out[nameKey(f)] = verdict == VerdictUsernameCollision
		}
	}
	return out
}

func userNames(users []directory.Person) []string {
	names := make([]string, 0, len(users))
	for _, u := range users {
		names = append(names, u.UserName)
	}
	slices.Sort(names)
	return names
}
