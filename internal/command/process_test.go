package command_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// patience is how long a process may take for anything that a script awaits.
const patience = 30 * time.Second

// running holds the `cutover up` of a script, by its *testscript.TestScript.
var running sync.Map

// process is a command that runs beside the script. Both of its streams are read
// line by line, as one.
type process struct {
	cmd   *exec.Cmd
	lines chan string
	ended chan error
	input io.Closer

	mu  sync.Mutex
	all strings.Builder
}

// start runs a command beside the script; it is killed when the script ends. Its
// input stays open and is silent.
func start(ts *testscript.TestScript, name string, args ...string) *process {
	path := ""
	for _, dir := range strings.Split(ts.Getenv("PATH"), string(os.PathListSeparator)) {
		if info, err := os.Stat(dir + "/" + name); err == nil && info.Mode().IsRegular() {
			path = dir + "/" + name
			break
		}
	}
	r, w, err := os.Pipe()
	ts.Check(err)
	p := &process{cmd: exec.Command(path, args...), lines: make(chan string, 1000), ended: make(chan error, 1)} //nolint:gosec // the product's own command
	p.cmd.Dir = ts.MkAbs(".")
	for _, key := range []string{"PATH", "HOME", "TMPDIR", "TEMPORAL_ADDRESS", "CUTOVER_STATE"} {
		p.cmd.Env = append(p.cmd.Env, key+"="+ts.Getenv(key))
	}
	p.cmd.Stdout, p.cmd.Stderr = w, w
	p.input, err = p.cmd.StdinPipe()
	ts.Check(err)
	ts.Check(p.cmd.Start())
	ts.Check(w.Close())
	read := make(chan struct{})
	go func() {
		defer close(read)
		defer close(p.lines)
		for s := bufio.NewScanner(r); s.Scan(); {
			p.mu.Lock()
			p.all.WriteString(s.Text() + "\n")
			p.mu.Unlock()
			p.lines <- s.Text()
		}
	}()
	go func() {
		<-read
		p.ended <- p.cmd.Wait()
	}()
	ts.Defer(func() { _ = p.cmd.Process.Kill() })
	return p
}

// until reads on to a line that holds some of the words, and returns it.
func (p *process) until(ts *testscript.TestScript, words ...string) string {
	late := time.After(patience)
	for {
		select {
		case line, ok := <-p.lines:
			if !ok {
				ts.Fatalf("it ended before it said %q:\n%s", words, p.said())
			}
			for _, w := range words {
				if strings.Contains(line, w) {
					return line
				}
			}
		case <-late:
			ts.Fatalf("it has not said %q within %s:\n%s", words, patience, p.said())
		}
	}
}

// said is all that it has said until now.
func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all.String()
}

func (p *process) interrupt(ts *testscript.TestScript) { ts.Check(p.cmd.Process.Signal(os.Interrupt)) }

// wait returns how it ended; what does not end in time is killed.
func (p *process) wait() error {
	go func() {
		for range p.lines { // nobody reads on
		}
	}()
	late := time.AfterFunc(patience, func() { _ = p.cmd.Process.Kill() })
	defer late.Stop()
	return <-p.ended
}

// deadline ends when the script does.
func deadline(ts *testscript.TestScript) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	ts.Defer(cancel)
	return ctx
}
