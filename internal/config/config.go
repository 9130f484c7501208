// Package config reads cutover.yaml: strictly, so that every mistake is shown
// with its line before anything starts. It knows the shape of the file and the
// ways to a secret; it knows no domain, no ledger and no workflow.
package config

import "time"

// Config is the whole of cutover.yaml. It holds references to secrets, never
// secrets, so it may be stored and hashed.
type Config struct {
	Fusion    FusionDomain `yaml:"fusion"`
	Utilities DomainConfig `yaml:"utilities"`
	CXIF      DomainConfig `yaml:"cxif"`

	Exclude   Exclude   `yaml:"exclude"`
	Emergency Emergency `yaml:"emergency"`
	// FirstSignIn says how people first sign in to Fusion: corporate-idp,
	// invitation or one-time-password. Nothing is assumed.
	FirstSignIn string `yaml:"firstSignIn"`
	// Scope lists, for each target, the Fusion groups whose active members it gets.
	Scope Scope `yaml:"scope"`
	// MigratedUsersGet names the Fusion role for each Utilities group, in the
	// order written: the first that matches counts; "*" is for the rest.
	MigratedUsersGet OrderedMap  `yaml:"migratedUsersGet"`
	Migrate          Migrate     `yaml:"migrate"`
	Access           Access      `yaml:"access"`
	SSO              SSO         `yaml:"sso"`
	Sync             Sync        `yaml:"sync"`
	Resolutions      Resolutions `yaml:"resolutions"`
	// Phases switches phases off by name, with a reason: {"sync-cxif": "no CXIF here"}.
	PhasesOff map[string]string `yaml:"phasesOff"`
	Pace      Pace              `yaml:"pace"`
}

// DomainConfig is how to reach an identity domain.
type DomainConfig struct {
	URL          string `yaml:"url"` // https://<host>, no path
	ClientID     string `yaml:"clientId"`
	ClientSecret Secret `yaml:"clientSecret"`
	// Type is the published limit table of the domain: free, apps, apps-premium,
	// premium, external-user, or none. Default apps.
	Type string `yaml:"type"`
	// Share is how much of the limits, in percent, is ours. Default 100.
	Share int `yaml:"share"`
	// BulkOperations caps the operations of one Bulk call, 1 to 50. Default 50.
	BulkOperations int `yaml:"bulkOperations"`
	// RequestTimeout is the deadline of every request. Default 20s.
	RequestTimeout time.Duration `yaml:"requestTimeout"`
	// Scope is the OAuth scope. Default urn:opc:idm:__myscopes__.
	OAuthScope string `yaml:"oauthScope"`
}

// FusionDomain is the Fusion identity domain and the application behind it.
type FusionDomain struct {
	DomainConfig `yaml:",inline"`
	Applications FusionApplications `yaml:"applications"`
}

// FusionApplications is how to reach Fusion Applications' own SCIM API
// (/hcmRestApi/scim), with Basic authentication.
type FusionApplications struct {
	URL      string `yaml:"url"`
	UserName string `yaml:"userName"`
	Password Secret `yaml:"password"`
	// RequestsPerSecond is our pace there; Oracle publishes no limit. Default 10.
	RequestsPerSecond float64 `yaml:"requestsPerSecond"`
	// BulkOperations caps the operations of one Bulk call, 1 to 50. Default 50.
	BulkOperations int           `yaml:"bulkOperations"`
	RequestTimeout time.Duration `yaml:"requestTimeout"` // default 20s
	// ArrivalPoll is how often to look whether a user has reached the Fusion
	// domain; ArrivalTimeout is when to stop and tell a person. Defaults 10s, 2h.
	ArrivalPoll    time.Duration `yaml:"arrivalPoll"`
	ArrivalTimeout time.Duration `yaml:"arrivalTimeout"`
}

// Exclude names who is left alone, by domain.
type Exclude struct {
	Utilities Names `yaml:"utilities"`
	CXIF      Names `yaml:"cxif"`
}

// Names are user names or globs such as svc-*, case aside, and groups.
type Names struct {
	UserNames []string `yaml:"userNames"`
	Groups    []string `yaml:"groups"`
}

// Emergency is the administrator who keeps a local sign-in in Utilities.
type Emergency struct {
	Utilities string `yaml:"utilities"` // userName
	Password  Secret `yaml:"password"`  // to exercise the local sign-in
}

// Scope lists Fusion groups by target.
type Scope struct {
	Utilities []string `yaml:"utilities"`
	CXIF      []string `yaml:"cxif"`
}

