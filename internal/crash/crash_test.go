// Package crash kills the product at every kind of moment, and demands that it
// goes on by itself to the same end. It drives the built binaries from outside,
// as a person would, and knows no hook in them.
package crash

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"cutover/internal/crash/crashtest"
	"cutover/internal/estates/estatetest"
	"cutover/internal/follow"
	"cutover/internal/owner"
	"cutover/internal/privacy"
	"cutover/internal/rehearse"
	"cutover/workflows"
)

// kills is how often the whole is run, each time with other moments.
// CUTOVER_KILLS asks for more.
func kills(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("CUTOVER_KILLS"))
	if err != nil {
		return 3
	}
	t.Logf("%d runs were asked for", n)
	return n
}

func TestACutoverThatIsKilledAtAnyMomentGoesOnByItselfToTheSameEnd(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds and kills the real binaries")
	}
	bin := crashtest.Build(t)
	for run := range kills(t) {
		seed := uint64(run + 1)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel() // almost all of it is waiting for the simulated domains
			killed(t, bin, seed)
		})
	}
}

// latency of the simulated domains: half of it falls before the commit of a
// request, half after.
// CUTOVER_LATENCY asks for another.
var latency = func() time.Duration {
	if d, err := time.ParseDuration(os.Getenv("CUTOVER_LATENCY")); err == nil {
		return d
	}
	return 60 * time.Millisecond
}()

// killed runs one cutover that is killed once in migrate and once in sync-cxif.
func killed(t *testing.T, bin string, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 7))
	dir, err := os.MkdirTemp("", "crash") // short: a socket lives below it
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	estate := filepath.Join("..", "estates", []string{"clean", "resolved"}[seed%2])
	place := filepath.Join(dir, "place")
	require.NoError(t, os.MkdirAll(place, 0o700))
	journal := filepath.Join(dir, "journal.jsonl")
	require.NoError(t, os.WriteFile(journal, nil, 0o600))
	args, final := []string{"--estate", estate, "--latency", latency.String(), "--config-out", filepath.Join(place, "cutover.yaml"),
		"--journal", journal, "--dump", filepath.Join(dir, "dump"), "--seed", strconv.FormatUint(seed, 10)}, estatetest.Final
	if seed%4 == 2 { // by the domains' own synchronization
		args, final = append(args, "--engine", "native", "--native-sync", "scoped"), estatetest.FinalSynced
	}
	sim := crashtest.Run(t, bin, "simulator", args...)
	sim.Await(t, "http://")

	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	up := &crashtest.Upper{T: t, Bin: bin, State: filepath.Join(place, "state")}
	up.Start()
	defer up.Stop()
	command(ctx, t, up, "start", cutoverName, "--config", filepath.Join(place, "cutover.yaml"))

	// The moments: some lines after the first of a domain, and then anything up
	// to the whole latency later: before the commit of what is on its way, after
	// it, or before it is recorded.
	lines := follower(ctx, t, journal)
	moments := []moment{{domain: "fusion-applications", method: "POST", after: 2 + rng.IntN(40)}, {domain: "cxif", method: "POST", after: 1 + rng.IntN(55)}}
	killAt(ctx, t, up, cutoverName, lines, later(rng, moments, latency))
	leaksNothing(ctx, t, up, os.DirFS(estate), filepath.Join(place, "secrets"))
	require.NoError(t, sim.Cmd.Process.Signal(syscall.SIGTERM))
	require.NoError(t, sim.Wait())
	final(t, os.DirFS(estate), os.DirFS(filepath.Join(dir, "dump")))
	once(t, journal)
}

// cutoverName is what the cutover that is killed is called.
const cutoverName = "crash"

// command runs another command of the product beside `up`, and returns what it
// said on its standard output.
func command(ctx context.Context, t *testing.T, up *crashtest.Upper, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(ctx, filepath.Join(up.Bin, "starter"), append(args, "--state", up.State)...)
	var fault strings.Builder
	cmd.Stderr = &fault
	out, err := cmd.Output()
	require.NoError(t, err, "%v: %s%s", args, out, fault.String())
	return string(out)
}

// later puts half of the moments off, by up to the whole latency.
func later(rng *rand.Rand, moments []moment, latency time.Duration) []moment {
	for i := range moments {
		if rng.IntN(2) == 0 {
			moments[i].later = time.Duration(rng.Int64N(int64(latency)))
		}
	}
	return moments
}

// killAt approves every gate of what runs under this name until it completes, and
// kills at the moments on the way.
func killAt(ctx context.Context, t *testing.T, up *crashtest.Upper, name string, lines <-chan entry, moments []moment) {
	t.Helper()
	t.Logf("kills of %s: %v", name, moments)
	done := make(chan error, 1)
	go func() { done <- approveAll(ctx, up, name) }()
	for len(moments) > 0 {
		select {
		case err := <-done:
			require.NoError(t, err)
			t.Fatalf("%s ended before it could be killed at %v", name, moments)
		case line := <-lines:
			if m := &moments[0]; line.Domain == m.domain && line.Method == m.method && line.Seq > m.from {
				if m.after--; m.after > 0 {
					continue
				}
				if m.later > 0 {
					<-time.After(m.later)
				}
				up.Kill()
				up.Start()
				moments = moments[1:]
			}
		}
	}
	for { // the journal is read to the end, so that nothing waits for a reader
		select {
		case err := <-done:
			require.NoError(t, err)
			return
		case <-lines:
		}
	}
}

