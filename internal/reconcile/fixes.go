package reconcile

import (
	"encoding/json"
	"fmt"
	"strings"

	"cutover/internal/directory"
)

// What stands in a fix where a person must decide.
const (
	PlaceholderUserName   = "NEW_USERNAME"
	PlaceholderEmail      = "EMAIL"
	PlaceholderFamilyName = "FAMILY_NAME"
)

// Fix is a resolution of a user as one writes it in the configuration, in a line.
func Fix(d directory.Domain, userName, resolution string) string {
	return fmt.Sprintf("resolutions: {%s: {%s}}", d, fixOf(userName, resolution))
}

func fixOf(userName, resolution string) string {
	return fmt.Sprintf("%s: {%s}", Quote(userName), resolution)
}

// Quote writes a string so that YAML reads it as one: JSON is YAML.
func Quote(s string) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		panic("a string always has a JSON form: " + err.Error())
	}
	return strings.TrimSuffix(b.String(), "\n")
}

const (
	renameAnew = "rename: " + PlaceholderUserName
	setEmail   = "set: {email: " + PlaceholderEmail + "}"
)

// fixes are the resolutions that fit the verdict, each as one writes it in the
// configuration, with values where they are known. Each takes the conflict away,
// or leaves another that it hid.
func (j Judgement) fixes() []string {
	own := func(resolutions ...string) []string {
		out := make([]string, 0, len(resolutions))
		for _, r := range resolutions {
			out = append(out, Fix(directory.Utilities, j.Person.UserName, r))
		}
		return out
	}
	exclude := "exclude: true"
	if j.Hub != nil {
		exclude += ", out-of-scope: true" // or the sync would still want to change them
	}
	switch j.Verdict {
	case VerdictExcludedInScope:
		return own("out-of-scope: true")
	case VerdictInactiveInScope:
		return own("keep-inactive: true", "out-of-scope: true", exclude)
	case VerdictLockedByAdmin:
		return own("migrate: true", exclude)
	case VerdictUsernameCollision:
		return append(append(own(renameAnew), j.asOnePerson()...), own(exclude)...)
	case VerdictHubInactive:
		if j.Hub != nil {
			return own("reactivate: true", exclude)
		}
		return append(j.asHub(), own(exclude)...)
	case VerdictUsernameCase:
		return own("rename: "+Quote(j.Others[0]), exclude)
	case VerdictUsernameNotAllowed:
		return own(renameAnew, exclude)
	case VerdictUsernameDiffers, VerdictEmailAmbiguous:
		return append(j.asHub(), own(setEmail, exclude)...)
	case VerdictMissingEmail, VerdictDuplicateEmail:
		return own(setEmail, exclude)
	case VerdictMissingFamilyName:
		return own("set: {familyName: "+PlaceholderFamilyName+"}", exclude)
	}
	return own(exclude)
}

// asOnePerson makes the two of a collision one person, for whoever knows that
// they are: by what proves it, the email, or the names where Fusion has no email.
func (j Judgement) asOnePerson() []string {
	u, f := j.Person, *j.Hub
	switch {
	case f.Email != "":
		return []string{Fix(directory.Utilities, u.UserName, "set: {email: "+Quote(f.Email)+"}")}
	case f.GivenName != "" && f.FamilyName != "":
		return []string{Fix(directory.Utilities, u.UserName, "set: {givenName: "+Quote(f.GivenName)+", familyName: "+Quote(f.FamilyName)+"}")}
	case u.Email != "" && f.Active:
		return []string{Fix(directory.Fusion, f.UserName, "set: {email: "+Quote(u.Email)+"}")}
	}
	return nil
}

// asHub makes the user one of the Fusion users of the same email. Where somebody
// else bears that name in Utilities, they must give it up, which only whoever is
// somebody else than the Fusion user can be asked to.
func (j Judgement) asHub() []string {
	var out []string
	for _, f := range j.hubs {
		if len(out) == directory.MostRecords {
			break
		}
		same := "same-person: " + Quote(f.UserName)
		if !f.Active {
			same += ", reactivate: true"
		}
		bearer, borne := j.borne[nameKey(f)]
		switch {
		case !borne:
			out = append(out, Fix(directory.Utilities, j.Person.UserName, same))
		case j.yields[nameKey(f)]:
			out = append(out, fmt.Sprintf("resolutions: {%s: {%s, %s}}", directory.Utilities,
				fixOf(j.Person.UserName, same), fixOf(bearer.UserName, renameAnew)))
		}
	}
	return out
}
