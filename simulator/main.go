// Command simulator serves three identity domains and Fusion Applications, each
// on a port of its own, to rehearse a cutover against. It only reads its
// arguments and signals; what it serves is in internal/simulator.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"cutover/internal/directory"
	"cutover/internal/simulator"
)

// enough is a soft limit of memory: a million people fit, and garbage is
// collected more often near it.
const enough = 1700 << 20

func main() {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(enough)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := command().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "simulator:", err)
		os.Exit(1)
	}
}

// arguments are the flags of the command.
type arguments struct {
	options            simulator.Options
	estate             string
	configOut, dumpDir string
	watchdog           string
	weather            string
	signed             []string
	nativeSync         []string
}

func command() *cobra.Command {
	var a arguments
	c := &cobra.Command{
		Use:   "simulator --estate DIR",
		Short: "Serve simulated identity domains and Fusion Applications to rehearse a cutover against",
		Long: `Serves the Fusion, Utilities and CXIF identity domains and Fusion Applications on
127.0.0.1, each on its own port, loaded from an estate: a directory with fusion.json,
utilities.json, cxif.json and cutover.json.

It ends at SIGINT or SIGTERM. With --dump it writes the domains then, and also at SIGUSR1.
At SIGUSR2 it reads the file of --weather again, and the weather in it begins.`,
		Args:          cobra.NoArgs,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.run(c.Context(), c.OutOrStdout())
		},
	}
	f := c.Flags()
	f.StringVar(&a.estate, "estate", "", "directory of the estate (required)")
	f.StringVar(&a.options.Tier, "tier", "apps", "published limits to keep: "+strings.Join(simulator.Tiers(), ", "))
	f.DurationVar(&a.options.Latency, "latency", 0, "time that every API request takes, half of it before it takes effect")
	f.DurationVar(&a.options.CopyDelay, "copy-delay", simulator.DefaultCopyDelay, "time until Fusion Applications copies a change into the Fusion domain")
	f.DurationVar(&a.options.ActAfter, "invited-act-after", 0, "time until people who got an invitation set a password; 0: they never do")
	f.Uint64Var(&a.options.Seed, "seed", 0, "makes ids and people's passwords the same on every run; 0 draws one")
	f.StringVar(&a.options.Fault, "fault", "", "something wrong in this world: "+simulator.FaultsHelp())
	f.StringVar(&a.weather, "weather", "", "what goes wrong for a while: a file, or one of "+strings.Join(simulator.Weathers(), ", "))
	f.StringVar(&a.options.Engine, "engine", "", "the engine of --config-out: "+strings.Join(simulator.Engines(), ", ")+" (default direct)")
	f.StringSliceVar(&a.nativeSync, "native-sync", nil, "what the synchronization that a target domain does itself is like: "+simulator.NativeSyncHelp())
	f.StringVar(&a.options.Journal, "journal", "", "file that gets a JSON line for everything that a client writes")
	f.IntVar(&a.options.Port, "port", 0, "first of four ports: fusion, utilities, cxif, Fusion Applications; 0 takes free ones")
	f.StringVar(&a.configOut, "config-out", "", "file that gets a fitting cutover.yaml, with secrets beside it")
	f.StringSliceVar(&a.signed, "signed", nil, "domains that the cutover.yaml reaches by an OCI API key, in oci/config beside it, in place of a client: fusion, utilities, cxif")
	f.StringVar(&a.watchdog, "watchdog-url", "", "where a cutover watchdog will listen, for the cutover.yaml; without it the file says that there is none")
	f.StringVar(&a.dumpDir, "dump", "", "directory that gets the domains at the end and at SIGUSR1")
	return c
}

func (a arguments) run(ctx context.Context, out io.Writer) error {
	if a.estate == "" {
		return errors.New("no estate was named; give --estate DIR")
	}
	if info, err := os.Stat(a.estate); err != nil || !info.IsDir() {
		return fmt.Errorf("the estate %s is no directory that can be read; give --estate a directory with fusion.json, utilities.json, cxif.json and cutover.json", a.estate)
	}
	if a.options.Latency < 0 || a.options.CopyDelay < 0 || a.options.ActAfter < 0 {
		return errors.New("--latency, --copy-delay and --invited-act-after cannot be negative")
	}
	for _, name := range a.signed {
		if !slices.Contains(directory.Domains, directory.Domain(name)) {
			return fmt.Errorf("--signed: there is no domain %s; name fusion, utilities or cxif", name)
		}
		a.options.Signed = append(a.options.Signed, directory.Domain(name))
	}
	var err error
	if err := simulator.CheckEngine(a.options.Engine); err != nil {
		return fmt.Errorf("--engine: %w", err)
	}
	a.options.Born = true // programs of others expect it
	if a.options.NativeSync, err = simulator.ReadNativeSync(a.nativeSync); err != nil {
		return fmt.Errorf("--native-sync: %w", err)
	}
	a.options.Estate = os.DirFS(a.estate)
	if a.weather != "" {
		if a.options.Weather, err = simulator.ReadWeather(a.weather); err != nil {
			return err
		}
	}
	// Signals count from before anything is announced.
	dump := make(chan os.Signal, 1)
	signal.Notify(dump, syscall.SIGUSR1)
	defer signal.Stop(dump)
	// Only who owns the process can send it a signal: the weather needs no port that
	// others on the machine might reach.
	weather := make(chan os.Signal, 1)
	signal.Notify(weather, syscall.SIGUSR2)
	defer signal.Stop(weather)
	// The context of the signals ends the waiting below, not the world: what is
	// under way is finished by Close.
	s, err := simulator.Start(context.WithoutCancel(ctx), a.options)
	if err != nil {
		return err
	}
	if a.configOut != "" {
		if err := s.WriteConfig(a.configOut, a.watchdog); err != nil {
			return errors.Join(err, s.Close())
		}
	}
	for _, name := range directory.Domains {
		fmt.Fprintf(out, "%-20s %s\n", name, s.URL(name))
	}
	fmt.Fprintf(out, "%-20s %s\n", "fusion-applications", s.FusionApplicationsURL())
	fmt.Fprintf(out, "ready %s\n", time.Now().UTC().Format(time.RFC3339))
	for {
		select {
		case <-dump:
			if err := a.dump(s, out); err != nil {
				fmt.Fprintln(os.Stderr, "simulator:", err) // a later dump may succeed
			}
		case <-weather:
			if err := a.reread(s, out); err != nil {
				fmt.Fprintln(os.Stderr, "simulator:", err) // the weather stays as it is
			}
		case <-ctx.Done():
			closed := s.Close()
			return errors.Join(closed, a.dump(s, out))
		}
	}
}

// reread begins the weather that the file has now.
func (a arguments) reread(s *simulator.Simulator, out io.Writer) error {
	if a.weather == "" {
		return errors.New("there is no weather to read again: start it with --weather FILE")
	}
	w, err := simulator.ReadWeather(a.weather)
	if err == nil {
		err = s.SetWeather(w)
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "weather %s begins (%d spells)\n", a.weather, len(w.Spells))
	return nil
}

func (a arguments) dump(s *simulator.Simulator, out io.Writer) error {
	if a.dumpDir == "" {
		return nil
	}
	if err := s.Dump(a.dumpDir); err != nil {
		return err
	}
	fmt.Fprintf(out, "dumped to %s\n", a.dumpDir)
	return nil
}
