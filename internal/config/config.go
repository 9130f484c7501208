// Package config reads cutover.yaml: strictly, so that every mistake is shown
// with its line before anything starts. It knows the shape of the file and the
// ways to a secret; it knows no domain, no ledger and no workflow.
//
// The types are in this file. Their json tags are the keys of the YAML, of the
// canonical form and of the JSON Schema; their comments are the descriptions
// that an editor shows.
package config

import "time"

// Config is the whole of cutover.yaml. It holds references to secrets, never
// secrets, so it may be stored and hashed.
type Config struct {
	Fusion    FusionDomain `json:"fusion,omitzero"`
	Utilities DomainConfig `json:"utilities,omitzero"`
	CXIF      DomainConfig `json:"cxif,omitzero"`

	Exclude   Exclude   `json:"exclude,omitzero"`
	Emergency Emergency `json:"emergency,omitzero"`
	// Attest holds the word of the owners of those who are left alone: how each
	// account signs in to Utilities once SSO is the only way in for people.
	Attest []Attestation `json:"attest,omitzero"`
	// FirstSignIn says how people first sign in to Fusion: corporate-idp,
	// invitation or one-time-password. Nothing is assumed.
	FirstSignIn string `json:"firstSignIn,omitzero"`
	// Invitations says when and how people are invited, with firstSignIn: invitation.
	Invitations Invitations `json:"invitations,omitzero"`
	// Scope lists, for each target, the Fusion groups whose active members it gets.
	Scope Scope `json:"scope,omitzero"`
	// MigratedUsersGet names the Fusion role for each Utilities group, in the
	// order written: the first that matches counts; "*" is for the rest.
	MigratedUsersGet OrderedMap  `json:"migratedUsersGet,omitzero"`
	Migrate          Migrate     `json:"migrate,omitzero"`
	Access           Access      `json:"access,omitzero"`
	SSO              SSO         `json:"sso,omitzero"`
	Sync             Sync        `json:"sync,omitzero"`
	Resolutions      Resolutions `json:"resolutions,omitzero"`
	// PhasesOff switches phases off by name, with a reason: {"sync-cxif": "no CXIF here"}.
	PhasesOff map[string]string `json:"phasesOff,omitzero"`
	Pace      Pace              `json:"pace,omitzero"`
	Limits    Limits            `json:"limits,omitzero"`
	Approvals Approvals         `json:"approvals,omitzero"`
	Window    Window            `json:"window,omitzero"`
}

// DomainConfig is how to reach an identity domain.
type DomainConfig struct {
	// Kind is identity-domain, or scim for another SCIM 2.0 server, which can be
	// synchronized to and has no app roles: access there is by groups. Default
	// identity-domain.
	Kind string     `json:"kind,omitzero"`
	SCIM SCIMServer `json:"scim,omitzero"` // of kind scim only

	URL          string `json:"url,omitzero"` // https://<host>, no path
	ClientID     string `json:"clientId,omitzero"`
	ClientSecret Secret `json:"clientSecret,omitzero"`
	// OCIProfile takes the place of a client: requests are signed with the API key
	// of this profile of an OCI configuration file.
	OCIProfile string `json:"ociProfile,omitzero"`
	OCIConfig  string `json:"ociConfig,omitzero"` // that file, relative to this one. Default ~/.oci/config
	// Type is the published limit table of the domain: free, apps, apps-premium,
	// premium, external-user, or none. Default apps.
	Type string `json:"type,omitzero"`
	// Share is how much of the limits, in percent, is ours. Default 100.
	Share int `json:"share,omitzero"`
	// BulkOperations caps the operations of one Bulk call, 1 to 50. Default 50.
	BulkOperations int `json:"bulkOperations,omitzero"`
	// RequestTimeout is the deadline of every request. Default 20s.
	RequestTimeout time.Duration `json:"requestTimeout,omitzero"`
	// OAuthScope is the scope asked for with a token. Default urn:opc:idm:__myscopes__.
	OAuthScope string `json:"oauthScope,omitzero"`
}

