package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"cutover/internal/directory"
	"cutover/internal/fleet"
	"cutover/internal/forecast"
	"cutover/internal/ledger"
	"cutover/internal/observe"
)

func (a *app) plan() *cobra.Command {
	var file string
	c := &cobra.Command{
		Use: "plan", Short: "Show what every phase would change, and every finding",
		Long: `Reads the three domains and shows what every phase would change and every finding
that would stop the cutover. It writes nothing: not in a domain, and not in the
state directory. It ends with 3 where a finding would stop the cutover.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.runPlan(c.Context(), file) },
	}
	configFlag(c, &file)
	return c
}

// attempts is how often a read that did not add up is made again.
const attempts = 3

func (a *app) runPlan(ctx context.Context, file string) error {
	f, err := a.load(file)
	if err != nil {
		return err
	}
	estate, err := fleet.NewEstate(f.Canonical, f.Hash)
	if err != nil {
		return err
	}
	l, err := ledger.OpenTemp(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	snapshots := forecast.Snapshots{}
	for _, d := range directory.Domains {
		client, ok := estate.Domains[d]
		if !ok {
			continue
		}
		if !a.json {
			fmt.Fprintf(a.err, "Reading %s ...\n", d)
		}
		if snapshots[d], err = read(ctx, client, l, d); err != nil {
			return err
		}
	}
	planner := forecast.Planner{Ledger: l, Scratch: l, Cutover: "plan", Rules: estate.Rules, SSO: estate.SSO, Off: f.Config.PhasesOff}
	whole, err := planner.Whole(ctx, snapshots, func(string) bool { return false })
	if err != nil {
		return err
	}
	if err := a.printPlan(ctx, l, whole); err != nil {
		return err
	}
	if whole.Blocking > 0 {
		return &exitWith{code: exitStopped, said: true, err: fmt.Errorf("blocked at %s by %s", whole.BlockedAt, count(whole.Blocking, "finding"))}
	}
	return nil
}

func read(ctx context.Context, d observe.Domain, l *ledger.Ledger, name directory.Domain) (int64, error) {
	for i := 1; ; i++ {
		s, err := l.BeginSnapshot(ctx, "plan", "plan", name)
		if err != nil {
			return 0, err
		}
		err = observe.Read(ctx, d, l, s.ID, true, func() {})
		if err == nil || i == attempts || !errors.Is(err, observe.ErrUnsettled) {
			return s.ID, err
		}
	}
}

// plannedPhase is a phase of a plan with its changes, for JSON.
type plannedPhase struct {
	forecast.PhaseForecast
	Plan []directory.Change `json:"plan"`
}

func (a *app) printPlan(ctx context.Context, l *ledger.Ledger, whole forecast.Whole) error {
	var phases []plannedPhase
	for _, p := range whole.Phases {
		planned := plannedPhase{PhaseForecast: p, Plan: []directory.Change{}}
		if p.Plan != 0 {
			for c, err := range l.Changes(ctx, p.Plan) {
				if err != nil {
					return err
				}
				planned.Plan = append(planned.Plan, c)
			}
		}
		phases = append(phases, planned)
	}
	if a.json {
		return printJSON(a.out, struct {
			Hash      string              `json:"hash"`
			BlockedAt string              `json:"blockedAt,omitempty"`
			Findings  []directory.Finding `json:"findings"`
			Phases    []plannedPhase      `json:"phases"`
		}{whole.Hash, whole.BlockedAt, append([]directory.Finding{}, whole.Findings...), phases})
	}
	show := painter(a.out)
	for _, p := range phases {
		switch {
		case p.Off != "":
			fmt.Fprintf(a.out, "%s: switched off: %s\n", show.bold(p.Name), p.Off)
			continue
		case p.Changes == 0:
			fmt.Fprintf(a.out, "%s: nothing to change\n", show.bold(p.Name))
			continue
		}
		fmt.Fprintf(a.out, "%s: %s, plan %s\n", show.bold(p.Name), count(p.Changes, "change"), shortHash(p.Hash))
		for _, c := range p.Plan {
			fmt.Fprintln(a.out, "  "+describe(c))
		}
	}
	if len(whole.Findings) > 0 {
		fmt.Fprintln(a.out)
		printFindings(a.out, whole.Findings)
	}
	fmt.Fprintf(a.out, "\nForecast %s. Nothing was written.\n", shortHash(whole.Hash))
	if whole.Blocking > 0 {
		fmt.Fprintf(a.out, "%s: %s would stop the cutover at %s, before anything is written.\nWrite a resolution for each into the configuration, and plan again.\n",
			show.bad("Blocked"), count(whole.Blocking, "finding"), whole.BlockedAt)
	}
	return nil
}
