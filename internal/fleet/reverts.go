package fleet

import (
	"context"
	"errors"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"cutover/activities"
	"cutover/internal/watchdog"
	"cutover/workflows"
)

// reverts speaks to the workflows that bring local sign-in back.
type reverts struct{ client.Client }

// acknowledgement is how long one may take to answer.
const acknowledgement = 20 * time.Second

// Arm implements activities.Reverts.
func (r reverts) Arm(ctx context.Context, name string, order activities.RevertOrder) (activities.RevertState, error) {
	_, err := r.ExecuteWorkflow(ctx, client.StartWorkflowOptions{
		ID: workflows.RevertID(name), TaskQueue: workflows.TaskQueue,
		WorkflowIDConflictPolicy: enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
		WorkflowIDReusePolicy:    enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE,
		StaticSummary:            "Brings local sign-in back unless a person confirms " + name,
	}, workflows.RevertName, order)
	if err != nil {
		return activities.RevertState{}, err
	}
	s, err := r.tell(ctx, name, workflows.UpdateArm, order)
	if err == nil && (s.State == activities.RevertReverting || s.State == activities.RevertReverted) {
		return s, activities.ErrBusy
	}
	return s, err
}

// Confirm implements activities.Reverts.
func (r reverts) Confirm(ctx context.Context, name string) (activities.RevertState, error) {
	s, err := r.tell(ctx, name, workflows.UpdateConfirm, activities.RevertOrder{})
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		s, err = r.State(ctx, name) // it has ended: how?
		if s.State == activities.RevertArmed {
			s.State = activities.RevertConfirmed // from outside, so it brings nothing back any more
		}
	}
	return s, err
}

// Now implements activities.Reverts.
func (r reverts) Now(ctx context.Context, name string) error {
	_, err := r.tell(ctx, name, workflows.UpdateNow, activities.RevertOrder{})
	var gone *serviceerror.NotFound
	if errors.As(err, &gone) {
		return nil
	}
	return err
}

// State implements activities.Reverts.
func (r reverts) State(ctx context.Context, name string) (s activities.RevertState, err error) {
	ctx, cancel := context.WithTimeout(ctx, acknowledgement)
	defer cancel()
	v, err := r.QueryWorkflow(ctx, workflows.RevertID(name), "", workflows.QueryRevert)
	if err != nil {
		return s, err
	}
	return s, v.Get(&s)
}

func (r reverts) tell(ctx context.Context, name, update string, order activities.RevertOrder) (s activities.RevertState, err error) {
	ctx, cancel := context.WithTimeout(ctx, acknowledgement)
	defer cancel()
	handle, err := r.UpdateWorkflow(ctx, client.UpdateWorkflowOptions{
		WorkflowID: workflows.RevertID(name), UpdateName: update, Args: []any{order}, WaitForStage: client.WorkflowUpdateStageCompleted,
	})
	if err != nil {
		return s, err
	}
	return s, handle.Get(ctx, &s)
}

// watchdogAt speaks to the watchdog of a configuration.
func watchdogAt(url string, token func(context.Context) (string, error)) activities.Watchdog {
	return &watchdog.Client{URL: url, Token: token}
}