// SCIMServer is how to reach a SCIM 2.0 server that is no identity domain.
type SCIMServer struct {
	Base string `json:"base,omitzero"` // the path that /Users is below. Default /scim/v2
	// Token is a bearer token. Without one, clientId and clientSecret get tokens
	// from tokenUrl.
	Token             Secret  `json:"token,omitzero"`
	TokenURL          string  `json:"tokenUrl,omitzero"`
	RequestsPerSecond float64 `json:"requestsPerSecond,omitzero"` // our pace there. Default 10
}

// FusionDomain is the Fusion identity domain and the application behind it.
type FusionDomain struct {
	DomainConfig
	Applications FusionApplications `json:"applications,omitzero"`
}

// FusionApplications is how to reach Fusion Applications' own SCIM API
// (/hcmRestApi/scim), with Basic authentication.
type FusionApplications struct {
	URL      string `json:"url,omitzero"`
	UserName string `json:"userName,omitzero"`
	Password Secret `json:"password,omitzero"`
	// RequestsPerSecond is our pace there; Oracle publishes no limit. Default 10.
	RequestsPerSecond float64 `json:"requestsPerSecond,omitzero"`
	// BulkOperations caps the operations of one Bulk call, 1 to 50. Default 50.
	BulkOperations int           `json:"bulkOperations,omitzero"`
	RequestTimeout time.Duration `json:"requestTimeout,omitzero"` // default 20s
	// ArrivalPoll is how often to look whether a user has reached the Fusion
	// domain; ArrivalTimeout is when to stop and tell a person. Defaults 10s, 2h.
	ArrivalPoll    time.Duration `json:"arrivalPoll,omitzero"`
	ArrivalTimeout time.Duration `json:"arrivalTimeout,omitzero"`
}

// Exclude names who is left alone, by domain.
type Exclude struct {
	Utilities Names `json:"utilities,omitzero"`
	CXIF      Names `json:"cxif,omitzero"`
}

// Names are user names or globs such as svc-*, case aside, and groups.
type Names struct {
	UserNames []string `json:"userNames,omitzero"`
	Groups    []string `json:"groups,omitzero"`
}

// Emergency is the administrator who keeps a local sign-in in Utilities.
type Emergency struct {
	Utilities string `json:"utilities,omitzero"` // userName
	Password  Secret `json:"password,omitzero"`  // to exercise the local sign-in
}

// Attestation is an owner's word that an account has a way in.
type Attestation struct {
	Who  string `json:"who,omitzero"`  // userName in Utilities, or a glob such as svc-*, case aside
	What string `json:"what,omitzero"` // how it signs in
	By   string `json:"by,omitzero"`   // whose word it is
	On   string `json:"on,omitzero"`   // the day it was given, as YYYY-MM-DD
}

// Scope lists Fusion groups by target.
type Scope struct {
	Utilities []string `json:"utilities,omitzero"`
	CXIF      []string `json:"cxif,omitzero"`
}

// Migrate says how people come into Fusion.
type Migrate struct {
	// Through is fusion-applications (default), its own SCIM API; or fusion-domain,
	// the Fusion domain itself: people are then unknown to Fusion Applications, which
	// is right only for those who never work there; or import-management, the guide's
	// way: files that a person loads.
	Through string `json:"through,omitzero"`
	// Mapping gives attributes of a new Fusion user (givenName, familyName,
	// displayName, email) by expressions over the Utilities user. Default: as they are.
	Mapping OrderedMap `json:"mapping,omitzero"`
	// Files is where the files of import-management are written. Default import.
	Files string `json:"files,omitzero"`
	// People and Roles are the columns of these files, each an expression over the
	// new user, and the role.
	People OrderedMap `json:"people,omitzero"`
	Roles  OrderedMap `json:"roles,omitzero"`
}

// Access is what in-scope people shall hold in each target.
type Access struct {
	Utilities AccessTo `json:"utilities,omitzero"`
	CXIF      AccessTo `json:"cxif,omitzero"`
}

