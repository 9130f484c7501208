package command

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/converter"

	"cutover/internal/follow"
	"cutover/workflows"
)

// listed is a cutover as Temporal lists it.
type listed struct {
	Name    string    `json:"name"`
	State   string    `json:"state"` // running, waiting, stopped, or how it ended
	Phase   string    `json:"phase,omitempty"`
	Started time.Time `json:"startedAt"`
}

// cutovers lists the cutovers that Temporal knows, the latest first; of one that
// was started again, the latest run.
func cutovers(ctx context.Context, conn *connection) ([]listed, error) {
	known, seen := []listed{}, map[string]bool{}
	request := &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: conn.namespace, Query: fmt.Sprintf("WorkflowType IN (%q, %q)", workflows.WorkflowName, workflows.RollbackName), PageSize: 100,
	}
	for {
		resp, err := conn.ListWorkflow(ctx, request)
		if err != nil {
			return nil, fmt.Errorf("the cutovers could not be listed: %s", cause(err))
		}
		for _, e := range resp.GetExecutions() {
			one := listing(ctx, conn, e)
			if !seen[one.Name] {
				seen[one.Name] = true
				known = append(known, one)
			}
		}
		if request.NextPageToken = resp.GetNextPageToken(); len(request.NextPageToken) == 0 {
			return known, nil
		}
	}
}

func listing(ctx context.Context, conn *connection, e *workflowpb.WorkflowExecutionInfo) listed {
	attributes := e.GetSearchAttributes()
	one := listed{
		Name:    strings.TrimSuffix(strings.TrimPrefix(e.GetExecution().GetWorkflowId(), follow.WorkflowID("")), follow.RollbackSuffix),
		State:   word(attributes, workflows.AttributeState.GetName()),
		Phase:   word(attributes, workflows.AttributePhase.GetName()),
		Started: e.GetStartTime().AsTime(),
	}
	if e.GetStatus() == enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
		if one.State == "" {
			one.State = "running"
		}
		return one
	}
	one.State, one.Phase = "ended", ""
	if conn.store == nil {
		return one
	}
	if c, err := conn.store.Cutover(ctx, one.Name); err == nil && c.Outcome != "" {
		one.State = c.Outcome
	}
	return one
}

// word is a search attribute that holds one word, or nothing.
func word(a *commonpb.SearchAttributes, name string) string {
	s := ""
	if p := a.GetIndexedFields()[name]; p != nil {
		_ = converter.GetDefaultDataConverter().FromPayload(p, &s)
	}
	return s
}

// list shows the cutovers that are known here.
func (a *app) list(ctx context.Context) error {
	conn, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	known, err := cutovers(ctx, conn)
	switch {
	case err != nil:
		return err
	case a.json:
		return printJSON(a.out, known)
	case len(known) == 0:
		fmt.Fprintln(a.out, "No cutover is known here. Start one: cutover start NAME --config cutover.yaml")
		return nil
	}
	t := tabwriter.NewWriter(a.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "NAME\tSTATE\tPHASE\tSTARTED")
	for _, k := range known {
		phase := k.Phase
		if phase == "" {
			phase = "-"
		}
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", k.Name, k.State, phase, k.Started.Local().Format(time.DateTime))
	}
	return t.Flush()
}
