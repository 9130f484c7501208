package identitydomain

import (
	"slices"

	"cutover/internal/directory"
)

// The schemas of people and grants (Oracle's SDK, package identitydomains).
const (
	schemaUser      = "urn:ietf:params:scim:schemas:core:2.0:User"
	schemaUserExt   = "urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User"
	schemaUserState = "urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User"
	schemaPassword  = "urn:ietf:params:scim:schemas:oracle:idcs:extension:passwordState:User"
	schemaGrant     = "urn:ietf:params:scim:schemas:oracle:idcs:Grant"
)

// userAttributes is what is asked for of a user: what directory.User holds.
var userAttributes = []string{
	"userName", "name.givenName", "name.familyName", "displayName", "emails", "active", "externalId", "meta.version",
	schemaUserExt + ":isFederatedUser", schemaUserState + ":locked", schemaPassword + ":lastSuccessfulSetDate", schemaPassword + ":mustChange",
}

// lookupAttributes are those and the groups, which come on request only.
var lookupAttributes = append(slices.Clone(userAttributes), "groups")

// email is an element of emails. Primary is at most once true.
type email struct {
	Value   string `json:"value"`
	Type    string `json:"type"`
	Primary bool   `json:"primary,omitempty"`
}

type name struct {
	GivenName  string `json:"givenName,omitempty"`
	FamilyName string `json:"familyName,omitempty"`
}

// ref points to another resource.
type ref struct {
	Value   string `json:"value"`
	Type    string `json:"type,omitempty"`
	Display string `json:"display,omitempty"`
}

// userResource is a SCIM User as it is read.
type userResource struct {
	ID          string  `json:"id"`
	UserName    string  `json:"userName"`
	Name        name    `json:"name"`
	DisplayName string  `json:"displayName"`
	Emails      []email `json:"emails"`
	Active      *bool   `json:"active"` // every user has it
	ExternalID  string  `json:"externalId"`
	Groups      []ref   `json:"groups"`
	Meta        struct {
		Version string `json:"version"`
	} `json:"meta"`
	Ext struct {
		Federated bool `json:"isFederatedUser"`
	} `json:"urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User"`
	State struct {
		Locked struct {
			On     bool `json:"on"`
			Reason int  `json:"reason"`
		} `json:"locked"`
	} `json:"urn:ietf:params:scim:schemas:oracle:idcs:extension:userState:User"`
	Password struct {
		SetAt      string `json:"lastSuccessfulSetDate"`
		MustChange bool   `json:"mustChange"`
	} `json:"urn:ietf:params:scim:schemas:oracle:idcs:extension:passwordState:User"`
}

// user is the resource in the words of internal/directory. A password that must be
// changed is none that somebody set themselves: a reset leaves such a one.
func (u userResource) user() directory.User {
	return directory.User{
		ID: u.ID, UserName: u.UserName, GivenName: u.Name.GivenName, FamilyName: u.Name.FamilyName, DisplayName: u.DisplayName,
		Email: primary(u.Emails), Active: u.Active != nil && *u.Active, Federated: u.Ext.Federated, ExternalID: u.ExternalID,
		Locked: u.State.Locked.On, LockReason: u.State.Locked.Reason, PasswordSet: u.Password.SetAt != "" && !u.Password.MustChange, Version: u.Meta.Version,
	}
}

func primary(emails []email) string {
	for _, e := range emails {
		if e.Primary {
			return e.Value
		}
	}
	return ""
}

// newUser is a SCIM User as it is created. The service sends no mail about it:
// bypassNotification counts at create only.
type newUser struct {
	Schemas     []string   `json:"schemas"`
	UserName    string     `json:"userName"`
	Name        name       `json:"name"`
	DisplayName string     `json:"displayName,omitempty"`
	Emails      []email    `json:"emails,omitempty"`
	Active      bool       `json:"active"`
	ExternalID  string     `json:"externalId,omitempty"`
	Password    string     `json:"password,omitempty"`
	Ext         newUserExt `json:"urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User"`
}

type newUserExt struct {
	Federated          bool `json:"isFederatedUser"`
	BypassNotification bool `json:"bypassNotification"`
}
