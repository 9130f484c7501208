package config

// The values that a key with a choice may have, in the order shown to people.
const (
	CorporateIdP    = "corporate-idp"
	Invitation      = "invitation"
	OneTimePassword = "one-time-password"

	KindIdentityDomain = "identity-domain"
	KindSCIM           = "scim"

	ThroughFusionApplications = "fusion-applications"
	ThroughFusionDomain       = "fusion-domain"
	ThroughImportManagement   = "import-management"

	EngineDirect = "direct"
	EngineNative = "native"

	StartByPerson  = "person"
	StartByRequest = "request"

	BeyondRefuse = "refuse"
	BeyondAccept = "accept"

	ProverPerson  = "person"
	ProverRobot   = "robot"
	ProverBrowser = "browser"

	TestByRule        = "rule"
	TestByDefaultRule = "default-rule"

	Keep       = "keep"
	Deactivate = "deactivate"
)

var (
	firstSignIns = []string{CorporateIdP, Invitation, OneTimePassword}
	domainKinds  = []string{KindIdentityDomain, KindSCIM}
	throughs     = []string{ThroughFusionApplications, ThroughFusionDomain, ThroughImportManagement}
	engines      = []string{EngineDirect, EngineNative}
	syncStarts   = []string{StartByPerson, StartByRequest}
	beyonds      = []string{BeyondRefuse, BeyondAccept}
	provers      = []string{ProverPerson, ProverRobot, ProverBrowser}
	testBys      = []string{TestByRule, TestByDefaultRule}
	orphans      = []string{Keep, Deactivate}
	domainTypes  = []string{"free", "apps", "apps-premium", "premium", "external-user", "none"}
)

// Phases are the phases that phasesOff may name, in the procedure's order. They
// are repeated here because a configuration must not know the planners.
var Phases = []string{
	"check", "sso-setup", "sso-test", "sso-off", "migrate", "sync-utilities", "access-utilities",
	"sync-cxif", "access-cxif", "sso-on", "tidy", "verify",
}

// verdicts are those that a policy may be written for: the conflicts.
var verdicts = []string{
	"excluded-but-in-scope", "inactive-but-in-scope", "locked-by-admin", "username-collision",
	"hub-inactive", "username-case", "missing-email", "missing-family-name", "duplicate-email",
	"email-ambiguous", "username-differs", "username-not-allowed",
}
