package scimdomain

import (
	"cutover/internal/directory"
)

// The schemas of RFC 7643 section 8.7.1.
const (
	schemaUser  = "urn:ietf:params:scim:schemas:core:2.0:User"
	schemaGroup = "urn:ietf:params:scim:schemas:core:2.0:Group"
)

// email is an element of emails (RFC 7643 section 4.1.2).
type email struct {
	Value   string `json:"value"`
	Type    string `json:"type,omitempty"`
	Primary bool   `json:"primary,omitempty"`
}

type name struct {
	GivenName  string `json:"givenName,omitempty"`
	FamilyName string `json:"familyName,omitempty"`
}

// userResource is a SCIM User as it is read.
type userResource struct {
	ID          string  `json:"id"`
	UserName    string  `json:"userName"`
	Name        name    `json:"name"`
	DisplayName string  `json:"displayName"`
	Emails      []email `json:"emails"`
	Active      *bool   `json:"active"`
	ExternalID  string  `json:"externalId"`
	Meta        struct {
		Version string `json:"version"`
	} `json:"meta"`
}

func (u userResource) user() directory.User {
	return directory.User{
		ID: u.ID, UserName: u.UserName, GivenName: u.Name.GivenName, FamilyName: u.Name.FamilyName, DisplayName: u.DisplayName,
		Email: primary(u.Emails), Active: u.Active != nil && *u.Active, ExternalID: u.ExternalID, Version: u.Meta.Version,
	}
}

// primary is the address that counts: the one marked, or the only one, since
// not every server keeps the mark.
func primary(emails []email) string {
	for _, e := range emails {
		if e.Primary {
			return e.Value
		}
	}
	if len(emails) == 1 {
		return emails[0].Value
	}
	return ""
}

// whole refuses a user without what must be known of every user: what does not
// show must not be taken for none, nor for inactive.
func (c *Client) whole(op string, u userResource) error {
	switch {
	case u.ID == "":
		return c.broken(op, "a user came without id, which every user has")
	case u.UserName == "":
		return c.broken(op, "a user came without userName, which every user has")
	case u.Active == nil:
		return c.broken(op, "a user came without active: whether they may sign in cannot be told")
	}
	return nil
}

// member is an element of members (RFC 7643 section 4.2).
type member struct {
	Value string `json:"value"`
	Type  string `json:"type,omitempty"`
}

// groupResource is a SCIM Group as it is read.
type groupResource struct {
	ID          string   `json:"id"`
	DisplayName string   `json:"displayName"`
	Members     []member `json:"members"`
	Meta        struct {
		Version string `json:"version"`
	} `json:"meta"`
}

// users are the ids of the members that are users.
func (g groupResource) users() []string {
	var ids []string
	for _, m := range g.Members {
		if m.Type == "" || m.Type == "User" {
			ids = append(ids, m.Value)
		}
	}
	return ids
}

// newUser is a SCIM User as it is created: with the attributes of the core
// schema that a plan knows, and no password.
type newUser struct {
	Schemas     []string `json:"schemas"`
	UserName    string   `json:"userName"`
	Name        name     `json:"name"`
	DisplayName string   `json:"displayName,omitempty"`
	Emails      []email  `json:"emails,omitempty"`
	Active      bool     `json:"active"`
	ExternalID  string   `json:"externalId,omitempty"`
}

func created(w directory.Write) newUser {
	a := w.Change.After
	u := newUser{
		Schemas: []string{schemaUser}, UserName: a["userName"], DisplayName: a["displayName"],
		Name: name{GivenName: a["givenName"], FamilyName: a["familyName"]}, Active: a["active"] != "false", ExternalID: w.ExternalID,
	}
	if u.UserName == "" {
		u.UserName = w.Change.User
	}
	if u.ExternalID == "" {
		u.ExternalID = a["externalId"]
	}
	if e := a["email"]; e != "" {
		u.Emails = []email{{Value: e, Type: "work", Primary: true}}
	}
	return u
}
