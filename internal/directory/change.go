package directory

// Kind says what a change does.
type Kind string

// The kinds of change, in the order in which they sort within a step.
const (
	CreateUser Kind = "user.create"
	UpdateUser Kind = "user.update" // Before and After hold only the attributes that change
	DeleteUser Kind = "user.delete" // cutover's own test user, and nobody else
	AddMember  Kind = "member.add"  // Target is a group
	AddGrant   Kind = "grant.add"   // Target is App/Role
	// RemoveMember and RevokeGrant take away what AddMember and AddGrant gave.
	RemoveMember Kind = "member.remove"
	RevokeGrant  Kind = "grant.revoke"
	// InviteUser sends a mail that asks for a password to be set. Nothing of the
	// user changes by it, and it cannot be taken back.
	InviteUser  Kind = "user.invite"
	PutSetting  Kind = "setting.put" // Target is a Setting; After is what it shall be
	DropSetting Kind = "setting.drop"
	// StartSync starts the native synchronization of the app Target; After says how
	// many it may create and delete. It cannot be taken back.
	StartSync Kind = "sync.start"
)

// Attributes are the planned attributes of a user or a setting: natural names
// and values only, never ids, versions or times. Of a user: userName,
// givenName, familyName, displayName, email, active ("true" or "false"),
// federated, externalId. Encoded as JSON the keys sort, so equal attributes
// always have equal bytes.
type Attributes map[string]string

// Via says how a change is made, where not in the domain itself. Of Fusion: through
// Fusion Applications' own API, or by a person who loads a file into it; either
// way Fusion copies it into the domain later. Of a target: by the native
// synchronization, which takes over what Fusion has.
const (
	ViaFusionApplications = "fusion-applications"
	ViaImportManagement   = "import-management"
	ViaNativeSync         = "native-sync"
)

// ViaWords says a way to a person.
func ViaWords(via string) string {
	switch via {
	case ViaImportManagement:
		return "by a file that a person loads"
	case ViaNativeSync:
		return "by the native synchronization"
	}
	return "through Fusion Applications"
}

// Change is one intended write, by natural keys. It is the same on any machine
// for the same inputs.
type Change struct {
	// Step orders the changes of a plan: all of a step are applied before the
	// next one begins. Steps count from 1.
	Step   int        `json:"step"`
	Domain Domain     `json:"domain"`
	Via    string     `json:"via,omitempty"` // empty: the domain itself
	Kind   Kind       `json:"kind"`
	User   string     `json:"user,omitempty"`   // userName as it is in that domain before the change
	Target string     `json:"target,omitempty"` // group, App/Role or setting
	Before Attributes `json:"before,omitempty"`
	After  Attributes `json:"after,omitempty"`
	Why    string     `json:"why"` // the verdict, resolution or rule that asks for it; no names of people
}

// Copied tells whether the change is made elsewhere and copied into the domain.
func (c Change) Copied() bool { return c.Via != "" }

// Key tells changes of one plan apart.
func (c Change) Key() string {
	return string(c.Domain) + " " + c.Via + " " + string(c.Kind) + " " + Fold(c.User) + " " + c.Target
}

// Finding is something that a person must know; a blocking one closes the gate.
type Finding struct {
	Phase  string `json:"phase"` // the first phase that it blocks
	Name   string `json:"name"`  // a verdict of matching.md, or orphan, hub-missing-email, ...
	Domain Domain `json:"domain"`
	User   string `json:"user,omitempty"`
	Other  string `json:"other,omitempty"` // the user on the other side of the conflict

	// Records are those whom it is about, the user first, to be read side by side.
	Records []Record `json:"records,omitempty"`

	Detail   string   `json:"detail"`          // what is wrong, in a sentence
	Fixes    []string `json:"fixes,omitempty"` // the resolutions that fit, as one writes them in the configuration
	Blocking bool     `json:"blocking"`
	// Reasons name, one by one, why somebody is on a lockout list; a person may
	// accept them by name. AcceptedBy says who did.
	Reasons    []string `json:"reasons,omitempty"`
	AcceptedBy string   `json:"acceptedBy,omitempty"`
}
