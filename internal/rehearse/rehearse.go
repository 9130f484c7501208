// Package rehearse does a whole cutover in one process: simulated domains, an
// embedded Temporal with its Web UI, a worker, and somebody who approves. It is
// the only package of the product that imports the simulator, and it gives it
// to nobody: the cutover reaches the domains by HTTP, as any other.
package rehearse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"cutover/internal/config"
	"cutover/internal/embedded"
	"cutover/internal/fleet"
	"cutover/internal/follow"
	"cutover/internal/ledger"
	"cutover/internal/owner"
	"cutover/internal/report"
	"cutover/internal/simulator"
	"cutover/internal/statedir"
	"cutover/workflows"
)

// Name is what a rehearsal's cutover is called, unless the options say else.
const Name = "rehearsal"

// Options says what is rehearsed.
type Options struct {
	Name      string // of the cutover; default rehearsal
	Simulator simulator.Options
	// Weather, if given, brings other weather for the simulator while it runs.
	Weather <-chan simulator.Weather
	Keep    string // directory for what the rehearsal leaves
	UIPort  int
	Stamp   statedir.Stamp
	Logger  sdklog.Logger
	// Decide is asked whenever the cutover waits. It returns nothing where
	// somebody else, by the Temporal UI say, has to decide.
	Decide func(context.Context, workflows.Status, Place) (*workflows.Decision, error)
	// Progress is called whenever something has happened.
	Progress func(workflows.Status)
	// Ready is called once everything runs.
	Ready func(Place)
	// After is called with the end, while everything still runs.
	After func(context.Context, Place, report.Report) error
}

// Place is where a rehearsal runs.
type Place struct {
	Client     client.Client
	Ledger     *ledger.Ledger
	Key        string
	UI         string // the workflow in the Temporal UI
	ConfigFile string
	Keep       string
}

// leftovers are what an earlier rehearsal left in a directory; another one
// begins without them.
var leftovers = []string{"report.json", "journal.jsonl", "history.json", "cutover.yaml", "watchdog.yaml", "watchdog", "dump", "secrets", "state"}

// Run rehearses. The report is written whatever the outcome; an error means
// that the rehearsal itself did not work.
func Run(ctx context.Context, o Options) (rep report.Report, err error) {
	if err := prepare(o.Keep); err != nil {
		return rep, err
	}
	o.Simulator.Journal = filepath.Join(o.Keep, "journal.jsonl")
	sim, err := simulator.Start(ctx, o.Simulator)
	if err != nil {
		return rep, err
	}
	defer func() { err = errors.Join(err, sim.Close()) }()
	changing, calm := context.WithCancel(ctx)
	defer calm()
	go o.changeWeather(changing, sim)
	file := filepath.Join(o.Keep, "cutover.yaml")
	dog, err := startWatchdog(ctx, o.Keep, sim)
	if err != nil {
		return rep, err
	}
	defer dog.stop()
	if err := sim.WriteConfig(file, dog.url); err != nil {
		return rep, err
	}
	return Against(ctx, o, file, sim)
}

// changeWeather brings the weather that somebody asks for on the way.
func (o Options) changeWeather(ctx context.Context, sim *simulator.Simulator) {
	for {
		select {
		case w := <-o.Weather:
			_ = sim.SetWeather(w) // it was checked where it was read
		case <-ctx.Done():
			return
		}
	}
}

