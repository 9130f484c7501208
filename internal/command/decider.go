package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"cutover/internal/rehearse"
	"cutover/internal/report"
	"cutover/workflows"
)

// decider decides for a rehearsal: by itself, or by asking.
func (a *app) decider(how string) func(context.Context, workflows.Status, rehearse.Place) (*workflows.Decision, error) {
	if how == "auto" {
		return func(_ context.Context, s workflows.Status, _ rehearse.Place) (*workflows.Decision, error) {
			return rehearse.Automatic(s), nil
		}
	}
	lines := make(chan string)
	go func() {
		defer close(lines)
		scanner := bufio.NewScanner(a.in)
		for scanner.Scan() {
			lines <- scanner.Text()
		}
	}()
	return func(ctx context.Context, s workflows.Status, p rehearse.Place) (*workflows.Decision, error) {
		return a.ask(ctx, s, p, lines)
	}
}

// errGone says that nobody is left to answer.
var errGone = errors.New("the input has ended, so nobody can answer; use --approve auto")

// ask asks a person at the terminal.
func (a *app) ask(ctx context.Context, s workflows.Status, p rehearse.Place, lines <-chan string) (*workflows.Decision, error) {
	g := s.Gate
	fmt.Fprintf(a.err, "\n%s: %s\n", g.Phase, g.Question)
	choice := "[a]pprove, [d]etails, [r]eject"
	if g.Kind == workflows.GateFindings || g.Kind == workflows.GateStopped {
		choice = "[t]ry again, [d]etails, [r]eject"
	}
	if g.Changes > 0 {
		fmt.Fprintf(a.err, "%d changes, plan %s. ", g.Changes, shortHash(g.Hash))
	}
	for {
		fmt.Fprintf(a.err, "%s: ", choice)
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case line, ok := <-lines:
			if !ok {
				return nil, errGone
			}
			d := workflows.Decision{Phase: g.Phase, Hash: g.Hash, By: me()}
			switch strings.ToLower(strings.TrimSpace(line)) {
			case "a", "approve", "y", "yes":
				d.Verb = workflows.VerbApprove
			case "r", "reject", "n", "no":
				d.Verb = workflows.VerbReject
			case "t", "try", "resume":
				d.Verb = workflows.VerbResume
			case "d", "details":
				a.details(ctx, p, g.Phase)
				continue
			default:
				continue
			}
			return &d, nil
		}
	}
}

func (a *app) details(ctx context.Context, p rehearse.Place, phase string) {
	open, err := report.BuildOpen(ctx, p.Ledger, p.Key, phase)
	if err != nil {
		fmt.Fprintln(a.err, "there is nothing more to show:", err)
		return
	}
	printOpen(a.err, open)
}

// progress shows a rehearsal as it goes.
type progress struct {
	out      io.Writer
	terminal bool
	last     string
}

func newProgress(a *app, terminal bool) *progress {
	return &progress{out: a.err, terminal: terminal}
}

func (p *progress) line(format string, args ...any) { fmt.Fprintf(p.out, format+"\n", args...) }

// status says what has changed, a line each.
func (p *progress) status(s workflows.Status) {
	now := phaseLine(s)
	if now == p.last || now == "" {
		return
	}
	p.last = now
	fmt.Fprintln(p.out, now)
}

func phaseLine(s workflows.Status) string {
	switch {
	case s.Result != nil:
		return "ended: " + s.Result.Outcome
	case s.Gate != nil && (s.Gate.Kind == workflows.GateFindings || s.Gate.Kind == workflows.GateStopped):
		return fmt.Sprintf("%-17s stopped: %s", s.Gate.Phase, s.Gate.Question)
	case s.Gate != nil:
		return fmt.Sprintf("%-17s waits: %s", s.Gate.Phase, s.Gate.Question)
	}
	for _, p := range s.Phases {
		if p.Name == s.Phase && p.Applied > 0 && p.Applied < p.Planned {
			return fmt.Sprintf("%-17s %s, %d of %d changes made", s.Phase, s.Stage, p.Applied, p.Planned)
		}
	}
	return fmt.Sprintf("%-17s %s", s.Phase, s.Stage)
}
