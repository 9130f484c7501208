package fusionapps

import (
	"cutover/internal/directory"
)

// The dialect of Fusion Applications' SCIM API, as far as cutover speaks it.
//
// Documented ("REST API for Common Features in Oracle Fusion Cloud
// Applications", users and roles): /hcmRestApi/scim/{Users,Roles,Bulk}; Basic
// authentication; lists with filter, startIndex, count, attributes, and in the
// answer itemsPerPage, startIndex, totalResults and Resources; the early schema
// urn:scim:schemas:core:2.0:User; the type W of an email; a user's roles, read
// only; a password in clear text at create, in which case no mail is sent;
// PATCH of a user takes the attributes as they shall be; DELETE of a user is
// 204; PATCH of a role takes members with value and operation, and is 204; a
// Bulk request is Operations with bulkId, method, path and data, and the status
// of each operation in the answer is an object.
//
// Assumed: that a filter may join comparisons by "or"; that a user's roles
// carry the role's name as display, and where they do not, that /Roles lists
// id and name; that the status object holds a code; that an empty list of
// emails takes the address away; that userName can be changed by PATCH ("Update
// User Information" among the documented use cases says so, without a payload);
// that whoever is a member of a role already makes the whole PATCH a refusal,
// so it is read first.
const (
	base       = "/hcmRestApi/scim"
	schemaUser = "urn:scim:schemas:core:2.0:User"
	emailWork  = "W"
)

// email is the address of an account.
type email struct {
	Value   string `json:"value"`
	Type    string `json:"type"`
	Primary bool   `json:"primary"`
}

// ref is a role of an account, or a member of a role.
type ref struct {
	Value   string `json:"value"`
	Display string `json:"display,omitempty"`
}

type name struct {
	GivenName  string `json:"givenName,omitempty"`
	FamilyName string `json:"familyName,omitempty"`
}

// account is an account as it is read.
type account struct {
	ID          string  `json:"id"`
	UserName    string  `json:"userName"`
	Name        name    `json:"name"`
	DisplayName string  `json:"displayName"`
	Emails      []email `json:"emails"`
	Active      bool    `json:"active"`
	Roles       []ref   `json:"roles"`
}

// role is a role as it is read, without its members.
type role struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
}

// called tells whether this is the role's name: its code, or what it is shown as.
func (r role) called(name string) bool {
	return directory.Equal(r.Name, name) || directory.Equal(r.DisplayName, name)
}

// user is the account in the words of internal/directory.
func (a account) user() directory.User {
	u := directory.User{ID: a.ID, UserName: a.UserName, GivenName: a.Name.GivenName, FamilyName: a.Name.FamilyName,
		DisplayName: a.DisplayName, Active: a.Active}
	for _, e := range a.Emails {
		if e.Primary || len(a.Emails) == 1 {
			u.Email = e.Value
			break
		}
	}
	return u
}

// creation is the account that a change asks for.
func creation(w directory.Write) map[string]any {
	a := w.Change.After
	userName := a["userName"]
	if userName == "" {
		userName = w.Change.User
	}
	body := map[string]any{"schemas": []string{schemaUser}, "userName": userName, "active": a["active"] != "false",
		"name": name{GivenName: a["givenName"], FamilyName: a["familyName"]}}
	if v := a["displayName"]; v != "" {
		body["displayName"] = v
	}
	if v := a["email"]; v != "" {
		body["emails"] = []email{{Value: v, Type: emailWork, Primary: true}}
	}
	if w.Password != "" {
		body["password"] = w.Password
	}
	return body
}

// update is the attributes as a change wants them. Only what it names is sent.
// What an account does not have (federated, externalId) is left out.
func update(after directory.Attributes) map[string]any {
	body := map[string]any{"schemas": []string{schemaUser}}
	names := map[string]string{}
	for k, v := range after {
		switch k {
		case "userName", "displayName":
			body[k] = v
		case "givenName", "familyName":
			names[k] = v
		case "active":
			body[k] = v == "true"
		case "email":
			emails := []email{}
			if v != "" {
				emails = append(emails, email{Value: v, Type: emailWork, Primary: true})
			}
			body["emails"] = emails
		}
	}
	if len(names) > 0 {
		body["name"] = names
	}
	return body
}

// memberPatch is the PATCH of a role that adds and removes members.
type memberPatch struct {
	Members []memberChange `json:"members"`
}

type memberChange struct {
	Value     string `json:"value"`
	Operation string `json:"operation"`
}
