package command

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cutover/internal/estates"
	"cutover/internal/rehearse"
	"cutover/internal/report"
	"cutover/internal/simulator"
	"cutover/workflows"
)

// rehearseOptions are the flags of `cutover rehearse`.
type rehearseOptions struct {
	estate, approve, keep string
	weather               string
	nativeSync            []string
	exit                  bool
	uiPort                int
	sim                   simulator.Options
}

func (a *app) rehearse() *cobra.Command {
	o := rehearseOptions{}
	c := &cobra.Command{
		Use: "rehearse", Short: "Do a whole cutover against simulated domains",
		Long: `Does a whole cutover here and now, against three simulated identity domains and a
simulated Fusion Applications: a real Temporal workflow with its history in the
real Temporal Web UI, real HTTP, real SAML sign-ins. It touches nothing of yours.

With --approve auto it also attests and confirms what a rehearsal can prove, and
the report marks each of these as automatic. With --approve ask it asks you, here
or in the Temporal UI (Send a Signal).

On a terminal it stays up at the end, for you to look around, until Ctrl-C.

With --weather the simulated world is as nasty as a real one may be. At SIGUSR2 the
file is read again, and the weather in it begins.

It ends as a cutover does: with 0 when it is completed, 3 when findings or a
failure stop it, 4 when it is rejected.`,
		RunE: func(c *cobra.Command, _ []string) error { return a.runRehearse(c.Context(), o) },
	}
	f := c.Flags()
	f.StringVar(&o.estate, "estate", "", "directory of an estate, or one that is built in: clean, messy, resolved (default: clean)")
	f.StringVar(&o.approve, "approve", "", "auto or ask (default: ask on a terminal, else auto)")
	f.StringVar(&o.keep, "keep", "", "directory for report, evidence, dump, journal, history and configuration (default: a temporary one)")
	f.BoolVar(&o.exit, "exit", false, "do not stay up at the end")
	f.IntVar(&o.uiPort, "ui-port", 0, "port of the Temporal UI (0: a free one)")
	f.StringVar(&o.sim.Tier, "tier", "apps", "published limits to keep: "+strings.Join(simulator.Tiers(), ", "))
	f.DurationVar(&o.sim.Latency, "latency", 0, "latency of the simulated domains")
	f.DurationVar(&o.sim.CopyDelay, "copy-delay", 500*time.Millisecond, "until Fusion has copied a user into its domain")
	f.Uint64Var(&o.sim.Seed, "seed", 1, "seed of what the simulator makes up")
	f.StringVar(&o.sim.Fault, "fault", "", "let something be wrong: "+simulator.FaultsHelp())
	f.StringVar(&o.sim.Engine, "engine", "", "how people come into the targets: direct (default), or native, by the synchronization of the domains")
	f.StringSliceVar(&o.nativeSync, "native-sync", nil, "what that synchronization is like: "+simulator.NativeSyncHelp())
	f.StringVar(&o.weather, "weather", "", "what goes wrong for a while: a file, or one of "+strings.Join(simulator.Weathers(), ", "))
	_ = c.MarkFlagDirname("keep")
	for flag, words := range map[string][]string{"estate": {"clean", "messy", "resolved"}, "approve": {"auto", "ask"}, "tier": simulator.Tiers(), "fault": simulator.Faults(), "weather": simulator.Weathers(), "engine": simulator.Engines()} {
		directive := cobra.ShellCompDirectiveNoFileComp
		if flag == "estate" || flag == "weather" {
			directive = cobra.ShellCompDirectiveDefault // a directory, or a file, fits too
		}
		_ = c.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, directive))
	}
	return c
}