// AccessTo names the app and its roles; Groups maps a Fusion role to the group
// of the target that gives the access.
type AccessTo struct {
	App    string     `json:"app,omitzero"`
	Roles  []string   `json:"roles,omitzero"`
	Groups OrderedMap `json:"groups,omitzero"`
	// OverLimit says what becomes of people for whom a group has no room: refuse
	// (default), which stops before anything is written, or grant, which gives them
	// the roles directly.
	OverLimit string `json:"overLimit,omitzero"`
	// MembersPerGroup is how many members a group of the domain takes. Default: as
	// Oracle says for the domain's type.
	MembersPerGroup int `json:"membersPerGroup,omitzero"`
	// WebServiceRoles are those of the roles with which people call web services.
	// Default: those that are called so, such as AppWebServices.
	WebServiceRoles []string `json:"webServiceRoles,omitzero"`
}

// Sync is the engine of both syncs.
type Sync struct {
	// Engine is direct (default): cutover itself writes; or native: Oracle's own
	// synchronization, an app of each target, and cutover does what that leaves.
	Engine string     `json:"engine,omitzero"`
	Native NativeSync `json:"native,omitzero"`
	// Federated is isFederatedUser of new people in a target. Default true;
	// never changed on existing ones.
	Federated *bool `json:"federated,omitzero"`
}

// NativeSync is how Oracle's own synchronization is set up and started.
type NativeSync struct {
	App string `json:"app,omitzero"` // its name in each target. Default "Fusion people"
	// Start says who starts it: person (default), who is told what to press; or
	// request, which Oracle does not document.
	Start   string      `json:"start,omitzero"`
	Request SyncRequest `json:"request,omitzero"`
	// ClientSecret is the secret of the client in Fusion (sso.syncClientName).
	// Default: Fusion is asked for it.
	ClientSecret Secret `json:"clientSecret,omitzero"`
	// BeyondScope says what becomes of people outside the scope whom it would make,
	// and of whom it would overwrite although cutover would not: refuse (default),
	// which keeps the gate shut, or accept.
	BeyondScope string `json:"beyondScope,omitzero"`
	// Within is for how long a run is waited for, and Poll how often the domain is
	// asked. Defaults 12h, 30s.
	Within time.Duration `json:"within,omitzero"`
	Poll   time.Duration `json:"poll,omitzero"`
}

// SyncRequest is a POST with a JSON body, in which {appId}, {creates} and {deletes}
// are filled in.
type SyncRequest struct {
	Path string `json:"path,omitzero"`
	Body string `json:"body,omitzero"`
}

// SSO is how single sign-on is set up and tested.
type SSO struct {
	AppName        string   `json:"appName,omitzero"`        // SAML app in Fusion. Default "Oracle Utilities"
	IdPName        string   `json:"idpName,omitzero"`        // IdP in Utilities. Default "Fusion"
	SyncClientName string   `json:"syncClientName,omitzero"` // OAuth client in Fusion. Default "cutover-sync"
	FrontRuleName  string   `json:"frontRuleName,omitzero"`  // Default "Keep local sign-in"
	TestRuleName   string   `json:"testRuleName,omitzero"`   // Default "SSO test"
	UserAttribute  string   `json:"userAttribute,omitzero"`  // attributeName of a rule's condition on the user: not documented. Default "user.userName"
	TestBy         string   `json:"testBy,omitzero"`         // rule (default) or default-rule, where a rule for one user cannot be
	TakeDown       bool     `json:"takeDown,omitzero"`       // insist on turning SSO off although it is the only way in
	SignInPath     string   `json:"signInPath,omitzero"`     // Default /ui/v1/signin
	ConsolePath    string   `json:"consolePath,omitzero"`    // where a sign-in ends. Default /ui/v1/myconsole
	TestUser       TestUser `json:"testUser,omitzero"`
	// Prover is who signs in for a proof: person (default), robot, or browser. Where
	// a page is not for a program, such as a second factor, it is a person anyhow.
	Prover string `json:"prover,omitzero"`
	// SignInWithin is how long a person has for it, and SignInPoll how often the
	// domains are asked whether they did. Defaults 30m, 5s.
	SignInWithin time.Duration `json:"signInWithin,omitzero"`
	SignInPoll   time.Duration `json:"signInPoll,omitzero"`
	// Browser is the Chromium of the prover browser. Default: whichever is found.
	Browser string `json:"browser,omitzero"`
	// Probation is how turning SSO on is watched over.
	Probation Probation `json:"probation,omitzero"`
}

