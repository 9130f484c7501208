package workflows

// step is one phase of the procedure, as the walk needs it. What a phase
// changes and proves is in internal/phase, by the same name.
type step struct {
	Name string
	// Reads are the domains that are read afresh, in the guide's order.
	Reads []string
	// People: the read takes in everyone, not only groups, roles and settings.
	People bool
	// Anew: what the phase before has read does not do.
	Anew bool
	// Confirm is what a person is asked once the phase is proven.
	Confirm string
}

const (
	fusion    = "fusion"
	utilities = "utilities"
	cxif      = "cxif"
)

// procedure is the chapter "Configure User Synchronization" of Oracle's guide,
// in its order: set up SSO, test it, turn it off, migrate the people, sync them
// to Utilities, give them access there, sync them to CXIF, give them access
// there, turn SSO on. In another order people lose access.
var procedure = []step{
	{Name: "check", Reads: []string{fusion, utilities, cxif}, People: true, Anew: true},
	{Name: "sso-setup", Reads: []string{fusion, utilities}, People: true},
	{Name: "sso-test", Reads: []string{fusion, utilities}, People: true,
		Confirm: "The robot signed the test user in to Utilities by SSO. Do you attest that this is the sign-in you want?"},
	{Name: "sso-off", Reads: []string{fusion, utilities}, People: true},
	{Name: "migrate", Reads: []string{fusion, utilities}, People: true},
	{Name: "sync-utilities", Reads: []string{fusion, utilities}, People: true},
	{Name: "access-utilities", Reads: []string{fusion, utilities}, People: true},
	{Name: "sync-cxif", Reads: []string{fusion, utilities, cxif}, People: true},
	{Name: "access-cxif", Reads: []string{fusion, utilities, cxif}, People: true},
	{Name: "sso-on", Reads: []string{fusion, utilities}, People: true,
		Confirm: "SSO is now the only way in to Utilities, and the robot signed in by it. Can people sign in? If not: `cutover break-glass`."},
	{Name: "tidy", Reads: []string{fusion, utilities}, People: true},
	{Name: "verify", Reads: []string{fusion, utilities, cxif}, People: true, Anew: true},
}

// changes tells whether the phase may change anything: check and verify only look.
func (s step) changes() bool { return s.Name != "check" && s.Name != "verify" }

// Phases lists the names of the procedure's phases, in its order.
func Phases() []string {
	names := make([]string, len(procedure))
	for i, s := range procedure {
		names[i] = s.Name
	}
	return names
}
