package command

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
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
	if g.Kind == workflows.GateFindings {
		fmt.Fprintf(a.err, "To resolve them, write into %s and, from another terminal:\n  cutover reload %s --state %s --config %s\n",
			p.ConfigFile, s.Name, filepath.Join(p.Keep, "state"), p.ConfigFile)
	}
	if g.Kind == workflows.GateFindings || g.Kind == workflows.GateStopped || g.Kind == workflows.GatePaused {
		choice = "[t]ry again, [d]etails, [r]eject"
	}
	if g.Kind == workflows.GateLimit {
		choice = fmt.Sprintf("the number %d to allow it, [d]etails, [r]eject", g.Number)
	}
	if g.Changes > 0 {
		fmt.Fprintf(a.err, "%s, plan %s. ", count(g.Changes, "change"), shortHash(g.Hash))
	}
	if isTerminal(a.in) {
		forget(lines) // what was typed before the question was seen is no answer to it
	}
	for {
		fmt.Fprintf(a.err, "%s: ", choice)
		select {
		case <-ctx.Done():
			fmt.Fprintln(a.err) // what comes next is not on the prompt's line
			return nil, ctx.Err()
		case line, ok := <-lines:
			if !ok {
				fmt.Fprintln(a.err)
				return nil, errGone
			}
			d := workflows.Decision{Phase: g.Phase, Hash: g.Hash, By: me()}
			if g.Kind == workflows.GateLimit && strings.TrimSpace(line) == strconv.Itoa(g.Number) {
				d.Verb, d.Allow = workflows.VerbApprove, g.Number
				return &d, nil
			}
			switch strings.ToLower(strings.TrimSpace(line)) {
			case "a", "approve", "y", "yes":
				if g.Kind == workflows.GateLimit {
					continue // it takes the number
				}
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

// forget drops what has been typed so far.
func forget(lines <-chan string) {
	for {
		select {
		case _, ok := <-lines:
			if !ok {
				return
			}
		default:
			return
		}
	}
}

func (a *app) details(ctx context.Context, p rehearse.Place, phase string) {
	open, err := report.BuildOpen(ctx, p.Ledger, p.Key, phase)
	if err != nil {
		fmt.Fprintln(a.err, "There is nothing more to show:", err)
		return
	}
	printOpen(a.err, open)
}

// progress shows a rehearsal as it goes.
type progress struct {
	out   io.Writer
	paint paint
	asks  bool // a gate is told by whoever asks there
	last  string
}

func (p *progress) line(format string, args ...any) { fmt.Fprintf(p.out, format+"\n", args...) }

// status says what has changed, a line each.
func (p *progress) status(s workflows.Status) {
	now := p.phase(s)
	if now == "" || now == p.last || p.asks && s.Gate != nil {
		return
	}
	p.last = now
	fmt.Fprintln(p.out, now)
}

func (p *progress) phase(s workflows.Status) string {
	switch g := s.Gate; {
	case s.Result != nil && s.State != "done":
		return p.doing(s) // tidying up
	case s.Result != nil:
		return "ended: " + p.paint.outcome(s.Result.Outcome, s.Result.Outcome)
	case g != nil && (g.Kind == workflows.GateFindings || g.Kind == workflows.GateStopped):
		return fmt.Sprintf("%-17s %s: %s", g.Phase, p.paint.bad("stopped"), g.Question)
	case g != nil:
		return fmt.Sprintf("%-17s %s: %s", g.Phase, p.paint.warn("waits"), g.Question)
	}
	return p.doing(s)
}

// doings are the stages that a person sees; the others pass at once.
var doings = map[workflows.Stage]string{
	workflows.StageObserve: "reads the domains",
	workflows.StageApply:   "makes changes",
	workflows.StageSettle:  "waits for Fusion to copy what was written",
	workflows.StageProve:   "signs in, to see that it works",
}

// doingsOfSync are the same where a domain's own synchronization is what is waited for.
var doingsOfSync = map[workflows.Stage]string{
	workflows.StageSettle: "waits until the domain's synchronization has run",
	workflows.StageProve:  "connects, to see that it can",
}

// doing says what the phase in hand does; nothing where that passes at once.
func (p *progress) doing(s workflows.Status) string {
	words := doings[s.Stage]
	if strings.HasPrefix(s.Phase, "sync-") {
		words = cmp.Or(doingsOfSync[s.Stage], words)
	}
	if words == "" {
		return ""
	}
	for _, had := range s.Phases {
		if had.Name == s.Phase && s.Stage == workflows.StageApply && had.Applied > 0 && had.Applied < had.Planned {
			words += fmt.Sprintf(" (%d of %d)", had.Applied, had.Planned)
		}
	}
	return fmt.Sprintf("%-17s %s", s.Phase, words)
}
