// Package directory holds the words that the rest of cutover is written in: a
// domain, a person, a role, a change, a finding. It knows no protocol, no
// storage and no workflow, and imports nothing of the project.
package directory

// Domain names one of the three identity domains of a cutover.
type Domain string

// The three domains of Oracle's guide, in the order in which it visits them.
const (
	Fusion    Domain = "fusion"    // the hub: where people live after the cutover, and the SAML identity provider
	Utilities Domain = "utilities" // Customer Cloud Service: where people live before it, and the SAML service provider
	CXIF      Domain = "cxif"      // CX Industry Framework
)

// Domains lists the three domains in the guide's order.
var Domains = []Domain{Fusion, Utilities, CXIF}

// User is what cutover reads of a SCIM User (RFC 7643 section 4.1 and Oracle's
// extensions). ID and Version never enter a plan.
type User struct {
	ID          string `json:"id"`
	UserName    string `json:"userName"`
	GivenName   string `json:"givenName,omitempty"`
	FamilyName  string `json:"familyName,omitempty"`
	DisplayName string `json:"displayName,omitempty"`
	Email       string `json:"email,omitempty"` // the primary one
	Active      bool   `json:"active"`
	Federated   bool   `json:"federated,omitempty"` // isFederatedUser: no local password
	ExternalID  string `json:"externalId,omitempty"`
	Locked      bool   `json:"locked,omitempty"`      // userState locked.on
	LockReason  int    `json:"lockReason,omitempty"`  // 1: by an administrator
	PasswordSet bool   `json:"passwordSet,omitempty"` // passwordState.lastSuccessfulSetDate is there
	Version     string `json:"version,omitempty"`     // meta.version, the ETag
}

// LockedByAdmin tells whether an administrator locked the user (reason 1).
func (u User) LockedByAdmin() bool { return u.Locked && u.LockReason == 1 }

// Role is a role of an app: an AppRole by its names.
type Role struct {
	App  string `json:"app"`
	Name string `json:"name"`
}

func (r Role) String() string { return r.App + "/" + r.Name }

// Person is a user with what they belong to and hold, by name.
type Person struct {
	User
	Groups []string `json:"groups,omitempty"` // display names, sorted
	Roles  []Role   `json:"roles,omitempty"`  // granted directly, sorted
}

// InAny tells whether the person is a member of one of the groups, case aside.
func (p Person) InAny(groups []string) bool {
	for _, g := range p.Groups {
		for _, want := range groups {
			if Equal(g, want) {
				return true
			}
		}
	}
	return false
}

// Group is a group of a domain without its members.
type Group struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Members int    `json:"members"`
}

// Outline is the small, whole part of a snapshot: everything of a domain that
// does not grow with its people.
type Outline struct {
	Groups     []Group           `json:"groups,omitempty"`
	GroupRoles map[string][]Role `json:"groupRoles,omitempty"` // group name -> roles granted to it
	Roles      []Role            `json:"roles,omitempty"`      // every role of every app
	SSO        SSO               `json:"sso"`
}

// HasGroup tells whether the domain has a group of this name, case aside.
func (o Outline) HasGroup(name string) bool {
	for _, g := range o.Groups {
		if Equal(g.Name, name) {
			return true
		}
	}
	return false
}

// RolesOf lists what p effectively holds: directly or by a group.
func (o Outline) RolesOf(p Person) []Role {
	held := append([]Role(nil), p.Roles...)
	for _, g := range p.Groups {
		held = append(held, o.GroupRoles[g]...)
	}
	return held
}

// Holds tells whether p effectively holds the role.
func (o Outline) Holds(p Person, r Role) bool {
	for _, have := range o.RolesOf(p) {
		if have == r {
			return true
		}
	}
	return false
}
