package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/workflowservice/v1"

	"cutover/internal/follow"
	"cutover/internal/ledger"
	"cutover/internal/report"
	"cutover/workflows"
)

func (a *app) status() *cobra.Command {
	var watch bool
	c := &cobra.Command{
		Use: "status [NAME]", Short: "Show where a cutover stands and what it waits for",
		Args: cobra.MaximumNArgs(1),
		Long: "Shows where a cutover stands, what it waits for and the command that answers.\nWithout a name it lists the cutovers that are known here.",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return a.list(c.Context())
			}
			return a.runStatus(c.Context(), args[0], watch)
		},
	}
	c.Flags().BoolVarP(&watch, "watch", "w", false, "go on showing until it ends")
	return c
}

// list shows the cutovers that Temporal knows.
func (a *app) list(ctx context.Context) error {
	conn, err := a.connect(ctx, false)
	if err != nil {
		return err
	}
	defer conn.Close()
	resp, err := conn.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: conn.namespace, Query: fmt.Sprintf("WorkflowType = %q", workflows.WorkflowName), PageSize: 100,
	})
	if err != nil {
		return fmt.Errorf("list the cutovers: %w", err)
	}
	if len(resp.GetExecutions()) == 0 && !a.json {
		fmt.Fprintln(a.out, "No cutover is known here. Start one: cutover start NAME --config cutover.yaml")
		return nil
	}
	type line struct{ Name, State string }
	var lines []line
	for _, e := range resp.GetExecutions() {
		id := e.GetExecution().GetWorkflowId()
		state := "running"
		if e.GetStatus() != enumspb.WORKFLOW_EXECUTION_STATUS_RUNNING {
			state = "ended"
		}
		lines = append(lines, line{id[min(len(id), len(follow.WorkflowID(""))):], state})
	}
	if a.json {
		return printJSON(a.out, lines)
	}
	for _, l := range lines {
		fmt.Fprintf(a.out, "%-30s %s\n", l.Name, l.State)
	}
	return nil
}

func (a *app) runStatus(ctx context.Context, name string, watch bool) error {
	conn, err := a.connect(ctx, false)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := follow.NeedWorker(ctx, conn, conn.namespace); err != nil {
		return err
	}
	if watch {
		last := ""
		result, err := follow.Watch(ctx, conn, name, func(s workflows.Status) error {
			if now := headline(s); now != last {
				last = now
				fmt.Fprintln(a.out, now)
			}
			return nil
		})
		if err != nil {
			return err
		}
		return exitOf(result)
	}
	s, err := follow.Status(ctx, conn, name)
	if errors.Is(err, follow.ErrNotFound) {
		return fmt.Errorf("no cutover %q is known here: `cutover status` lists those that are", name)
	}
	if err != nil {
		return err
	}
	open, err := openGate(ctx, conn, name, s)
	if err != nil {
		return err
	}
	if a.json {
		return printJSON(a.out, struct {
			workflows.Status
			Open *report.Open `json:",omitempty"`
		}{s, open})
	}
	printStatus(a.out, s, open)
	return nil
}

// openGate reads what there is to read before a person decides.
func openGate(ctx context.Context, conn *connection, name string, s workflows.Status) (*report.Open, error) {
	if s.Gate == nil || conn.store == nil {
		return nil, nil
	}
	cut, err := conn.store.Cutover(ctx, name)
	if err != nil {
		return nil, err
	}
	open, err := conn.store.Open(ctx, cut.Key(), s.Gate.Phase)
	if errors.Is(err, ledger.ErrNotFound) {
		return nil, nil
	}
	return &open, err
}

// headline is where a cutover stands, in a line.
func headline(s workflows.Status) string {
	switch {
	case s.Result != nil:
		return fmt.Sprintf("%s: %s", s.Name, s.Result.Outcome)
	case s.Gate != nil && (s.Gate.Kind == workflows.GateApprove || s.Gate.Kind == workflows.GateConfirm):
		return fmt.Sprintf("%s waits at %s: %s\n  cutover approve %s --phase %s --hash %s", s.Name, s.Gate.Phase, s.Gate.Question, s.Name, s.Gate.Phase, shortHash(s.Gate.Hash))
	case s.Gate != nil:
		return fmt.Sprintf("%s has stopped at %s: %s", s.Name, s.Gate.Phase, s.Gate.Question)
	}
	return fmt.Sprintf("%s is at %s (%s)", s.Name, s.Phase, s.Stage)
}

func printStatus(w io.Writer, s workflows.Status, open *report.Open) {
	fmt.Fprintln(w, headline(s))
	fmt.Fprintln(w)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "phase\tstate\tplanned\tapplied\tskipped\tfailed")
	for _, p := range s.Phases {
		state := p.Outcome
		if state == "" && p.Name == s.Phase && s.Result == nil {
			state = s.State
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\n", p.Name, state, p.Planned, p.Applied, p.Skipped, p.Failed)
	}
	_ = t.Flush()
	for _, note := range s.Notes {
		fmt.Fprintln(w, "note:", note)
	}
	if open != nil {
		printOpen(w, *open)
	}
}

func printOpen(w io.Writer, o report.Open) {
	if len(o.Findings) > 0 {
		fmt.Fprintln(w)
		printFindings(w, o.Findings)
	}
	for _, f := range o.Failures {
		fmt.Fprintf(w, "failed: %s: %s\n", describe(f.Change), f.Detail)
	}
	if len(o.LastError) > 0 {
		fmt.Fprintf(w, "last error, at %s in %s: %s\n", o.LastError["at"], o.LastError["activity"], o.LastError["error"])
	}
	if len(o.Changes) > 0 {
		fmt.Fprintf(w, "\nThe plan %s:\n", shortHash(o.Hash))
		for _, c := range o.Changes {
			fmt.Fprintln(w, "  "+describe(c))
		}
		if o.More > 0 {
			fmt.Fprintf(w, "  and %d more\n", o.More)
		}
	}
}

// exitOf turns the end of a cutover into an exit code.
func exitOf(r workflows.Result) error {
	switch r.Outcome {
	case workflows.OutcomeCompleted:
		return nil
	case workflows.OutcomeBlocked, workflows.OutcomeStopped:
		return &exitWith{code: exitStopped, said: true, err: fmt.Errorf("%s at %s: %s", r.Outcome, r.Phase, r.Reason)}
	case workflows.OutcomeRejected:
		return &exitWith{code: exitRejected, said: true, err: fmt.Errorf("rejected at %s", r.Phase)}
	}
	return fmt.Errorf("the cutover was %s", r.Outcome)
}