// TestUser is made for the SSO test and deleted by tidy.
type TestUser struct {
	UserName   string `json:"userName,omitzero"` // Default cutover.test
	Email      string `json:"email,omitzero"`
	GivenName  string `json:"givenName,omitzero"`  // Default Cutover
	FamilyName string `json:"familyName,omitzero"` // Default Test
	Password   Secret `json:"password,omitzero"`
}

// Resolutions are written by a person: by domain, then by userName.
type Resolutions struct {
	Utilities TargetResolutions `json:"utilities,omitzero"`
	Fusion    TargetResolutions `json:"fusion,omitzero"`
	CXIF      TargetResolutions `json:"cxif,omitzero"`
}

// TargetResolutions are those of one domain. Orphans is keep, deactivate, or
// empty; every other key of the YAML mapping is a userName. Verdicts holds a
// policy for a verdict, under the key "verdicts".
type TargetResolutions struct {
	Orphans  string                `json:"orphans,omitzero"`
	Verdicts map[string]Resolution `json:"verdicts,omitzero"`
	Users    map[string]Resolution `json:"users,omitzero"`
}

// Resolution is one person's, of matching.md.
type Resolution struct {
	Exclude          bool   `json:"exclude,omitzero"`
	Rename           string `json:"rename,omitzero"`
	SamePerson       string `json:"same-person,omitzero"`
	Set              Set    `json:"set,omitzero"`
	Reactivate       bool   `json:"reactivate,omitzero"`
	Migrate          bool   `json:"migrate,omitzero"`
	KeepInactive     bool   `json:"keep-inactive,omitzero"`
	OutOfScope       bool   `json:"out-of-scope,omitzero"`
	Orphan           string `json:"orphans,omitzero"` // keep or deactivate, for this user
	OUAFLoginChanged bool   `json:"ouafLoginChanged,omitzero"`
}

// Set corrects attributes.
type Set struct {
	Email      string `json:"email,omitzero"`
	GivenName  string `json:"givenName,omitzero"`
	FamilyName string `json:"familyName,omitzero"`
}

// Pace is about slices and gates.
type Pace struct {
	Slice time.Duration `json:"slice,omitzero"` // how long one apply activity works at most. Default 20s, at most 1m
}

// Window keeps writing inside the hours that were agreed on. Without it, writing
// is allowed at any time.
type Window struct {
	TimeZone string `json:"timeZone,omitzero"` // of the hours, such as Europe/Berlin
	// Open lists the openings. Where they overlap they are one.
	Open []Opening `json:"open,omitzero"`
}

// Opening is a time of some days, by a clock on the wall.
type Opening struct {
	Days []string `json:"days,omitzero"` // on which it begins: mon, tue, wed, thu, fri, sat, sun
	From string   `json:"from,omitzero"` // HH:MM
	To   string   `json:"to,omitzero"`   // HH:MM, up to 24:00; where it is before from, on the next day
}

// Pair is an entry of an OrderedMap.
type Pair struct {
	Key   string `json:"key"`
	Value string `json:"value"`
}

// OrderedMap is a YAML mapping of strings whose order counts.
type OrderedMap []Pair

// Secret is a reference to a secret: env:NAME, file:PATH (relative to the YAML)
// or command:WORDS. The secret itself is read when it is needed and never kept
// in a Config.
type Secret string
