package fleet

import (
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/interceptor"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"cutover/activities"
	"cutover/internal/ledger"
	"cutover/workflows"
)

// NewWorker makes a worker that carries cutovers out on this ledger.
func NewWorker(c client.Client, l *ledger.Ledger) worker.Worker {
	acts := &activities.Activities{Ledger: l, Estates: &Estates{Ledger: l}, Prover: Provers{}, Reverts: reverts{c}, Watchdog: watchdogAt}
	w := worker.New(c, workflows.TaskQueue, worker.Options{
		WorkerStopTimeout: 10 * time.Second,
		// Else a beat goes out only every 8 of the 10 seconds that a heartbeat may
		// take, and a machine that is busy for two loses a healthy attempt.
		MaxHeartbeatThrottleInterval: 3 * time.Second,
		Interceptors:                 []interceptor.WorkerInterceptor{&activities.Sealing{Note: activities.KeepErrors(l)}},
	})
	Register(w, acts)
	return w
}

// Register registers everything under its pinned name: a name in a history must
// never change.
func Register(r worker.Registry, acts *activities.Activities) {
	r.RegisterWorkflowWithOptions(workflows.Cutover, workflow.RegisterOptions{Name: workflows.WorkflowName})
	r.RegisterWorkflowWithOptions(workflows.Revert, workflow.RegisterOptions{Name: workflows.RevertName})
	r.RegisterWorkflowWithOptions(workflows.Rollback, workflow.RegisterOptions{Name: workflows.RollbackName})
	r.RegisterActivity(acts)
}
