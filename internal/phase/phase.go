// Package phase is the procedure of Oracle's guide: one file a phase, by its
// name, each a pure planner with its proofs. It knows the words of directory
// and the rules of reconcile; it must not know clients, ledger or workflows.
package phase

import (
	"cutover/internal/directory"
	"cutover/internal/reconcile"
)

// Input is all that a planner may look at.
type Input struct {
	World reconcile.World
	Rules *reconcile.Rules
	SSO   SSOSettings
	// Done tells whether an earlier phase of this very cutover is finished.
	Done func(name string) bool
	// PeopleWork tells whether the phases from migrate to access-cxif have, or
	// had in this cutover, anything to change. The switch phases depend on it.
	PeopleWork bool
	// Start is Utilities before the first write of this cutover: what people held
	// then, they must hold when SSO becomes the only way in. Nil: as it is now.
	Start reconcile.Side
	// Renames are the resolutions of Utilities as the configuration has them. Rules
	// leaves out those that were applied to who bore the name before; whether a
	// rename was attested is asked of them too. Nil: those of Rules.
	Renames map[string]reconcile.Resolution
	// Forecast tells that the world is supposed, not read: what people have until
	// the gate to do is not held against them.
	Forecast bool
	// Invited tells whether a user of Fusion, by id, has been sent an invitation
	// already, or may have. Nil: nobody.
	Invited func(id string) bool
	// Facts are what was seen beside people and settings; only check looks at them.
	// Nil: it was not looked.
	Facts *Facts
	// Syncs is how many runs of the native synchronization into the phase's target
	// this cutover has seen, and FullSync tells whether one was for everybody. Before
	// is the target before the first of them, nil where there was none or nobody
	// knows any more.
	Syncs    int
	FullSync bool
	Before   reconcile.Side
	// Accepted tells who accepted that a switch takes somebody's access, for this
	// reason; empty: nobody.
	Accepted func(phase, user, reason string) string
}

// Phase is one phase of the procedure.
type Phase struct {
	Name  string
	Title string // one line for a person
	Guide string // the page of the guide that it carries out
	// Reads lists the domains that observe must read afresh.
	Reads []directory.Domain
	// People tells whether the planner needs the people, or the outline only.
	People bool
	// Switch marks a phase that changes how people sign in.
	Switch bool
	// Settles tells whether its writes to Fusion Applications must reach the
	// Fusion domain before the phase is verified.
	Settles bool
	// SyncsTo is the target of a sync phase; empty: it is another.
	SyncsTo directory.Domain
	// Plan streams changes and findings; nil means that the phase never writes.
	Plan func(Input, reconcile.Sink) error
	// Proofs lists what is proven after a step of its plan has been applied.
	// Step 0 stands for: after the last step, and also when a resumed phase
	// finds nothing left to change. A phase that plans nothing proves nothing.
	Proofs func(Input, int) []Proof
	// Confirm is what a person is asked when all is proven; empty: nothing.
	Confirm string
}

// Proof is something to be seen for real.
type Proof string

// The proofs.
const (
	// TestUserBySSO: the test user signs in to Utilities by SSO, in a fresh session.
	TestUserBySSO Proof = "test-user-sso"
	// EmergencyLocal: the emergency administrator signs in to Utilities locally.
	EmergencyLocal Proof = "emergency-local"
	// SyncConnection: the client of the native synchronization gets a token from
	// Fusion and reads people with it.
	SyncConnection Proof = "sync-connection"
	// NobodyLockedOut: planned once more from fresh reads, the phase has no open
	// finding. Between an approval and what it approves, days may lie.
	NobodyLockedOut Proof = "nobody-locked-out"
	// FrontRuleRedirect: what somebody unknown meets where they sign in to Utilities.
	// A rule with a condition on the user, as the front rule is, may break the
	// redirect to Fusion. Nobody signs in.
	FrontRuleRedirect Proof = "front-rule-redirect"
)

// SignsIn tells whether somebody signs in for the proof, so that a person can
// bring it where no program can.
func (p Proof) SignsIn() bool { return p == TestUserBySSO || p == EmergencyLocal }

// SSOSettings are the names and values that the SSO phases want, from the
// configuration.
type SSOSettings struct {
	AppName, IdPName, SyncClientName string
	FrontRuleName, TestRuleName      string
	UserAttribute                    string // attributeName of a condition on the user
	TestByDefaultRule                bool   // the test is offered to everyone, because a rule for one user cannot be
	TakeDown                         bool
	// InviteWave is how many people get an invitation to Fusion at a time; 0:
	// cutover invites nobody.
	InviteWave     int
	TestUser       TestUser
	Emergency      string // userName in Utilities
	ByCorporateIdP bool   // people first sign in to Fusion by its corporate identity provider
	// Attested are the names and globs of accounts whose owners attest that they
	// have a way in to Utilities once SSO is the only one for people.
	Attested []string
	Native   NativeSync
}

// TestUser is cutover's own user. Its password is put in by whoever writes it,
// never by a plan.
type TestUser struct{ UserName, Email, GivenName, FamilyName string }

// TestUserMark is the externalId that marks the test user as ours.
const TestUserMark = "cutover:test-user"
