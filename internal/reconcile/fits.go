package reconcile

import (
	"slices"

	"cutover/internal/directory"
)

// counts is what of the resolutions for a user fits their verdict: of the one
// that names them, else of the policy for the verdict. It is empty where
// nothing fits. A resolution that was right once and fits no more does nothing,
// so a second run does not rename the next person of that name.
func (r *Rules) counts(j Judgement, named Resolution) Resolution {
	fits := fit(named, j)
	if j.Verdict == VerdictHubInactive && !fits.Reactivate {
		fits.Reactivate = r.Fusion[directory.Fold(j.Others[0])].Reactivate
	}
	if fits == (Resolution{}) {
		fits = fit(r.ForVerdict[j.Verdict], j)
	}
	return fits
}

// byPresentName are the resolutions of Utilities users by the name that they
// bear. Whoever was renamed keeps what their resolution waives, an
// administrator's lock, also under the new name.
func (r *Rules) byPresentName() map[string]Resolution {
	out := make(map[string]Resolution, len(r.Utilities))
	for _, one := range r.Utilities {
		if name := one.newName(); name != "" && one.Migrate {
			out[directory.Fold(name)] = Resolution{Migrate: true}
		}
	}
	for name, one := range r.Utilities {
		out[name] = one
	}
	return out
}

// fit keeps the parts of a resolution that resolve this verdict.
func fit(r Resolution, j Judgement) Resolution {
	var out Resolution
	if out.Exclude = r.Exclude; r.Exclude {
		out.OutOfScope = r.OutOfScope
	}
	switch j.Verdict {
	case VerdictExcludedInScope:
		out.OutOfScope = r.OutOfScope
	case VerdictInactiveInScope:
		out.OutOfScope, out.KeepInactive = r.OutOfScope, r.KeepInactive
	case VerdictLockedByAdmin:
		out.Migrate = r.Migrate
	case VerdictUsernameCollision:
		out.rename(r, j)
		out.set(r, j)
	case VerdictUsernameCase, VerdictUsernameNotAllowed:
		out.rename(r, j)
	case VerdictHubInactive:
		out.Reactivate = r.Reactivate
		out.samePerson(r, j)
	case VerdictUsernameDiffers, VerdictEmailAmbiguous:
		out.samePerson(r, j)
		out.set(r, j)
	case VerdictMissingEmail, VerdictMissingFamilyName, VerdictDuplicateEmail:
		out.set(r, j)
	}
	return out
}

func (out *Resolution) rename(r Resolution, j Judgement) {
	if r.Rename != "" && r.Rename != j.Person.UserName {
		out.Rename, out.OUAFLoginChanged = r.Rename, r.OUAFLoginChanged
	}
}

// samePerson counts where the Fusion user named is one of those of the email.
// The name is taken as Fusion writes it, since it must match byte for byte.
func (out *Resolution) samePerson(r Resolution, j Judgement) {
	if r.SamePerson == "" {
		return
	}
	i := slices.IndexFunc(j.hubs, func(f directory.Person) bool { return directory.Equal(f.UserName, r.SamePerson) })
	if i >= 0 {
		out.SamePerson, out.OUAFLoginChanged = j.hubs[i].UserName, r.OUAFLoginChanged
	}
}

func (out *Resolution) set(r Resolution, j Judgement) {
	if r.sets(j.Person) {
		out.SetEmail, out.SetGivenName, out.SetFamilyName = r.SetEmail, r.SetGivenName, r.SetFamilyName
	}
}

// sets tells whether the corrections would change this person.
func (r Resolution) sets(p directory.Person) bool {
	_, after := correction(p, r.corrected(p))
	return len(after) > 0
}

// corrected is the person with the attributes that set names.
func (r Resolution) corrected(p directory.Person) directory.Person {
	for value, attribute := range map[*string]string{&p.Email: r.SetEmail, &p.GivenName: r.SetGivenName, &p.FamilyName: r.SetFamilyName} {
		if attribute != "" {
			*value = attribute
		}
	}
	return p
}

// newName is the userName that the resolution gives, or empty.
func (r Resolution) newName() string {
	if r.Rename != "" {
		return r.Rename
	}
	return r.SamePerson
}

// less is r without the parts that were carried out before.
func (r Resolution) less(done Resolution) Resolution {
	r.Exclude = r.Exclude && !done.Exclude
	r.Reactivate = r.Reactivate && !done.Reactivate
	r.Migrate = r.Migrate && !done.Migrate
	r.KeepInactive = r.KeepInactive && !done.KeepInactive
	r.OutOfScope = r.OutOfScope && !done.OutOfScope
	if done.newName() != "" {
		r = r.withoutName()
	}
	if done.hasSet() {
		r.SetEmail, r.SetGivenName, r.SetFamilyName = "", "", ""
	}
	return r
}

func (r Resolution) withoutName() Resolution {
	r.Rename, r.SamePerson, r.OUAFLoginChanged = "", "", false
	return r
}

func (r Resolution) hasSet() bool {
	return r.SetEmail != "" || r.SetGivenName != "" || r.SetFamilyName != ""
}

// plus is r with what other has besides.
func (r Resolution) plus(other Resolution) Resolution {
	r.Exclude = r.Exclude || other.Exclude
	r.Reactivate = r.Reactivate || other.Reactivate
	r.Migrate = r.Migrate || other.Migrate
	r.KeepInactive = r.KeepInactive || other.KeepInactive
	r.OutOfScope = r.OutOfScope || other.OutOfScope
	if other.newName() != "" {
		r.Rename, r.SamePerson, r.OUAFLoginChanged = other.Rename, other.SamePerson, other.OUAFLoginChanged
	}
	if other.hasSet() {
		r.SetEmail, r.SetGivenName, r.SetFamilyName = other.SetEmail, other.SetGivenName, other.SetFamilyName
	}
	return r
}

// waiver is the part of a resolution that needs no change in any domain.
func (r Resolution) waiver() Resolution {
	return Resolution{Exclude: r.Exclude, Migrate: r.Migrate, KeepInactive: r.KeepInactive, OutOfScope: r.OutOfScope}
}

// concernsOthers tells whether the verdict on somebody else may hang on it: on a
// name or an email that changes, on a Fusion user who becomes active, or on
// whether an excluded user's email counts.
func (r Resolution) concernsOthers() bool {
	return r.newName() != "" || r.hasSet() || r.Reactivate || r.Exclude
}
