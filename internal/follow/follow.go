// Package follow speaks to a running cutover: it starts one, watches it, and
// gives decisions. It knows Temporal's client and the workflow's messages, and
// nothing of domains or the ledger.
package follow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"cutover/workflows"
)

// Patience is how long a message waits for a worker that answers.
const Patience = 4 * time.Second

// ErrNotFound says that there is no cutover of this name.
var ErrNotFound = errors.New("there is no cutover of this name here")

// WorkflowID is the workflow's id for a cutover's name.
func WorkflowID(name string) string { return "cutover-" + name }

// NoWorkerError says that nobody carries out what is asked.
type NoWorkerError struct{ Queue string }

func (e *NoWorkerError) Error() string {
	return fmt.Sprintf("no worker polls queue %q: start `cutover up`, or the worker beside your Temporal cluster, and try again", e.Queue)
}

// NoAnswerError says that a worker was there a while ago and answers no more.
type NoAnswerError struct{ Queue string }

func (e *NoAnswerError) Error() string {
	return fmt.Sprintf("no worker on queue %q has answered in time: see whether `cutover up`, or the worker beside your Temporal cluster, still runs, and try again", e.Queue)
}

// answered turns an error of a message to a worker into ours: parent is the
// context that the message's own deadline was made from.
func answered(parent context.Context, err error) error {
	var late *serviceerror.DeadlineExceeded
	if parent.Err() == nil && (errors.Is(err, context.DeadlineExceeded) || errors.As(err, &late)) {
		return &NoAnswerError{workflows.TaskQueue}
	}
	return err
}

// Running tells whether a cutover runs now, or ErrNotFound. It needs no worker.
func Running(ctx context.Context, c client.Client, name string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	resp, err := c.DescribeWorkflowExecution(ctx, WorkflowID(name), "")
	var missing *serviceerror.NotFound
	switch {
	case errors.As(err, &missing):
		return false, fmt.Errorf("%w: %s", ErrNotFound, name)
	case err != nil:
		return false, fmt.Errorf("ask Temporal about %s: %w", WorkflowID(name), err)
	}
	return resp.GetWorkflowExecutionInfo().GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, nil
}

// Retrying tells whether something in a running cutover has failed and is tried
// again.
func Retrying(ctx context.Context, c client.Client, name string) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	resp, err := c.DescribeWorkflowExecution(ctx, WorkflowID(name), "")
	if err != nil {
		return false, fmt.Errorf("ask Temporal about %s: %w", WorkflowID(name), err)
	}
	for _, a := range resp.GetPendingActivities() {
		if a.GetAttempt() > 1 {
			return true, nil
		}
	}
	return false, nil
}

// NeedWorker makes sure that some worker polls the queue. One that has just
// started is given a moment to be seen.
func NeedWorker(ctx context.Context, c client.Client, namespace string) error {
	patient, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	again := time.NewTicker(Patience / 20)
	defer again.Stop()
	for {
		resp, err := c.WorkflowService().DescribeTaskQueue(patient, &workflowservice.DescribeTaskQueueRequest{
			Namespace: namespace, TaskQueue: &taskqueuepb.TaskQueue{Name: workflows.TaskQueue}, TaskQueueType: enumspb.TASK_QUEUE_TYPE_WORKFLOW,
		})
		var late *serviceerror.DeadlineExceeded // the server's own look at our deadline may come first
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case patient.Err() != nil, errors.As(err, &late):
			return &NoWorkerError{workflows.TaskQueue}
		case err != nil:
			return fmt.Errorf("ask Temporal who polls queue %q: %w", workflows.TaskQueue, err)
		case len(resp.GetPollers()) > 0:
			return nil
		}
		select {
		case <-patient.Done():
		case <-again.C:
		}
	}
}

// Start starts a cutover. It fails with serviceerror.WorkflowExecutionAlreadyStarted
// where one of this name is running.
func Start(ctx context.Context, c client.Client, in workflows.Input) (client.WorkflowRun, error) {
	return c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: WorkflowID(in.Name), TaskQueue: workflows.TaskQueue, WorkflowExecutionErrorWhenAlreadyStarted: true,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:         "Cutover " + in.Name,
		StaticDetails:         "Moves people to single sign-on in the order of Oracle's guide. *Current Details* says where it stands, what it waits for, and how to answer.",
		TypedSearchAttributes: temporal.NewSearchAttributes(workflows.AttributeName.ValueSet(in.Name)),
	}, workflows.WorkflowName, in)
}

