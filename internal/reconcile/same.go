package reconcile

import (
	"strings"
	"unicode/utf8"

	"cutover/internal/directory"
)

// SamePerson tells whether a Utilities user and a Fusion user are one person:
// their primary emails agree, or, where one has none, given and family names
// are all there and agree. Emails that disagree, or names that are missing,
// prove nothing.
func SamePerson(u, f directory.User) bool {
	if u.Email != "" && f.Email != "" {
		return directory.Equal(u.Email, f.Email)
	}
	if u.GivenName == "" || u.FamilyName == "" || f.GivenName == "" || f.FamilyName == "" {
		return false
	}
	return directory.Equal(u.GivenName, f.GivenName) && directory.Equal(u.FamilyName, f.FamilyName)
}

// maxUserName is how long a userName may be, in characters.
const maxUserName = 256

// allowedMarks are the characters besides letters and digits of ASCII that every
// domain takes in a userName.
const allowedMarks = " !@#$%^&*()_+=-{}[]|\\:\"';<>?/.,"

// Allowed tells whether every domain takes this userName.
func Allowed(userName string) bool {
	if userName == "" || utf8.RuneCountInString(userName) > maxUserName {
		return false
	}
	return strings.IndexFunc(userName, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune(allowedMarks, r))
	}) < 0
}

// LacksEmail tells whether a domain would refuse to create p for want of an email.
func LacksEmail(p directory.Person) bool { return strings.TrimSpace(p.Email) == "" }

// LacksFamilyName tells the same of the family name.
func LacksFamilyName(p directory.Person) bool { return strings.TrimSpace(p.FamilyName) == "" }
