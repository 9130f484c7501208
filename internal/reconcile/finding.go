package reconcile

import (
	"encoding/json"
	"fmt"
	"strings"

	"cutover/internal/directory"
)

// ConflictFinding is the blocking finding of a verdict that is a conflict. It is
// the same in every phase that finds it.
func ConflictFinding(phase string, j Judgement) directory.Finding {
	f := directory.Finding{
		Phase: phase, Name: j.Verdict, Domain: directory.Utilities, User: j.Person.UserName, Blocking: true,
		Other: strings.Join(j.Others, ", "), Detail: j.detail(),
	}
	for _, fix := range j.fixes() {
		f.Fixes = append(f.Fixes, Fix(directory.Utilities, j.Person.UserName, fix))
	}
	return f
}

// Fix is a resolution of a user as one writes it in the configuration, in a line.
func Fix(d directory.Domain, userName, resolution string) string {
	return fmt.Sprintf("resolutions: {%s: {%s: {%s}}}", d, quote(userName), resolution)
}

// quote writes a string so that YAML reads it as one: JSON is YAML.
func quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic("a string always has a JSON form: " + err.Error())
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// detail says in a sentence what is wrong.
func (j Judgement) detail() string {
	u, others := j.Person, strings.Join(j.Others, ", ")
	switch j.Verdict {
	case VerdictExcludedInScope:
		return "is to be left alone, but Fusion's user of the same name is in the scope of Utilities, so a sync would change this one"
	case VerdictInactiveInScope:
		return "is inactive in Utilities, but Fusion's user of the same name is active and in scope, so a sync would wake this one"
	case VerdictLockedByAdmin:
		return "was locked by an administrator, and whoever is locked on purpose shall not get a new way in unnoticed"
	case VerdictUsernameCollision:
		return "bears the same userName as somebody else in Fusion: " + unlike(u, j.Hub)
	case VerdictHubInactive:
		return "is the Fusion user " + others + ", who is inactive there and could not sign in"
	case VerdictUsernameCase:
		return "is written " + others + " in Fusion: the name must be the same byte for byte, or the sign-in finds nobody"
	case VerdictMissingEmail:
		return "has no primary email, and nobody can be created in Fusion without one"
	case VerdictMissingFamilyName:
		return "has no family name, and nobody can be created in Fusion without one"
	case VerdictDuplicateEmail:
		return "shares the email " + u.Email + " with " + others + " in Utilities"
	case VerdictEmailAmbiguous:
		if len(j.Others) > 1 {
			return "has the email of several Fusion users: " + others
		}
		return "has the email of the Fusion user " + others + ", whose userName somebody else bears in Utilities"
	case VerdictUsernameDiffers:
		return "has the email of the Fusion user " + others + ": the same person under two names"
	case VerdictUsernameNotAllowed:
		return "has a userName with a character that a domain does not allow, or with more than 256 characters"
	}
	return "has the verdict " + j.Verdict
}

func unlike(u directory.Person, f *directory.Person) string {
	if f != nil && u.Email != "" && f.Email != "" {
		return "the emails disagree"
	}
	return "an email is missing, and the names do not agree or are missing too"
}

// fixes are the resolutions that fit the verdict, with values where they are known.
func (j Judgement) fixes() []string {
	exclude := "exclude: true"
	if j.Hub != nil {
		exclude += ", out-of-scope: true" // or the sync would still want to change them
	}
	rename := func() string {
		if j.Verdict == VerdictUsernameCase {
			return "rename: " + quote(j.Others[0])
		}
		return "rename: NEW_USERNAME"
	}
	var same []string
	for _, f := range j.hubs {
		same = append(same, "same-person: "+quote(f.UserName))
	}
	switch j.Verdict {
	case VerdictExcludedInScope:
		return []string{"out-of-scope: true"}
	case VerdictInactiveInScope:
		return []string{"keep-inactive: true", "out-of-scope: true", exclude}
	case VerdictLockedByAdmin:
		return []string{"migrate: true", exclude}
	case VerdictUsernameCollision:
		return []string{rename(), "set: {email: EMAIL}", exclude}
	case VerdictHubInactive:
		if len(same) > 0 {
			return []string{same[0] + ", reactivate: true", exclude}
		}
		return []string{"reactivate: true", exclude}
	case VerdictUsernameCase, VerdictUsernameNotAllowed:
		return []string{rename(), exclude}
	case VerdictUsernameDiffers, VerdictEmailAmbiguous:
		return append(same, "set: {email: EMAIL}", exclude)
	case VerdictMissingEmail, VerdictDuplicateEmail:
		return []string{"set: {email: EMAIL}", exclude}
	case VerdictMissingFamilyName:
		return []string{"set: {familyName: FAMILY_NAME}", exclude}
	}
	return []string{exclude}
}
