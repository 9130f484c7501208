// Package probation kills what watches over the switch to single sign-on, and
// demands that local sign-in comes back all the same. It drives the built
// binaries from outside.
package probation

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"cutover/internal/config"
	"cutover/internal/crash/crashtest"
	"cutover/internal/directory"
	"cutover/internal/fleet"
	"cutover/internal/follow"
	"cutover/internal/localsignin"
	"cutover/internal/owner"
	"cutover/internal/watchdog"
	"cutover/workflows"
)

// confirmWithin is the time in which a person would have to confirm.
const confirmWithin = 15 * time.Second

// unhurried is that time where a person does confirm, however busy the machine is.
const unhurried = time.Minute

// sight is what it may take to see it from outside.
const sight = 2 * time.Second

func TestLocalSignInComesBackWhoeverIsKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and kills the real binaries")
	}
	bin := crashtest.Build(t)
	for _, c := range []struct {
		name   string
		within time.Duration
		test   func(*testing.T, *place)
	}{
		{"every process but the watchdog killed right after the switch", confirmWithin, onlyTheWatchdogLives},
		{"everything killed, and a worker started when the time was over", confirmWithin, everythingDies},
		{"the cutover terminated and no watchdog", confirmWithin, theCutoverIsTerminated},
		{"break-glass in the middle of a retrying switch", unhurried, breakGlassMeanwhile},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel() // almost all of it is waiting
			c.test(t, newPlace(t, bin, c.within))
		})
	}
}

func onlyTheWatchdogLives(t *testing.T, p *place) {
	p.up.Start()
	p.begin()
	switched := p.untilSwitched()
	p.up.Kill()
	p.offeredBy(switched.Add(confirmWithin + sight))
	p.look("the watchdog has read it back", time.Now().Add(10*time.Second), func() bool { return p.watch().State == watchdog.Restored })

	// A worker that comes back later finds it so, and takes nothing away.
	p.up.Start()
	p.stopsAt("local sign-in")
	require.True(t, p.offered())
}

func everythingDies(t *testing.T, p *place) {
	p.up.Start()
	p.begin()
	switched := p.untilSwitched()
	p.up.Kill()
	p.killDog()
	<-time.After(time.Until(switched.Add(confirmWithin + sight)))
	require.False(t, p.offered(), "nobody is there to put it back")
	p.up.Start()
	p.offeredBy(time.Now().Add(time.Minute))
	p.stopsAt("local sign-in")
}

func theCutoverIsTerminated(t *testing.T, p *place) {
	p.up.Start()
	p.begin()
	switched := p.untilSwitched()
	p.killDog()
	c := p.temporal()
	require.NoError(t, c.TerminateWorkflow(p.ctx, follow.WorkflowID("crash"), "", "the test"))
	p.offeredBy(switched.Add(confirmWithin + sight))
}

func breakGlassMeanwhile(t *testing.T, p *place) {
	p.up.Start()
	p.begin()
	p.untilArmed()
	p.up.Kill() // with the switch on its way, or just made
	said, err := exec.CommandContext(p.ctx, filepath.Join(p.bin, "starter"), "break-glass", "--no-wait", "--by", "ann", "--state", p.up.State, "--config", p.file).CombinedOutput()
	require.NoError(t, err, string(said))
	require.Contains(t, string(said), "A tripwire is set (by ann)")
	require.True(t, p.offered())
	mark := p.removals()
	p.up.Start() // and the switch is tried again
	p.stopsAt("--after-break-glass")
	require.True(t, p.offered())
	require.Equal(t, mark, p.removals(), "nothing took it away again")

	// Only a person's word, with a reason, goes on from there.
	said, err = exec.CommandContext(p.ctx, filepath.Join(p.bin, "starter"), "resume", "crash", "--after-break-glass", "--by", "ann", "--note", "it was a drill", "--state", p.up.State).CombinedOutput()
	require.NoError(t, err, string(said))
	result, err := follow.Watch(p.ctx, p.temporal(), "crash", func(s workflows.Status) error { return p.answer(s, true) })
	require.NoError(t, err)
	require.Equal(t, workflows.OutcomeCompleted, result.Outcome, result.Reason)
	require.False(t, p.offered())
	require.Equal(t, watchdog.Confirmed, p.watch().State)
}

// place is a simulated world with a watchdog, and where a cutover runs in it.
type place struct {
	t         *testing.T
	ctx       context.Context
	bin, file string
	journal   string
	up        *crashtest.Upper
	dog       *crashtest.Process
	utilities localsignin.Domain
	watchdog  *watchdog.Client
}

func newPlace(t *testing.T, bin string, within time.Duration) *place {
	dir, err := os.MkdirTemp("", "watch") // short: a socket lives below it
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	t.Cleanup(cancel)
	at := freePort(t)
	file, journal := filepath.Join(dir, "cutover.yaml"), filepath.Join(dir, "journal.jsonl")
	sim := crashtest.Run(t, bin, "simulator", "--estate", filepath.Join("..", "..", "estates", "clean"), "--tier", "none", "--config-out", file,
		"--journal", journal, "--seed", "5", "--watchdog-url", "http://"+at, "--latency", "20ms")
	sim.Await(t, "ready")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(text), "confirmWithin: 30m")
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), "confirmWithin: 30m", "confirmWithin: "+within.String(), 1)), 0o600))
	token := filepath.Join(dir, "secrets", "watchdog-token")
	dog := crashtest.Run(t, bin, "starter", "watchdog", "--config", filepath.Join(dir, "watchdog.yaml"), "--listen", at, "--token-file", token, "--state", filepath.Join(dir, "dog"))
	dog.Await(t, "listens at")
	f, err := config.Load(file)
	require.NoError(t, err)
	estate, err := fleet.NewEstate(f.Canonical, f.Hash)
	require.NoError(t, err)
	p := &place{t: t, ctx: ctx, bin: bin, file: file, journal: journal, dog: dog, utilities: estate.Domains[directory.Utilities],
		up: &crashtest.Upper{T: t, Bin: bin, State: filepath.Join(dir, "state")},
		watchdog: &watchdog.Client{URL: "http://" + at, Token: func(context.Context) (string, error) {
			b, err := os.ReadFile(token)
			return string(b), err
		}}}
	t.Cleanup(func() {
		if p.up.Now != nil {
			p.up.Stop()
		}
	})
	return p
}

