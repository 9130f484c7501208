package follow

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"cutover/workflows"
)

// RollbackSuffix ends the name of a cutover's way back; no cutover's own name may.
const RollbackSuffix = "-rollback"

// RollbackOf is the name under which the way back of a cutover runs.
func RollbackOf(name string) string { return name + RollbackSuffix }

// Current is the name under which messages about a cutover find somebody: its own
// while it runs, else that of its way back if that came later.
func Current(ctx context.Context, c client.Client, name string) (string, error) {
	started, runs, err := begun(ctx, c, name)
	if err != nil && !errors.Is(err, ErrNotFound) || runs {
		return name, err
	}
	back, backRuns, err := begun(ctx, c, RollbackOf(name))
	switch {
	case errors.Is(err, ErrNotFound):
		return name, nil
	case err != nil:
		return name, err
	case backRuns || back.After(started):
		return RollbackOf(name), nil
	}
	return name, nil
}

// begun tells when the latest run under a name began, and whether it goes on.
func begun(ctx context.Context, c client.Client, name string) (time.Time, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	resp, err := c.DescribeWorkflowExecution(ctx, WorkflowID(name), "")
	var missing *serviceerror.NotFound
	switch {
	case errors.As(err, &missing):
		return time.Time{}, false, fmt.Errorf("%w: %s", ErrNotFound, name)
	case err != nil:
		return time.Time{}, false, fmt.Errorf("ask Temporal about %s: %w", WorkflowID(name), err)
	}
	info := resp.GetWorkflowExecutionInfo()
	return info.GetStartTime().AsTime(), info.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING, nil
}

// StartRollback starts the way back of a cutover. It fails with
// serviceerror.WorkflowExecutionAlreadyStarted where one is running.
func StartRollback(ctx context.Context, c client.Client, in workflows.Input) (client.WorkflowRun, error) {
	return c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: WorkflowID(RollbackOf(in.Name)), TaskQueue: workflows.TaskQueue, WorkflowExecutionErrorWhenAlreadyStarted: true,
		WorkflowIDReusePolicy: enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:         "The way back of " + in.Name,
		StaticDetails:         "Undoes what the cutover did, the last change first. *Current Details* says where it stands, what it waits for, and how to answer.",
		TypedSearchAttributes: temporal.NewSearchAttributes(workflows.AttributeName.ValueSet(in.Name)),
	}, workflows.RollbackName, in)
}
