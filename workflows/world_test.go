package workflows_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/converter"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"
	"go.temporal.io/sdk/workflow"

	"cutover/activities"
	"cutover/internal/phase"
	"cutover/workflows"
)

// world stands in for the activities: it says what each phase has to change,
// and remembers what was done.
type world struct {
	*testsuite.TestWorkflowEnvironment
	t *testing.T

	left      map[string]int // changes that a phase still has to make
	stale     map[string]int // how many plans of a phase, after its first, do not show what was applied; then all does
	blocked   string         // the phase that findings block
	refused   map[string]int // changes of a phase that the domain refuses
	proofs    map[string]bool
	fails     map[string]error // by activity
	decisions []activities.Decision
	phases    []activities.PhaseRecord
	ended     activities.EndParams
	applied   []string
	planFor   map[int64]string
	updates   int
	rule      func(activities.DecisionParams) activities.DecisionResult // who may approve; nil: anybody
	over      map[string][]activities.Crossing                          // limits that a phase's plan crosses
	slices    []func() activities.ApplyResult                           // what the next slices answer; then all is done
	refusals  []string
	arm       map[string]time.Duration // phases whose last step is on probation
}

func newWorld(t *testing.T) *world {
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(silent{})
	w := &world{
		TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), t: t,
		left: map[string]int{}, refused: map[string]int{}, proofs: map[string]bool{}, fails: map[string]error{}, planFor: map[int64]string{},
	}
	w.RegisterWorkflowWithOptions(workflows.Cutover, workflow.RegisterOptions{Name: workflows.WorkflowName})
	require.NoError(t, w.SetTypedSearchAttributesOnStart(temporal.NewSearchAttributes(workflows.AttributeName.ValueSet("x"))))
	var a *activities.Activities
	w.RegisterActivity(&activities.Activities{})
	w.OnActivity(a.Open, mock.Anything, mock.Anything).Return(func(context.Context, activities.OpenParams) (activities.OpenResult, error) {
		return activities.OpenResult{Off: map[string]string{}}, w.fails["Open"]
	})
	w.OnActivity(a.Check, mock.Anything, mock.Anything).Return(func(context.Context, activities.OpenParams) error { return w.fails["Check"] })
	w.OnActivity(a.Observe, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ObserveParams) (activities.ObserveResult, error) {
		return activities.ObserveResult{Snapshot: 1, Users: 10}, w.fails["Observe"]
	})
	w.OnActivity(a.Forecast, mock.Anything, mock.Anything).Return(func(context.Context, activities.PlanParams) (activities.ForecastResult, error) {
		f := activities.ForecastResult{Hash: hash("forecast"), Changes: map[string]int{}}
		if w.blocked != "" {
			f.Blocking, f.BlockedAt = 1, w.blocked
		}
		return f, nil
	})
	w.OnActivity(a.Plan, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.PlanParams) (activities.PlanResult, error) {
		return w.plan(in), nil
	})
	w.OnActivity(a.Apply, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ApplyParams) (activities.ApplyResult, error) {
		if err := w.fails["Apply"]; err != nil {
			return activities.ApplyResult{}, err
		}
		name := w.planFor[in.Plan]
		if len(w.slices) > 0 {
			next := w.slices[0]
			w.slices = w.slices[1:]
			return next(), nil
		}
		w.applied = append(w.applied, name)
		n := w.left[name]
		w.left[name] = 0
		return activities.ApplyResult{Progress: activities.Progress{Applied: n - w.refused[name], Failed: w.refused[name]}}, nil
	})
	w.OnActivity(a.Settle, mock.Anything, mock.Anything).Return(nil)
	w.OnActivity(a.Prove, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.ProveParams) (activities.ProveResult, error) {
		if ok, said := w.proofs[in.Phase]; said && !ok {
			return activities.ProveResult{Reason: "the certificate is another one"}, nil
		}
		return activities.ProveResult{OK: true, Prover: "robot"}, nil
	})
	w.OnActivity(a.Figure, mock.Anything, mock.Anything).Return(nil)
	w.OnActivity(a.RecordDecision, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.DecisionParams) (activities.DecisionResult, error) {
		if err := w.fails["RecordDecision"]; err != nil {
			return activities.DecisionResult{}, err
		}
		var out activities.DecisionResult
		if w.rule != nil {
			out = w.rule(in)
		}
		if out.Refused == "" {
			w.decisions = append(w.decisions, in.Decision)
		}
		return out, nil
	})
	w.OnActivity(a.RecordPhase, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.PhaseParams) error {
		w.phases = append(w.phases, in.Record)
		return nil
	})
	w.OnActivity(a.RecordEnd, mock.Anything, mock.Anything).Return(func(_ context.Context, in activities.EndParams) error {
		w.ended = in
		return nil
	})
	return w
}