func freePort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// begin starts the cutover and approves everything but the end of the probation.
func (p *place) begin() {
	said, err := exec.CommandContext(p.ctx, filepath.Join(p.bin, "starter"), "start", "crash", "--state", p.up.State, "--config", p.file).CombinedOutput()
	require.NoError(p.t, err, string(said))
	c := p.temporal()
	go func() { // ends with the cutover, or with the process that carries it
		_, _ = follow.Watch(p.up.Life.Load().Ctx, c, "crash", func(s workflows.Status) error { return p.answer(s, false) })
	}()
}

// answer approves what an open gate asks; what nobody shall confirm stays open.
func (p *place) answer(s workflows.Status, confirm bool) error {
	if s.Gate == nil || s.Gate.Kind == workflows.GateStopped || s.Gate.Kind == workflows.GateConfirm && s.Gate.Phase == "sso-on" && !confirm {
		return nil
	}
	ctx, cancel := context.WithTimeout(p.ctx, 20*time.Second)
	defer cancel()
	c, err := p.dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = follow.Decide(ctx, c, "crash", workflows.Decision{Verb: workflows.VerbApprove, Phase: s.Gate.Phase, Hash: s.Gate.Hash, By: "test"})
	if _, refused := follow.Refusal(err); refused {
		return nil
	}
	return err
}

func (p *place) dial(ctx context.Context) (client.Client, error) {
	_, facts, err := owner.Dial(ctx, filepath.Join(p.up.State, "cutover.sock"))
	if err != nil {
		return nil, err
	}
	return client.DialContext(ctx, client.Options{HostPort: facts.HostPort, Namespace: facts.Namespace, Logger: nothing{}})
}

func (p *place) temporal() client.Client {
	c, err := p.dial(p.ctx)
	require.NoError(p.t, err)
	p.t.Cleanup(c.Close)
	return c
}

func (p *place) offered() bool {
	offered, err := localsignin.Offered(p.ctx, p.utilities)
	require.NoError(p.t, err)
	return offered
}

// look asks again and again, because nothing tells from outside, until it is so.
func (p *place) look(what string, by time.Time, so func() bool) {
	p.t.Helper()
	for !so() {
		if time.Now().After(by) || p.ctx.Err() != nil {
			p.t.Fatalf("%s: not in time; %s", what, p.says())
		}
		<-time.After(20 * time.Millisecond)
	}
}

func (p *place) says() string {
	s, err := p.watchdog.Status(p.ctx, "crash")
	return fmt.Sprintf("the watchdog: %s (%v); up: %s", s.State, err, p.up.Said())
}

func (p *place) untilSwitched() time.Time {
	p.look("the switch", time.Now().Add(3*time.Minute), func() bool { return !p.offered() })
	return time.Now()
}

func (p *place) untilArmed() {
	p.look("the watchdog is armed", time.Now().Add(3*time.Minute), func() bool {
		s, err := p.watchdog.Status(p.ctx, "crash")
		return err == nil && s.State == watchdog.Armed
	})
}

func (p *place) offeredBy(by time.Time) {
	p.t.Helper()
	p.look("local sign-in is back", by, p.offered)
}

func (p *place) watch() watchdog.Status {
	s, err := p.watchdog.Status(p.ctx, "crash")
	require.NoError(p.t, err)
	return s
}

func (p *place) killDog() {
	require.NoError(p.t, syscall.Kill(-p.dog.Cmd.Process.Pid, syscall.SIGKILL))
	_ = p.dog.Wait()
}

// stopsAt waits until the walk stands still with these words.
func (p *place) stopsAt(words string) {
	p.t.Helper()
	c := p.temporal()
	p.look("the cutover stops with "+words, time.Now().Add(90*time.Second), func() bool {
		s, err := follow.Status(p.ctx, c, "crash")
		return err == nil && s.Gate != nil && s.Gate.Kind == workflows.GateStopped && strings.Contains(s.Gate.Question, words)
	})
}

// removals counts the writes to rules of Utilities so far.
func (p *place) removals() (n int) {
	body, err := os.ReadFile(p.journal)
	require.NoError(p.t, err)
	for _, raw := range strings.Split(strings.TrimSpace(string(body)), "\n") {
		var e struct{ Domain, Path string }
		if json.Unmarshal([]byte(raw), &e) == nil && e.Domain == "utilities" && strings.Contains(e.Path, "/Rules/") {
			n++
		}
	}
	return n
}

type nothing struct{}

func (nothing) Debug(string, ...any) {}
func (nothing) Info(string, ...any)  {}
func (nothing) Warn(string, ...any)  {}
func (nothing) Error(string, ...any) {}
