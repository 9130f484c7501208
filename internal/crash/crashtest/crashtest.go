// Package crashtest runs the built binaries beside a test, as a person would,
// and kills them. It knows no hook in them.
package crashtest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Build builds the two commands once. CUTOVER_BIN names a directory that holds
// them already.
func Build(t *testing.T) string {
	if dir := os.Getenv("CUTOVER_BIN"); dir != "" {
		return dir
	}
	dir := t.TempDir()
	for _, name := range []string{"starter", "simulator"} {
		out, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(dir, name), "cutover/"+name).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	return dir
}

// Process is a command that runs beside the test.
type Process struct {
	Cmd   *exec.Cmd
	lines chan string
	done  chan error
}

// Run starts a command beside the test; it is killed when the test ends.
func Run(t *testing.T, bin, name string, args ...string) *Process {
	cmd := exec.Command(filepath.Join(bin, name), args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = cmd.Stdout
	require.NoError(t, cmd.Start())
	p := &Process{Cmd: cmd, lines: make(chan string, 1000), done: make(chan error, 1)}
	go func() {
		read(out, p.lines)
		p.done <- cmd.Wait()
	}()
	t.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	return p
}

func read(r io.Reader, lines chan<- string) {
	scanner := bufio.NewScanner(r)
	for scanner.Scan() {
		select {
		case lines <- scanner.Text():
		default: // nobody waits for it
		}
	}
}

// Await waits until the process says something.
func (p *Process) Await(t *testing.T, words string) {
	t.Helper()
	var said []string
	deadline := time.After(time.Minute)
	for {
		select {
		case line := <-p.lines:
			if said = append(said, line); strings.Contains(line, words) {
				return
			}
		case err := <-p.done:
			t.Fatalf("it ended (%v) before it said %q:\n%s", err, words, strings.Join(said, "\n"))
		case <-deadline:
			t.Fatalf("it did not say %q within a minute:\n%s", words, strings.Join(said, "\n"))
		}
	}
}

// Wait returns how it ended.
func (p *Process) Wait() error {
	select {
	case err := <-p.done:
		return err
	case <-time.After(time.Minute):
		return fmt.Errorf("it does not end")
	}
}

// Upper is `cutover up`, killed and started again.
type Upper struct {
	T          *testing.T
	Bin, State string
	Now        *Process
	Life       atomic.Pointer[Life]
	words      []string
}

// Life lasts from a start to the kill.
type Life struct {
	Ctx context.Context
	end context.CancelFunc
}

// Start starts it, and waits until it is up.
func (u *Upper) Start() {
	ctx, end := context.WithCancel(u.T.Context())
	u.Life.Store(&Life{ctx, end})
	u.Now = Run(u.T, u.Bin, "starter", "up", "--state", u.State, "--ui-port", "0")
	u.Now.Await(u.T, "is up")
}

// Said is what every life of it has said and nobody has awaited.
func (u *Upper) Said() string {
	for {
		select {
		case line := <-u.Now.lines:
			u.words = append(u.words, line)
		default:
			return strings.Join(u.words, "\n")
		}
	}
}

// Kill kills it as a power cut would.
func (u *Upper) Kill() {
	u.Said()
	require.NoError(u.T, syscall.Kill(-u.Now.Cmd.Process.Pid, syscall.SIGKILL))
	_ = u.Now.Wait()
	u.Life.Load().end()
}

// Stop kills it at the end of a test.
func (u *Upper) Stop() { _ = syscall.Kill(-u.Now.Cmd.Process.Pid, syscall.SIGKILL) }
