package directory

import (
	"fmt"
	"strings"
)

// Record is a user as a finding shows them, beside whoever they are in conflict
// with: what a person compares to say who is who. It is for reports and for the
// ledger, and no part of a plan's hash.
type Record struct {
	// Label says what the user has to do with the finding.
	Label         string   `json:"label"`
	Domain        Domain   `json:"domain"`
	UserName      string   `json:"userName"`
	GivenName     string   `json:"givenName,omitempty"`
	FamilyName    string   `json:"familyName,omitempty"`
	DisplayName   string   `json:"displayName,omitempty"`
	Email         string   `json:"email,omitempty"`
	Active        bool     `json:"active"`
	Locked        bool     `json:"locked,omitempty"`
	LockedByAdmin bool     `json:"lockedByAdmin,omitempty"`
	Groups        []string `json:"groups,omitempty"` // the first of them
	Roles         []string `json:"roles,omitempty"`  // granted directly, the first of them
}

// The labels of records.
const (
	LabelUser      = "the user"
	LabelSameName  = "bears the same name"
	LabelSameEmail = "has the same email"
	LabelBearsName = "bears that name in Utilities"
)

// MostRecords is how many records a finding has at most: a finding stays small
// however many people share an email.
const MostRecords = 5

// mostListed is how many groups or roles a record lists.
const mostListed = 6

// RecordOf is the record of somebody in a domain.
func RecordOf(d Domain, label string, p Person) Record {
	r := Record{
		Label: label, Domain: d, UserName: p.UserName, GivenName: p.GivenName, FamilyName: p.FamilyName,
		DisplayName: p.DisplayName, Email: p.Email, Active: p.Active, Locked: p.Locked, LockedByAdmin: p.LockedByAdmin(),
		Groups: FirstOf(p.Groups, mostListed),
	}
	roles := make([]string, 0, len(p.Roles))
	for _, role := range p.Roles {
		roles = append(roles, role.String())
	}
	r.Roles = FirstOf(roles, mostListed)
	return r
}

// Name is given and family name as one reads them.
func (r Record) Name() string { return strings.TrimSpace(r.GivenName + " " + r.FamilyName) }

// State says whether the user can be used.
func (r Record) State() string {
	state := "inactive"
	if r.Active {
		state = "active"
	}
	switch {
	case r.LockedByAdmin:
		state += ", locked by an administrator"
	case r.Locked:
		state += ", locked"
	}
	return state
}

// FirstOf is the first n of a list, and how many more there are.
func FirstOf(list []string, n int) []string {
	if len(list) == 0 {
		return nil
	}
	if len(list) <= n {
		return append([]string(nil), list...)
	}
	return append(append([]string(nil), list[:n]...), fmt.Sprintf("and %d more", len(list)-n))
}
