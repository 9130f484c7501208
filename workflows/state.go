package workflows

import (
	"time"

	"cutover/activities"
)

// The names by which the workflow is known outside.
const (
	WorkflowName = "Cutover"
	TaskQueue    = "cutover"

	SignalApprove = "approve"
	SignalReject  = "reject"
	UpdateDecide  = "decide"
	QueryStatus   = "status"
)

// Verbs of a decision.
const (
	VerbApprove = "approve"
	VerbReject  = "reject"
	VerbReload  = "reload" // Hash is the hash of the new configuration
	VerbResume  = "resume"
	VerbPause   = "pause" // after the slice in hand; resume goes on
	VerbStop    = "stop"  // the cutover ends after the slice in hand
	// VerbResumeAfterBreakGlass is resume, and lifts the tripwire that keeps local sign-in.
	VerbResumeAfterBreakGlass = "resume-after-break-glass"
)

// Outcomes of a cutover.
const (
	OutcomeCompleted = "completed"
	OutcomeBlocked   = "blocked"   // by findings
	OutcomeStopped   = "stopped"   // by a failure
	OutcomeRejected  = "rejected"  // by a person
	OutcomeCancelled = "cancelled" // from outside
)

// Kinds of gate.
const (
	GateApprove  = "approve"  // a plan waits for its approval
	GateConfirm  = "confirm"  // a person says what the program cannot see
	GateFindings = "findings" // findings are open until a reload brings resolutions
	GateStopped  = "stopped"  // a failure, until resume
	GateLimit    = "limit"    // a plan crosses a limit: an approval of its own names the number
	GatePaused   = "paused"   // a person asked for it, until resume
)

// Input starts a cutover. State is what continue-as-new carries; a person leaves it out.
type Input struct {
	Name       string // the cutover's name
	Key        string // its key in the ledger: the name, or name#2 when started again
	ConfigHash string
	State      *State `json:",omitempty"`
	Back       *Back  `json:",omitempty"` // of Rollback only
}

// Result is how a cutover ended.
type Result struct {
	Outcome string
	Phase   string `json:",omitempty"` // where it was blocked, stopped or rejected
	Reason  string `json:",omitempty"`
}

// Decision is a person's word: of the update `decide`, and (without Verb) of the
// signals `approve` and `reject`.
type Decision struct {
	ID        string `json:"id,omitempty"`
	Verb      string `json:"verb,omitempty"`
	Phase     string `json:"phase"`
	Hash      string `json:"hash"`
	By        string `json:"by,omitempty"`
	Note      string `json:"note,omitempty"`
	Automatic bool   `json:"automatic,omitempty"` // given by a rehearsal for itself
	// Allow is the number of writes beyond a limit that an approval allows.
	Allow int `json:"allow,omitempty"`
	// Signature is the approver's SSH signature, in armor.
	Signature string `json:"signature,omitempty"`
}

// Receipt answers a decision that was taken.
type Receipt struct{ Phase, Verb, Effect string }

// Gate is where the walk stands still.
type Gate struct {
	Kind     string
	Phase    string
	Hash     string // what an approval must name
	Question string
	Changes  int
	Findings int
	Since    time.Time
	Number   int       `json:",omitempty"` // what an approval of crossed limits must name
	Given    int       `json:",omitempty"` // how many people have approved so far
	Need     int       `json:",omitempty"` // how many it takes, where that is more than one
	Tries    int       `json:",omitempty"` // decisions that this gate has seen and that did not open it
	Until    time.Time `json:",omitzero"`  // when it closes by itself
}

// Stage is where a phase stands in its loop.
type Stage string

// The stages of the loop.
const (
	StageObserve Stage = "observe"
	StagePlan    Stage = "plan"
	StageGate    Stage = "approve"
	StageApply   Stage = "apply"
	StageSettle  Stage = "settle"
	StageProve   Stage = "prove"
	StageConfirm Stage = "confirm"
)

// Loop is the state of the phase in hand.
type Loop struct {
	Stage     Stage
	Snapshots map[string]int64
	Plan      activities.PlanResult
	Step      int    // index of the step in hand
	Round     int    // plans made in this phase; those after the first are deltas
	Before    string // hash of the plan that was applied last
	Looks     int    `json:",omitempty"` // how often it was read again because what was applied did not show
	Planned   int
	Applied   int
	Skipped   int
	Failed    int
	Base      activities.Progress // of the plans of this phase before this one
	First     time.Time
	Proven    bool
	Approved  []int64   `json:",omitempty"` // plans of this phase that were approved
	Most      int       `json:",omitempty"` // changes of the plan that was approved last
	Allowed   string    `json:",omitempty"` // hash of the plan that may cross its limits
	Until     time.Time `json:",omitzero"`  // when the approval ceases to hold, unless it has had an effect
	Begun     bool      `json:",omitempty"` // the approval has had an effect
}

// PhaseStatus is how a phase stands or ended.
type PhaseStatus struct {
	Name    string
	Outcome string // "", done, nothing to do, off, blocked, stopped, rejected
	Planned int
	Applied int
	Skipped int
	Failed  int
	Seconds float64
	Detail  string `json:",omitempty"`
}

// State is all that the walk knows; continue-as-new carries it.
type State struct {
	Opened     bool
	Open       activities.OpenResult
	Index      int // of the phase in hand
	Loop       Loop
	Fresh      map[string]int64 `json:",omitempty"` // reads since which nothing was written and nobody was waited for
	Phases     []PhaseStatus
	Forecast   activities.ForecastResult
	PeopleWork bool
	Touched    bool // something may have been written
	Gate       *Gate
	Decided    *Decision // taken, and not yet acted on
	Asked      *Decision `json:",omitempty"` // pause or stop, while the walk is at work
	Opens      time.Time `json:",omitzero"`  // the change window is closed until then
	OpensWhy   string    `json:",omitempty"` // or this is what is waited for
	Seen       []string  // ids of the decisions taken, the latest last
	Notes      []string  // what a person should see: refusals of signals, skips
	Runs       int       // continue-as-new so far
	// Probation is set while local sign-in comes back by itself.
	Probation *Probation `json:",omitempty"`
	Earlier   int64      `json:",omitempty"` // of Rollback: the last plan before it began
	Begun     bool       `json:",omitempty"` // Earlier is known
	// Ending is set once the walk is over and only tidy is left.
	Ending *Result

	WaitedForLimits time.Duration
	WaitedForFusion time.Duration
}

// Status is the answer to the query `status`.
type Status struct {
	Name       string
	ConfigHash string
	State      string // running, waiting, stopped, done
	Phase      string
	Stage      Stage
	Gate       *Gate `json:",omitempty"`
	Phases     []PhaseStatus
	Forecast   activities.ForecastResult
	Opens      time.Time `json:",omitzero"`  // the change window is closed until then
	OpensWhy   string    `json:",omitempty"` // or this is what is waited for
	Notes      []string  `json:",omitempty"`
	Result     *Result   `json:",omitempty"`

	WaitedForLimits time.Duration
	WaitedForFusion time.Duration
}