// leaksNothing scans the history of the killed cutover, heartbeats of lost
// attempts included, and all that `up` has said.
func leaksNothing(ctx context.Context, t *testing.T, up *crashtest.Upper, estate fs.FS, secrets string) {
	people, err := privacy.People(estate, []string{"bg-admin", "process.automation", "svc-*", "svc_*", "cxif.admin"})
	require.NoError(t, err)
	hidden, err := privacy.Secrets(os.DirFS(secrets))
	require.NoError(t, err)
	scanner := privacy.New(append(people, hidden...))
	_, facts, err := owner.Dial(ctx, filepath.Join(up.State, "cutover.sock"))
	require.NoError(t, err)
	c, err := client.DialContext(ctx, client.Options{HostPort: facts.HostPort, Namespace: facts.Namespace, Logger: nothing{}})
	require.NoError(t, err)
	defer c.Close()
	history, err := rehearse.History(ctx, c, follow.WorkflowID(cutoverName))
	require.NoError(t, err)
	require.Empty(t, scanner.History(history))
	require.Empty(t, scanner.In("what up says", up.Said()))
}

// moment is when to kill: some committed operations after a line of the journal.
type moment struct {
	domain, method string
	from           int // the line
	after          int
	later          time.Duration
}

func (m moment) String() string {
	return fmt.Sprintf("%s %s +%d +%s", m.domain, m.method, m.after, m.later)
}

// once demands one committed operation a change, and no answer 409.
func once(t *testing.T, journal string) {
	onceIn(t, entries(t, journal))
}

// entries are the lines of a journal so far.
func entries(t *testing.T, journal string) []entry {
	body, err := os.ReadFile(journal)
	require.NoError(t, err)
	var all []entry
	for _, raw := range strings.Split(strings.TrimSpace(string(body)), "\n") {
		var e entry
		require.NoError(t, json.Unmarshal([]byte(raw), &e))
		all = append(all, e)
	}
	return all
}

func onceIn(t *testing.T, all []entry) {
	seen := map[string]entry{}
	for _, e := range all {
		require.NotEqual(t, 409, e.Status, "an answer 409: line %d", e.Seq)
		if e.Status >= 300 {
			continue
		}
		for _, key := range e.Keys {
			if !strings.HasPrefix(key, "user:") && !strings.HasPrefix(key, "member:") && !strings.HasPrefix(key, "grant:") {
				continue // a rule is changed several times on purpose
			}
			k := e.Domain + " " + e.Method + " " + key
			first, twice := seen[k]
			require.False(t, twice, "%s was committed twice: lines %d and %d", k, first.Seq, e.Seq)
			seen[k] = e
		}
	}
	require.Greater(t, len(seen), 50)
}

type entry struct {
	Seq                  int
	Domain, Method, Path string
	Status               int
	Keys                 []string
}

// follower yields the journal's lines as they are written.
func follower(ctx context.Context, t *testing.T, path string) <-chan entry {
	lines := make(chan entry)
	cmd := exec.CommandContext(ctx, "tail", "-n", "+1", "-F", "--pid", strconv.Itoa(os.Getpid()), "-s", "0.01", path)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	go func() {
		scanner := bufio.NewScanner(out)
		scanner.Buffer(nil, 1<<20)
		for scanner.Scan() {
			var e entry
			if json.Unmarshal(scanner.Bytes(), &e) == nil {
				select {
				case lines <- e:
				case <-ctx.Done():
					return
				}
			}
		}
	}()
	return lines
}

// approveAll approves every gate until the cutover ends, whoever owns the state
// directory by then.
func approveAll(ctx context.Context, up *crashtest.Upper, name string) error {
	for ctx.Err() == nil {
		alive := up.Life.Load()
		result, err := approveOnce(alive.Ctx, up.State, name)
		if err != nil {
			continue // the owner is dead, or not yet up again
		}
		if result.Outcome != workflows.OutcomeCompleted {
			return fmt.Errorf("the cutover ended as %s at %s: %s", result.Outcome, result.Phase, result.Reason)
		}
		return nil
	}
	return ctx.Err()
}

func approveOnce(ctx context.Context, state, name string) (workflows.Result, error) {
	_, facts, err := owner.Dial(ctx, filepath.Join(state, "cutover.sock"))
	if err != nil {
		return workflows.Result{}, err
	}
	c, err := client.DialContext(ctx, client.Options{HostPort: facts.HostPort, Namespace: facts.Namespace, Logger: nothing{}})
	if err != nil {
		return workflows.Result{}, err
	}
	defer c.Close()
	return follow.Watch(ctx, c, name, func(s workflows.Status) error {
		if s.Gate == nil {
			return nil
		}
		if s.Gate.Kind == workflows.GateStopped {
			_, err = follow.Decide(ctx, c, name, workflows.Decision{Verb: workflows.VerbReject, Phase: s.Gate.Phase})
			return err
		}
		_, err := follow.Decide(ctx, c, name, workflows.Decision{Verb: workflows.VerbApprove, Phase: s.Gate.Phase, Hash: s.Gate.Hash, By: "test"})
		if _, refused := follow.Refusal(err); refused {
			return nil
		}
		return err
	})
}

type nothing struct{}

func (nothing) Debug(string, ...any) {}
func (nothing) Info(string, ...any)  {}
func (nothing) Warn(string, ...any)  {}
func (nothing) Error(string, ...any) {}
