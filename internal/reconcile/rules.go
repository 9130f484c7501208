package reconcile

import "cutover/internal/directory"

// IntoFusionDomain is the way into Fusion that goes by no copy.
const IntoFusionDomain = "fusion-domain"

// Rules is what the configuration says, compiled for the planners.
type Rules struct {
	TestUser string // userName of cutover's own user: no verdict, never counted

	ExcludeUtilities, ExcludeCXIF Exclusion
	ScopeUtilities, ScopeCXIF     []string // Fusion groups
	MigratedUsersGet              []RoleFor
	// MigrateInto is how people come into Fusion: empty or fusion-applications;
	// import-management; or fusion-domain, where Fusion Applications does not know them.
	MigrateInto string
	// Mapped is what a new Fusion user gets of a person; nil: NewUser. Its errors
	// are for people, and name nobody.
	Mapped                      func(directory.Person) (directory.Attributes, error)
	AccessUtilities, AccessCXIF Access
	NewPeopleFederated          bool
	// PlainSCIM are the targets that are SCIM servers and no identity domains: they
	// know no federated users and no app roles.
	PlainSCIM map[directory.Domain]bool

	// Resolutions by folded userName, one map a domain.
	Utilities, Fusion, CXIF map[string]Resolution
	// Policies for a verdict, of Utilities users.
	ForVerdict map[string]Resolution
	// Orphans: "", keep or deactivate, for a whole target.
	OrphansUtilities, OrphansCXIF string
}

// Exclusion names who is left alone: names or globs, case aside, and groups.
type Exclusion struct{ UserNames, Groups []string }

// RoleFor gives the Fusion role for members of a Utilities group; "*" is everyone.
type RoleFor struct{ Group, Role string }

// Access is what in-scope people shall hold in a target.
type Access struct {
	App    string
	Roles  []string
	Groups []GroupFor
	// WebServices are those of the roles that let somebody call web services; nil:
	// it is told by their names.
	WebServices []string
	// Members is how many members a group of the target takes; 0: any number.
	Members int
	// OverGrants gives the roles directly to whom a full group has no room for;
	// otherwise that is a finding.
	OverGrants bool
}

// GroupFor gives the target's group for a Fusion role.
type GroupFor struct{ Role, Group string }

// Resolution is one person's word on one user (matching.md, "Resolutions").
type Resolution struct {
	Exclude, Reactivate, Migrate, KeepInactive, OutOfScope bool
	Rename, SamePerson                                     string
	SetEmail, SetGivenName, SetFamilyName                  string
	Orphan                                                 string // keep or deactivate
	OUAFLoginChanged                                       bool
}
