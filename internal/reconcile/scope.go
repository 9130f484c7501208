package reconcile

import (
	"cutover/internal/directory"
)

// ScopeOf lists the Fusion groups whose active members a target gets.
func (r *Rules) ScopeOf(target directory.Domain) []string {
	switch target {
	case directory.Utilities:
		return r.ScopeUtilities
	case directory.CXIF:
		return r.ScopeCXIF
	}
	return nil
}

// InScope tells whether a Fusion user shall be in the target: active, a member
// of one of its scope groups, not kept out by a resolution, and not the test user.
func (r *Rules) InScope(target directory.Domain, f directory.Person) bool {
	return r.inScopeGroup(target, f) && !directory.Equal(f.UserName, r.TestUser) && !directory.Under(r.of(target), f.UserName).OutOfScope
}

// inScopeGroup is InScope without anybody's resolution.
func (r *Rules) inScopeGroup(target directory.Domain, f directory.Person) bool {
	return f.Active && f.InAny(r.ScopeOf(target))
}

// of returns a domain's resolutions, by folded userName.
func (r *Rules) of(d directory.Domain) map[string]Resolution {
	switch d {
	case directory.Utilities:
		return r.Utilities
	case directory.Fusion:
		return r.Fusion
	case directory.CXIF:
		return r.CXIF
	}
	return nil
}

// Excluded tells whether cutover leaves this user of a target alone.
func (r *Rules) Excluded(target directory.Domain, p directory.Person) bool {
	switch target {
	case directory.Utilities:
		return r.ExcludedFromUtilities(p)
	case directory.CXIF:
		return r.ExcludedFromCXIF(p)
	}
	return false
}

// KeepsInactive tells whether a resolution leaves this user of a target inactive.
func (r *Rules) KeepsInactive(target directory.Domain, p directory.Person) bool {
	return directory.Under(r.of(target), p.UserName).KeepInactive
}

// Orphan is what becomes of an orphan of a target: keep, deactivate, or empty
// where nobody has said.
func (r *Rules) Orphan(target directory.Domain, p directory.Person) string {
	if own := directory.Under(r.of(target), p.UserName).Orphan; own != "" {
		return own
	}
	if target == directory.Utilities {
		return r.OrphansUtilities
	}
	return r.OrphansCXIF
}

// MigratedUserGets names the Fusion role for a Utilities user: the first whose
// group they are in, else the one for everyone. ok is false where none is named.
func (r *Rules) MigratedUserGets(u directory.Person) (role string, ok bool) {
	for _, pair := range r.MigratedUsersGet {
		if pair.Group == Everyone {
			if !ok {
				role, ok = pair.Role, true
			}
			continue
		}
		if u.InAny([]string{pair.Group}) {
			return pair.Role, true
		}
	}
	return role, ok
}

// Everyone stands for whoever is in no other group of migratedUsersGet.
const Everyone = "*"

// ExclusionOf is whom the configuration excludes in a target.
func (r *Rules) ExclusionOf(target directory.Domain) Exclusion {
	if target == directory.Utilities {
		return r.ExcludeUtilities
	}
	return r.ExcludeCXIF
}
