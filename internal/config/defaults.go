package config

import (
	"time"

	"cutover/internal/ociprofile"
)

// defaults fills in what the file leaves out. What it says, be it wrong, stays
// as it is, for validation to see.
func (c *Config) defaults(has func(path) bool) {
	domain := func(p path, d *DomainConfig) {
		either(has, p.key("requestTimeout"), &d.RequestTimeout, 20*time.Second)
		either(has, p.key("bulkOperations"), &d.BulkOperations, 50)
		if d.Kind == KindSCIM {
			either(has, p.key("scim").key("base"), &d.SCIM.Base, "/scim/v2")
			either(has, p.key("scim").key("requestsPerSecond"), &d.SCIM.RequestsPerSecond, 10)
			return
		}
		either(has, p.key("type"), &d.Type, "apps")
		either(has, p.key("share"), &d.Share, 100)
		if d.OCIProfile != "" {
			either(has, p.key("ociConfig"), &d.OCIConfig, ociprofile.DefaultFile)
			return
		}
		either(has, p.key("oauthScope"), &d.OAuthScope, "urn:opc:idm:__myscopes__")
	}
	domain(path{"fusion"}, &c.Fusion.DomainConfig)
	domain(path{"utilities"}, &c.Utilities)
	if has(path{"cxif"}) {
		domain(path{"cxif"}, &c.CXIF)
	}
	a, p := &c.Fusion.Applications, path{"fusion", "applications"}
	either(has, p.key("requestsPerSecond"), &a.RequestsPerSecond, 10)
	either(has, p.key("bulkOperations"), &a.BulkOperations, 50)
	either(has, p.key("requestTimeout"), &a.RequestTimeout, 20*time.Second)
	either(has, p.key("arrivalPoll"), &a.ArrivalPoll, 10*time.Second)
	either(has, path{"migrate", "through"}, &c.Migrate.Through, ThroughFusionApplications)
	arrives := 2 * time.Hour
	if c.Migrate.Through == ThroughImportManagement {
		c.Migrate.defaults(has)
		arrives = 3 * 24 * time.Hour // a person loads a file in between
	}
	either(has, p.key("arrivalTimeout"), &a.ArrivalTimeout, arrives)

	either(has, path{"sync", "engine"}, &c.Sync.Engine, EngineDirect)
	if c.Sync.Engine == EngineNative {
		c.Sync.Native.defaults(has, path{"sync", "native"})
	}
	if c.FirstSignIn == Invitation {
		c.Invitations.defaults(has, path{"invitations"})
	}
	if c.Sync.Federated == nil {
		yes := true
		c.Sync.Federated = &yes
	}
	either(has, path{"pace", "slice"}, &c.Pace.Slice, 20*time.Second)

	s, p := &c.SSO, path{"sso"}
	either(has, p.key("appName"), &s.AppName, "Oracle Utilities")
	either(has, p.key("idpName"), &s.IdPName, "Fusion")
	either(has, p.key("syncClientName"), &s.SyncClientName, "cutover-sync")
	either(has, p.key("frontRuleName"), &s.FrontRuleName, "Keep local sign-in")
	either(has, p.key("testRuleName"), &s.TestRuleName, "SSO test")
	either(has, p.key("userAttribute"), &s.UserAttribute, "user.userName")
	either(has, p.key("testBy"), &s.TestBy, TestByRule)
	either(has, p.key("prover"), &s.Prover, ProverPerson)
	either(has, p.key("signInWithin"), &s.SignInWithin, 30*time.Minute)
	either(has, p.key("signInPoll"), &s.SignInPoll, 5*time.Second)
	either(has, p.key("signInPath"), &s.SignInPath, "/ui/v1/signin")
	either(has, p.key("consolePath"), &s.ConsolePath, "/ui/v1/myconsole")
	either(has, p.key("testUser").key("userName"), &s.TestUser.UserName, "cutover.test")
	either(has, p.key("testUser").key("givenName"), &s.TestUser.GivenName, "Cutover")
	either(has, p.key("testUser").key("familyName"), &s.TestUser.FamilyName, "Test")
	s.Probation.defaults(has, p.key("probation"))
}

func either[T any](has func(path) bool, p path, v *T, otherwise T) {
	if !has(p) {
		*v = otherwise
	}
}
