package workflows

import (
	"fmt"
	"strings"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"cutover/activities"
)

// The names by which the workflow Revert is known outside.
const (
	RevertName = "Revert"

	UpdateArm     = "arm"
	UpdateConfirm = "confirm"
	UpdateNow     = "now"
	QueryRevert   = "state"
)

// RevertID is the workflow's id for a cutover's name.
func RevertID(name string) string { return "cutover-" + name + "-revert" }

// lookAgain is how long after local sign-in was put back it is looked at once more:
// a request to take it away may have been on its way.
const lookAgain = time.Minute

// Revert brings local sign-in back at its deadline, unless it is told before
// that a person has confirmed. It shares nothing with Cutover, so that it goes on
// whatever becomes of that one; only a confirmation ends it, not a cancellation.
func Revert(ctx workflow.Context, in activities.RevertOrder) (activities.RevertState, error) {
	ctx, stop := workflow.NewDisconnectedContext(ctx)
	defer stop()
	r := &revert{order: in, state: activities.RevertArmed}
	if err := r.listen(ctx); err != nil {
		return activities.RevertState{}, err
	}
	if err := r.wait(ctx); err != nil {
		return r.status(), err
	}
	if r.state == activities.RevertConfirmed {
		r.show(ctx)
		err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
		return r.status(), err
	}
	r.state = activities.RevertReverting
	r.show(ctx)
	if err := r.restore(ctx, "Put local sign-in back"); err != nil {
		return r.status(), err
	}
	r.state = activities.RevertReverted
	r.show(ctx)
	if err := workflow.NewTimerWithOptions(ctx, lookAgain, workflow.TimerOptions{Summary: "Then look once more"}).Get(ctx, nil); err != nil {
		return r.status(), err
	}
	if err := r.restore(ctx, "See that local sign-in is still there"); err != nil {
		return r.status(), err
	}
	err := workflow.Await(ctx, func() bool { return workflow.AllHandlersFinished(ctx) })
	return r.status(), err
}

type revert struct {
	order activities.RevertOrder
	state string
	now   bool
}

func (r *revert) status() activities.RevertState {
	return activities.RevertState{State: r.state, Deadline: r.order.Deadline}
}

func (r *revert) listen(ctx workflow.Context) error {
	if err := workflow.SetQueryHandlerWithOptions(ctx, QueryRevert, func() (activities.RevertState, error) { return r.status(), nil },
		workflow.QueryHandlerOptions{Description: "How the probation stands"}); err != nil {
		return err
	}
	// Every answer is the state, also where the word came too late: whoever asks
	// has to act upon that, and a refusal would say less.
	for _, word := range []struct {
		name string
		take func(activities.RevertOrder)
	}{
		{UpdateArm, func(o activities.RevertOrder) { r.order = o }},
		{UpdateConfirm, func(activities.RevertOrder) { r.state = activities.RevertConfirmed }},
		{UpdateNow, func(activities.RevertOrder) { r.now = true }},
	} {
		if err := workflow.SetUpdateHandlerWithOptions(ctx, word.name, func(_ workflow.Context, o activities.RevertOrder) (activities.RevertState, error) {
			if r.state == activities.RevertArmed {
				word.take(o)
			}
			return r.status(), nil
		}, workflow.UpdateHandlerOptions{Description: "Of cutover itself; a person uses the commands of cutover"}); err != nil {
			return err
		}
	}
	return nil
}

// wait waits for a confirmation, to the deadline that holds by then.
func (r *revert) wait(ctx workflow.Context) error {
	for r.state == activities.RevertArmed && !r.now {
		deadline := r.order.Deadline
		left := deadline.Sub(workflow.Now(ctx))
		if left <= 0 {
			return nil
		}
		r.show(ctx)
		if _, err := workflow.AwaitWithOptions(ctx, workflow.AwaitOptions{
			Timeout: left, TimerOptions: workflow.TimerOptions{Summary: "Until local sign-in comes back by itself"},
		}, func() bool {
			return r.state != activities.RevertArmed || r.now || !r.order.Deadline.Equal(deadline)
		}); err != nil {
			return err
		}
	}
	return nil
}

// insisting is tried again for ever: nobody is left outside because a domain was
// down for a night. An attempt that was lost with its worker is noticed soon.
func insisting() workflow.ActivityOptions {
	return workflow.ActivityOptions{
		StartToCloseTimeout: 5 * time.Minute, HeartbeatTimeout: 10 * time.Second,
		RetryPolicy: &temporal.RetryPolicy{InitialInterval: time.Second, BackoffCoefficient: 1.5, MaximumInterval: 10 * time.Second},
	}
}

// restore does not give up: an activity that is tried for ever fails only by a
// mistake of ours, and then it is begun anew.
func (r *revert) restore(ctx workflow.Context, summary string) error {
	for {
		err := r.attempt(ctx, summary)
		if err == nil {
			return nil
		}
		workflow.GetLogger(ctx).Error("local sign-in could not be put back; it is tried again", "error", err)
		if err := workflow.Sleep(ctx, 10*time.Second); err != nil {
			return err
		}
	}
}

func (r *revert) attempt(ctx workflow.Context, summary string) error {
	return do(ctx, insisting, summary, a.RestoreLocal, activities.RestoreParams{
		Cutover: r.order.Cutover, ConfigHash: r.order.ConfigHash,
		ID: fmt.Sprintf("revert:%s:%s", r.order.Cutover, r.order.Deadline.UTC().Format(time.RFC3339Nano)),
	}, nil)
}

// show lets the Temporal UI say what this is for.
func (r *revert) show(ctx workflow.Context) {
	var b strings.Builder
	switch at := clock(r.order.Deadline); r.state {
	case activities.RevertArmed:
		fmt.Fprintf(&b, "## Armed\n\nUnless a person confirms the switch of **%s** before %s, local sign-in comes back to Utilities by itself.\n", r.order.Cutover, at)
	case activities.RevertConfirmed:
		b.WriteString("## Confirmed\n\nA person confirmed in time. Nothing was changed.\n")
	case activities.RevertReverting:
		b.WriteString("## Local sign-in is being put back\n\nThe time to confirm is over.\n")
	default:
		b.WriteString("## Local sign-in is back\n\nNothing takes it away again until a person says so: `cutover resume NAME --after-break-glass --note WHY`.\n")
	}
	workflow.SetCurrentDetails(ctx, b.String())
}
