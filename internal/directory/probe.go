package directory

import "time"

// Probe is what a domain shows of itself and of our client there, to reads alone.
// What could not be seen is empty, and never taken for none.
type Probe struct {
	URL    string
	Type   string // as the configuration has it: free, apps, ...
	Failed string // why the domain could not be asked; then little else is here

	// Server is what a SCIM server that is no identity domain was seen to do.
	Server string

	ClientID, ClientName string // ClientName: of its app; empty: the app is not shown
	Signs                bool   // requests are signed: the client is a user, ClientID their OCID, ClientName their user name
	Roles                []string
	RolesUnknown         string   // why the client's admin roles are not known; empty: Roles are all of them
	Refused              []string // endpoints that refuse even a read

	AskedScope, GivenScope string // of the token; GivenScope is empty where the answer names none

	// Skew is how far the domain's clock is ahead of ours, by its Date header,
	// give or take Unsure. Unsure is zero where it says no date.
	Skew, Unsure time.Duration

	Users, Groups, IdPs int      // how many there are
	ServiceUsers        []string // names of those whom the domain itself marks as serviceUser
	NeverSignedIn       int      // active users of whom the domain says so; it tells only where it shows dates at all
	SignOn              []SignOnRule
}

// SignOnRule is a rule of a sign-on policy: it decides, after somebody has shown
// who they are, whether they get in.
type SignOnRule struct {
	Policy, ID, Name string
	Effect           string // ALLOW, or a refusal
}

// DefaultSignOnRuleID and DefaultSignOnPolicyID are the ids that Oracle's own
// tools use for the default sign-on rule and policy.
const (
	DefaultSignOnRuleID   = "DefaultSignOnRule"
	DefaultSignOnPolicyID = "DefaultSignOnPolicy"
	SignOnPolicyType      = "SignOn" // policyType of a policy and of its rules
	EffectAllow           = "ALLOW"
)

// ApplicationsProbe is what Fusion Applications shows.
type ApplicationsProbe struct {
	URL          string
	Failed       string
	Skew, Unsure time.Duration
	Accounts     int
	Sample       []string // user names of some accounts
}