// Against rehearses against a simulator that runs already, with a configuration
// that fits it. Everything but the simulator is new.
func Against(ctx context.Context, o Options, file string, sim *simulator.Simulator) (rep report.Report, err error) {
	if o.Name == "" {
		o.Name = Name
	}
	f, err := config.Load(file)
	if err != nil {
		return rep, fmt.Errorf("the configuration that the simulator wrote: %w", err)
	}
	dir, err := statedir.Open(filepath.Join(o.Keep, "state"), o.Stamp)
	if err != nil {
		return rep, err
	}
	defer dir.Close()
	server, err := embedded.Start(ctx, embedded.Options{
		DBFile: dir.TemporalDB(), UIPort: o.UIPort, SearchAttributes: workflows.SearchAttributes(),
	})
	if err != nil {
		return rep, err
	}
	defer server.Stop()
	l, err := ledger.Open(ctx, dir.LedgerDB())
	if err != nil {
		return rep, err
	}
	defer l.Close()
	c, err := client.DialContext(ctx, client.Options{HostPort: server.HostPort(), Namespace: server.Namespace(), Logger: o.Logger})
	if err != nil {
		return rep, err
	}
	defer c.Close()
	serving, stop := context.WithCancel(ctx)
	defer stop()
	if err := owner.Serve(serving, dir.Socket(), owner.Facts{PID: os.Getpid(), HostPort: server.HostPort(), Namespace: server.Namespace(), UI: server.UIURL()}, l); err != nil {
		return rep, err
	}
	w := fleet.NewWorker(c, l)
	if err := w.Start(); err != nil {
		return rep, err
	}
	defer w.Stop()

	cut := ledger.Cutover{Name: o.Name, ConfigHash: f.Hash, StartedBy: "rehearsal", StartedAt: time.Now(), Run: 1}
	if err := l.PutConfiguration(ctx, f.Hash, f.Canonical); err != nil {
		return rep, err
	}
	if err := l.PutCutover(ctx, cut); err != nil {
		return rep, err
	}
	run, err := follow.Start(ctx, c, workflows.Input{Name: o.Name, Key: cut.Key(), ConfigHash: f.Hash})
	if err != nil {
		return rep, err
	}
	place := Place{Client: c, Ledger: l, Key: cut.Key(), UI: server.WorkflowURL(run.GetID(), run.GetRunID()), ConfigFile: file, Keep: o.Keep}
	if o.Ready != nil {
		o.Ready(place)
	}
	rep, err = o.carryThrough(ctx, place, sim)
	if err != nil {
		return rep, err
	}
	if o.After == nil {
		return rep, nil
	}
	return rep, o.After(ctx, place, rep)
}

// carryThrough watches the cutover to its end and writes down what it left.
func (o Options) carryThrough(ctx context.Context, place Place, sim *simulator.Simulator) (report.Report, error) {
	answered := ""
	_, err := follow.Watch(ctx, place.Client, o.Name, func(s workflows.Status) error {
		if o.Progress != nil {
			o.Progress(s)
		}
		if s.Gate == nil || answered == gateKey(s) {
			return nil
		}
		d, err := o.Decide(ctx, s, place)
		if err != nil || d == nil {
			return err
		}
		_, err = follow.Decide(ctx, place.Client, o.Name, *d)
		if _, refused := follow.Refusal(err); refused {
			return nil // somebody else was quicker
		}
		answered = gateKey(s)
		return err
	})
	if err != nil {
		return report.Report{}, err
	}
	return o.leave(ctx, place, sim)
}

func gateKey(s workflows.Status) string {
	return s.Gate.Phase + " " + s.Gate.Kind + " " + s.Gate.Hash + " " + s.Gate.Since.String()
}

// prepare makes the directory and clears what an earlier rehearsal left there.
func prepare(keep string) error {
	if err := os.MkdirAll(keep, 0o700); err != nil {
		return fmt.Errorf("make the directory of the rehearsal: %w", err)
	}
	entries, err := os.ReadDir(keep)
	if err != nil {
		return err
	}
	if len(entries) == 0 {
		return nil
	}
	if _, err := os.Stat(filepath.Join(keep, "cutover.yaml")); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s holds files that no rehearsal left there; name an empty directory, or a new one", keep)
	}
	for _, name := range append([]string{EvidenceFile}, leftovers...) {
		if err := os.RemoveAll(filepath.Join(keep, name)); err != nil {
			return fmt.Errorf("clear what an earlier rehearsal left: %w", err)
		}
	}
	return nil
}

// Automatic is what a rehearsal decides for itself: it approves, attests and
// confirms, and ends what is blocked, has stopped or would cross a limit. The report marks each.
func Automatic(s workflows.Status) *workflows.Decision {
	verb := workflows.VerbApprove
	switch s.Gate.Kind {
	case workflows.GateFindings, workflows.GateStopped, workflows.GateLimit, workflows.GatePaused:
		verb = workflows.VerbReject
	}
	return &workflows.Decision{Verb: verb, Phase: s.Gate.Phase, Hash: s.Gate.Hash, By: "rehearsal", Automatic: true}
}