// Status asks where a cutover stands, or how it ended. It returns ErrNotFound,
// or *NoAnswerError where no worker answers.
func Status(parent context.Context, c client.Client, name string) (workflows.Status, error) {
	ctx, cancel := context.WithTimeout(parent, 2*Patience)
	defer cancel()
	var s workflows.Status
	v, err := c.QueryWorkflow(ctx, WorkflowID(name), "", workflows.QueryStatus)
	var missing *serviceerror.NotFound
	switch {
	case errors.As(err, &missing):
		return s, fmt.Errorf("%w: %s", ErrNotFound, name)
	case err != nil:
		return s, answered(parent, err)
	}
	return s, v.Get(&s)
}

// Decide gives a decision. A refusal comes back as an error of type
// *temporal.ApplicationError whose Type is workflows.Refused; a cutover that does
// not run is ErrNotFound, a worker that does not answer *NoAnswerError.
func Decide(parent context.Context, c client.Client, name string, d workflows.Decision) (workflows.Receipt, error) {
	ctx, cancel := context.WithTimeout(parent, 2*Patience)
	defer cancel()
	var receipt workflows.Receipt
	handle, err := c.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: WorkflowID(name), UpdateID: uuid.NewString(), UpdateName: workflows.UpdateDecide, Args: []any{d},
		WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	var missing *serviceerror.NotFound
	switch {
	case errors.As(err, &missing):
		return receipt, fmt.Errorf("%w, or it has ended: %s", ErrNotFound, name)
	case err != nil:
		return receipt, answered(parent, err)
	}
	return receipt, answered(parent, handle.Get(ctx, &receipt))
}

// Refusal is the reason of a refused decision; ok tells whether err is one.
func Refusal(err error) (reason string, ok bool) {
	var app *temporal.ApplicationError
	if errors.As(err, &app) && app.Type() == workflows.Refused {
		return app.Message(), true
	}
	return "", false
}

// Watch calls each with the status whenever something has happened, until the
// cutover ends. It waits on the history, and follows a run that continues as new.
func Watch(ctx context.Context, c client.Client, name string, each func(workflows.Status) error) (workflows.Result, error) {
	id := WorkflowID(name)
	for run := ""; ; {
		next, err := watchRun(ctx, c, name, run, each)
		if err != nil {
			return workflows.Result{}, err
		}
		if next == "" {
			break
		}
		run = next
	}
	var result workflows.Result
	err := c.GetWorkflow(ctx, id, "").Get(ctx, &result)
	if err != nil && ctx.Err() == nil && temporal.IsCanceledError(err) {
		return workflows.Result{Outcome: workflows.OutcomeCancelled}, nil
	}
	return result, err
}

// rereads is how often a history is opened anew without a single event more.
const rereads = 5

// watchRun watches one run and returns the id of the run that continues it.
// Temporal may answer that the place in the history where a long poll waits is
// no longer the current one (an InvalidArgument): the history is then opened
// anew, and what was seen is passed over.
func watchRun(ctx context.Context, c client.Client, name, run string, each func(workflows.Status) error) (string, error) {
	seen, tries := int64(0), 0
	for {
		last, next, err := readRun(ctx, c, name, run, seen, each)
		var lost *serviceerror.InvalidArgument
		if !errors.As(err, &lost) {
			return next, err
		}
		if tries++; last > seen {
			tries = 0
		}
		if tries == rereads {
			return "", err
		}
		seen = last
	}
}

// readRun reads the events of a run after the one that was seen last, and
// returns the last that it has dealt with.
func readRun(ctx context.Context, c client.Client, name, run string, seen int64, each func(workflows.Status) error) (last int64, next string, err error) {
	events := c.GetWorkflowHistory(ctx, WorkflowID(name), run, true, enumspb.HISTORY_EVENT_FILTER_TYPE_ALL_EVENT)
	for last = seen; events.HasNext(); {
		event, err := events.Next()
		var missing *serviceerror.NotFound
		if errors.As(err, &missing) {
			return last, "", fmt.Errorf("%w: %s", ErrNotFound, name)
		}
		if err != nil {
			return last, "", err
		}
		if event.GetEventId() <= seen {
			continue
		}
		switch event.GetEventType() {
		case enumspb.EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW:
			return last, event.GetWorkflowExecutionContinuedAsNewEventAttributes().GetNewExecutionRunId(), nil
		case enumspb.EVENT_TYPE_WORKFLOW_TASK_COMPLETED:
			status, err := Status(ctx, c, name)
			if err != nil {
				return last, "", err
			}
			if err := each(status); err != nil {
				return last, "", err
			}
		}
		last = event.GetEventId()
	}
	return last, "", nil
}