func (a *app) runRehearse(ctx context.Context, o rehearseOptions) (err error) {
	terminal := isTerminal(a.out)
	if err := o.complete(terminal && isTerminal(a.in) && !a.json); err != nil {
		return err
	}
	temporary := o.keep == ""
	if temporary {
		if o.keep, err = os.MkdirTemp("", "cutover-rehearsal-"); err != nil {
			return fmt.Errorf("there is no room for the rehearsal: %s", cause(err))
		}
	}
	weather, stop := a.otherWeather(ctx, o.weather)
	defer stop()
	begun := false
	defer func() {
		if temporary && (o.exit || !begun) {
			_ = os.RemoveAll(o.keep)
		}
	}()
	show := &progress{out: a.err, paint: painter(a.err), asks: o.approve == "ask"}
	began := time.Now()
	rep, err := rehearse.Run(ctx, rehearse.Options{
		Simulator: o.sim, Weather: weather, Keep: o.keep, UIPort: o.uiPort, Stamp: stamp(), Logger: quiet{},
		Progress: show.status,
		Decide:   a.decider(o.approve),
		Ready: func(p rehearse.Place) {
			begun = true
			show.line("The workflow in the Temporal UI: %s", p.UI)
		},
		After: func(ctx context.Context, p rehearse.Place, r report.Report) error {
			return a.afterRehearsal(ctx, o, temporary, p, r, began, terminal)
		},
	})
	switch {
	case ctx.Err() != nil && rep.Outcome == "":
		words := "interrupted; nothing of yours was touched"
		if begun && !(temporary && o.exit) {
			words += "\nWhat there is so far is in " + o.keep + "."
		}
		return &exitWith{code: exitError, err: errors.New(words)}
	case errors.Is(err, errGone):
		return fmt.Errorf("the rehearsal was ended at a gate: %w", errGone)
	case err != nil:
		return err
	}
	return exitOf(workflows.Result{Outcome: rep.Outcome, Phase: rep.BlockedAt + rep.StoppedAt, Reason: rep.Reason})
}

// complete fills in what was not given and refuses what does not fit. Somebody
// tells whether a person can be asked.
func (o *rehearseOptions) complete(somebody bool) (err error) {
	switch {
	case o.approve == "" && somebody:
		o.approve = "ask"
	case o.approve == "":
		o.approve = "auto"
	case o.approve != "auto" && o.approve != "ask":
		return usage("--approve is auto or ask, not %q", o.approve)
	}
	switch {
	case !slices.Contains(simulator.Tiers(), o.sim.Tier):
		return usage("--tier is one of %s, not %q", strings.Join(simulator.Tiers(), ", "), o.sim.Tier)
	case simulator.CheckFault(o.sim.Fault) != nil:
		return usage("--fault: %v", simulator.CheckFault(o.sim.Fault))
	case o.sim.Latency < 0 || o.sim.CopyDelay < 0:
		return usage("--latency and --copy-delay cannot be negative")
	}
	if err := simulator.CheckEngine(o.sim.Engine); err != nil {
		return usage("--engine: %v", err)
	}
	if o.sim.NativeSync, err = simulator.ReadNativeSync(o.nativeSync); err != nil {
		return usage("--native-sync: %v", err)
	}
	if o.weather != "" {
		if o.sim.Weather, err = simulator.ReadWeather(o.weather); err != nil {
			return usage("--weather: %v", err)
		}
	}
	o.sim.Estate, err = estateOf(o.estate)
	return err
}

func (a *app) afterRehearsal(ctx context.Context, o rehearseOptions, temporary bool, p rehearse.Place, r report.Report, began time.Time, terminal bool) error {
	took := time.Since(began)
	if a.json {
		return printJSON(a.out, r)
	}
	fmt.Fprintln(a.out)
	printReport(a.out, r)
	printEnd(a.out, r)
	fmt.Fprintf(a.out, "It took %s; of that %.1f s for the limits and %.1f s for Fusion's copy.\n", seconds(took), r.WaitedForLimits, r.WaitedForFusion)
	if !temporary || !o.exit {
		fmt.Fprintf(a.out, "Report, dump, journal and history: %s\n", o.keep)
		if err := a.printHead(filepath.Join(o.keep, rehearse.EvidenceFile)); err != nil {
			return err
		}
	}
	if o.exit || !terminal {
		return nil
	}
	fmt.Fprintf(a.out, "The Temporal UI stays up: %s\nCtrl-C ends it.\n", p.UI)
	<-ctx.Done()
	return nil
}

// estateOf opens the estate: a directory, or one that is built in, by its name.
func estateOf(name string) (fs.FS, error) {
	if name == "" {
		name = "clean"
	}
	if _, err := os.Stat(filepath.Join(name, "utilities.json")); err == nil {
		return os.DirFS(name), nil
	}
	if !strings.ContainsAny(name, `/\`) {
		if sub, err := fs.Sub(estates.FS, name); err == nil {
			if _, err := fs.Stat(sub, "utilities.json"); err == nil {
				return sub, nil
			}
		}
	}
	if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
		return nil, usage("there is no estate %q: name a directory with fusion.json, utilities.json, cxif.json and cutover.json, or one of clean, messy, resolved", name)
	}
	return nil, usage("%s is not an estate: it has no utilities.json", name)
}