// Migrate says how people come into Fusion.
type Migrate struct {
	// Through is fusion-applications; the other ways are not built yet and are refused.
	Through string `yaml:"through"`
}

// Access is what in-scope people shall hold in each target.
type Access struct {
	Utilities AccessTo `yaml:"utilities"`
	CXIF      AccessTo `yaml:"cxif"`
}

// AccessTo names the app and its roles; Groups maps a Fusion role to the group
// of the target that gives the access.
type AccessTo struct {
	App    string     `yaml:"app"`
	Roles  []string   `yaml:"roles"`
	Groups OrderedMap `yaml:"groups"`
}

// Sync is the engine of both syncs: direct.
type Sync struct {
	Engine string `yaml:"engine"` // direct
	// Federated is isFederatedUser of new people in a target. Default true;
	// never changed on existing ones.
	Federated *bool `yaml:"federated"`
}

// SSO is how single sign-on is set up and tested.
type SSO struct {
	AppName        string   `yaml:"appName"`        // SAML app in Fusion. Default "Oracle Utilities"
	IdPName        string   `yaml:"idpName"`        // IdP in Utilities. Default "Fusion"
	SyncClientName string   `yaml:"syncClientName"` // OAuth client in Fusion. Default "cutover-sync"
	FrontRuleName  string   `yaml:"frontRuleName"`  // Default "Keep local sign-in"
	TestRuleName   string   `yaml:"testRuleName"`   // Default "SSO test"
	UserAttribute  string   `yaml:"userAttribute"`  // attributeName of a rule's condition on the user: not documented. Default "user.userName"
	TestBy         string   `yaml:"testBy"`         // rule (default) or default-rule, where a rule for one user cannot be
	TakeDown       bool     `yaml:"takeDown"`       // insist on turning SSO off although it is the only way in
	SignInPath     string   `yaml:"signInPath"`     // Default /ui/v1/signin
	ConsolePath    string   `yaml:"consolePath"`    // where a sign-in ends. Default /ui/v1/myconsole
	TestUser       TestUser `yaml:"testUser"`
}

// TestUser is made for the SSO test and deleted by tidy.
type TestUser struct {
	UserName   string `yaml:"userName"` // Default cutover.test
	Email      string `yaml:"email"`
	GivenName  string `yaml:"givenName"`  // Default Cutover
	FamilyName string `yaml:"familyName"` // Default Test
	Password   Secret `yaml:"password"`
}

// Resolutions are written by a person: by domain, then by userName.
type Resolutions struct {
	Utilities TargetResolutions `yaml:"utilities"`
	Fusion    TargetResolutions `yaml:"fusion"`
	CXIF      TargetResolutions `yaml:"cxif"`
}

// TargetResolutions are those of one domain. Orphans is keep, deactivate, or
// empty; every other key of the YAML mapping is a userName. Verdicts holds a
// policy for a verdict, under the key "verdicts".
type TargetResolutions struct {
	Orphans  string
	Verdicts map[string]Resolution
	Users    map[string]Resolution
}

// Resolution is one person's, of matching.md.
type Resolution struct {
	Exclude          bool   `yaml:"exclude"`
	Rename           string `yaml:"rename"`
	SamePerson       string `yaml:"same-person"`
	Set              Set    `yaml:"set"`
	Reactivate       bool   `yaml:"reactivate"`
	Migrate          bool   `yaml:"migrate"`
	KeepInactive     bool   `yaml:"keep-inactive"`
	OutOfScope       bool   `yaml:"out-of-scope"`
	Orphan           string `yaml:"orphans"` // keep or deactivate, for this user
	OUAFLoginChanged bool   `yaml:"ouafLoginChanged"`
}

// Set corrects attributes.
type Set struct {
	Email      string `yaml:"email"`
	GivenName  string `yaml:"givenName"`
	FamilyName string `yaml:"familyName"`
}

// Pace is about slices and gates.
type Pace struct {
	Slice time.Duration `yaml:"slice"` // how long one apply activity works at most. Default 20s, at most 1m
}

// Pair is an entry of an OrderedMap.
type Pair struct{ Key, Value string }

// OrderedMap is a YAML mapping of strings whose order counts.
type OrderedMap []Pair

// Secret is a reference to a secret: env:NAME, file:PATH (relative to the YAML)
// or command:WORDS. The secret itself is read when it is needed and never kept
// in a Config.
type Secret string