func (w *world) plan(in activities.PlanParams) activities.PlanResult {
	id := int64(len(w.planFor) + 1)
	w.planFor[id] = in.Phase
	p := activities.PlanResult{Plan: id, Hash: hash(in.Phase), Changes: w.left[in.Phase]}
	if n, late := w.stale[in.Phase]; late && p.Changes > 0 {
		if n < 0 {
			p.Changes, w.left[in.Phase] = 0, 0
		}
		w.stale[in.Phase]--
	}
	p.Over = w.over[in.Phase]
	if p.Changes > 0 {
		p.Steps = []activities.Step{{Number: 1, Changes: p.Changes, Arm: w.arm[in.Phase]}}
	}
	if in.Phase == "sso-test" || in.Phase == "sso-on" {
		p.Proofs = []phase.Proof{phase.TestUserBySSO}
	}
	return p
}

// hash is a made-up hash of a phase's plan.
func hash(name string) string { return (name + "-0123456789abcdef0123456789")[:24] }

// run runs the cutover; whenever it waits, answer is asked.
func (w *world) run(answer func(workflows.Status)) (workflows.Result, error) {
	w.RegisterDelayedCallback(func() { w.turn(answer) }, time.Second)
	w.ExecuteWorkflow(workflows.WorkflowName, workflows.Input{Name: "x", Key: "x", ConfigHash: "c"})
	require.True(w.t, w.IsWorkflowCompleted())
	var r workflows.Result
	if err := w.GetWorkflowError(); err != nil {
		return r, err
	}
	return r, w.GetWorkflowResult(&r)
}

// turn asks for an answer wherever the walk waits, a second apart in the test's
// own time.
func (w *world) turn(answer func(workflows.Status)) {
	if w.IsWorkflowCompleted() {
		return
	}
	if s := w.status(); s.Gate != nil {
		answer(s)
	}
	w.RegisterDelayedCallback(func() { w.turn(answer) }, time.Second)
}

func (w *world) status() workflows.Status {
	v, err := w.QueryWorkflow(workflows.QueryStatus)
	require.NoError(w.t, err)
	var s workflows.Status
	require.NoError(w.t, v.Get(&s))
	return s
}

// decide sends the update. It is taken or refused after the turn; refusals are
// kept.
func (w *world) decide(d workflows.Decision) {
	w.updates++
	w.UpdateWorkflow(workflows.UpdateDecide, fmt.Sprint("update-", w.updates), &testsuite.TestUpdateCallback{
		OnAccept: func() {},
		OnReject: func(err error) { w.refusals = append(w.refusals, err.Error()) },
		OnComplete: func(_ any, err error) {
			if err != nil {
				w.refusals = append(w.refusals, err.Error())
			}
		},
	}, d)
}

// approve answers an open gate as it asks.
func (w *world) approve(s workflows.Status) {
	w.decide(workflows.Decision{Verb: workflows.VerbApprove, Phase: s.Gate.Phase, Hash: s.Gate.Hash, By: "ann"})
}

type silent struct{}

func (silent) Debug(string, ...any) {}
func (silent) Info(string, ...any)  {}
func (silent) Warn(string, ...any)  {}
func (silent) Error(string, ...any) {}

// decode reads the input that a run hands to the one that continues it.
func decode(anew *workflow.ContinueAsNewError, in *workflows.Input) error {
	return converter.GetDefaultDataConverter().FromPayloads(anew.Input, in)
}
