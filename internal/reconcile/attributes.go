package reconcile

import (
	"strconv"
	"strings"

	"cutover/internal/directory"
)

// The attributes of a user that cutover plans.
const (
	attrUserName    = "userName"
	attrGivenName   = "givenName"
	attrFamilyName  = "familyName"
	attrDisplayName = "displayName"
	attrEmail       = "email"
	attrActive      = "active"
	attrFederated   = "federated"
	attrExternalID  = "externalId"
)

// NewUser is what a new user gets of p: active whatever p is, and nothing that
// p lacks. Without a displayName it is made of the given and the family name.
func NewUser(p directory.Person) directory.Attributes {
	a := directory.Attributes{attrUserName: p.UserName, attrActive: "true"}
	for key, value := range map[string]string{
		attrGivenName: p.GivenName, attrFamilyName: p.FamilyName, attrDisplayName: displayName(p), attrEmail: p.Email,
	} {
		if value != "" {
			a[key] = value
		}
	}
	return a
}

// NewSyncedUser is NewUser for a target of a sync, where a federated user has no
// password of its own.
func NewSyncedUser(p directory.Person, federated bool) directory.Attributes {
	a := NewUser(p)
	a[attrFederated] = strconv.FormatBool(federated)
	return a
}

func displayName(p directory.Person) string {
	if p.DisplayName != "" {
		return p.DisplayName
	}
	return strings.TrimSpace(p.GivenName + " " + p.FamilyName)
}

// SyncDifferences are the attributes in which a target's user differs from the
// Fusion user: emails case aside, the rest to the letter. What Fusion leaves
// empty clears nothing. Both are empty where nothing differs; wake tells whether
// an inactive user of the target becomes active.
func SyncDifferences(fusion, target directory.Person, wake bool) (before, after directory.Attributes) {
	d := difference{directory.Attributes{}, directory.Attributes{}}
	d.add(attrGivenName, target.GivenName, fusion.GivenName)
	d.add(attrFamilyName, target.FamilyName, fusion.FamilyName)
	d.add(attrDisplayName, target.DisplayName, fusion.DisplayName)
	if !directory.Equal(target.Email, fusion.Email) {
		d.add(attrEmail, target.Email, fusion.Email)
	}
	if wake && !target.Active {
		d.add(attrActive, "false", "true")
	}
	return d.before, d.after
}

// correction is how a user changes by resolutions.
func correction(from, to directory.Person) (before, after directory.Attributes) {
	d := difference{directory.Attributes{}, directory.Attributes{}}
	d.add(attrUserName, from.UserName, to.UserName)
	d.add(attrGivenName, from.GivenName, to.GivenName)
	d.add(attrFamilyName, from.FamilyName, to.FamilyName)
	d.add(attrEmail, from.Email, to.Email)
	d.add(attrActive, strconv.FormatBool(from.Active), strconv.FormatBool(to.Active))
	return d.before, d.after
}

type difference struct{ before, after directory.Attributes }

func (d difference) add(key, have, want string) {
	if want != "" && have != want {
		d.before[key], d.after[key] = have, want
	}
}
